import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { startRetention } from '../../core/policy/retention.ts';
import { DEFAULT_SETTINGS } from '../../core/policy/settings.ts';
import { openStore } from '../../core/store/sqlite/open-store.ts';
import { usage } from '../store/records.ts';
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
  it('makes room by the bodies first: a database full of them keeps its requests', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'omniroute-'));
    const clock = { nowMs: () => NOW_MS };
    const store = openStore({ path: join(directory, 'storage.sqlite'), log: silentLog, clock });
    for (let index = 0; index < 50; index += 1)
      await store.usage.append({ ...usage, id: `request ${index}`, startedAtMs: NOW_MS - index });
    for (let index = 0; index < 1_200; index += 1)
      store.bodies.put({
        requestId: `r${index}`,
        createdAtMs: NOW_MS - index,
        request: 'x'.repeat(10_000),
        response: '',
      });
    const rules = () => ({ ...DEFAULT_SETTINGS, maxDatabaseBytes: 8 * 1024 * 1024 });
    const stop = startRetention({ store, rules, clock, log: silentLog }, { firstMs: 1, pauseMs: 1, everyMs: 10_000 });
    await expect.poll(() => store.bodies.get('r1199') === undefined).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    stop();
    expect(store.usage.recent(100)).toHaveLength(50);
    expect(store.bodies.get('r0')?.requestId).toBe('r0');
    await store.close();
    rmSync(directory, { recursive: true });
  });
  it('ends when it is stopped', async () => {
    expect(await callsWithin(0, [1])).toEqual([]);
  });
});
