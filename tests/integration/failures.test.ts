/** What goes wrong upstream, and what the client sees of it in its own protocol. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { UPSTREAM_KEY } from '../support/marked-secrets.ts';
import {
  chatAnswer,
  chatChunk,
  messagesAnswer,
  namedEvent,
  sendJson,
  sendSse,
  startUpstream,
  type Upstream,
} from '../support/upstream.ts';

let core: TestCore;
let first: Upstream;
let second: Upstream;

const hi = [{ role: 'user', content: 'hi' }];
const ROUTES = [
  { client: 'chat', path: '/v1/chat/completions', body: { messages: hi }, model: true },
  { client: 'responses', path: '/v1/responses', body: { input: 'hi' }, model: true },
  { client: 'messages', path: '/v1/messages', body: { max_tokens: 9, messages: hi }, model: true },
  {
    client: 'gemini',
    path: '/v1beta/models/MODEL:generateContent',
    body: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
    model: false,
  },
  { client: 'ollama', path: '/api/chat', body: { messages: hi }, model: true },
] as const;

beforeAll(async () => {
  core = await startCore();
  first = await startUpstream((_received, response) => sendJson(response, chatAnswer('one')));
  second = await startUpstream((_received, response) => sendJson(response, chatAnswer('two')));
  await core.addNode({ prefix: 'one', baseUrl: `${first.url}/v1` });
  await core.addNode({ prefix: 'two', baseUrl: `${second.url}/v1` });
  await core.addNode({ prefix: 'anth', baseUrl: `${first.url}/v1`, type: 'anthropic-compatible' });
  await core.manage('POST', '/api/combos', { name: 'always-on', models: ['one/m', 'two/m'], strategy: 'priority' });
});
afterAll(async () => {
  await core.stop();
  await Promise.all([first.close(), second.close()]);
});
beforeEach(async () => {
  await core.manage('POST', '/api/resilience/reset');
  first.received.length = 0;
  second.received.length = 0;
  second.answer((received, response) =>
    received.body['stream'] === true
      ? sendSse(response, [chatChunk({ content: 'two' }), chatChunk({}, 'stop'), 'data: [DONE]'])
      : sendJson(response, chatAnswer('two')),
  );
});

const ask = (model: string, extra: object = {}): Promise<Response> =>
  core.post('/v1/chat/completions', { model, messages: hi, ...extra });

describe('errors in the caller’s own shape', () => {
  const shapes: Record<string, object> = {
    chat: { error: { message: expect.stringContaining('slow down'), type: expect.any(String) } },
    responses: { error: { message: expect.stringContaining('slow down'), type: expect.any(String) } },
    messages: { type: 'error', error: { type: 'rate_limit_error', message: expect.stringContaining('slow down') } },
    gemini: { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: expect.stringContaining('slow down') } },
    ollama: { error: expect.stringContaining('slow down') },
  };
  it.each(ROUTES)('$client: status, body and Retry-After', async ({ client, path, body, model }) => {
    first.answer((_received, response) =>
      sendJson(response, { error: { message: 'slow down', type: 'rate_limit_error' } }, 429, { 'retry-after': '7' }),
    );
    const response = await core.post(path.replace('MODEL', 'one/m'), model ? { ...body, model: 'one/m' } : body);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('7');
    expect(await response.json()).toMatchObject(shapes[client] ?? {});
  });

  it.each(ROUTES)('$client: bad JSON is a 400, a missing model too', async ({ path, body, model }) => {
    const broken = await core.post(path.replace('MODEL', 'one/m'), '{"model": "one/m", ');
    expect(broken.status).toBe(400);
    expect(await broken.text()).toMatch(/not valid JSON/);
    if (model) {
      const missing = await core.post(path, body);
      expect([missing.status, await missing.text()]).toEqual([400, expect.stringContaining('model')]);
    }
    expect(first.received).toHaveLength(0);
  });

  it('a model named twice is refused: permission and upstream might read different ones', async () => {
    const response = await core.post('/v1/chat/completions', '{"model":"two/m","messages":[],"model":"one/m"}');
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining('model stands twice')]);
    expect(first.received).toHaveLength(0);
  });

  it('unknown routes are 404, wrong methods 405 with Allow, as JSON', async () => {
    const unknown = await core.post('/v1/nothing', {});
    expect([unknown.status, await unknown.json()]).toEqual([
      404,
      { error: expect.objectContaining({ message: expect.stringContaining('/v1/nothing') }) },
    ]);
    const wrong = await fetch(`${core.url}/v1/messages`);
    expect([wrong.status, wrong.headers.get('allow'), await wrong.json()]).toEqual([
      405,
      'POST',
      expect.objectContaining({ type: 'error' }),
    ]);
  });

  it('a body beyond the limit is a 413', async () => {
    await core.manage('PATCH', '/api/settings', { maxBodyBytes: 2_048 });
    const response = await ask('one/m', { padding: 'x'.repeat(4_000) });
    expect([response.status, await response.json()]).toEqual([
      413,
      { error: expect.objectContaining({ message: expect.stringContaining('larger than the limit of 2048 bytes') }) },
    ]);
    await core.manage('PATCH', '/api/settings', { maxBodyBytes: 64 * 1024 * 1024 });
  });

  it('GET /v1/responses with an Upgrade header is a 426', async () => {
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      request(
        `${core.url}/v1/responses`,
        {
          headers: {
            connection: 'Upgrade',
            upgrade: 'websocket',
            'sec-websocket-version': '13',
            'sec-websocket-key': 'eA==',
          },
        },
        (response) => resolve(response.statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(426);
  });
});

describe('fallback before the first content', () => {
  it.each([
    ['a 500', (response) => sendJson(response, { error: { message: 'boom' } }, 500)],
    ['a 429', (response) => sendJson(response, { error: { message: 'slow', type: 'rate_limit_error' } }, 429)],
    ['a 401', (response) => sendJson(response, { error: { message: 'bad key' } }, 401)],
    [
      'a quota error sent as 400 (pitfall 29)',
      (response) =>
        sendJson(response, { error: { message: 'You exceeded your current quota', code: 'insufficient_quota' } }, 400),
    ],
    ['a closed connection', (response) => response.destroy()],
    ['garbage', (response) => response.writeHead(200, { 'content-type': 'application/json' }).end('<html>oops')],
    [
      'error text with status 200 (pitfall 16)',
      (response) => sendJson(response, { error: { message: 'no capacity', type: 'server_error' } }),
    ],
    [
      'half an answer',
      (response) =>
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' }).end('{"id":'),
    ],
    ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
  ] as [string, (response: Parameters<typeof sendJson>[0]) => void][])(
    '%s moves on to the next model of the combo',
    async (_name, script) => {
      first.answer((_received, response) => script(response));
      const response = await ask('always-on');
      expect([
        response.status,
        ((await response.json()) as { choices: { message: JsonObject }[] }).choices[0]?.message['content'],
      ]).toEqual([200, 'two']);
      expect([first.received.length, second.received.length]).toEqual([1, 1]);
    },
  );

  it.each([
    ['closes before anything', (response) => sendSse(response, [])],
    ['closes after an empty delta', (response) => sendSse(response, [chatChunk({ role: 'assistant', content: '' })])],
    [
      'reports an error inside the stream',
      (response) => sendSse(response, ['data: {"error":{"message":"overloaded","type":"server_error"}}']),
    ],
  ] as [string, (response: Parameters<typeof sendJson>[0]) => void][])(
    'a stream that %s moves on too',
    async (_name, script) => {
      first.answer((_received, response) => script(response));
      const text = await (await ask('always-on', { stream: true })).text();
      expect(text).toContain('"content":"two"');
      expect(text.match(/\[DONE\]/g)).toHaveLength(1);
    },
  );

  it('a plain 400 is the request’s fault and ends the walk', async () => {
    first.answer((_received, response) =>
      sendJson(response, { error: { message: 'messages.0 is wrong', type: 'invalid_request_error' } }, 400),
    );
    const response = await ask('always-on');
    expect([response.status, second.received.length]).toEqual([400, 0]);
    expect(await response.text()).toContain('messages.0 is wrong');
  });

  it('a refusal or a limit without text is an answer, not an error', async () => {
    first.answer((_received, response) =>
      sendJson(response, {
        ...chatAnswer(''),
        choices: [
          { index: 0, message: { role: 'assistant', content: null, refusal: 'I cannot' }, finish_reason: 'stop' },
        ],
      }),
    );
    expect((await ask('always-on')).status).toBe(200);
    first.answer((_received, response) => sendJson(response, messagesAnswer([], 'max_tokens')));
    expect((await ask('anth/m')).status).toBe(200);
    expect(second.received).toHaveLength(0);
  });

  it.each([false, true])('pitfall 30: an empty completion moves on (stream %s), alone it is a 502', async (stream) => {
    first.answer((_received, response) =>
      stream
        ? sendSse(response, [chatChunk({ role: 'assistant', content: '' }), chatChunk({}, 'stop'), 'data: [DONE]'])
        : sendJson(response, chatAnswer('')),
    );
    expect(await (await ask('always-on', { stream })).text()).toContain('two');
    const alone = await ask('one/m', { stream });
    expect([alone.status, await alone.text()]).toEqual([502, expect.stringContaining('without any content')]);
  });

  it('when all fail, the last error is named by its provider, and no key is in it', async () => {
    first.answer((_received, response) => sendJson(response, { error: { message: 'boom' } }, 503));
    second.answer((_received, response) =>
      sendJson(response, { error: { message: `key ${UPSTREAM_KEY} is bad` } }, 500),
    );
    const text = await (await ask('always-on')).text();
    expect(text).toContain('two/m');
    expect(text).toContain('key [key] is bad');
    expect(text).not.toContain(UPSTREAM_KEY);
  });

  it('the second account of a provider is tried when the first fails (fill-first)', async () => {
    const { connections } = await core.manage('GET', '/api/providers');
    const provider = (connections as { provider: string; name: string }[]).find(
      ({ name }) => name === 'one account',
    )?.provider;
    await core.manage('POST', '/api/providers', { provider, apiKey: 'sk-second', name: 'backup' });
    first.answer((received, response) =>
      received.headers.authorization === 'Bearer sk-second'
        ? sendJson(response, chatAnswer('by backup'))
        : sendJson(response, { error: { message: 'expired' } }, 401),
    );
    expect(await (await ask('one/m')).text()).toContain('by backup');
    expect(first.received.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${UPSTREAM_KEY}`,
      'Bearer sk-second',
    ]);
  });
});

describe('after the first content', () => {
  it('pitfall 13: a stream that dies ends with its protocol’s error, without fallback', async () => {
    first.answer((_received, response) => {
      sendSse(response, [chatChunk({ content: 'par' })], false);
      setTimeout(() => response.destroy(), 30);
    });
    const text = await (await ask('always-on', { stream: true })).text();
    expect(text).toContain('"content":"par"');
    expect(text).toMatch(/data: \{"error":\{/);
    expect(text).not.toContain('[DONE]');
    expect(second.received).toHaveLength(0);
  });

  it.each([
    [
      '/v1/messages',
      { max_tokens: 9, messages: hi },
      /event: error\ndata: \{"type":"error","error":\{/,
      /message_stop/,
    ],
    ['/v1/responses', { input: 'hi' }, /event: response\.failed/, /response\.completed/],
    ['/api/chat', { messages: hi }, /\{"error":"/, /"done":true/],
  ])('%s: a cut upstream ends in this protocol’s error', async (path, body, error, cleanEnd) => {
    first.answer((_received, response) => sendSse(response, [chatChunk({ content: 'par' })]));
    const text = await (await core.post(path, { ...body, model: 'one/m', stream: true })).text();
    expect(text).toContain('par');
    expect(text).toMatch(error);
    expect(text).not.toMatch(cleanEnd);
  });

  it('an Anthropic stream without message_stop is not a clean end', async () => {
    first.answer((_received, response) =>
      sendSse(response, [
        namedEvent('message_start', {
          message: {
            id: 'm',
            type: 'message',
            role: 'assistant',
            model: 'm',
            content: [],
            stop_reason: null,
            usage: { input_tokens: 1, output_tokens: 1 },
          },
        }),
        namedEvent('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
        namedEvent('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'par' } }),
      ]),
    );
    const text = await (
      await core.post('/v1/messages', { model: 'anth/m', max_tokens: 5, stream: true, messages: hi })
    ).text();
    expect(text).toMatch(/event: error/);
  });
});

describe('the client goes away', () => {
  it.each([true, false])(
    'stream %s: the upstream is aborted within a second and the request is recorded',
    async (stream) => {
      const closed = Promise.withResolvers<number>();
      const begun = Promise.withResolvers<void>();
      first.answer((_received, response) => {
        response.on('close', () => closed.resolve(Date.now()));
        if (stream) sendSse(response, [chatChunk({ content: 'a' })], false);
        begun.resolve();
      });
      const before = Number((await core.manage('GET', '/api/usage/history'))['totalRequests']);
      const controller = new AbortController();
      const request = fetch(`${core.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'one/m', messages: hi, stream }),
        signal: controller.signal,
      }).then((response) => response.text());
      await begun.promise;
      await new Promise((resolve) => setTimeout(resolve, 50));
      const abortedAtMs = Date.now();
      controller.abort();
      await expect(request).rejects.toThrow();
      expect((await closed.promise) - abortedAtMs).toBeLessThan(1_000);
      await expect
        .poll(async () => Number((await core.manage('GET', '/api/usage/history'))['totalRequests']))
        .toBe(before + 1);
    },
  );

  it('pitfall 20: a stream whose client leaves right after the end keeps its tokens', async () => {
    first.answer((_received, response) =>
      sendSse(response, [
        chatChunk({ content: 'a' }),
        chatChunk({}, 'stop'),
        'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":1000,"completion_tokens":1,"total_tokens":1001}}',
        'data: [DONE]',
      ]),
    );
    const before = Number((await core.manage('GET', '/api/usage/history'))['totalPromptTokens']);
    const response = await ask('one/m', { stream: true, stream_options: { include_usage: true } });
    const reader = response.body?.getReader();
    let text = '';
    while (!text.includes('[DONE]')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
    await reader?.cancel();
    expect(Number((await core.manage('GET', '/api/usage/history'))['totalPromptTokens'])).toBe(before + 1_000);
  });
});
