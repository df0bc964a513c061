/** The further surfaces over real sockets: legacy completions, Gemini paths, token counts, stream grammars. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asObject, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { UPSTREAM_KEY } from '../support/marked-secrets.ts';
import {
  chatAnswer,
  chatChunk,
  namedEvent,
  sendJson,
  sendSse,
  startUpstream,
  type Upstream,
} from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('hello')));
  await core.addNode({ prefix: 'chat', baseUrl: `${upstream.url}/v1` });
  await core.addNode({ prefix: 'resp', baseUrl: `${upstream.url}/v1`, apiType: 'responses' });
  await core.addNode({ prefix: 'anth', baseUrl: `${upstream.url}/v1`, type: 'anthropic-compatible' });
  await core.addNode({ prefix: 'gem', baseUrl: `${upstream.url}/v1beta`, type: 'gemini-compatible' });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});
beforeEach(() => {
  upstream.received.length = 0;
});

describe('legacy completions', () => {
  it('go through chat, streamed and not', async () => {
    upstream.answer((received, response) => {
      if (received.body['stream'] === true)
        sendSse(response, [
          chatChunk({ role: 'assistant', content: 'he' }),
          chatChunk({ content: 'llo' }),
          chatChunk({}, 'stop'),
          'data: [DONE]',
        ]);
      else sendJson(response, chatAnswer('hello'));
    });
    const whole = (await (
      await core.post('/v1/completions', { model: 'chat/m', prompt: 'say', max_tokens: 4 })
    ).json()) as JsonObject;
    expect(whole).toMatchObject({
      object: 'text_completion',
      choices: [{ text: 'hello', index: 0, finish_reason: 'stop' }],
      usage: { total_tokens: 10 },
    });
    expect(upstream.received[0]?.body).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'say' }],
      max_tokens: 4,
    });
    const stream = await (await core.post('/v1/completions', { model: 'chat/m', prompt: 'say', stream: true })).text();
    expect([...stream.matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text).join('')).toBe('hello');
    expect(stream.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });
  it('refuse what a chat cannot do, by name', async () => {
    const response = await core.post('/v1/completions', { model: 'chat/m', prompt: ['a', 'b'] });
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('prompt')]);
    expect((await core.post('/v1/completions', { model: 'chat/m', prompt: 'a', echo: true })).status).toBe(400);
  });
});

describe('Gemini clients', () => {
  it('get SSE with alt=sse and a JSON array without', async () => {
    upstream.answer((_received, response) =>
      sendSse(response, [
        chatChunk({ content: 'he' }),
        chatChunk({ content: 'llo' }),
        chatChunk({}, 'stop'),
        'data: [DONE]',
      ]),
    );
    const body = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };
    const sse = await (await core.post('/v1beta/models/chat/m:streamGenerateContent?alt=sse', body)).text();
    expect(sse).toMatch(/^data: \{/);
    const array = await core.post('/v1/models/chat/m:streamGenerateContent', body);
    expect(array.headers.get('content-type')).toContain('application/json');
    const chunks = (await array.json()) as JsonObject[];
    const text = chunks.flatMap((chunk) =>
      objectsOf(chunk['candidates'] ?? []).flatMap((candidate) =>
        objectsOf(asObject(candidate['content'])?.['parts'] ?? []).map((part) => part['text']),
      ),
    );
    expect(text.join('')).toBe('hello');
  });
  it('pass through to a Gemini upstream with model and action in the path', async () => {
    upstream.answer((_received, response) =>
      sendJson(response, {
        candidates: [{ content: { role: 'model', parts: [{ text: 'x' }] }, finishReason: 'STOP' }],
      }),
    );
    await core.post('/v1beta/models/gem/some-model:generateContent?key=client', {
      contents: [{ parts: [{ text: 'hi' }] }],
    });
    expect(upstream.received[0]?.path).toBe('/v1beta/models/some-model:generateContent');
    expect(upstream.received[0]?.headers['x-goog-api-key']).toBe(UPSTREAM_KEY);
  });
});

describe('token counts', () => {
  it('ask an Anthropic upstream, whichever client asks', async () => {
    upstream.answer((_received, response) => sendJson(response, { input_tokens: 42 }));
    const body = { model: 'anth/m', messages: [{ role: 'user', content: 'hi' }] };
    expect(await (await core.post('/v1/messages/count_tokens', body)).json()).toEqual({ input_tokens: 42 });
    expect(upstream.received[0]?.path).toBe('/v1/messages/count_tokens');
    expect(
      await (
        await core.post('/v1beta/models/anth/m:countTokens', { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] })
      ).json(),
    ).toEqual({ totalTokens: 42 });
  });
  it('read a Gemini body that holds the request whole, its inner model replaced', async () => {
    upstream.answer((_received, response) => sendJson(response, { totalTokens: 7 }));
    const contents = [{ role: 'user', parts: [{ text: 'hi' }] }];
    const response = await core.post('/v1beta/gem/m:countTokens', {
      generateContentRequest: { model: 'models/gem/m', contents },
    });
    expect(await response.json()).toEqual({ totalTokens: 7 });
    expect(upstream.received[0]).toMatchObject({
      path: '/v1beta/models/m:countTokens',
      body: { generateContentRequest: { model: 'models/m', contents } },
    });
  });
  it('use a real tokenizer where the upstream has no such call', async () => {
    const count = async (text: string): Promise<number> => {
      const response = await core.post('/v1/messages/count_tokens', {
        model: 'chat/m',
        messages: [{ role: 'user', content: text }],
      });
      return Number(((await response.json()) as JsonObject)['input_tokens']);
    };
    const [one, many] = [await count('hello'), await count('hello '.repeat(100))];
    expect(many - one).toBeGreaterThan(90);
    expect(many - one).toBeLessThan(110);
    expect(upstream.received).toHaveLength(0);
  });
});

describe('what Ollama’s clients ask before they chat', () => {
  it('is told of a listed model, under both names of the member', async () => {
    upstream.answer((_received, response) =>
      sendJson(response, { object: 'list', data: [{ id: 'm1', object: 'model' }] }),
    );
    for (const body of [{ model: 'chat/m1' }, { name: 'chat/m1' }]) {
      const response = await core.post('/api/show', body);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        model_info: { 'general.architecture': 'omniroute', 'general.basename': 'chat/m1' },
        capabilities: ['completion', 'tools', 'vision'],
      });
    }
    expect(await (await fetch(`${core.url}/api/ps`)).json()).toEqual({ models: [] });
  });
  it('is refused in its own shape for a model that is not there or not named', async () => {
    const missing = await core.post('/api/show', { model: 'chat/none' });
    expect([missing.status, await missing.json()]).toEqual([404, { error: expect.stringContaining('chat/none') }]);
    const unnamed = await core.post('/api/show', {});
    expect([unnamed.status, await unnamed.json()]).toEqual([
      400,
      { error: expect.stringContaining('model is missing') },
    ]);
  });
});

describe('stream framing towards other clients', () => {
  it('an Anthropic client over chat sees the exact event grammar', async () => {
    upstream.answer((_received, response) =>
      sendSse(response, [
        chatChunk({ role: 'assistant', content: '' }),
        chatChunk({ content: 'hi' }),
        chatChunk({}, 'stop'),
        'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":4,"completion_tokens":1,"total_tokens":5}}',
        'data: [DONE]',
      ]),
    );
    const text = await (
      await core.post('/v1/messages', {
        model: 'chat/m',
        max_tokens: 5,
        stream: true,
        messages: [{ role: 'user', content: 'hi' }],
      })
    ).text();
    expect([...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)).toEqual([
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
    expect(text).toContain('"output_tokens":1');
    expect(upstream.received[0]?.body['stream_options']).toEqual({ include_usage: true });
  });
  it('a chat client over Anthropic sees chunks, a finish reason and one [DONE] (pitfalls 11, 12; D.15-5)', async () => {
    upstream.answer((_received, response) =>
      sendSse(response, [
        namedEvent('message_start', {
          message: {
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            model: 'm',
            content: [],
            stop_reason: null,
            usage: { input_tokens: 9, output_tokens: 1 },
          },
        }),
        namedEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
        namedEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'hi' } }),
        namedEvent('content_block_stop', { index: 0 }),
        namedEvent('message_delta', {
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: 2 },
        }),
        namedEvent('message_stop', {}),
      ]),
    );
    const text = await (
      await core.post('/v1/chat/completions', {
        model: 'anth/m',
        stream: true,
        stream_options: { include_usage: true },
        messages: [{ role: 'user', content: 'hi' }],
      })
    ).text();
    expect(text.match(/data: \[DONE\]/g)).toHaveLength(1);
    expect(text).toContain('"finish_reason":"stop"');
    expect(text).toContain('"prompt_tokens":9');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(text).not.toContain('data: null');
  });
});
