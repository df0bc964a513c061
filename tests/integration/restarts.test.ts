/** What was learned of providers and combos outlives the process: one store file, one core after the other, a clock that is moved. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { asObject, asString, type JsonObject, objectsOf } from '../../core/base/json.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, type Script, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let dataDirectory: string;
let core: TestCore;
let upstream: Upstream;
let aheadMs: number;
const clock = { nowMs: () => Date.now() + aheadMs };
const MINUTE_MS = 60_000;

beforeEach(async () => {
  dataDirectory = mkdtempSync(join(tmpdir(), 'omniroute-'));
  aheadMs = 0;
  upstream = await startUpstream(good);
  core = await startCore({ dataDirectory, clock });
  await core.addNode({ prefix: 'up', baseUrl: `${upstream.url}/v1` });
  await core.addNode({ prefix: 'two', baseUrl: `${upstream.url}/v1` });
});
afterEach(async () => {
  await core.stop();
  await upstream.close();
  rmSync(dataDirectory, { recursive: true, force: true });
});

/** Ends the process's core and starts another on the same file, so much later. */
async function restart(afterMs = 0): Promise<void> {
  await core.stop();
  aheadMs += afterMs;
  core = await startCore({ dataDirectory, clock });
}

const good: Script = (_received, response) => sendJson(response, chatAnswer('fine'));
const broken: Script = (_received, response) => sendJson(response, { error: { message: 'boom' } }, 500);
const limited: Script = (_received, response) =>
  sendJson(response, { error: { message: 'Slow down.', code: 'rate_limit_exceeded' } }, 429, { 'retry-after': '120' });

async function ask(model = 'up/m'): Promise<Response> {
  const response = await core.post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hi' }] });
  await response.clone().text();
  return response;
}
async function resilience(): Promise<{ readonly breaker?: JsonObject; readonly restMs?: number }> {
  const { circuitBreakers, cooldowns } = await core.manage('GET', '/api/resilience');
  const [breaker] = objectsOf(circuitBreakers);
  const [rest] = objectsOf(cooldowns);
  return { ...(breaker && { breaker }), ...(rest && { restMs: Number(rest['remainingMs']) }) };
}
const profile = (apikey: object): Promise<JsonObject> =>
  core.manage('PATCH', '/api/resilience', {
    profiles: {
      apikey: {
        ...{ transientCooldown: 0, rateLimitCooldown: 0, maxBackoffLevel: 5 },
        ...{ circuitBreakerThreshold: 0, circuitBreakerReset: MINUTE_MS, ...apikey },
      },
    },
  });

