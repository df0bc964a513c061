/** Kiro: AWS's event stream for every client, in the account's region and for its profile. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { holdConversations, refusal } from '../../support/account-upstreams/conversations.ts';
import { PROFILE, startKiro } from '../../support/account-upstreams/kiro.ts';
import { putHosts, putLogins } from '../../support/account-upstreams/login.ts';
import type { AccountUpstream } from '../../support/account-upstreams/upstream.ts';
import { awsEvent, awsException } from '../../support/codewhisperer-wire.ts';
import { startCore, type TestCore } from '../../support/core.ts';

const REGION = 'eu-central-1';
const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-kiro-'));
const chat = { model: 'kr/claude-sonnet-4.5', messages: [{ role: 'user', content: 'Hi' }] };
let upstream: AccountUpstream;
let core: TestCore;

beforeAll(async () => {
  upstream = await startKiro(['at-1'], REGION);
  putHosts(dataDirectory, { kiro: { api: `${upstream.url}/{region}` } });
  await putLogins(dataDirectory, [{ provider: 'kiro', token: 'at-1', data: { region: REGION, profileArn: PROFILE } }]);
  core = await startCore({ dataDirectory });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(async () => {
  upstream.received.length = 0;
  upstream.faults.length = 0;
  await core.manage('POST', '/api/resilience/reset');
});

holdConversations('kr/claude-sonnet-4.5', () => ({ core, upstream }));

it('an image travels with its message', async () => {
  const content = [
    { type: 'text', text: 'What is it?' },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } },
  ];
  expect((await core.post('/v1/chat/completions', { ...chat, messages: [{ role: 'user', content }] })).status).toBe(
    200,
  );
  expect(JSON.stringify(upstream.received[0]?.body)).toContain('"images":[{"format":"png"');
  expect(upstream.faults).toEqual([]);
});

describe('what goes wrong', () => {
  const answerOnce = (chunks: readonly Buffer[]): void =>
    upstream.answer((_received, response) => {
      response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' });
      response.end(Buffer.concat(chunks));
    });

  it('used up credits are told, and that they come back', async () => {
    const message = 'You have reached the limit.';
    upstream.refuseOnce(402, {
      __type: 'com.amazon#ServiceQuotaExceededException',
      message,
      reason: 'MONTHLY_REQUEST_COUNT',
    });
    const told = await refusal(await core.post('/v1/chat/completions', chat));
    expect(told.status).toBe(429);
    expect(told.message).toContain(message);
  });

  it('an exception in mid-stream ends it with an error, after what was said', async () => {
    answerOnce([
      awsEvent('assistantResponseEvent', { content: 'It is' }),
      awsException('InternalServerException', { message: 'Oops' }),
    ]);
    const text = await (await core.post('/v1/chat/completions', { ...chat, stream: true })).text();
    expect(text).toContain('It is');
    expect(text).toContain('Oops');
    expect(text).not.toContain('"finish_reason":"stop"');
  });

  it('a damaged frame is told as that', async () => {
    const frame = awsEvent('assistantResponseEvent', { content: 'It is' });
    frame[frame.length - 6] = (frame[frame.length - 6] ?? 0) ^ 0xff;
    answerOnce([frame]);
    const told = await refusal(await core.post('/v1/chat/completions', chat));
    expect(told.status).toBe(502);
    expect(told.message).toContain('a frame is damaged');
  });
});
