import { describe, expect, it } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { startRetention } from '../../core/policy/retention.ts';
import { DEFAULT_SETTINGS } from '../../core/policy/settings.ts';
import { memoryStore } from '../support/memory-store.ts';

const DAY_MS = 86_400_000;
const NOW_MS = 100 * DAY_MS;

/** Runs retention over a table that gives these answers; the arguments of the calls made within the time. */
async function callsWithin(ms: number, answers: readonly (number | Error)[], everyMs = 10_000): Promise<number[]> {
  const calls: number[] = [];
  const prune = (olderThanMs: number): number => {
    const answer = answers[calls.length] ?? 0;
    calls.push(olderThanMs);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const store = memoryStore();
  const stop = startRetention(
    {
      store: { ...store, usage: { ...store.usage, prune } },
      rules: () => ({ ...DEFAULT_SETTINGS, retentionDays: 30 }),
      clock: { nowMs: () => NOW_MS },
      log: silentLog,
    },
    { firstMs: 5, pauseMs: 5, everyMs },
  );
  await new Promise((resolve) => setTimeout(resolve, ms));
  stop();
  return calls;
}

describe('retention', () => {
  it('begins soon and goes on until nothing older than the days is left', async () => {
    expect(await callsWithin(200, [1_000, 1_000, 7])).toEqual(Array.from({ length: 4 }, () => 70 * DAY_MS));
  });
  it('comes back, also after a failure', async () => {
    expect((await callsWithin(200, [new Error('disk full')], 10)).length).toBeGreaterThan(1);
  });
  it('ends when it is stopped', async () => {
    expect(await callsWithin(0, [1])).toEqual([]);
  });
});
