/** Limits of one account: set with the connection, met by waiting, shown while requests wait (facts.md C.10, E.5). */
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asObject, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
let connectionId: string;
let nodeId: string;
const waiting: ServerResponse[] = [];

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => void waiting.push(response));
  ({ connectionId, nodeId } = await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` }));
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

const change = async (body: object): Promise<JsonObject> =>
  asObject((await core.manage('PUT', `/api/providers/${connectionId}`, body))['connection']) ?? {};
const ask = (): Promise<Response> =>
  core.post('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'hi' }] });
const limits = async (): Promise<JsonObject | undefined> =>
  objectsOf((await core.manage('GET', '/api/rate-limits'))['connections'])[0];

it('are set and taken away with the connection', async () => {
  expect(await change({ rateLimits: { concurrentRequests: 1, minTimeBetweenRequests: 0 } })).toMatchObject({
    rateLimitProtection: true,
    rateLimits: { concurrentRequests: 1, minTimeBetweenRequests: 0 },
  });
  expect(await limits()).toMatchObject({
    enabled: true,
    limits: { requestsPerMinute: 100, concurrentRequests: 1, minTimeBetweenRequests: 0 },
  });
  expect(await change({ rateLimitProtection: false })).toMatchObject({ rateLimitProtection: false });
  expect(await limits()).toMatchObject({ enabled: false, limits: null });
  await expect(change({ rateLimits: { concurrentRequests: 0 } })).rejects.toThrow(/400 .*concurrentRequests/);
});

it('a request over the limit waits for its turn, and is shown as queued', async () => {
  await change({ rateLimits: { concurrentRequests: 1, minTimeBetweenRequests: 0 } });
  const answers = [ask(), ask()];
  await expect.poll(limits).toMatchObject({ running: 1, queued: 1 });
  expect(waiting).toHaveLength(1);
  expect((await core.manage('GET', '/api/resilience'))['rateLimitStatus']).toEqual({
    [`${nodeId}:${connectionId}`]: { queued: 1, running: 1, executing: 1 },
  });
  sendJson(waiting.splice(0)[0] as ServerResponse, chatAnswer('one'));
  await expect.poll(() => waiting.length).toBe(1);
  sendJson(waiting.splice(0)[0] as ServerResponse, chatAnswer('two'));
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200]);
  expect(await limits()).toMatchObject({ running: 0, queued: 0, requestsInLastMinute: 2 });
});

it('what the headers told is met by waiting, and not by a 429', async () => {
  await change({ rateLimitProtection: false });
  const usedUp = {
    'x-ratelimit-limit-requests': '1',
    'x-ratelimit-remaining-requests': '0',
    'x-ratelimit-reset-requests': '400ms',
  };
  const first = ask();
  await expect.poll(() => waiting.length).toBe(1);
  sendJson(waiting.splice(0)[0] as ServerResponse, chatAnswer('one'), 200, usedUp);
  expect((await first).status).toBe(200);
  const startedMs = performance.now();
  const second = ask();
  await expect.poll(() => waiting.length).toBe(1);
  expect(performance.now() - startedMs).toBeGreaterThan(300);
  sendJson(waiting.splice(0)[0] as ServerResponse, chatAnswer('two'), 200, usedUp);
  expect((await second).status).toBe(200);
});

it('or by another account', async () => {
  const { connection } = await core.manage('POST', '/api/providers', {
    provider: nodeId,
    apiKey: 'sk-two',
    name: 'two',
  });
  const usedUp = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '30s' };
  await new Promise((resolve) => setTimeout(resolve, 450));
  const connections: (string | null)[] = [];
  for (const headers of [usedUp, {}]) {
    const asked = ask();
    await expect.poll(() => waiting.length).toBe(1);
    sendJson(waiting.splice(0)[0] as ServerResponse, chatAnswer('ok'), 200, headers);
    connections.push((await asked).headers.get('x-omniroute-connection'));
  }
  expect(connections).toEqual([connectionId, asObject(connection)?.['id']]);
});

it('a soft limit is met by a little room between two requests', async () => {
  const { nodeId: soft } = await core.addNode({ prefix: 'soft', baseUrl: `${upstream.url}/v1` });
  const askSoft = (): Promise<Response> =>
    core.post('/v1/chat/completions', { model: 'soft/m', messages: [{ role: 'user', content: 'hi' }] });
  const first = askSoft();
  await expect.poll(() => waiting.length).toBe(1);
  sendJson(waiting.splice(0)[0] as ServerResponse, chatAnswer('one'), 200, { 'x-ratelimit-over-limit': 'yes' });
  await first;
  const atMs: number[] = [];
  upstream.answer((_received, response) => {
    atMs.push(performance.now());
    sendJson(response, chatAnswer('on'));
  });
  const answers = await Promise.all([askSoft(), askSoft(), askSoft()]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const gapsMs = atMs.slice(1).map((ms, at) => ms - (atMs[at] ?? 0));
  expect(Math.min(...gapsMs)).toBeGreaterThan(150);
  await core.manage('DELETE', `/api/provider-nodes/${soft}`);
  upstream.answer((_received, response) => void waiting.push(response));
});

it('a refusal that tells its wait holds for that, not until the window is full again', async () => {
  await core.addNode({ prefix: 'burst', baseUrl: `${upstream.url}/v1` });
  const askBurst = (): Promise<Response> =>
    core.post('/v1/chat/completions', { model: 'burst/m', messages: [{ role: 'user', content: 'hi' }] });
  const full = { 'retry-after': '1', 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '6m0s' };
  upstream.answer((_received, response) => sendJson(response, { error: { message: 'slow down' } }, 429, full));
  expect((await askBurst()).status).toBe(429);
  upstream.answer((_received, response) => sendJson(response, chatAnswer('on')));
  expect((await askBurst()).status).toBe(200);
});

it('what was told is forgotten by a reset, and what is under way still counts', async () => {
  const { connectionId: id } = await core.addNode({ prefix: 'reset', baseUrl: `${upstream.url}/v1` });
  const askReset = (model: string): Promise<Response> =>
    core.post('/v1/chat/completions', { model: `reset/${model}`, messages: [{ role: 'user', content: 'hi' }] });
  const running = async (): Promise<unknown> =>
    objectsOf((await core.manage('GET', '/api/rate-limits'))['connections']).find(
      ({ connectionId: of }) => of === id,
    )?.['running'];
  const usedUp = { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '1h' };
  upstream.answer((_received, response) => sendJson(response, chatAnswer('on'), 200, usedUp));
  expect((await askReset('m')).status).toBe(200);
  expect((await askReset('m')).status).toBe(429);
  upstream.answer((_received, response) => void waiting.push(response));
  const other = askReset('other');
  await expect.poll(() => waiting.length).toBe(1);
  upstream.answer((_received, response) => sendJson(response, { error: { message: 'no' } }, 401));
  expect((await askReset('third')).status).toBe(502);
  expect((await core.manage('POST', '/api/resilience/reset', { connectionId: id }))['resetCount']).toBe(2);
  expect(await running()).toBe(1);
  upstream.answer((_received, response) => sendJson(response, chatAnswer('on')));
  expect((await askReset('m')).status).toBe(200);
  sendJson(waiting.splice(0)[0] as ServerResponse, chatAnswer('late'));
  expect((await other).status).toBe(200);
});

it.each(['removed', 'switched off'])('an account that is %s meanwhile is not called for who waits', async (how) => {
  const { connectionId: id } = await core.addNode({ prefix: how.slice(0, 7), baseUrl: `${upstream.url}/v1` });
  await core.manage('PUT', `/api/providers/${id}`, {
    rateLimits: { concurrentRequests: 1, minTimeBetweenRequests: 0 },
  });
  upstream.received.length = 0;
  upstream.answer((_received, response) => void waiting.push(response));
  const askIt = (): Promise<Response> =>
    core.post('/v1/chat/completions', {
      model: `${how.slice(0, 7)}/m`,
      messages: [{ role: 'user', content: 'hi' }],
    });
  const running = askIt();
  await expect.poll(() => waiting.length).toBe(1);
  const queued = askIt();
  const isQueued = async (): Promise<unknown> =>
    objectsOf((await core.manage('GET', '/api/rate-limits'))['connections']).find(
      ({ connectionId: of }) => of === id,
    )?.['queued'];
  await expect.poll(isQueued).toBe(1);
  if (how === 'removed') await core.manage('DELETE', `/api/providers/${id}`);
  else await core.manage('PUT', `/api/providers/${id}`, { isActive: false });
  sendJson(waiting.splice(0)[0] as ServerResponse, chatAnswer('one'));
  expect((await running).status).toBe(200);
  expect((await queued).status).toBeGreaterThanOrEqual(400);
  expect(upstream.received).toHaveLength(1);
});

it('the old path leads on', async () => {
  await expect(core.manage('GET', '/api/rate-limit')).resolves.toHaveProperty('connections');
  const set = await core.manage('POST', '/api/rate-limit', { connectionId, enabled: false });
  expect(set).toEqual({ success: true, connectionId, enabled: false });
});
