/**
 * `DATA_DIR/providers.json` and the rows under it, on the real server: a redirected row keeps its key, headers and
 * formats; a mistake stops the start; and every model that the guide names is known.
 */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asObject } from '../../core/base/json.ts';
import { PROVIDERS } from '../../core/providers/table.ts';
import { type RawAnswer, rawCall } from '../support/gateway-calls.ts';
import { type GatewayProcess, type ManagementClient, spawnServe, startGateway } from '../support/gateway-process.ts';
import {
  chatAnswer,
  messagesAnswer,
  type Script,
  sendJson,
  startUpstream,
  type Upstream,
} from '../support/upstream.ts';

/** Of guide.md: what people copy from it must work, or say what is missing. */
const API_KEY_MODELS = [
  ...['glm/glm-4.7', 'minimax/MiniMax-M2.1', 'kimi/kimi-latest', 'ds/deepseek-chat', 'ds/deepseek-reasoner'],
  ...['groq/llama-3.3-70b-versatile', 'groq/llama-4-maverick-17b-128e-instruct', 'xai/grok-4'],
  ...['xai/grok-4-0709-fast-reasoning', 'xai/grok-code-mini', 'mistral/mistral-large-2501', 'mistral/codestral-2501'],
  ...['pplx/sonar-pro', 'pplx/sonar', 'together/meta-llama/Llama-3.3-70B-Instruct-Turbo'],
  ...['fireworks/accounts/fireworks/models/deepseek-v3p1', 'cerebras/llama-3.3-70b', 'cohere/command-r-plus-08-2024'],
  'nvidia/nvidia/llama-3.3-70b-instruct',
];
const SIGN_IN_MODELS = [
  ...['cc/claude-opus-4-6', 'cc/claude-sonnet-4-5-20250929', 'cc/claude-haiku-4-5-20251001', 'cx/gpt-5.2-codex'],
  ...['cx/gpt-5.1-codex-max', 'gc/gemini-3-flash-preview', 'gc/gemini-3-flash', 'gc/gemini-2.5-pro', 'gh/gpt-5'],
  ...['gh/claude-4.5-sonnet', 'gh/gemini-3-pro', 'gh/gpt-5.1-codex', 'if/kimi-k2-thinking', 'if/qwen3-coder-plus'],
  ...['if/glm-4.7', 'if/minimax-m2', 'if/minimax-m2.1', 'if/deepseek-r1', 'qw/qwen3-coder-plus'],
  ...['qw/qwen3-coder-flash', 'kr/claude-sonnet-4.5', 'kr/claude-haiku-4.5'],
];
const messages = [{ role: 'user', content: 'hi' }];
const providerOf = (model: string) => PROVIDERS.find(({ alias }) => alias === model.split('/')[0]);

/** Answers in the protocol of the path. */
const answerByPath: Script = ({ path }, response) => {
  const usage = { input_tokens: 1, output_tokens: 1, total_tokens: 2 };
  if (path.includes('/messages')) return sendJson(response, messagesAnswer([{ type: 'text', text: 'ok' }]));
  if (path.includes('/responses')) {
    const content = [{ type: 'output_text', text: 'ok', annotations: [] }];
    const output = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content }];
    return sendJson(response, { id: 'resp_1', object: 'response', status: 'completed', model: 'm', output, usage });
  }
  if (path.endsWith('/api/chat')) {
    const message = { role: 'assistant', content: 'ok' };
    const counts = { prompt_eval_count: 1, eval_count: 1 };
    return sendJson(response, {
      model: 'm',
      created_at: '2026-01-01T00:00:00Z',
      message,
      done: true,
      done_reason: 'stop',
      ...counts,
    });
  }
  return sendJson(response, chatAnswer('ok'));
};

let dataDir = '';
let upstream: Upstream;
let gateway: GatewayProcess;
let management: ManagementClient;
const post = (path: string, body: object, headers = {}): Promise<RawAnswer> =>
  rawCall(gateway.baseUrl, { method: 'POST', path, body, headers });

