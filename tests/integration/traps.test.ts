/** Traps that show only through the whole gateway: several turns, renamed tools, hosts that always stream, long streams. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asObject, asString, type JsonObject, objectsOf, parseJson } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import {
  chatChunk,
  messagesAnswer,
  namedEvent,
  sendJson,
  sendSse,
  startUpstream,
  type Upstream,
} from '../support/upstream.ts';
import { CONVERSATIONS } from './conversations.ts';

const dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-'));
let core: TestCore;
let upstream: Upstream;

beforeAll(async () => {
  core = await startCore({ dataDirectory });
  upstream = await startUpstream((_received, response) => sendJson(response, {}));
  await core.addNode({ prefix: 'chat', baseUrl: `${upstream.url}/v1` });
  await core.addNode({ prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
  await core.addNode({ prefix: 'gem', baseUrl: `${upstream.url}/v1beta`, type: 'gemini-compatible' });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});
beforeEach(() => {
  upstream.received.length = 0;
});

async function restart(): Promise<void> {
  await core.stop();
  core = await startCore({ dataDirectory });
}

/** An answer of Gemini 3 (https://ai.google.dev/gemini-api/docs/thought-signatures): the first of parallel calls is signed. */
function geminiAnswer(turn: number): JsonObject {
  const call = (city: string): JsonObject => ({ functionCall: { name: 'weather', args: { city } } });
  const parts =
    turn < 3
      ? [{ text: 'Hm', thought: true }, { ...call('Rome'), thoughtSignature: `sig-${turn}` }, call('Oslo')]
      : [{ text: 'Sun and snow', thoughtSignature: 'sig-3' }];
  return {
    responseId: `r-${turn}`,
    modelVersion: 'gemini-3-pro',
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 5, totalTokenCount: 14 },
  };
}

describe('three turns with parallel calls over Gemini 3', () => {
  it.each(CONVERSATIONS.map((begin) => ({ name: begin.name, begin })))(
    'pitfall 1: $name never loses a signature, though the gateway restarts between turns',
    async ({ begin }) => {
      const talk = begin('gem/gemini-3-pro', 'What is the weather?');
      upstream.answer((_received, response) => sendJson(response, geminiAnswer(upstream.received.length)));
      for (const turn of [1, 2]) {
        const response = await core.post(talk.path, talk.body());
        expect(talk.take(asObject(await response.json()) ?? {})).toEqual(['weather', 'weather']);
        talk.reply([`sun ${turn}`, `snow ${turn}`]);
        await restart();
      }
      const last = await core.post(talk.path, talk.body());
      expect(await last.text()).toContain('Sun and snow');

      const contents = objectsOf(upstream.received.at(-1)?.body['contents']);
      const turns = contents.filter((content) => content['role'] === 'model');
      const calls = turns.map((content) =>
        objectsOf(content['parts']).filter((part) => part['functionCall'] !== undefined),
      );
      expect(calls.map((parts) => parts.length)).toEqual([2, 2]);
      expect(calls.map(([first]) => first?.['thoughtSignature'])).toEqual(['sig-1', 'sig-2']);
      expect(calls.map(([, second]) => second?.['thoughtSignature'])).toEqual([undefined, undefined]);
      const results = contents.flatMap((content) =>
        objectsOf(content['parts'])
          .map((part) => asObject(part['functionResponse']))
          .filter((result) => result !== undefined),
      );
      expect(results.map(({ name, response }) => [name, asObject(response)?.['output']])).toEqual([
        ['weather', 'sun 1'],
        ['weather', 'snow 1'],
        ['weather', 'sun 2'],
        ['weather', 'snow 2'],
      ]);
    },
  );
});

/** A tool whose name Anthropic refuses. */
const DOTTED = {
  model: 'anth/m',
  messages: [
    { role: 'user', content: 'Hi' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'city.weather', arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: 'call_1', content: 'sun' },
  ],
  tools: [{ type: 'function', function: { name: 'city.weather', parameters: { type: 'object' } } }],
  tool_choice: { type: 'function', function: { name: 'city.weather' } },
};

