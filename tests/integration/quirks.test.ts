/** Rows over real sockets: quirks change what a vendor refuses and spare everything else; clients reach the right endpoint. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { UPSTREAM_KEY } from '../support/marked-secrets.ts';
import { chatAnswer, messagesAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-quirks-'));
const PROVIDERS = ['mistral', 'groq', 'fireworks', 'openai', 'vllm', 'anthropic'];
const RESPONSE = {
  ...{ id: 'resp_1', object: 'response', created_at: 1, status: 'completed', model: 'm' },
  output: [
    {
      ...{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed' },
      content: [{ type: 'output_text', text: 'ok', annotations: [] }],
    },
  ],
  usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
};
let core: TestCore;
let upstream: Upstream;

beforeAll(async () => {
  upstream = await startUpstream(({ path }, response) => {
    if (path.endsWith('/messages')) return sendJson(response, messagesAnswer([{ type: 'text', text: 'ok' }]));
    return sendJson(response, path.endsWith('/responses') ? RESPONSE : chatAnswer('ok'));
  });
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

async function arrived(path: string, sent: string): Promise<string | undefined> {
  const response = await core.post(path, sent);
  expect(response.status).toBe(200);
  return upstream.received[0]?.raw.toString();
}

it('a body that no quirk can change arrives byte for byte, its odd spacing and numbers included', async () => {
  const sent =
    '{ "messages" : [{"role":"user","content":"my \\"store\\" and \\u0064eveloper"}], "temperature":1.0,\n"model":"mistral/mistral-large-latest", "metadata":{"a":"b"} }';
  expect(await arrived('/v1/chat/completions', sent)).toBe(sent.replace('mistral/', ''));
});

it('a body in which a quirk looked and found nothing to change arrives byte for byte', async () => {
  const sent =
    '{ "model":"mistral/mistral-large-latest","messages":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"a1B2c3D4e","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a1B2c3D4e","content":"1.0"}], "temperature":1.0}';
  expect(await arrived('/v1/chat/completions', sent)).toBe(sent.replace('mistral/', ''));
});

it('what Mistral refuses goes under its own name or not at all, the rest stays', async () => {
  const messages = [
    { role: 'developer', content: 'be brief' },
    { role: 'user', content: 'hi' },
  ];
  const sent = { model: 'mistral/m', store: false, max_completion_tokens: 9, seed: 7, service_tier: 'x', messages };
  expect(JSON.parse((await arrived('/v1/chat/completions', JSON.stringify(sent))) ?? '')).toEqual({
    model: 'm',
    max_tokens: 9,
    random_seed: 7,
    service_tier: 'x',
    messages: [{ role: 'system', content: 'be brief' }, messages[1]],
  });
});

it('Groq keeps names and the developer role; thoughts go to models that take them back, under their name there', async () => {
  const history = [
    { role: 'developer', name: 'ann', content: 'be brief' },
    { role: 'assistant', content: 'ho', reasoning_content: 'hm' },
  ];
  const send = (model: string): Promise<string | undefined> =>
    arrived('/v1/chat/completions', JSON.stringify({ model: `groq/${model}`, messages: history }));
  const reasoned = JSON.parse((await send('openai/gpt-oss-120b')) ?? '');
  expect(reasoned.messages).toEqual([history[0], { role: 'assistant', content: 'ho', reasoning: 'hm' }]);
  upstream.received.length = 0;
  const plain = JSON.parse((await send('llama-3.1-8b-instant')) ?? '');
  expect(plain.messages).toEqual([history[0], { role: 'assistant', content: 'ho' }]);
});

it('marks on tools that Fireworks refuses are left out of Messages, marks elsewhere stay', async () => {
  const mark = { cache_control: { type: 'ephemeral' } };
  const tool = { name: 'f', input_schema: { type: 'object' } };
  const system = [{ type: 'text', text: 's', ...mark }];
  const messages = [{ role: 'user', content: 'hi' }];
  const sent = { model: 'fireworks/m', max_tokens: 5, system, tools: [{ ...tool, ...mark }], messages };
  expect(JSON.parse((await arrived('/v1/messages', JSON.stringify(sent))) ?? '')).toEqual({
    model: 'm',
    max_tokens: 5,
    system,
    tools: [tool],
    messages,
  });
});

it('system text that Claude Code puts into the conversation is the user’s for a local server, whose template refuses it', async () => {
  const system = [{ type: 'text', text: 's' }];
  const said = (...messages: object[]): object => ({ model: 'vllm/qwen', max_tokens: 5, system, messages });
  const sent = said(
    { role: 'user', content: 'hi' },
    { role: 'system', content: 'Agents: none.' },
    { role: 'system', content: [{ type: 'text', text: '<system-reminder>x</system-reminder>' }] },
  );
  const reminder = '<system-reminder>\nAgents: none.\n</system-reminder>';
  expect(JSON.parse((await arrived('/v1/messages', JSON.stringify(sent))) ?? '')).toEqual({
    ...said(
      { role: 'user', content: 'hi' },
      { role: 'user', content: reminder },
      { role: 'user', content: [{ type: 'text', text: '<system-reminder>x</system-reminder>' }] },
    ),
    model: 'qwen',
  });
});

it('a Claude that cannot be told not to think is not told so', async () => {
  const messages = [{ role: 'user', content: 'hi' }];
  const send = (model: string): Promise<string | undefined> =>
    arrived('/v1/messages', JSON.stringify({ model, max_tokens: 5, thinking: { type: 'disabled' }, messages }));
  expect(JSON.parse((await send('anthropic/claude-fable-5')) ?? '')).not.toHaveProperty('thinking');
  upstream.received.length = 0;
  expect(JSON.parse((await send('anthropic/claude-opus-4-6')) ?? '')).toHaveProperty('thinking');
});

const user = [{ role: 'user', content: 'hi' }];
const CLIENTS: [name: string, path: (model: string) => string, body: (model: string) => object][] = [
  ['Anthropic', () => '/v1/messages', (model) => ({ model, max_tokens: 19, temperature: 0.5, messages: user })],
  [
    'Gemini',
    (model) => `/v1beta/models/${model}:generateContent`,
    () => ({
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      generationConfig: { maxOutputTokens: 19, temperature: 0.5 },
    }),
  ],
  [
    'Ollama',
    () => '/api/chat',
    (model) => ({ model, stream: false, options: { num_predict: 19, temperature: 0.5 }, messages: user }),
  ],
];

it.each(CLIENTS)('%s clients reach gpt-4o through chat and gpt-5 through Responses', async (_name, path, body) => {
  const plain = 'openai/gpt-4o';
  const toChat = JSON.parse((await arrived(path(plain), JSON.stringify(body(plain)))) ?? '');
  expect(upstream.received[0]?.path).toBe('/v1/chat/completions');
  expect(toChat).toMatchObject({ model: 'gpt-4o', temperature: 0.5, messages: user });
  expect(toChat.max_tokens ?? toChat.max_completion_tokens).toBe(19);
  upstream.received.length = 0;
  const reasoning = 'openai/gpt-5';
  const toResponses = JSON.parse((await arrived(path(reasoning), JSON.stringify(body(reasoning)))) ?? '');
  expect(upstream.received[0]?.path).toBe('/v1/responses');
  expect(toResponses).toMatchObject({ model: 'gpt-5', max_output_tokens: 19, store: false });
  expect(toResponses).not.toHaveProperty('temperature');
});
