/** Shows 1: how each strategy spreads 1,000 requests, over real sockets, many at a time. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startCore, type TestCore } from '../support/core.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const REQUESTS = 1_000;
const AT_A_TIME = 20;

let core: TestCore;
let upstreams: Upstream[];
const NAMES = ['one', 'two', 'three'];
const KEYS = ['key-a', 'key-b', 'key-c'];

beforeAll(async () => {
  core = await startCore();
  upstreams = await Promise.all(
    [...NAMES, 'many'].map((name) => startUpstream((_received, response) => sendJson(response, chatAnswer(name)))),
  );
  for (const [at, name] of NAMES.entries()) await core.addNode({ prefix: name, baseUrl: `${upstreams[at]?.url}/v1` });
  const { nodeId } = await core.addNode({ prefix: 'many', baseUrl: `${upstreams[3]?.url}/v1`, apiKey: KEYS[0] ?? '' });
  for (const apiKey of KEYS.slice(1))
    await core.manage('POST', '/api/providers', { provider: nodeId, apiKey, name: apiKey });
});
afterAll(async () => {
  await core.stop();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});
beforeEach(() => {
  for (const upstream of upstreams) upstream.received.length = 0;
});

async function askAll(model: string, headers: (number: number) => Record<string, string> = () => ({})): Promise<void> {
  let sent = 0;
  const client = async (): Promise<void> => {
    while (sent < REQUESTS) {
      sent += 1;
      const response = await core.post(
        '/v1/chat/completions',
        { model, messages: [{ role: 'user', content: 'hi' }] },
        headers(sent),
      );
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, client));
}
const perModel = (): number[] => upstreams.slice(0, 3).map(({ received }) => received.length);
const perKey = (): number[] =>
  KEYS.map(
    (key) => upstreams[3]?.received.filter(({ headers }) => headers.authorization === `Bearer ${key}`).length ?? 0,
  );

describe('combos', () => {
  const run = async (
    strategy: string,
    models: readonly unknown[] = NAMES.map((name) => `${name}/m`),
  ): Promise<number[]> => {
    await core.manage('POST', '/api/combos', { name: `by-${strategy}`, models, strategy });
    await askAll(`by-${strategy}`);
    return perModel();
  };

  it('priority: all to the first', async () => {
    expect(await run('priority')).toEqual([REQUESTS, 0, 0]);
  });
  it('round-robin: all alike', async () => {
    expect(await run('round-robin')).toEqual([334, 333, 333]);
  });
  it('least-used: all alike, but for those under way', async () => {
    for (const count of await run('least-used'))
      expect(Math.abs(count - REQUESTS / 3)).toBeLessThanOrEqual(2 * AT_A_TIME);
  });
  it('random: about alike', async () => {
    for (const count of await run('random')) expect(Math.abs(count - REQUESTS / 3)).toBeLessThan(90);
  });
  it('weighted: by weight', async () => {
    const [one = 0, two = 0, three = 0] = await run('weighted', [
      { model: 'one/m', weight: 70 },
      { model: 'two/m', weight: 30 },
      { model: 'three/m', weight: 0 },
    ]);
    expect(three).toBe(0);
    expect(Math.abs(one - 700)).toBeLessThan(80);
    expect(one + two).toBe(REQUESTS);
  });
  it('cost-optimized: all to the cheapest', async () => {
    await core.manage('PATCH', '/api/pricing', {
      one: { m: { input: 3, output: 3 } },
      two: { m: { input: 1, output: 9 } },
      three: { m: { input: 2, output: 2 } },
    });
    expect(await run('cost-optimized')).toEqual([0, REQUESTS, 0]);
  });
});

describe('accounts', () => {
  const run = async (
    fallbackStrategy: string,
    headers?: (number: number) => Record<string, string>,
  ): Promise<number[]> => {
    await core.manage('PATCH', '/api/settings', { fallbackStrategy });
    await askAll('many/m', headers);
    return perKey();
  };

  it('fill-first and cost-optimized: all to the first', async () => {
    expect(await run('fill-first')).toEqual([REQUESTS, 0, 0]);
    for (const upstream of upstreams) upstream.received.length = 0;
    expect(await run('cost-optimized')).toEqual([REQUESTS, 0, 0]);
  });
  it('round-robin: all alike, three in a row', async () => {
    const counts = await run('round-robin');
    for (const count of counts) expect(Math.abs(count - REQUESTS / 3)).toBeLessThanOrEqual(3);
  });
  it('least-used: all alike', async () => {
    for (const count of await run('least-used')) expect(Math.abs(count - REQUESTS / 3)).toBeLessThanOrEqual(1);
  });
  it.each(['random', 'p2c'])('%s: about alike', async (strategy) => {
    for (const count of await run(strategy)) expect(Math.abs(count - REQUESTS / 3)).toBeLessThan(110);
  });
  it('a session stays on its account', async () => {
    await run('round-robin', () => ({ 'x-session-id': 'my session' }));
    expect(perKey().sort((a, b) => a - b)).toEqual([0, 0, REQUESTS]);
  });
});