describe('D.15-4, pitfall 7: a renamed tool', () => {
  const used = { type: 'tool_use', id: 'toolu_1', name: 'city_weather', input: { city: 'Rome' } };

  it('goes out under one name everywhere, and comes back under its own in a whole answer', async () => {
    upstream.answer((_received, response) => sendJson(response, messagesAnswer([used], 'tool_use')));
    const answer = asObject(await (await core.post('/v1/chat/completions', DOTTED)).json());
    const message = asObject(objectsOf(answer?.['choices'])[0]?.['message']);
    expect(objectsOf(message?.['tool_calls']).map((call) => asObject(call['function'])?.['name'])).toEqual([
      'city.weather',
    ]);
    const sent = upstream.received[0]?.body;
    expect(objectsOf(sent?.['tools']).map((tool) => tool['name'])).toEqual(['city_weather']);
    expect(sent?.['tool_choice']).toEqual({ type: 'tool', name: 'city_weather' });
    expect(objectsOf(objectsOf(sent?.['messages'])[1]?.['content'])[0]?.['name']).toBe('city_weather');
  });

  it('comes back under its own name in a stream', async () => {
    upstream.answer((_received, response) =>
      sendSse(response, [
        namedEvent('message_start', { message: { ...messagesAnswer([]), stop_reason: null } }),
        namedEvent('content_block_start', { index: 0, content_block: { ...used, input: {} } }),
        namedEvent('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } }),
        namedEvent('content_block_stop', { index: 0 }),
        namedEvent('message_delta', { delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 3 } }),
        namedEvent('message_stop', {}),
      ]),
    );
    const text = await (await core.post('/v1/chat/completions', { ...DOTTED, stream: true })).text();
    expect(text).toContain('"name":"city.weather"');
    expect(text).not.toContain('city_weather');
  });
});

describe('D.15-18: a host that streams though a whole answer was asked for', () => {
  const call = (index: number, city: string): string[] => [
    chatChunk({
      tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name: 'weather', arguments: '' } }],
    }),
    chatChunk({ tool_calls: [{ index, function: { arguments: `{"city":"${city}"}` } }] }),
  ];
  const blocks = [...call(0, 'Rome'), ...call(1, 'Oslo'), chatChunk({}, 'tool_calls'), 'data: [DONE]'];

  it.each([
    ['/v1/chat/completions', { messages: [{ role: 'user', content: 'Hi' }] }],
    ['/v1/responses', { input: 'Hi' }],
    ['/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] }],
    ['/api/chat', { messages: [{ role: 'user', content: 'Hi' }] }],
  ])('loses no tool call for %s', async (path, body) => {
    upstream.answer((_received, response) => sendSse(response, blocks));
    const response = await core.post(path, { model: 'chat/m', ...body });
    expect(response.headers.get('content-type')).toContain('application/json');
    const text = await response.text();
    expect(text.match(/"name":\s*"weather"/g)).toHaveLength(2);
    expect(text).toContain('Rome');
    expect(text).toContain('Oslo');
  });
});

describe('streams', () => {
  it.each(['chat/m', 'anth/m'])('pitfall 14: %s: nothing but data reaches a strict parser', async (model) => {
    upstream.answer((received, response) =>
      sendSse(
        response,
        received.path.endsWith('/messages')
          ? [
              namedEvent('message_start', { message: { ...messagesAnswer([]), stop_reason: null } }),
              ': a comment of the upstream',
              namedEvent('ping', {}),
              namedEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
              namedEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'x' } }),
              namedEvent('content_block_stop', { index: 0 }),
              namedEvent('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }),
              namedEvent('message_stop', {}),
            ]
          : [chatChunk({ content: 'x' }), chatChunk({}, 'stop'), 'data: [DONE]'],
      ),
    );
    const body = { model, stream: true, messages: [{ role: 'user', content: 'Hi' }] };
    const text = await (await core.post('/v1/chat/completions', body)).text();
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('data: '))).toEqual([]);
  });

  it.each([
    ['passed through', '/v1/chat/completions', 'content'],
    ['translated', '/v1/messages', 'text'],
  ])('pitfall 17: a long one, %s, reaches a slow reader whole', async (_lane, path, field) => {
    const count = 8_000;
    const piece = 'x'.repeat(1_000);
    upstream.answer(async (_received, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (let sent = 0; sent < count; sent += 1) {
        const fits = response.write(`${chatChunk({ content: piece })}\n\n`);
        if (!fits) await new Promise((resolve) => response.once('drain', resolve));
      }
      sendSse(response, [chatChunk({}, 'stop'), 'data: [DONE]']);
    });
    const body = { model: 'chat/m', stream: true, max_tokens: 9, messages: [{ role: 'user', content: 'Hi' }] };
    const response = await core.post(path, body);
    let text = '';
    let length = 0;
    let reads = 0;
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const line of lines) length += contentLength(line, field);
      reads += 1;
      if (reads % 10 === 0) await sleep(2);
    }
    expect(length).toBe(count * piece.length);
    expect(text.trim()).toBe('');
  });
});

/** The length of the text in one line of a chat or Messages stream. */
function contentLength(line: string, field: string): number {
  if (!line.startsWith('data: {')) return 0;
  const event = asObject(parseJson(line.slice('data: '.length)));
  const delta = asObject(event?.['delta'] ?? objectsOf(event?.['choices'])[0]?.['delta']);
  return (asString(delta?.[field]) ?? '').length;
}
