/** Shows 4: duplicates share one upstream call, streams included; failures are not replayed; keys never meet. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asObject, asString } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
let keyNumber = 0;
const messages = [{ role: 'user', content: 'hi' }];
const ask = (headers: Record<string, string>, extra: object = {}): Promise<Response> =>
  core.post('/v1/chat/completions', { model: 'up/m', messages, ...extra }, headers);
const freshKey = (): Record<string, string> => {
  keyNumber += 1;
  return { 'idempotency-key': `key-${keyNumber}` };
};

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('hello')));
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});
beforeEach(async () => {
  await core.manage('POST', '/api/resilience/reset');
  upstream.received.length = 0;
  upstream.answer((received, response) => {
    if (received.body['stream'] !== true) {
      setTimeout(() => sendJson(response, chatAnswer('hello')), 100);
      return;
    }
    sendSse(response, [chatChunk({ content: 'hel' })], false);
    setTimeout(() => sendSse(response, [chatChunk({ content: 'lo' }), chatChunk({}, 'stop'), 'data: [DONE]']), 100);
  });
});

describe('duplicates', () => {
  it.each([false, true])('200 parallel requests with one key make one upstream call (stream %s)', async (stream) => {
    const headers = freshKey();
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask(headers, { stream })));
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    expect(upstream.received).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain(stream ? '[DONE]' : 'hello');
    expect(answers.filter((answer) => answer.headers.get('x-omniroute-idempotent') === 'true')).toHaveLength(199);
  });

  it('a good answer is given again for a while, to X-Request-Id as well', async () => {
    const headers = { 'x-request-id': 'req-1' };
    const first = await (await ask(headers)).text();
    const again = await ask(headers);
    expect([await again.text(), again.headers.get('x-omniroute-idempotent')]).toEqual([first, 'true']);
    expect(upstream.received).toHaveLength(1);
  });

  it('another body with the same key is a 409', async () => {
    const headers = freshKey();
    await ask(headers);
    const other = await ask(headers, { max_tokens: 5 });
    expect([other.status, await other.text()]).toEqual([409, expect.stringContaining('idempotency key')]);
    expect(upstream.received).toHaveLength(1);
  });

  it('failures are not replayed', async () => {
    upstream.answer((_received, response) => sendJson(response, { error: { message: 'boom' } }, 500));
    const headers = freshKey();
    expect((await ask(headers)).status).toBe(502);
    upstream.answer((_received, response) => sendJson(response, chatAnswer('hello')));
    const second = await ask(headers);
    expect([second.status, second.headers.get('x-omniroute-idempotent')]).toEqual([200, null]);
  });

  it('a cut stream is not replayed', async () => {
    upstream.answer((_received, response) => {
      sendSse(response, [chatChunk({ content: 'par' })], false);
      setTimeout(() => response.destroy(), 20);
    });
    const headers = freshKey();
    expect(await (await ask(headers, { stream: true })).text()).toContain('"error"');
    await ask(headers, { stream: true }).then((response) => response.text());
    expect(upstream.received).toHaveLength(2);
  });

  it('two API keys never share', async () => {
    const made = await Promise.all(
      ['a', 'b'].map((name) => core.manage('POST', '/api/keys', { name: `${name}${keyNumber}` })),
    );
    const headers = freshKey();
    for (const answer of made) await ask({ ...headers, authorization: `Bearer ${asString(answer['key']) ?? ''}` });
    expect(upstream.received).toHaveLength(2);
  });

  it('the upstream goes on while one of them is there, and ends when all have left', async () => {
    const closed = Promise.withResolvers<void>();
    upstream.answer((_received, response) => {
      response.on('close', () => closed.resolve());
      sendSse(response, [chatChunk({ content: 'a' })], false);
    });
    const headers = freshKey();
    const [leaver, stayer] = [new AbortController(), new AbortController()];
    const open = (signal: AbortSignal): Promise<Response> =>
      fetch(`${core.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'up/m', messages, stream: true }),
        signal,
      });
    const first = await open(leaver.signal);
    const second = await open(stayer.signal);
    await first.body?.getReader().read();
    const reader = second.body?.getReader();
    await reader?.read();
    leaver.abort();
    const isClosed = await Promise.race([closed.promise.then(() => true), new Promise((go) => setTimeout(go, 300))]);
    expect(isClosed).toBeUndefined();
    stayer.abort();
    await closed.promise;
  });

  it('a duplicate is recorded as one, without cost', async () => {
    const headers = freshKey();
    const before = await core.manage('GET', '/api/usage/history');
    await Promise.all([ask(headers), ask(headers)]);
    const after = await core.manage('GET', '/api/usage/history');
    expect(Number(after['totalRequests']) - Number(before['totalRequests'])).toBe(2);
    expect(Number(after['totalPromptTokens']) - Number(before['totalPromptTokens'])).toBe(7);
    expect(asObject(after['byProvider'])).toBeDefined();
  });
});
