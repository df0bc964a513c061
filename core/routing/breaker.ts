/**
 * The circuit breaker of one provider: closed while it works, open after failures in a row, then half-open with exactly
 * one probe. (https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker)
 */
import type { ResilienceProfile } from './profiles.ts';

export interface Breaker {
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  /** Failures in a row. */
  readonly failureCount: number;
  /** Successes since it was last closed. */
  readonly successCount: number;
  readonly lastFailureAtMs?: number;
  /** While open: when the probe may go. */
  readonly openUntilMs?: number;
  /** How often it opened again in a row; the wait doubles with each. */
  readonly reopened: number;
}

/** `probe`: an attempt begins after the wait; `release`: that attempt ended without saying anything about the provider. */
export type BreakerEvent = 'success' | 'failure' | 'probe' | 'release';

export const CLOSED: Breaker = { state: 'CLOSED', failureCount: 0, successCount: 0, reopened: 0 };
/** At most this many doublings of the wait: eight times as long. */
const REOPENED_MAX = 3;

type BreakerProfile = Pick<ResilienceProfile, 'circuitBreakerThreshold' | 'circuitBreakerReset'>;

/** The breaker after an event. A threshold of 0 keeps it closed. */
export function stepBreaker(before: Breaker, event: BreakerEvent, profile: BreakerProfile, nowMs: number): Breaker {
  switch (event) {
    case 'success':
      return { ...CLOSED, successCount: before.state === 'CLOSED' ? before.successCount + 1 : 1 };
    case 'probe':
      return before.state === 'OPEN' ? { ...before, state: 'HALF_OPEN' } : before;
    case 'release':
      return before.state === 'HALF_OPEN' ? { ...before, state: 'OPEN' } : before;
    case 'failure':
      return failed(before, profile, nowMs);
  }
}

function failed(before: Breaker, profile: BreakerProfile, nowMs: number): Breaker {
  const after = { ...before, failureCount: before.failureCount + 1, lastFailureAtMs: nowMs };
  const opens = (reopened: number): Breaker => ({
    ...after,
    state: 'OPEN',
    successCount: 0,
    reopened,
    openUntilMs: nowMs + profile.circuitBreakerReset * 2 ** reopened,
  });
  switch (before.state) {
    case 'HALF_OPEN':
      return opens(Math.min(before.reopened + 1, REOPENED_MAX));
    // An attempt that began before it opened tells nothing new.
    case 'OPEN':
      return after;
    case 'CLOSED': {
      const { circuitBreakerThreshold: threshold } = profile;
      return threshold > 0 && after.failureCount >= threshold ? opens(0) : after;
    }
  }
}
