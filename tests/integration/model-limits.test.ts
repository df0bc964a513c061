/** What a client of another protocol asks for beyond a model, over real sockets: the vendor gets what the model can do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { UPSTREAM_KEY } from '../support/marked-secrets.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-limits-'));
let core: TestCore;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('ok')));
  const hosts = { api: upstream.url };
  writeFileSync(join(dataDirectory, 'providers.json'), JSON.stringify({ openai: { hosts }, together: { hosts } }));
  core = await startCore({ dataDirectory });
  for (const provider of ['openai', 'together']) {
    await core.manage('POST', '/api/providers', { provider, apiKey: UPSTREAM_KEY, name: provider });
  }
  await core.addNode({ prefix: 'own', baseUrl: upstream.url });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(() => {
  upstream.received.length = 0;
});

const messages = [{ role: 'user', content: 'hi' }];
/** As Claude Code asks, whatever the model. */
const CLAUDE_CODE = {
  ...{ max_tokens: 32_000, messages },
  ...{ thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
};

async function arrived(path: string, body: JsonObject): Promise<JsonObject> {
  const response = await core.post(path, body);
  expect(response.status).toBe(200);
  return asObject(JSON.parse(upstream.received[0]?.raw.toString() ?? '')) ?? {};
}

it('OpenAI, which refuses more, gets the most that the model writes and no effort for one that does not reason', async () => {
  const sent = await arrived('/v1/messages', { ...CLAUDE_CODE, model: 'openai/gpt-4o' });
  expect(sent).toMatchObject({ model: 'gpt-4o', max_tokens: 16_384 });
  expect(sent).not.toHaveProperty('reasoning_effort');
});

it('a smaller limit is the client’s to choose', async () => {
  expect(await arrived('/v1/messages', { ...CLAUDE_CODE, max_tokens: 100, model: 'openai/gpt-4o' })).toMatchObject({
    max_tokens: 100,
  });
});

it('a client of the vendor’s own protocol gets what it asks for', async () => {
  const asked = { model: 'openai/gpt-4o', max_tokens: 32_000, reasoning_effort: 'high', messages };
  expect(await arrived('/v1/chat/completions', asked)).toEqual({ ...asked, model: 'gpt-4o' });
});

it('a host that takes any limit gets it as it was asked, whatever the catalog says', async () => {
  const sent = await arrived('/v1/messages', { ...CLAUDE_CODE, model: 'together/deepseek-ai/DeepSeek-V3.1' });
  expect(sent).toMatchObject({ max_tokens: 32_000 });
});

it('a model that nothing is known of gets all of it', async () => {
  expect(await arrived('/v1/messages', { ...CLAUDE_CODE, model: 'own/some-model' })).toMatchObject({
    max_tokens: 32_000,
    reasoning_effort: 'high',
  });
});
