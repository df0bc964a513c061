import { describe, expect, it } from 'vitest';
import { type Breaker, type BreakerEvent, CLOSED, stepBreaker } from '../../core/routing/breaker.ts';

const profile = { circuitBreakerThreshold: 3, circuitBreakerReset: 1_000 };
const stepped = (events: readonly BreakerEvent[], from: Breaker = CLOSED, nowMs = 0): Breaker =>
  events.reduce((breaker, event) => stepBreaker(breaker, event, profile, nowMs), from);
const OPEN = stepped(['failure', 'failure', 'failure']);

describe('a breaker', () => {
  it('opens at the threshold of failures in a row, for the time of the profile', () => {
    expect(stepped(['failure', 'failure'])).toMatchObject({ state: 'CLOSED', failureCount: 2 });
    expect(OPEN).toMatchObject({ state: 'OPEN', failureCount: 3, openUntilMs: 1_000 });
  });

  it('a success in between begins the count anew', () => {
    expect(stepped(['failure', 'failure', 'success', 'failure', 'failure'])).toMatchObject({
      state: 'CLOSED',
      failureCount: 2,
    });
  });

  it('closes after a probe that succeeds', () => {
    expect(stepped(['probe'], OPEN).state).toBe('HALF_OPEN');
    expect(stepped(['probe', 'success'], OPEN)).toEqual({ ...CLOSED, successCount: 1 });
  });

  it('opens for twice as long after each probe that fails, up to eight times', () => {
    let breaker = OPEN;
    const waits = [1, 2, 3, 4, 5].map(() => {
      breaker = stepped(['probe', 'failure'], breaker);
      return breaker.openUntilMs;
    });
    expect(waits).toEqual([2_000, 4_000, 8_000, 8_000, 8_000]);
  });

  it('gives the probe back when its client left', () => {
    expect(stepped(['probe', 'release'], OPEN)).toEqual(OPEN);
  });

  it('late failures of attempts from before say nothing more', () => {
    expect(stepped(['failure'], OPEN, 500)).toMatchObject({ state: 'OPEN', openUntilMs: 1_000 });
  });

  it('counts successes while closed', () => {
    expect(stepped(['success', 'success', 'success']).successCount).toBe(3);
  });

  it('a threshold of 0 keeps it closed', () => {
    const never = { circuitBreakerThreshold: 0, circuitBreakerReset: 1_000 };
    let breaker = CLOSED;
    for (let at = 0; at < 50; at += 1) breaker = stepBreaker(breaker, 'failure', never, at);
    expect(breaker.state).toBe('CLOSED');
  });
});