beforeAll(async () => {
  upstream = await startUpstream(answerByPath);
  dataDir = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
  const redirected = PROVIDERS.map(({ id }) => [id, { hosts: { api: `${upstream.url}/${id}` } }] as const);
  const overrides: Record<string, object> = Object.fromEntries(redirected);
  overrides['openai'] = {
    hosts: { api: `${upstream.url}/openai/` },
    headers: { 'OpenAI-Organization': 'org-1', 'x-team': 'a b' },
    models: [{ id: 'gpt-next', name: 'Next', contextTokens: 12_345 }],
  };
  writeFileSync(join(dataDir, 'providers.json'), JSON.stringify(overrides, null, 2));
  gateway = await startGateway({ dataDir });
  management = await gateway.login();
});
afterAll(async () => {
  await gateway.stop();
  await upstream.close();
  rmSync(dataDir, { recursive: true, force: true });
});
beforeEach(() => {
  upstream.received.length = 0;
});

describe('the guide’s models', () => {
  it.each([...API_KEY_MODELS, ...SIGN_IN_MODELS])(
    '%s is known, and says whose connection is missing',
    async (model) => {
      const answer = await post('/v1/chat/completions', { model, messages });
      const { name = 'no provider' } = providerOf(model) ?? {};
      expect(answer.status).toBe(400);
      expect(answer.body['error']).toMatchObject({ message: expect.stringContaining(name) });
      expect(answer.text).toContain('No active connection');
      expect(upstream.received).toHaveLength(0);
    },
  );

  it.each(API_KEY_MODELS)('%s is served once there is a key', async (model) => {
    const { id = '' } = providerOf(model) ?? {};
    const { connections } = await management.get('/api/providers');
    if (!JSON.stringify(connections).includes(`"${id}"`)) {
      await management.post('/api/providers', { provider: id, apiKey: `sk-of-${id}`, name: 'guide' });
    }
    for (const [path, body] of [
      ['/v1/chat/completions', { model, messages }],
      ['/v1/messages', { model, max_tokens: 9, messages }],
      ['/v1/responses', { model, input: 'hi' }],
    ] as const) {
      const answer = await post(path, body);
      expect([path, answer.status, answer.text]).toEqual([path, 200, expect.stringContaining('ok')]);
      const received = upstream.received.at(-1);
      expect(received?.path).toMatch(new RegExp(`^/${id}/`));
      expect(Object.values(received?.headers ?? {}).join(' ')).toContain(`sk-of-${id}`);
      expect(String(received?.body['model'])).toMatch(/^[^/].*/);
    }
    const listed = await rawCall(gateway.baseUrl, { path: `/v1/models/${model}` });
    if (listed.status === 200) expect(listed.body['id']).toBe(model);
    else expect(await isRetired(model)).toBe(true);
  });
});

/** Does the catalog say that the model is gone? Such models are served under what replaced them, and not listed. */
async function isRetired(model: string): Promise<boolean> {
  const { catalog } = await management.get('/api/models/catalog');
  const [alias = '', ...rest] = model.split('/');
  const { models } = asObject(asObject(catalog)?.[alias]) ?? {};
  const entries = Array.isArray(models) ? models.map(asObject) : [];
  const found = entries.find((entry) => entry?.['id'] === rest.join('/'));
  return found === undefined || found['retiredOn'] !== undefined;
}

