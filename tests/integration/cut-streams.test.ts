/** A stream that begins well and breaks off is a failure, however well it began; a probe that begins well is none. */
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatChunk, type Script, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

let core: TestCore;
let upstream: Upstream;
const held: ServerResponse[] = [];

beforeEach(async () => {
  held.length = 0;
  upstream = await startUpstream(cutting);
  core = await startCore();
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
});
afterEach(async () => {
  await core.stop();
  await upstream.close();
});

const whole = [chatChunk({ content: 'all' }), chatChunk({}, 'stop'), 'data: [DONE]'];
const cutting: Script = (_received, response) => {
  sendSse(response, [chatChunk({ content: 'par' })], false);
  setTimeout(() => response.destroy(), 10);
};
const good: Script = (_received, response) => sendSse(response, whole);
const holding: Script = (_received, response) => void held.push(response);

const open = (): Promise<Response> =>
  core.post('/v1/chat/completions', { model: 'up/m', messages: [{ role: 'user', content: 'hi' }], stream: true });
const ask = async (): Promise<string> => (await open()).text();
const breaker = async () => objectsOf((await core.manage('GET', '/api/resilience'))['circuitBreakers'])[0];
const profile = (apikey: object): Promise<unknown> =>
  core.manage('PATCH', '/api/resilience', {
    profiles: {
      apikey: {
        ...{ transientCooldown: 0, rateLimitCooldown: 0, maxBackoffLevel: 5 },
        ...{ circuitBreakerThreshold: 3, circuitBreakerReset: 60_000, ...apikey },
      },
    },
  });

it('so many in a row open the breaker, though each had begun to answer', async () => {
  await profile({});
  for (const failures of [1, 2, 3]) {
    expect(await ask()).toContain('"error"');
    expect((await breaker())?.['failureCount']).toBe(failures);
  }
  expect((await breaker())?.['state']).toBe('OPEN');
  expect([(await open()).status, upstream.received.length]).toEqual([503, 3]);
});

it('one that comes to its end begins the count anew', async () => {
  await profile({});
  await ask();
  await ask();
  upstream.answer(good);
  expect(await ask()).toContain('[DONE]');
  upstream.answer(cutting);
  await ask();
  await ask();
  expect(await breaker()).toMatchObject({ state: 'CLOSED', failureCount: 2 });
});

it('the account rests from the second one on', async () => {
  await profile({ transientCooldown: 60_000, circuitBreakerThreshold: 0 });
  await ask();
  await ask();
  expect((await open()).status).toBe(429);
  expect(upstream.received).toHaveLength(2);
});

it('who waits for a probe is let through by its first content, and does not ask over and over meanwhile', async () => {
  await profile({ circuitBreakerThreshold: 1, circuitBreakerReset: 1_000 });
  await ask();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  upstream.answer(holding);
  const probe = open();
  await expect.poll(() => held.length).toBe(1);
  const timers = vi.spyOn(globalThis, 'setTimeout');
  const waiting = open();
  await new Promise((resolve) => setTimeout(resolve, 600));
  const short = timers.mock.calls.filter(([, ms]) => ms === 1).length;
  timers.mockRestore();
  expect(short).toBeLessThan(20);
  expect(upstream.received).toHaveLength(2);
  upstream.answer(good);
  sendSse(held[0] as ServerResponse, [chatChunk({ content: 'all' })], false);
  expect((await probe).status).toBe(200);
  expect(await (await waiting).text()).toContain('[DONE]');
  expect(upstream.received).toHaveLength(3);
  sendSse(held[0] as ServerResponse, whole.slice(1));
  expect(await (await probe).text()).toContain('[DONE]');
});
