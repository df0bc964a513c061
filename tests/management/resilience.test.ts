/** `/api/resilience`, `/api/models/availability`: what is shown, changed and refused (facts.md C.10, E.4). */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
let nodeId: string;
let connectionId: string;

beforeAll(async () => {
  core = await startCore();
  upstream = await startUpstream((_received, response) => sendJson(response, { error: { message: 'down' } }, 500));
  ({ nodeId, connectionId } = await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` }));
});
afterAll(async () => {
  await core.stop();
  await upstream.close();
});

const ask = (): Promise<Response> =>
  core.post('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'hi' }] });
const apikey = {
  transientCooldown: 1_000,
  rateLimitCooldown: 0,
  maxBackoffLevel: 4,
  circuitBreakerThreshold: 7,
  circuitBreakerReset: 9_000,
};

it('shows the profiles by kind and the default limits of the original', async () => {
  expect(await core.manage('GET', '/api/resilience')).toMatchObject({
    profiles: { oauth: { circuitBreakerThreshold: 3 }, apikey: { circuitBreakerThreshold: 5 } },
    defaults: { requestsPerMinute: 100, minTimeBetweenRequests: 200, concurrentRequests: 10 },
    circuitBreakers: [],
  });
});

it('one profile is changed without the other, defaults and overrides by provider as well', async () => {
  const changed = await core.manage('PATCH', '/api/resilience', {
    profiles: { apikey },
    defaults: { requestsPerMinute: 5, minTimeBetweenRequests: 1, concurrentRequests: 2 },
    overrides: { [nodeId]: { circuitBreakerThreshold: 1, circuitBreakerReset: 60_000, transientCooldown: 0 } },
  });
  expect(changed).toMatchObject({
    ok: true,
    profiles: { apikey, oauth: { circuitBreakerThreshold: 3 } },
    defaults: { requestsPerMinute: 5 },
    overrides: { [nodeId]: { circuitBreakerThreshold: 1 } },
  });
});

it.each([
  ['a profile without a member', { profiles: { apikey: { ...apikey, circuitBreakerReset: undefined } } }],
  ['a negative number', { profiles: { apikey: { ...apikey, transientCooldown: -1 } } }],
  ['a text', { profiles: { apikey: { ...apikey, maxBackoffLevel: 'high' } } }],
  ['an unknown kind', { profiles: { other: apikey } }],
  ['a limit of zero', { defaults: { requestsPerMinute: 0, minTimeBetweenRequests: 1, concurrentRequests: 1 } }],
])('refuses %s', async (_name, body) => {
  await expect(core.manage('PATCH', '/api/resilience', body)).rejects.toThrow(/: 400 /);
});

it('an override holds for its provider: the breaker opens at its first failure, until it is reset', async () => {
  expect((await ask()).status).toBe(502);
  const calls = upstream.received.length;
  expect((await ask()).status).toBe(503);
  expect(upstream.received).toHaveLength(calls);
  const shown = await core.manage('GET', '/api/resilience');
  expect(objectsOf(shown['circuitBreakers'])).toMatchObject([{ name: nodeId, state: 'OPEN', failureCount: 1 }]);
  expect(await core.manage('POST', '/api/resilience/reset', { provider: nodeId })).toMatchObject({ ok: true });
  expect((await ask()).status).toBe(502);
  expect(upstream.received.length).toBeGreaterThan(calls);
  await core.manage('POST', '/api/resilience/reset', {});
});

it('a model that rests is listed with its reason, and may be let go', async () => {
  upstream.answer((_received, response) =>
    sendJson(response, { error: { message: 'slow down' } }, 429, { 'retry-after': '60' }),
  );
  expect((await ask()).status).toBe(429);
  const { unavailableCount, models } = await core.manage('GET', '/api/models/availability');
  expect([unavailableCount, models]).toEqual([
    1,
    [expect.objectContaining({ provider: nodeId, connectionId, model: 'm', reason: 'upstream_rate_limited' })],
  ]);
  expect(Number(objectsOf(models)[0]?.['remainingMs'])).toBeGreaterThan(50_000);
  const { lockouts } = await core.manage('GET', '/api/rate-limits');
  expect(asObject(objectsOf(lockouts)[0])).toMatchObject({ model: 'm' });
  expect(await core.manage('POST', '/api/models/availability', { provider: nodeId, model: 'm' })).toEqual({
    success: true,
    cleared: 1,
  });
  expect(await core.manage('GET', '/api/models/availability')).toEqual({ unavailableCount: 0, models: [] });
});
