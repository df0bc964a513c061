/** The line that Claude Code writes for its vendor's books goes to its vendor alone: elsewhere it would spoil the prompt cache. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { UPSTREAM_KEY } from '../support/marked-secrets.ts';
import { chatAnswer, messagesAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-billing-'));
const PROVIDERS = ['anthropic', 'glm', 'openai', 'ollama'];
let core: TestCore;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream(({ path }, response) =>
    sendJson(response, path.endsWith('/messages') ? messagesAnswer([{ type: 'text', text: 'ok' }]) : chatAnswer('ok')),
  );
  const rows = PROVIDERS.map((id) => [id, { hosts: { api: upstream.url } }]);
  writeFileSync(join(dataDirectory, 'providers.json'), JSON.stringify(Object.fromEntries(rows)));
  core = await startCore({ dataDirectory });
  for (const provider of PROVIDERS) {
    await core.manage('POST', '/api/providers', { provider, apiKey: UPSTREAM_KEY, name: provider });
  }
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(() => {
  upstream.received.length = 0;
});

const LINE = 'x-anthropic-billing-header: cc_version=2.1.177.01c; cc_entrypoint=cli; cch=36ee5;';
const PROMPT = { type: 'text', text: 'You are Claude Code.', cache_control: { type: 'ephemeral' } };

async function arrived(model: string, system: unknown): Promise<JsonObject> {
  const body = { model, max_tokens: 9, system, messages: [{ role: 'user', content: 'hi' }] };
  const response = await core.post('/v1/messages', body);
  expect(response.status).toBe(200);
  return asObject(JSON.parse(upstream.received[0]?.raw.toString() ?? '')) ?? {};
}

it('Anthropic gets it', async () => {
  const system = [{ type: 'text', text: LINE }, PROMPT];
  expect(await arrived('anthropic/claude-sonnet-4-5', system)).toMatchObject({ system });
});

it('another host of the same protocol does not', async () => {
  expect(await arrived('glm/glm-4.6', [{ type: 'text', text: LINE }, PROMPT])).toMatchObject({ system: [PROMPT] });
  upstream.received.length = 0;
  expect(await arrived('glm/glm-4.6', `${LINE}\nBe brief.`)).toMatchObject({ system: 'Be brief.' });
});

it('nor does a host of another protocol', async () => {
  expect(await arrived('openai/gpt-4.1', [{ type: 'text', text: LINE }, PROMPT])).toMatchObject({
    messages: [
      { role: 'system', content: PROMPT.text },
      { role: 'user', content: 'hi' },
    ],
  });
});

it('a system text that merely speaks of it stays', async () => {
  const system = [{ type: 'text', text: `What is ${LINE}` }];
  expect(await arrived('glm/glm-4.6', system)).toMatchObject({ system });
});
