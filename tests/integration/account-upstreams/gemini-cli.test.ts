/** Gemini Code Assist: Gemini's own protocol in an envelope, with the account's project. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asObject } from '../../../core/base/json.ts';
import { PROJECT, startCodeAssist } from '../../support/account-upstreams/code-assist.ts';
import { holdConversations, refusal } from '../../support/account-upstreams/conversations.ts';
import { putHosts, putLogins } from '../../support/account-upstreams/login.ts';
import type { AccountUpstream } from '../../support/account-upstreams/upstream.ts';
import { startCore, type TestCore } from '../../support/core.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-gemini-'));
const GENERATE = '/v1beta/models/gc/gemini-2.5-pro:generateContent';
const contents = [{ role: 'user', parts: [{ text: 'Hi' }] }];
let upstream: AccountUpstream;
let core: TestCore;

beforeAll(async () => {
  upstream = await startCodeAssist(['at-1']);
  putHosts(dataDirectory, { 'gemini-cli': { api: upstream.url } });
  await putLogins(dataDirectory, [{ provider: 'gemini-cli', token: 'at-1', data: { projectId: PROJECT } }]);
  core = await startCore({ dataDirectory });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(async () => {
  upstream.received.length = 0;
  await core.manage('POST', '/api/resilience/reset');
});

holdConversations('gc/gemini-2.5-pro', () => ({ core, upstream }));

it('turns of one conversation share a session, others do not', async () => {
  const session = (at: number): unknown => asObject(upstream.received[at]?.body['request'])?.['session_id'];
  const more = [...contents, { role: 'model', parts: [{ text: 'Yes?' }] }, { role: 'user', parts: [{ text: 'More' }] }];
  await core.post(GENERATE, { contents });
  await core.post(GENERATE, { contents: more });
  await core.post(GENERATE, { contents: [{ role: 'user', parts: [{ text: 'Other' }] }] });
  expect(session(0)).toMatch(/^-\d{19}$/);
  expect(session(1)).toBe(session(0));
  expect(session(2)).not.toBe(session(0));
});

describe('what goes wrong', () => {
  it('a violation of the terms is explained', async () => {
    const message = 'This service has been disabled in this account for violation of Terms of Service.';
    upstream.refuseOnce(403, { error: { code: 403, message, status: 'PERMISSION_DENIED' } });
    const told = await refusal(await core.post(GENERATE, { contents }));
    expect(told.status).toBe(502);
    expect(told.message).toContain(message);
    expect(told.message).toContain("Google's terms forbid this sign-in in other software");
  });

  it('an error inside the envelope reaches the client as one', async () => {
    upstream.refuseOnce(200, { response: { error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } } });
    const told = await refusal(await core.post(GENERATE, { contents }));
    expect(told).toMatchObject({ status: 502, message: expect.stringContaining('Overloaded') });
  });

  it('a quota that resets is kept to', async () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3600s' }];
    upstream.refuseOnce(429, { error: { code: 429, message: 'No capacity', status: 'RESOURCE_EXHAUSTED', details } });
    expect(Number((await core.post(GENERATE, { contents })).headers.get('retry-after'))).toBeGreaterThan(3_500);
  });
});
