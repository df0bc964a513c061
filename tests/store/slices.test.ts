/** The sums of requests, made in slices: the same as at once, whatever happens between two of them. */
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { lastDays } from '../../core/base/time-zone.ts';
import type { Store } from '../../core/store/store.ts';
import { seedYear } from '../support/seed-year.ts';
import { usage } from './records.ts';
import { NOW_MS, temporaryStore } from './temporary-store.ts';

const ZONE = 'Europe/Helsinki';
const WANTED = { zone: ZONE, ...lastDays(ZONE, 400, NOW_MS) };

async function seeded(requests: number): Promise<Store> {
  const { store } = temporaryStore();
  await seedYear(store, { requests, nowMs: NOW_MS });
  return store;
}

function sumsOf(store: Store) {
  const { last10Minutes, ...history } = store.usage.history(NOW_MS);
  return { history, minutes: last10Minutes, days: store.rollups.days(WANTED, NOW_MS) };
}

/** Runs the work and returns how long the event loop stood still at the longest, and how often it had a turn. */
async function watched(work: () => Promise<unknown>): Promise<{ standstillMs: number; tookMs: number; turns: number }> {
  const startedMs = performance.now();
  let [lastMs, standstillMs, turns, isOver] = [startedMs, 0, 0, false];
  const done = work().finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await nextTurn();
    const nowMs = performance.now();
    standstillMs = Math.max(standstillMs, nowMs - lastMs);
    [lastMs, turns] = [nowMs, turns + 1];
  }
  await done;
  return { standstillMs, turns, tookMs: performance.now() - startedMs };
}

describe('sums made in slices', () => {
  it('are those that are made at once', async () => {
    const [slow, fast] = [await seeded(5_000), await seeded(5_000)];
    await slow.rollups.prepareDays(WANTED, NOW_MS);
    await slow.usage.prepareHistory();
    expect(sumsOf(slow)).toEqual(sumsOf(fast));
  });

  it('take in what is recorded between two of them, in days that are made and in days that are not', async () => {
    const [slow, fast] = [await seeded(5_000), await seeded(5_000)];
    const [first = 0, last = 0] = [WANTED.startsMs[50], WANTED.startsMs.at(-1)];
    const late = [first, last].map((startedAtMs, at) => ({ ...usage, id: `late-${at}`, startedAtMs }));
    const prepared = Promise.all([slow.rollups.prepareDays(WANTED, NOW_MS), slow.usage.prepareHistory()]);
    for (const record of late) {
      await slow.usage.append(record);
      slow.rollups.between(0, NOW_MS);
    }
    await prepared;
    for (const record of late) await fast.usage.append(record);
    expect(sumsOf(slow)).toEqual(sumsOf(fast));
  });

  it('end quietly when the store is closed between two of them', async () => {
    const store = await seeded(5_000);
    const prepared = store.rollups.prepareDays(WANTED, NOW_MS);
    await nextTurn();
    await store.close();
    await expect(prepared).resolves.toBeUndefined();
  });

  it('leave others their turn: 100,000 requests after an import', { timeout: 120_000 }, async () => {
    const store = await seeded(100_000);
    const { standstillMs, tookMs, turns } = await watched(async () => {
      await store.rollups.prepareDays(WANTED, NOW_MS);
      await store.usage.prepareHistory();
    });
    console.log(
      `The sums of 100,000 requests took ${Math.round(tookMs)} ms in ${turns} turns; the longest was ${Math.round(standstillMs)} ms.`,
    );
    expect(turns).toBeGreaterThan(200);
    // On a calm machine it is under 15 ms; a busy one takes the processor away in between.
    expect(standstillMs).toBeLessThan(tookMs / 2);
  });
});
