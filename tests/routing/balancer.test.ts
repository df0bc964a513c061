import { describe, expect, it } from 'vitest';
import type { Account } from '../../core/accounts/accounts.ts';
import { silentLog } from '../../core/base/log.ts';
import type { AccountStrategy } from '../../core/routing/account-order.ts';
import type { Balancer } from '../../core/routing/balancer.ts';
import { createBalancer } from '../../core/routing/live-balancer.ts';
import type { Leg } from '../../core/routing/plan.ts';
import { memoryKeyValues } from '../support/memory-store.ts';
import { testClock } from '../support/test-clock.ts';
import { account, combo, counted, seeded, world } from './fixtures.ts';

const ACCOUNTS = [account('a'), account('b', { priority: 2 }), account('c', { priority: 3 })];

function balancer(strategy: AccountStrategy, keyValues = memoryKeyValues()): Balancer {
  return createBalancer({
    keyValues,
    clock: testClock(),
    log: silentLog,
    strategyOf: () => strategy,
    stickyLimit: () => 3,
    random: seeded(),
  });
}
function legOf(at: Balancer, model = 'p/one'): Leg {
  const [leg] = at.plan(model, 'openai-chat', world([combo('c', ['p/one', 'q/two'])])).legs;
  if (leg === undefined) throw new Error('there is no leg');
  return leg;
}
function choices(at: Balancer, count: number, ready: readonly Account[] = ACCOUNTS): string[] {
  const leg = legOf(at);
  return Array.from({ length: count }, () => at.choose(leg, ready, undefined).id);
}

describe('accounts over 1,000 requests', () => {
  it('fill-first and cost-optimized: the first by priority', () => {
    for (const strategy of ['fill-first', 'cost-optimized'] as const)
      expect(counted(choices(balancer(strategy), 1_000))).toEqual({ a: 1_000 });
  });
  it('round-robin: so many in a row, then the one not used for longest', () => {
    expect(choices(balancer('round-robin'), 12).join('')).toBe('aaabbbcccaaa');
    const { a = 0, b = 0, c = 0 } = counted(choices(balancer('round-robin'), 1_000));
    expect([a, b, c]).toEqual([334, 333, 333]);
  });
  it('round-robin: an account that is not ready is left out and comes back', () => {
    const at = balancer('round-robin');
    expect(choices(at, 1).join('')).toBe('a');
    expect(choices(at, 4, ACCOUNTS.slice(1)).join('')).toBe('bbbc');
    expect(choices(at, 3).join('')).toBe('cca');
  });
  it('random: about alike', () => {
    for (const count of Object.values(counted(choices(balancer('random'), 1_000))))
      expect(Math.abs(count - 333)).toBeLessThan(60);
  });
  it('least-used: in turn', () => {
    expect(counted(choices(balancer('least-used'), 999))).toEqual({ a: 333, b: 333, c: 333 });
  });
  it('p2c: spreads, and keeps away from an account whose last request failed', () => {
    const at = balancer('p2c');
    const before = counted(choices(at, 1_000));
    for (const id of ['a', 'b', 'c']) expect(before[id]).toBeGreaterThan(200);
    at.noteAccount(account('a'), false);
    const after = counted(choices(at, 1_000));
    expect(after['a'] ?? 0).toBeLessThan(150);
    at.noteAccount(account('a'), true);
    expect(counted(choices(at, 1_000))['a']).toBeGreaterThan(200);
  });
  it('parallel requests never see the same state', async () => {
    const at = balancer('least-used');
    const leg = legOf(at);
    const chosen = await Promise.all(
      Array.from({ length: 300 }, async () => {
        await Promise.resolve();
        return at.choose(leg, ACCOUNTS, undefined).id;
      }),
    );
    expect(counted(chosen)).toEqual({ a: 100, b: 100, c: 100 });
  });
});

describe('sessions', () => {
  it('stay with their account while it is ready, and with the next one after', () => {
    const at = balancer('least-used');
    const leg = legOf(at);
    const choose = (session: string, ready = ACCOUNTS): string => at.choose(leg, ready, session).id;
    expect([choose('s'), choose('t'), choose('s'), choose('t'), choose('s')].join('')).toBe('ababa');
    const moved = choose('s', ACCOUNTS.slice(1));
    expect(moved).toBe('c');
    expect(choose('s')).toBe('c');
  });
});

describe('combo metrics', () => {
  it('survive a restart, and so does the turn of round-robin', () => {
    const keyValues = memoryKeyValues();
    const picture = world([combo('c', ['p/one', 'q/two'], { strategy: 'round-robin' })]);
    const firstOf = (at: Balancer): string => at.plan('c', 'openai-chat', picture).legs[0]?.provider.id ?? '';
    const before = balancer('fill-first', keyValues);
    expect([firstOf(before), firstOf(before), firstOf(before)]).toEqual(['p', 'q', 'p']);
    before.note(legOf(before, 'c'), { ok: false, latencyMs: 30, status: 503 });
    before.noteRequest('c', { ok: true, fallbacks: 1, latencyMs: 70 });
    before.flush();
    const after = balancer('fill-first', keyValues);
    expect(after.metrics()).toEqual({
      c: {
        totalRequests: 1,
        totalSuccesses: 1,
        totalFailures: 0,
        totalFallbacks: 1,
        totalLatencyMs: 70,
        byModel: {
          'p/one': {
            requests: 1,
            successes: 0,
            failures: 1,
            totalLatencyMs: 30,
            lastStatus: 503,
            lastUsedAtMs: Date.UTC(2026, 0, 2, 3, 4, 5),
          },
        },
      },
    });
    expect([firstOf(after), firstOf(after)]).toEqual(['q', 'p']);
  });
  it('feed least-used', () => {
    const at = balancer('fill-first');
    const picture = world([combo('c', ['p/one', 'q/two'], { strategy: 'least-used' })]);
    const used = Array.from({ length: 1_000 }, () => {
      const [leg] = at.plan('c', 'openai-chat', picture).legs;
      if (leg !== undefined) at.note(leg, { ok: true, latencyMs: 1, status: 200 });
      return leg?.provider.id ?? '';
    });
    expect(counted(used)).toEqual({ p: 500, q: 500 });
  });
  it('of a combo that was removed are forgotten', () => {
    const keyValues = memoryKeyValues();
    const at = balancer('fill-first', keyValues);
    at.note(legOf(at, 'c'), { ok: true, latencyMs: 1, status: 200 });
    at.flush();
    at.plan('p/one', 'openai-chat', world([]));
    expect(at.metrics()).toEqual({});
    at.flush();
    expect(balancer('fill-first', keyValues).metrics()).toEqual({});
  });
});
