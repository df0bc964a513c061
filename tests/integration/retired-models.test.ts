/** Who asks for a model that its provider took away is told so, whichever way the provider puts its refusal. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { UPSTREAM_KEY } from '../support/marked-secrets.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-'));
let core: TestCore;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream((_received, response) => sendJson(response, {}));
  const models = [{ id: 'old-model', retiredOn: '2025-01-31', replacedBy: 'new-model' }];
  const override = { hosts: { api: upstream.url }, models };
  writeFileSync(join(dataDirectory, 'providers.json'), JSON.stringify({ mistral: override }));
  core = await startCore({ dataDirectory });
  await core.manage('POST', '/api/providers', { provider: 'mistral', apiKey: UPSTREAM_KEY, name: 'one' });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

describe('a retired model', () => {
  it.each([
    [404, { error: { message: 'no such model' } }],
    [400, { message: 'Invalid model: old-model', type: 'invalid_model' }],
  ])('refused with %s: the error says when it retired and names the successor', async (status, body) => {
    await core.manage('POST', '/api/resilience/reset');
    upstream.answer((_received, response) => sendJson(response, body, status));
    const messages = [{ role: 'user', content: 'hi' }];
    const response = await core.post('/v1/chat/completions', { model: 'mistral/old-model', messages });
    expect(response.status).toBe(status);
    expect(await response.text()).toMatch(/retired \\"old-model\\" on 2025-01-31\. Its successor is \\"new-model\\"/);
  });
});
