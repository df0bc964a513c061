/** A clock that a test moves by hand. */
import type { Clock } from '../../core/base/clock.ts';

export interface TestClock extends Clock {
  advance(byMs: number): void;
}

export function testClock(startMs = Date.UTC(2026, 0, 2, 3, 4, 5)): TestClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    advance(byMs) {
      nowMs += byMs;
    },
  };
}