describe('a redirected row', () => {
  beforeAll(async () => {
    await management.post('/api/providers', { provider: 'openai', apiKey: 'sk-openai-own', name: 'redirected' });
    await management.post('/api/providers', { provider: 'ollama', name: 'local' });
  });

  it('goes to the new host and its path, with the row’s key and the file’s headers', async () => {
    const answer = await post('/v1/chat/completions', { model: 'openai/gpt-4o', messages }, { 'x-team': 'theirs' });
    expect(answer.status).toBe(200);
    const [received] = upstream.received;
    expect(received?.path).toBe('/openai/v1/chat/completions');
    expect(received?.headers).toMatchObject({
      host: new URL(upstream.url).host,
      authorization: 'Bearer sk-openai-own',
      'openai-organization': 'org-1',
      'x-team': 'a b',
    });
    expect(received?.body).toEqual({ model: 'gpt-4o', messages });
  });

  it('keeps its other formats: Responses go to Responses', async () => {
    expect((await post('/v1/responses', { model: 'openai/gpt-5', input: 'hi' })).status).toBe(200);
    expect(upstream.received[0]?.path).toBe('/openai/v1/responses');
    expect(upstream.received[0]?.headers['openai-organization']).toBe('org-1');
  });

  it('has the models of the file', async () => {
    const { status, body } = await rawCall(gateway.baseUrl, { path: '/v1/models/openai/gpt-next' });
    expect([status, body]).toMatchObject([200, { id: 'openai/gpt-next', context_length: 12_345 }]);
    expect((await post('/v1/chat/completions', { model: 'gpt-next', messages })).status).toBe(200);
    expect(upstream.received.at(-1)?.body['model']).toBe('gpt-next');
  });

  it('its key is tested at the new host', async () => {
    const validated = await management.post('/api/providers/validate', { provider: 'openai', apiKey: 'sk-other' });
    expect(validated['valid']).toBe(true);
    expect(upstream.received.map(({ path }) => path)).toContain('/openai/v1/models');
    expect(new Set(upstream.received.map(({ headers }) => headers.host))).toEqual(
      new Set([new URL(upstream.url).host]),
    );
  });

  it.each([
    ['/api/chat', { messages }, '/ollama/api/chat'],
    ['/v1beta/models/ollama/qwen3:8b:generateContent', { contents: [{ parts: [{ text: 'hi' }] }] }, '/ollama/api/chat'],
    ['/v1/chat/completions', { messages }, '/ollama/v1/chat/completions'],
    ['/v1/messages', { max_tokens: 9, messages }, '/ollama/v1/messages'],
  ])('Ollama: %s goes to its own interface, without a key', async (path, body, expected) => {
    const named = path.startsWith('/v1beta') ? body : { ...body, model: 'ollama/qwen3:8b' };
    const answer = await post(path, named);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('ok')]);
    const [received] = upstream.received;
    expect(received?.path).toBe(expected);
    expect(received?.body['model']).toBe('qwen3:8b');
    expect(received?.headers.authorization).toBeUndefined();
  });
});

describe('a mistake in the file stops the start', () => {
  it.each([
    ['{\n  "openai": { "hosts": { "api": "http://127.0.0.1:9" } },\n  "ds": {}\n}', 'line 3, "ds"'],
    ['{\n  "openai": {\n    "hots": {}\n  }\n}', 'line 3, "openai.hots"'],
    ['{\n  "openai": {\n    "hosts": {\n      "api": "127.0.0.1:9"\n    }\n  }\n}', 'line 4, "openai.hosts.api"'],
    ['{\n  "openai": {\n    "headers": { "x-a": "b\\r\\nx-evil: 1" }\n  }\n}', 'line 3, "openai.headers.x-a"'],
    ['{\n  "openai": {\n    "hosts": {,}\n  }\n}', 'line 3'],
  ])('%j', async (text, where) => {
    const folder = mkdtempSync(join(tmpdir(), 'omniroute-data-'));
    try {
      writeFileSync(join(folder, 'providers.json'), text);
      const server = spawnServe(folder, {});
      const [code] = await once(server.child, 'close');
      expect(code).not.toBe(0);
      expect(server.stdout()).toBe('');
      expect(server.stderr()).toContain(`providers.json, ${where}`);
      expect(server.stderr()).not.toMatch(/^\s+at /m);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
