/** The limits of one account: sliding minute, least gap, requests at once, and what headers told (facts.md E.5). */
import { describe, expect, it } from 'vitest';
import {
  ended,
  IDLE,
  learned,
  type RateLimits,
  type RateState,
  started,
  waitMs,
} from '../../core/routing/rate-limit.ts';

const NOW_MS = 1_000_000;
const wide: RateLimits = { requestsPerMinute: 1_000, minTimeBetweenRequests: 0, concurrentRequests: 1_000 };
const begunAt = (startsMs: readonly number[], limits: RateLimits | undefined): RateState =>
  startsMs.reduce((state, atMs) => started(state, limits, atMs), IDLE);

describe('limits of our own', () => {
  it('so many requests in a sliding minute', () => {
    const limits = { ...wide, requestsPerMinute: 2 };
    const state = begunAt([NOW_MS - 50_000, NOW_MS - 10_000], limits);
    expect(waitMs(state, limits, NOW_MS)).toBe(10_000);
    expect(waitMs(state, limits, NOW_MS + 10_000)).toBe(0);
    expect(waitMs(started(state, limits, NOW_MS + 10_000), limits, NOW_MS + 10_000)).toBe(40_000);
  });

  it('keeps no more begins than a minute has', () => {
    const state = begunAt([NOW_MS - 70_000, NOW_MS - 65_000, NOW_MS], wide);
    expect(state.startsMs).toEqual([NOW_MS]);
    expect(begunAt([NOW_MS - 1, NOW_MS], undefined).startsMs).toEqual([]);
  });

  it('a least time between two', () => {
    const limits = { ...wide, minTimeBetweenRequests: 200 };
    expect(waitMs(IDLE, limits, NOW_MS)).toBe(0);
    expect(waitMs(begunAt([NOW_MS - 50], limits), limits, NOW_MS)).toBe(150);
  });

  it('a clock that is set back makes nothing wait for it', () => {
    const limits = { ...wide, requestsPerMinute: 2, minTimeBetweenRequests: 200 };
    const before = begunAt([NOW_MS + 3_600_000, NOW_MS + 3_600_001], limits);
    expect(waitMs(before, limits, NOW_MS)).toBe(0);
    const after = ended(started(before, limits, NOW_MS));
    expect(waitMs(after, limits, NOW_MS + 50)).toBe(150);
    expect(waitMs(started(after, limits, NOW_MS + 200), limits, NOW_MS + 400)).toBe(59_600);
  });

  it('so many at once: only another one’s end tells', () => {
    const limits = { ...wide, concurrentRequests: 1 };
    const state = begunAt([NOW_MS], limits);
    expect(waitMs(state, limits, NOW_MS)).toBe(Number.POSITIVE_INFINITY);
    expect(waitMs(ended(state), limits, NOW_MS)).toBe(0);
    expect(ended(ended(state)).running).toBe(0);
  });
});

describe('what headers told', () => {
  it.each([
    ['requests', { requests: { limit: 10, remaining: 0, resetAfterMs: 3_000 } }, 3_000],
    ['tokens', { tokens: { limit: 10, remaining: 0, resetAfterMs: 500 } }, 500],
    [
      'the later of both',
      { requests: { remaining: 0, resetAfterMs: 1 }, tokens: { remaining: 0, resetAfterMs: 9 } },
      9,
    ],
    ['something is left', { requests: { remaining: 1, resetAfterMs: 3_000 } }, 0],
    ['no reset is told', { requests: { remaining: 0 } }, 0],
  ])('a window that is used up: %s', (_name, report, expected) => {
    expect(waitMs(learned(IDLE, report, NOW_MS), undefined, NOW_MS)).toBe(expected);
  });

  it('a later report with room does not shorten what was told', () => {
    const full = learned(IDLE, { requests: { remaining: 0, resetAfterMs: 3_000 } }, NOW_MS);
    expect(waitMs(learned(full, { requests: { remaining: 5 } }, NOW_MS), undefined, NOW_MS)).toBe(3_000);
  });

  it('Fireworks’ soft limit spaces requests for a minute', () => {
    const state = started(learned(IDLE, { isOverLimit: true }, NOW_MS), undefined, NOW_MS);
    expect(waitMs(state, undefined, NOW_MS + 50)).toBe(150);
    expect(waitMs({ ...state, lastStartMs: NOW_MS + 60_000 }, undefined, NOW_MS + 60_001)).toBe(0);
  });
});
