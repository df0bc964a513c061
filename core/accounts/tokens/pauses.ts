/**
 * When a failed refresh may be tried again: growing pauses with full jitter
 * (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter), never less than a second and never so long
 * that an account comes back later than 150 seconds after its provider. Measured by a clock that does not jump.
 */
const SHORTEST_MS = 1_000;
const LONGEST_MS = 100_000;

export interface Pause {
  readonly failures: number;
  /** On the monotonic clock. */
  readonly untilMs: number;
}

export function pauseAfter(before: Pause | undefined, nowMs: number, random: number): Pause {
  const failures = (before?.failures ?? 0) + 1;
  const rangeMs = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** Math.min(failures, 20));
  return { failures, untilMs: nowMs + SHORTEST_MS + random * rangeMs };
}
