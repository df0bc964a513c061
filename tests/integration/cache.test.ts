/** Shows 4: a hit says in each protocol what the first answer said; another API key never sees it; errors are never kept. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asNumber, asObject, asString } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
let questionNumber = 0;

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('forty-two')));
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
  await core.addNode({ prefix: 'resp', baseUrl: `${upstream.url}/v1`, apiType: 'responses' });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});
beforeEach(async () => {
  await core.manage('POST', '/api/resilience/reset');
  questionNumber += 1;
  upstream.received.length = 0;
  upstream.answer((_received, response) => sendJson(response, chatAnswer('forty-two')));
});

const question = (): string => `What is the answer, number ${questionNumber}?`;
const chat = (extra: object = {}, headers: Record<string, string> = {}): Promise<Response> =>
  core.post(
    '/v1/chat/completions',
    {
      model: 'up/m',
      temperature: 0,
      max_tokens: 50,
      messages: [{ role: 'user', content: question() }],
      ...extra,
    },
    headers,
  );
const cacheHeader = (response: Response): string | null => response.headers.get('x-omniroute-cache');

const CLIENTS = [
  ['chat', () => chat()],
  [
    'responses',
    () => core.post('/v1/responses', { model: 'up/m', temperature: 0, max_output_tokens: 50, input: question() }),
  ],
  [
    'messages',
    () =>
      core.post('/v1/messages', {
        model: 'up/m',
        temperature: 0,
        max_tokens: 50,
        messages: [{ role: 'user', content: question() }],
      }),
  ],
  [
    'gemini',
    () =>
      core.post('/v1beta/models/up/m:generateContent', {
        contents: [{ role: 'user', parts: [{ text: question() }] }],
        generationConfig: { temperature: 0, maxOutputTokens: 50 },
      }),
  ],
  [
    'ollama',
    () =>
      core.post('/api/chat', {
        model: 'up/m',
        stream: false,
        messages: [{ role: 'user', content: question() }],
        options: { temperature: 0, num_predict: 50 },
      }),
  ],
] as const;

describe('the answer cache', () => {
  it.each(CLIENTS)('a hit for a %s client says what the first answer said', async (_client, ask) => {
    const first = await ask();
    expect([first.status, cacheHeader(first)]).toEqual([200, 'MISS']);
    const text = await first.text();
    const second = await ask();
    expect([second.status, cacheHeader(second)]).toEqual([200, 'HIT']);
    expect(text).toContain('forty-two');
    expect(await second.text()).toContain('forty-two');
    expect(upstream.received).toHaveLength(1);
  });

  it.each(CLIENTS.slice(1))(
    'D.15-20: what a chat client asked answers a %s client in its own protocol',
    async (_client, ask) => {
      await chat();
      const other = await ask();
      expect([cacheHeader(other), await other.text()]).toEqual(['HIT', expect.stringContaining('forty-two')]);
      expect(upstream.received).toHaveLength(1);
    },
  );

  it.each([
    ['another temperature', { temperature: 0.1 }],
    ['no temperature', { temperature: undefined }],
    ['a stream', { stream: true }],
  ])('%s is not cached', async (_name, extra) => {
    const response = await chat(extra);
    await response.text();
    expect(cacheHeader(response)).toBeNull();
  });

  it.each([
    ['tools', { tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }] }],
    [
      'the system prompt',
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'x' },
        ],
      },
    ],
    ['the form of the answer', { response_format: { type: 'json_object' } }],
    ['the token limit', { max_tokens: 51 }],
    ['the seed', { seed: 3 }],
    ['a member we do not know', { vendor_option: 1 }],
  ])('%s belongs to the key', async (_name, extra) => {
    await chat();
    expect(cacheHeader(await chat(extra))).toBe('MISS');
    expect(upstream.received).toHaveLength(2);
  });

  it('D.15-19: an absent stream is no stream', async () => {
    await chat();
    expect(cacheHeader(await chat({ stream: false }))).toBe('HIT');
  });

  it('pitfall 37: another API key never sees it', async () => {
    const keys = await Promise.all(
      ['x', 'y'].map((name) => core.manage('POST', '/api/keys', { name: `${name}${questionNumber}` })),
    );
    const headers = keys.map((made) => ({ authorization: `Bearer ${asString(made['key']) ?? ''}` }));
    for (const header of headers) expect(cacheHeader(await chat({}, header))).toBe('MISS');
    expect(cacheHeader(await chat({}, headers[0]))).toBe('HIT');
  });

  it('an answer of a key whose bodies are never kept is on no disk', async () => {
    const made = await core.manage('POST', '/api/keys', { name: `unlogged ${questionNumber}`, noLog: true });
    const header = { authorization: `Bearer ${asString(made['key']) ?? ''}` };
    const stored = async () => asObject((await core.manage('GET', '/api/cache'))['semanticCache'])?.['dbEntries'];
    const before = await stored();
    expect(cacheHeader(await chat({}, header))).toBe('MISS');
    expect(cacheHeader(await chat({}, header))).toBe('HIT');
    expect(await stored()).toBe(before);
  });

  it('the table is held to its number while answers come, not only by the hour', async () => {
    const { answerCache } = await core.manage('GET', '/api/settings');
    await core.manage('PATCH', '/api/settings', { answerCache: { ...asObject(answerCache), maxEntries: 8 } });
    for (let seed = 0; seed < 20; seed += 1) await chat({ seed });
    const { semanticCache } = await core.manage('GET', '/api/cache');
    await core.manage('PATCH', '/api/settings', { answerCache: asObject(answerCache) });
    expect(asNumber(asObject(semanticCache)?.['dbEntries'])).toBeLessThanOrEqual(10);
  });

  it('pitfall 37: errors are not kept, nor an answer that a limit cut', async () => {
    upstream.answer((_received, response) => sendJson(response, { error: { message: 'boom' } }, 500));
    expect((await chat()).status).toBe(502);
    const cut = { ...chatAnswer('for'), choices: [{ index: 0, message: { content: 'for' }, finish_reason: 'length' }] };
    upstream.answer((_received, response) => sendJson(response, cut));
    for (let time = 0; time < 2; time += 1) expect(cacheHeader(await chat())).toBe('MISS');
  });

  it('what goes on a conversation that the provider keeps is asked every time', async () => {
    const says = [{ type: 'output_text', text: 'forty-two', annotations: [] }];
    const output = [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: says }];
    const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 };
    upstream.answer((_received, response) =>
      sendJson(response, { id: 'resp_1', object: 'response', created_at: 1, status: 'completed', output, usage }),
    );
    const body = { model: 'resp/m', temperature: 0, input: question() };
    for (let time = 0; time < 2; time += 1) {
      const response = await core.post('/v1/responses', { ...body, conversation: 'conv_1' });
      expect([response.status, cacheHeader(response)]).toEqual([200, null]);
    }
    expect(upstream.received).toHaveLength(2);
    await core.post('/v1/responses', body);
    expect(cacheHeader(await core.post('/v1/responses', { ...body, conversation: null }))).toBe('HIT');
  });

  it.each(['true', 'True', '1', 'yes'])('X-OmniRoute-No-Cache: %s passes it by', async (value) => {
    await chat();
    const response = await chat({}, { 'x-omniroute-no-cache': value });
    expect(cacheHeader(response)).toBeNull();
    expect(upstream.received).toHaveLength(2);
  });
});
