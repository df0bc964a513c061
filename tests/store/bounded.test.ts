/**
 * Shows 7: after 200,000 requests, on a simulated clock, the database keeps to its size, pages of the log come fast, and
 * memory returns to where it began. Times are printed; the bound is far above them, for machines are noisy.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { usage } from './records.ts';
import { temporaryStore } from './temporary-store.ts';

const REQUESTS = 200_000;
const BATCH = 500;
const WARM = 60_000;
const SIZE_BYTES = 48 * 1024 * 1024;
const START_MS = Date.parse('2026-01-01T00:00:00Z');
/** A request every minute and a half: some 200 days. */
const STEP_MS = 90_000;

function residentBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') for (let time = 0; time < 3; time += 1) collect();
  return process.memoryUsage.rss();
}

function medianMs(work: () => void): number {
  const times = Array.from({ length: 7 }, () => {
    const startedMs = performance.now();
    work();
    return performance.now() - startedMs;
  });
  return times.sort((a, b) => a - b)[3] ?? 0;
}

it('200,000 requests later: size, pages and memory are within their bounds', async () => {
  const { store } = temporaryStore();
  const append = async (from: number, count: number): Promise<void> => {
    const rows = Array.from({ length: count }, (_unused, at) => {
      const number = from + at;
      return {
        ...usage,
        id: `request-${number}`,
        startedAtMs: START_MS + number * STEP_MS,
        model: `model-${number % 20}`,
        provider: `provider-${number % 5}`,
        errorMessage: number % 50 === 0 ? 'The provider did not answer.' : 'x'.repeat(40),
      };
    });
    await Promise.all(rows.map((row) => store.usage.append(row)));
  };
  // The heap and SQLite's cache take their size first.
  for (let from = 0; from < WARM; from += BATCH) await append(from, BATCH);
  store.usage.list({ limit: 50 });
  store.usage.history(START_MS);
  const before = residentBytes();
  for (let from = WARM; from < REQUESTS; from += BATCH) {
    await append(from, BATCH);
    while (store.usage.pruneToSize(SIZE_BYTES) > 0);
  }
  const after = residentBytes();
  const kept = store.usage.list({ limit: 1 }).records[0];
  const nowMs = START_MS + REQUESTS * STEP_MS;
  const first = medianMs(() => void store.usage.list({ limit: 50 }));
  const filtered = medianMs(() => void store.usage.list({ limit: 50, provider: 'provider-3', model: 'model-3' }));
  const searched = medianMs(() => void store.usage.list({ limit: 50, search: 'did not answer' }));
  const summed = medianMs(() => void store.usage.history(nowMs));
  process.stdout.write(
    `${(store.sizeBytes() / 1_048_576).toFixed(1)} MB in use; pages: ${first.toFixed(1)} ms, filtered ${filtered.toFixed(1)} ms, ` +
      `searched ${searched.toFixed(1)} ms, sums ${summed.toFixed(1)} ms; memory ${(before / 1_048_576).toFixed(0)} -> ` +
      `${(after / 1_048_576).toFixed(0)} MB\n`,
  );
  expect(store.sizeBytes()).toBeLessThanOrEqual(SIZE_BYTES);
  expect(kept?.id).toBe(`request-${REQUESTS - 1}`);
  // What was removed still counts.
  expect(store.usage.history(nowMs).totals.requests).toBe(REQUESTS);
  expect(Math.max(first, filtered, searched, summed)).toBeLessThan(500);
  expect(after / before).toBeLessThan(1.2);
}, 120_000);

it('pages lead through all requests, each once', async () => {
  const { store } = temporaryStore();
  for (let number = 0; number < 120; number += 1)
    await store.usage.append({ ...usage, id: `r${number}`, startedAtMs: START_MS + Math.floor(number / 3) });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = store.usage.list({ limit: 50, ...(cursor !== undefined && { cursor }) });
    seen.push(...page.records.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  expect(seen).toEqual(Array.from({ length: 120 }, (_unused, at) => `r${119 - at}`));
});

it('DoS by LIKE wildcards: what is searched for is text, not a pattern', async () => {
  const { store } = temporaryStore();
  await store.usage.append({ ...usage, id: 'a', model: 'gpt_5' });
  await store.usage.append({ ...usage, id: 'b', model: 'gptx5' });
  const found = (search: string): string[] => store.usage.list({ limit: 9, search }).records.map(({ id }) => id);
  expect(found('gpt_5')).toEqual(['a']);
  expect(found('%%%%')).toEqual([]);
});
