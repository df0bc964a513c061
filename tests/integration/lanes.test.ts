/** The two lanes over real sockets: what the upstream gets, what the client gets, what is recorded. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asObject, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { UPSTREAM_KEY } from '../support/marked-secrets.ts';
import { chatAnswer, chatChunk, messagesAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;

const CHAT = { model: 'chat/m/with/slash', messages: [{ role: 'user', content: 'hi' }] };

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

async function lastRecord(): Promise<JsonObject> {
  const history = await core.manage('GET', '/api/usage/history');
  return history;
}

describe('same format', () => {
  it('forwards the bytes with only the model replaced, and returns the answer byte for byte', async () => {
    const answer =
      '{ "id":"x", "object":"chat.completion","created":1,"model":"real", "choices":[{"index":0,"message":{"role":"assistant","content":"é"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}, "unknown":[1.0] }';
    upstream.answer((_received, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer),
    );
    const sent =
      '{ "messages":[{"role":"user","content":"caf\\u00e9 é"}],\n "model" : "chat/m/with/slash", "temperature":1.0, "store":true,"vendor_thing":{"a":null} }';
    const response = await core.post('/v1/chat/completions', sent);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(answer);
    expect(upstream.received[0]?.raw.toString()).toBe(sent.replace('"chat/m/with/slash"', '"m/with/slash"'));
    expect(upstream.received[0]?.path).toBe('/v1/chat/completions');
    expect(upstream.received[0]?.headers.authorization).toBe(`Bearer ${UPSTREAM_KEY}`);
  });

  it('streams byte for byte, comments and odd spacing included', async () => {
    const stream = `: keep-alive\n\n${chatChunk({ role: 'assistant' })}\r\n\r\n${chatChunk({ content: 'hé' })}\n\n\n${chatChunk({}, 'stop')}\n\ndata: [DONE]\n\n`;
    upstream.answer((_received, response) =>
      response.writeHead(200, { 'content-type': 'text/event-stream' }).end(stream),
    );
    const response = await core.post('/v1/chat/completions', { ...CHAT, stream: true });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(await response.text()).toBe(stream);
  });

  it('forwards anthropic-beta and anthropic-version unchanged, and no other header of the client', async () => {
    upstream.answer((_received, response) => sendJson(response, messagesAnswer([{ type: 'text', text: 'ok' }])));
    await core.post(
      '/v1/messages?beta=true',
      { model: 'anth/m', max_tokens: 5, messages: [] },
      {
        'anthropic-beta': 'a-1,b-2',
        'anthropic-version': '2099-01-01',
        'x-api-key': 'client-key',
        cookie: 'x=y',
        'x-private': 'z',
      },
    );
    const [received] = upstream.received;
    expect(received?.path).toBe('/v1/messages');
    expect(received?.headers).toMatchObject({
      'anthropic-beta': 'a-1,b-2',
      'anthropic-version': '2099-01-01',
      'x-api-key': UPSTREAM_KEY,
    });
    expect(received?.headers.cookie).toBeUndefined();
    expect(received?.headers['x-private']).toBeUndefined();
  });

  it('D.15-9: cache_control and thinking of an Anthropic body are untouched', async () => {
    upstream.answer((_received, response) => sendJson(response, messagesAnswer([{ type: 'text', text: 'ok' }])));
    const body = {
      model: 'anth/m',
      max_tokens: 5,
      system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      thinking: { type: 'enabled', budget_tokens: 5 },
      messages: [{ role: 'assistant', content: [{ type: 'thinking', thinking: 't', signature: 'sig' }] }],
    };
    await core.post('/v1/messages', body);
    expect(upstream.received[0]?.body).toEqual({ ...body, model: 'm' });
  });

  it('an upstream that answers JSON to a stream request still gives a stream', async () => {
    upstream.answer((_received, response) => sendJson(response, chatAnswer('whole')));
    const text = await (await core.post('/v1/chat/completions', { ...CHAT, stream: true })).text();
    expect(text).toContain('"content":"whole"');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });
});

describe('D.15-2, D.15-3: stream', () => {
  it('absent means false, and an Accept header changes nothing', async () => {
    upstream.answer((received, response) => {
      expect(received.body['stream']).toBeUndefined();
      sendJson(response, chatAnswer('plain'));
    });
    for (const path of ['/v1/chat/completions', '/v1/messages', '/v1/responses', '/api/chat']) {
      const body = { model: 'chat/m', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }], input: 'hi' };
      const response = await core.post(path, body, { accept: 'text/event-stream' });
      expect([path, response.status, response.headers.get('content-type')]).toEqual([
        path,
        200,
        expect.stringContaining('application/json'),
      ]);
    }
  });
  it('D.15-1: a plain OpenAI body with max_tokens at the chat endpoint stays OpenAI', async () => {
    upstream.answer((_received, response) => sendJson(response, chatAnswer('x')));
    await core.post('/v1/chat/completions', { ...CHAT, max_tokens: 5 });
    expect(upstream.received[0]?.path).toBe('/v1/chat/completions');
    expect(upstream.received[0]?.body['max_tokens']).toBe(5);
  });
});

describe('translation', () => {
  it('Anthropic client over chat: nothing the client did not send reaches the upstream', async () => {
    upstream.answer((_received, response) => sendJson(response, chatAnswer('bonjour')));
    const response = await core.post('/v1/messages', {
      model: 'chat/m',
      max_tokens: 50,
      system: 'be brief',
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(upstream.received[0]?.body).toEqual({
      model: 'm',
      max_tokens: 50,
      messages: [
        { role: 'system', content: 'be brief' },
        { role: 'user', content: 'hi' },
      ],
    });
    expect(await response.json()).toMatchObject({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'text', text: 'bonjour' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 7, output_tokens: 3 },
    });
  });

  it('chat client over Anthropic: the limit is the model’s own only because the protocol demands one', async () => {
    upstream.answer((_received, response) => sendJson(response, messagesAnswer([{ type: 'text', text: 'hola' }])));
    const response = await core.post('/v1/chat/completions', {
      model: 'anth/m',
      messages: [{ role: 'user', content: 'hi' }],
    });
    expect(Object.keys(upstream.received[0]?.body ?? {}).sort()).toEqual(['max_tokens', 'messages', 'model']);
    const body = (await response.json()) as JsonObject;
    expect(objectsOf(body['choices'] ?? [])[0]).toMatchObject({
      message: { role: 'assistant', content: 'hola' },
      finish_reason: 'stop',
    });
    expect(body['usage']).toMatchObject({ prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 });
  });

  it('pitfall 18: usage shown to clients is the upstream’s, with nothing added', async () => {
    upstream.answer((_received, response) =>
      sendJson(response, chatAnswer('x', { prompt_tokens: 11, completion_tokens: 2, total_tokens: 13 })),
    );
    const body = (await (
      await core.post('/v1/messages', { model: 'chat/m', max_tokens: 5, messages: [{ role: 'user', content: 'hi' }] })
    ).json()) as JsonObject;
    expect(body['usage']).toMatchObject({ input_tokens: 11, output_tokens: 2 });
  });

  it('previous_response_id and background get a clear 400 on a translated lane, and pass on the same-format lane', async () => {
    for (const extra of [{ previous_response_id: 'resp_1' }, { background: true }]) {
      const [name] = Object.keys(extra);
      const refused = await core.post('/v1/responses', { model: 'chat/m', input: 'hi', ...extra });
      expect(refused.status).toBe(400);
      expect(((await refused.json()) as { error: JsonObject }).error).toMatchObject({
        param: name,
        message: expect.stringContaining(name ?? ''),
      });
    }
    expect(upstream.received).toHaveLength(0);
    upstream.answer((_received, response) =>
      sendJson(response, {
        id: 'resp_2',
        object: 'response',
        status: 'completed',
        model: 'm',
        output: [
          {
            type: 'message',
            id: 'msg_1',
            role: 'assistant',
            status: 'completed',
            content: [{ type: 'output_text', text: 'ok', annotations: [] }],
          },
        ],
        usage: { input_tokens: 1, output_tokens: 0, total_tokens: 1 },
      }),
    );
    expect(
      (await core.post('/v1/responses', { model: 'resp/m', input: 'hi', previous_response_id: 'resp_1' })).status,
    ).toBe(200);
    expect(upstream.received[0]?.body['previous_response_id']).toBe('resp_1');
  });

  it('pitfall 21: a remote image is fetched for a target that takes only inline data', async () => {
    const pixel = Buffer.from('iVBORw0KGgo=', 'base64');
    const images = await startUpstream((_received, response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end(pixel),
    );
    const open = await startCore({ isMediaAddressAllowed: (address) => address === '127.0.0.1' });
    await open.addNode({ prefix: 'gem', baseUrl: `${upstream.url}/v1beta`, type: 'gemini-compatible' });
    upstream.answer((_received, response) =>
      sendJson(response, {
        candidates: [{ content: { role: 'model', parts: [{ text: 'a cat' }] }, finishReason: 'STOP' }],
        usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
      }),
    );
    const ask = (on: TestCore): Promise<Response> =>
      on.post('/v1/chat/completions', {
        model: 'gem/m',
        messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: `${images.url}/a.png` } }] }],
      });
    expect((await ask(open)).status).toBe(200);
    expect(JSON.stringify(upstream.received[0]?.body['contents'])).toContain('"data":"iVBORw0KGgo="');
    const refused = await ask(core);
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('not a public address');
    await open.stop();
    await images.close();
  });

  it('pitfalls 2 and 3: thoughts of another maker come back to Anthropic clients sealed, and never reach an Anthropic upstream unsigned', async () => {
    upstream.answer((_received, response) =>
      sendJson(response, {
        id: 'c',
        object: 'chat.completion',
        created: 1,
        model: 'm',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: 'so', reasoning_content: 'let me think' },
            finish_reason: 'stop',
          },
        ],
        usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
      }),
    );
    const first = (await (
      await core.post('/v1/messages', { model: 'chat/m', max_tokens: 500, messages: [{ role: 'user', content: 'hi' }] })
    ).json()) as JsonObject;
    const thinking = objectsOf(first['content'] ?? []).find((block) => block['type'] === 'thinking');
    expect(thinking).toMatchObject({
      thinking: 'let me think',
      signature: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
    });
    upstream.answer((_received, response) => sendJson(response, messagesAnswer([{ type: 'text', text: 'ok' }])));
    upstream.received.length = 0;
    await core.post('/v1/messages', {
      model: 'anth/m',
      max_tokens: 500,
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: first['content'] ?? [] },
        { role: 'user', content: 'go on' },
      ],
    });
    expect(JSON.stringify(upstream.received[0]?.body)).not.toContain('thinking');
    expect(JSON.stringify(upstream.received[0]?.body)).toContain('"so"');
  });
});

it('records what was used, by provider and account', async () => {
  const history = await lastRecord();
  expect(Number(history['totalRequests'])).toBeGreaterThan(10);
  expect(Object.keys(asObject(history['byProvider']) ?? {}).length).toBeGreaterThan(1);
});