describe('a cooldown that the provider told', () => {
  it('holds over a restart until its time, for its model only', async () => {
    upstream.answer(limited);
    expect((await ask()).status).toBe(429);
    upstream.answer(good);
    await restart(MINUTE_MS);
    const refused = await ask();
    expect([refused.status, upstream.received.length]).toEqual([429, 1]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    const { restMs } = await resilience();
    expect(restMs).toBeGreaterThan(30_000);
    expect(restMs).toBeLessThanOrEqual(MINUTE_MS);
    expect((await ask('up/other')).status).toBe(200);
    await restart(MINUTE_MS + 1_000);
    expect([(await ask()).status, upstream.received.length]).toEqual([200, 3]);
  });
});

describe('our own backoff', () => {
  it('goes on where it was, though the rest was over when the process ended', async () => {
    await profile({ transientCooldown: 20_000 });
    upstream.answer(broken);
    // One blip disables nothing; the second failure in a row rests for 20 s, the third for 40 s, each ± 20 %.
    await ask();
    await restart();
    await ask();
    expect((await resilience()).restMs).toBeGreaterThan(14_000);
    expect((await resilience()).restMs).toBeLessThanOrEqual(24_000);
    await restart(25_000);
    expect((await resilience()).restMs).toBeUndefined();
    await ask();
    expect((await resilience()).restMs).toBeGreaterThan(30_000);
    expect(upstream.received).toHaveLength(3);
    upstream.answer(good);
    await restart(50_000);
    expect((await ask()).status).toBe(200);
    await restart();
    upstream.answer(broken);
    await ask();
    expect((await resilience()).restMs).toBeUndefined();
  });

  it('begins anew long after', async () => {
    await profile({ transientCooldown: 20_000 });
    upstream.answer(broken);
    await ask();
    await restart(11 * MINUTE_MS);
    await ask();
    expect((await resilience()).restMs).toBeUndefined();
  });
});

describe('a breaker', () => {
  const open = async (): Promise<void> => {
    await profile({ circuitBreakerThreshold: 2 });
    upstream.answer(broken);
    await ask();
    await restart();
    await ask();
    expect((await resilience()).breaker).toMatchObject({ state: 'OPEN', failureCount: 2 });
  };

  it('counts failures over a restart, stays open over one, and lets one probe through when its time is over', async () => {
    await open();
    await restart(MINUTE_MS / 2);
    expect((await resilience()).breaker).toMatchObject({ state: 'OPEN', failureCount: 2 });
    expect([(await ask()).status, upstream.received.length]).toEqual([503, 2]);
    await restart(MINUTE_MS);
    const held = holding();
    upstream.answer(held.script);
    const probe = ask();
    await held.arrived;
    expect((await resilience()).breaker).toMatchObject({ state: 'HALF_OPEN' });
    const others = await Promise.all([ask(), ask(), ask()].map(async (asked) => (await asked).status));
    expect([others, upstream.received.length]).toEqual([[503, 503, 503], 3]);
    upstream.answer(good);
    held.release();
    expect((await probe).status).toBe(200);
    await restart();
    expect((await ask()).status).toBe(200);
    expect((await resilience()).breaker?.['state'] ?? 'CLOSED').toBe('CLOSED');
  }, 30_000);

  it('opens for twice as long when its probe fails, also after a restart', async () => {
    await open();
    await restart(MINUTE_MS + 1_000);
    expect((await ask()).status).toBe(502);
    const until = (): Promise<number> =>
      resilience().then(({ breaker }) => Date.parse(asString(breaker?.['openUntil']) ?? '') - clock.nowMs());
    expect(await until()).toBeGreaterThan(1.5 * MINUTE_MS);
    await restart();
    expect(await until()).toBeGreaterThan(1.5 * MINUTE_MS);
    expect([(await ask()).status, upstream.received.length]).toEqual([503, 3]);
  });

  it('sends another probe when the process ended during one', async () => {
    await open();
    await restart(MINUTE_MS + 1_000);
    const held = holding();
    upstream.answer(held.script);
    const probe = ask().catch(() => undefined);
    await held.arrived;
    await restart();
    await probe;
    upstream.answer(good);
    expect((await ask()).status).toBe(200);
  }, 30_000);
});

describe('a combo', () => {
  it('keeps its figures and its turn over a restart', async () => {
    await core.manage('POST', '/api/combos', { name: 'both', models: ['up/m', 'two/n'], strategy: 'round-robin' });
    const asked = async (): Promise<unknown> => {
      await ask('both');
      return upstream.received.at(-1)?.body['model'];
    };
    const before = [await asked(), await asked(), await asked()];
    const figures = await core.manage('GET', '/api/combos/metrics');
    await restart();
    expect(await core.manage('GET', '/api/combos/metrics')).toEqual(figures);
    expect(JSON.stringify(figures)).toContain('"totalRequests":3');
    expect(before).toEqual(['m', 'n', 'm']);
    expect(await asked()).toBe('n');
    const after = await core.manage('GET', '/api/combos/metrics');
    expect(asObject(asObject(after['metrics'])?.['both'])?.['totalRequests']).toBe(4);
  });
});

/** An upstream that takes a request and answers it when it is told to. */
function holding(): { readonly script: Script; readonly arrived: Promise<void>; release(): void } {
  const arrived = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  return {
    script: async (received, response, request) => {
      arrived.resolve();
      await released.promise;
      good(received, response, request);
    },
    arrived: arrived.promise,
    release: () => released.resolve(),
  };
}
