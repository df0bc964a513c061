/**
 * How long an account, or one model of it, rests after a failure. Two times are kept apart: what the provider told, which
 * holds exactly and which no success shortens, and our own guess, which grows with each failure and goes with a success.
 */
import type { ErrorCode } from '../base/errors.ts';
import type { CooldownKind } from './fallback-table.ts';
import type { ResilienceProfile } from './profiles.ts';

export interface Cooldown {
  /** Until when the provider asked to wait, since the epoch; 0: it did not. */
  readonly toldUntilMs: number;
  /** Until when we wait by ourselves. */
  readonly ownUntilMs: number;
  /** How many failures in a row, less one; those of attempts that ran side by side are one. */
  readonly level: number;
  readonly failedAtMs: number;
  readonly code: ErrorCode;
  /** The upstream's words, scrubbed. */
  readonly message: string;
}

export interface CooldownFailure {
  readonly kind: CooldownKind;
  readonly code: ErrorCode;
  readonly message: string;
  /** How long the provider asked to wait. */
  readonly retryAfterMs?: number;
  /** When the attempt began. */
  readonly startedAtMs: number;
}

export interface CooldownClock {
  readonly nowMs: number;
  /** From 0 to 1, exclusive. */
  readonly random: number;
}

const LIMIT_FIRST_MS = 1_000;
const LIMIT_MAX_MS = 120_000;
const TRANSIENT_MAX_MS = 60_000;
const FIXED_MS = 120_000;
/** A provider that asks for longer is not believed: dates in the wrong unit have been seen. */
const TOLD_MAX_MS = 31 * 86_400_000;
/** A failure so long after the last rest begins anew. */
const FORGET_MS = 600_000;
const JITTER = 0.2;
/** E.2: limits stop doubling here, whatever the profile says. */
const LEVEL_MAX = 15;

/** After a failure. A wait that the provider told holds as told, and only that: a burst never blocks for longer. */
export function coolDown(
  before: Cooldown | undefined,
  failure: CooldownFailure,
  { profile, nowMs, random }: CooldownClock & { readonly profile: ResilienceProfile },
): Cooldown {
  const { code, message, kind, retryAfterMs } = failure;
  const isFresh = before !== undefined && !isForgotten(before, nowMs);
  // A burst fails as one: what began before the last failure says nothing that was not known.
  const isSame = isFresh && failure.startedAtMs <= before.failedAtMs;
  const raised = isFresh ? Math.min(before.level + 1, LEVEL_MAX, profile.maxBackoffLevel) : 0;
  const level = isSame ? before.level : raised;
  const after = { level, failedAtMs: isSame ? before.failedAtMs : nowMs, code, message };
  if (retryAfterMs !== undefined) {
    const untilMs = nowMs + Math.min(Math.max(0, retryAfterMs), TOLD_MAX_MS);
    // Attempts side by side may have met different limits: all of them hold.
    return { ...after, toldUntilMs: Math.max(untilMs, isSame ? before.toldUntilMs : 0), ownUntilMs: 0 };
  }
  const toldUntilMs = before?.toldUntilMs ?? 0;
  if (isSame) return { ...after, toldUntilMs, ownUntilMs: before.ownUntilMs };
  const jittered = ownWaitMs(kind, level, profile) * (1 - JITTER + 2 * JITTER * random);
  return { ...after, toldUntilMs, ownUntilMs: nowMs + jittered };
}

/** A limit that the provider told apart from an answer: no failure, and held to exactly. */
export function toldCooldown(
  { untilMs, message }: { readonly untilMs: number; readonly message: string },
  nowMs: number,
): Cooldown {
  const toldUntilMs = Math.min(untilMs, nowMs + TOLD_MAX_MS);
  return { toldUntilMs, ownUntilMs: 0, level: 0, failedAtMs: nowMs, code: 'upstream_quota', message };
}

/** After a success: our own guess is gone, the provider's word stays until its time. */
export function warmUp(before: Cooldown | undefined, nowMs: number): Cooldown | undefined {
  if (before === undefined || before.toldUntilMs <= nowMs) return undefined;
  return { ...before, ownUntilMs: 0, level: 0 };
}

/** Has it rested so long ago that a further failure would begin anew? */
export function isForgotten(cooldown: Cooldown, nowMs: number): boolean {
  return nowMs - restsUntilMs(cooldown) >= FORGET_MS;
}

/** Until when it rests; in the past when it does not. */
export function restsUntilMs({ toldUntilMs, ownUntilMs }: Cooldown): number {
  return Math.max(toldUntilMs, ownUntilMs);
}

function ownWaitMs(kind: CooldownKind, level: number, profile: ResilienceProfile): number {
  switch (kind) {
    case 'limit':
      return Math.min(LIMIT_MAX_MS, (profile.rateLimitCooldown || LIMIT_FIRST_MS) * 2 ** level);
    case 'transient':
      // One blip disables nothing: the rest begins with the second failure in a row.
      return level === 0 ? 0 : Math.min(TRANSIENT_MAX_MS, profile.transientCooldown * 2 ** (level - 1));
    case 'fixed':
      return FIXED_MS;
  }
}
