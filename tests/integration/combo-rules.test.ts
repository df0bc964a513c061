/**
 * What a combo sets for its models, over real sockets: further tries of the same model and the pause before them, how many
 * requests at the same time and how long one waits for its turn, and the time in all that a request may walk.
 */
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import type { JsonObject } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let first: Upstream;
let second: Upstream;
let connectionId: string;

beforeAll(async () => {
  core = await startCore();
  first = await startUpstream(() => undefined);
  second = await startUpstream((_received, response) => sendJson(response, chatAnswer('second')));
  ({ connectionId } = await core.addNode({ prefix: 'first', baseUrl: `${first.url}/v1` }));
  await core.addNode({ prefix: 'second', baseUrl: `${second.url}/v1` });
});
afterAll(async () => {
  await core.stop();
  await Promise.all([first.close(), second.close()]);
});
beforeEach(async () => {
  await core.manage('POST', '/api/resilience/reset', {});
  first.received.length = 0;
  second.received.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

const combine = (name: string, config: JsonObject, models = ['first/m', 'second/m']): Promise<JsonObject> =>
  core.manage('POST', '/api/combos', { name, models, strategy: 'priority', config });
const ask = async (model: string, signal?: AbortSignal): Promise<string> => {
  const response = await fetch(`${core.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  return response.ok ? (/"content":"(\w+)"/.exec(text)?.[1] ?? text) : `${response.status} ${text}`;
};
const boom = (response: ServerResponse): void =>
  sendJson(response, { error: { message: 'boom', type: 'server_error' } }, 500);

it('a model is tried again after the pause, and no more often than set', async () => {
  const atMs: number[] = [];
  first.answer((_received, response) => {
    atMs.push(performance.now());
    if (atMs.length === 3) sendJson(response, chatAnswer('third'));
    else boom(response);
  });
  await combine('patient', { maxRetries: 2, retryDelayMs: 120 });
  expect(await ask('patient')).toBe('third');
  expect(atMs).toHaveLength(3);
  expect(Math.min((atMs[1] ?? 0) - (atMs[0] ?? 0), (atMs[2] ?? 0) - (atMs[1] ?? 0))).toBeGreaterThanOrEqual(115);
  expect(second.received).toHaveLength(0);

  first.answer((_received, response) => boom(response));
  first.received.length = 0;
  await combine('impatient', { maxRetries: 1, retryDelayMs: 0 });
  expect(await ask('impatient')).toBe('second');
  expect(first.received).toHaveLength(2);
});

it('never after a limit', async () => {
  first.answer((_received, response) => sendJson(response, { error: { message: 'slow down' } }, 429));
  await combine('limited', { maxRetries: 5, retryDelayMs: 0 });
  expect(await ask('limited')).toBe('second');
  expect(first.received).toHaveLength(1);
});

it('nor before the time that the failure itself tells to wait', async () => {
  first.answer((_received, response) =>
    sendJson(response, { error: { message: 'back soon' } }, 503, { 'retry-after': '30' }),
  );
  await combine('told', { maxRetries: 5, retryDelayMs: 0 });
  expect(await ask('told')).toBe('second');
  expect(first.received).toHaveLength(1);
});

it('nor when another request heard meanwhile that the model is to rest', async () => {
  first.answer((received, response) => {
    if (first.received.indexOf(received) === 0) boom(response);
    else sendJson(response, { error: { message: 'slow down' } }, 429, { 'retry-after': '30' });
  });
  await combine('pausing', { maxRetries: 3, retryDelayMs: 400 });
  const pausing = ask('pausing');
  await expect.poll(() => first.received.length).toBe(1);
  expect(await ask('pausing')).toBe('second');
  expect(await pausing).toBe('second');
  expect(first.received).toHaveLength(2);
});

it("nor over the account's own limit of requests", async () => {
  first.answer((_received, response) => boom(response));
  await combine('counted', { maxRetries: 5, retryDelayMs: 0 });
  await core.manage('PUT', `/api/providers/${connectionId}`, {
    rateLimits: { requestsPerMinute: 3, minTimeBetweenRequests: 0 },
  });
  expect(await ask('counted')).toBe('second');
  await core.manage('PUT', `/api/providers/${connectionId}`, { rateLimitProtection: false });
  expect(first.received).toHaveLength(3);
});

it('a client that leaves during the pause is not called for any more', async () => {
  first.answer((_received, response) => boom(response));
  await combine('left', { maxRetries: 3, retryDelayMs: 300 });
  const leaving = new AbortController();
  const asked = ask('left', leaving.signal).catch((error: Error) => error.name);
  await expect.poll(() => first.received.length).toBe(1);
  leaving.abort();
  expect(await asked).toBe('AbortError');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect([first.received.length, second.received.length]).toEqual([1, 0]);
});

it('so many requests at a model at the same time, and the others wait for their turn', async () => {
  let running = 0;
  let most = 0;
  first.answer((_received, response) => {
    running += 1;
    most = Math.max(most, running);
    setTimeout(() => {
      running -= 1;
      sendJson(response, chatAnswer('first'));
    }, 30);
  });
  await combine('narrow', { concurrencyPerModel: 2, queueTimeoutMs: 10_000 }, ['first/m']);
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask('narrow')));
  expect(new Set(answers)).toEqual(new Set(['first']));
  expect([most, first.received.length]).toEqual([2, 12]);
});

it('who waits for longer than set goes on to the next model', async () => {
  const held: ServerResponse[] = [];
  first.answer((_received, response) => void held.push(response));
  await combine('hurried', { concurrencyPerModel: 1, queueTimeoutMs: 100 });
  const holding = ask('hurried');
  await expect.poll(() => held.length).toBe(1);
  expect(await ask('hurried')).toBe('second');
  for (const response of held) sendJson(response, chatAnswer('first'));
  expect(await holding).toBe('first');
  expect(first.received).toHaveLength(1);
});

it('the test of a combo tells of each model itself, not of a chain behind it', async () => {
  first.answer((_received, response) => boom(response));
  await combine('tested', {});
  await core.manage('PATCH', '/api/settings', { fallbackChains: { default: ['second/m'] } });
  const { results, resolvedBy } = await core.manage('POST', '/api/combos/test', { comboName: 'tested' });
  await core.manage('PATCH', '/api/settings', { fallbackChains: {} });
  expect(results).toMatchObject([
    { model: 'first/m', status: 'error', statusCode: 502, error: expect.stringContaining('boom') },
    { model: 'second/m', status: 'ok' },
  ]);
  expect(resolvedBy).toBe('second/m');
});

it('after five minutes no further model is tried', async () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const models = ['first/a', 'first/b', 'first/c', 'first/d', 'first/e'];
  first.answer((_received, response) => {
    vi.advanceTimersByTime(160_000);
    sendJson(response, { error: { message: 'no such model', code: 'model_not_found' } }, 404);
  });
  await combine('endless', {}, models);
  expect(await ask('endless')).toMatch(/^404 .*no such model/);
  expect(first.received.map(({ body }) => body['model'])).toEqual(['a', 'b']);
});
