/**
 * Keeps an account under its limits, so that they are met by waiting or by another account and not by a 429: requests in
 * a sliding minute, a least time between two of them, requests at the same time; and what the provider's headers told.
 */
import type { LimitReport, LimitWindow } from './limit-report.ts';

export interface RateLimits {
  readonly requestsPerMinute: number;
  /** In milliseconds. */
  readonly minTimeBetweenRequests: number;
  readonly concurrentRequests: number;
}

/** What was admitted, and what the provider told. */
export interface RateState {
  /** Begins of the requests of the last minute, oldest first; kept only while limits of our own hold. */
  readonly startsMs: readonly number[];
  readonly running: number;
  /** No request before this time, by the provider's word. */
  readonly blockedUntilMs: number;
  /** The provider asked to slow down until this time. */
  readonly slowUntilMs: number;
  readonly lastStartMs: number;
  readonly learned?: LimitReport;
}

export const IDLE: RateState = { startsMs: [], running: 0, blockedUntilMs: 0, slowUntilMs: 0, lastStartMs: 0 };

const MINUTE_MS = 60_000;
/** Fireworks' soft limit: a little room between two requests, for a minute (facts.md E.3). */
const SLOW_GAP_MS = 200;
const SLOW_FOR_MS = 60_000;

/** How long until a request may begin: 0 now, infinite when only the end of another one tells. */
export function waitMs(state: RateState, limits: RateLimits | undefined, nowMs: number): number {
  const told = Math.max(0, state.blockedUntilMs - nowMs);
  // The clock was set back: what was begun by the old time says nothing about this one.
  if (state.lastStartMs > nowMs) return isFull(state, limits) ? Number.POSITIVE_INFINITY : told;
  const slow = state.slowUntilMs > nowMs ? state.lastStartMs + SLOW_GAP_MS - nowMs : 0;
  if (limits === undefined) return Math.max(told, slow, 0);
  if (isFull(state, limits)) return Number.POSITIVE_INFINITY;
  const gap = state.lastStartMs + limits.minTimeBetweenRequests - nowMs;
  const oldest = state.startsMs[state.startsMs.length - limits.requestsPerMinute];
  const minute = oldest === undefined ? 0 : oldest + MINUTE_MS - nowMs;
  return Math.max(told, slow, state.lastStartMs === 0 ? 0 : gap, minute, 0);
}

function isFull({ running }: RateState, limits: RateLimits | undefined): boolean {
  return limits !== undefined && running >= limits.concurrentRequests;
}

/** A request begins. */
export function started(state: RateState, limits: RateLimits | undefined, nowMs: number): RateState {
  const startsMs =
    limits === undefined
      ? IDLE.startsMs
      : [...state.startsMs.filter((at) => at > nowMs - MINUTE_MS && at <= nowMs), nowMs];
  return { ...state, startsMs, running: state.running + 1, lastStartMs: nowMs };
}

export function ended(state: RateState): RateState {
  return { ...state, running: Math.max(0, state.running - 1) };
}

/** The provider's headers: a window that is used up blocks until it begins anew, or for as long as a refusal asks to wait. */
export function learned(state: RateState, report: LimitReport, nowMs: number): RateState {
  const usedUpMs = Math.max(usedUpForMs(report.requests), usedUpForMs(report.tokens));
  // Some tell when a bucket is full again: the first token is there long before.
  const blockedMs = Math.min(usedUpMs, report.retryAfterMs ?? Number.POSITIVE_INFINITY);
  return {
    ...state,
    learned: report,
    blockedUntilMs: blockedMs > 0 ? Math.max(state.blockedUntilMs, nowMs + blockedMs) : state.blockedUntilMs,
    slowUntilMs: report.isOverLimit === true ? nowMs + SLOW_FOR_MS : state.slowUntilMs,
  };
}

/** What the provider told is forgotten. */
export function forgotten({ learned: _learned, ...state }: RateState): RateState {
  return { ...state, blockedUntilMs: 0, slowUntilMs: 0 };
}

/** Does what the provider told hold requests back? */
export function isHeldBack({ blockedUntilMs, slowUntilMs }: RateState, nowMs: number): boolean {
  return blockedUntilMs > nowMs || slowUntilMs > nowMs;
}

function usedUpForMs(window: LimitWindow | undefined): number {
  return window?.remaining !== undefined && window.remaining <= 0 ? (window.resetAfterMs ?? 0) : 0;
}
