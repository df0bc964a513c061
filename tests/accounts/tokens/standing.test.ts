import { describe, expect, it } from 'vitest';
import { type Pause, pauseAfter } from '../../../core/accounts/tokens/pauses.ts';
import { standingOf } from '../../../core/accounts/tokens/standing.ts';

const HOUR_MS = 3_600_000;
const at = (nowMs: number, expiresAtMs: number | undefined, leadMs: number): string =>
  standingOf(
    { tokens: expiresAtMs === undefined ? {} : { expiresAtMs }, refreshedAtMs: 0 },
    { leadMs, nowMs, seed: 'account' },
  );

describe('a token', () => {
  it.each([
    ['without an end is fresh', undefined, 999 * HOUR_MS, 'fresh'],
    ['is fresh before its lead', 8 * HOUR_MS, 3.9 * HOUR_MS, 'fresh'],
    ['is due in its lead', 8 * HOUR_MS, 4.5 * HOUR_MS, 'due'],
    ['is never due in the first half of its life', HOUR_MS, 0.49 * HOUR_MS, 'fresh'],
    ['is due in the second, however long the lead', HOUR_MS, 0.56 * HOUR_MS, 'due'],
    ['is over a little before its end', HOUR_MS, HOUR_MS - 4_000, 'over'],
    ['is over after its end, and after a clock jumped far ahead', HOUR_MS, 900 * HOUR_MS, 'over'],
    ['is fresh when the clock jumped back', HOUR_MS, -900 * HOUR_MS, 'fresh'],
  ])('%s', (_name, expiresAtMs, nowMs, standing) => {
    expect(at(nowMs, expiresAtMs, 4 * HOUR_MS)).toBe(standing);
  });

  it('of a few seconds is not over from its start', () => {
    expect([at(0, 4_000, HOUR_MS), at(3_000, 4_000, HOUR_MS), at(3_700, 4_000, HOUR_MS)]).toEqual([
      'fresh',
      'due',
      'over',
    ]);
  });
});

it('pauses grow, are never under a second, and end within 150 seconds less a sweep', () => {
  let shortest: Pause | undefined;
  let longest: Pause | undefined;
  const waits: number[] = [];
  for (let failure = 0; failure < 30; failure += 1) {
    shortest = pauseAfter(shortest, 0, 0);
    longest = pauseAfter(longest, 0, 0.999_999);
    expect(shortest.untilMs).toBe(1_000);
    waits.push(longest.untilMs);
  }
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(waits[0]).toBeLessThan(4_000);
  expect(waits.at(-1)).toBeLessThan(120_000);
});
