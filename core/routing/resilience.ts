/**
 * How every account, model and provider stands at this moment: cooling down, open, at its rate limit or ready. The rules
 * are pure reducers (`cooldown.ts`, `breaker.ts`, `rate-limit.ts`); `live-resilience.ts` holds their states, lets the
 * pipeline act on them within one turn of the event loop, and keeps what must survive a restart.
 */
import type { Account } from '../accounts/accounts.ts';
import type { Cancellation } from '../base/cancellation.ts';
import type { ErrorCode, OmniError } from '../base/errors.ts';
import type { LimitReport } from './limit-report.ts';
import type { Leg } from './plan.ts';

export type Standing =
  | { readonly state: 'ready' }
  /** At its rate limit or concurrency; `forMs` is absent where only another request's end tells. */
  | { readonly state: 'wait'; readonly forMs?: number }
  | {
      readonly state: 'cooling';
      readonly untilMs: number;
      readonly code: ErrorCode;
      readonly scope: 'account' | 'model';
      /** The upstream's words, scrubbed. */
      readonly message: string;
    }
  /** The provider's breaker is open, or half-open with its probe under way. */
  | { readonly state: 'open'; readonly untilMs: number };

/** One attempt under way. `end` must be called exactly once, further calls do nothing. */
export interface Permit {
  /** The answer's headers are there; learns limits from them, whatever the status. */
  heard(report: LimitReport): void;
  /** The first content is there, or the whole answer: a success as far as health goes; the slot is held until `end`. */
  answered(): void;
  end(result: 'ok' | 'cancelled' | OmniError): void;
  /** Begins a further try of the same account. False, and nothing has changed: it rests by now, or is at its rate limit. */
  again(): boolean;
}

export interface Resilience {
  /** May this leg be tried with this account now? Changes nothing. */
  standing(leg: Leg, account: Account | undefined): Standing;
  /** Begins an attempt; only when `standing` said ready in the same turn of the event loop. */
  begin(leg: Leg, account: Account | undefined): Permit;
  /**
   * Settles when an attempt ended somewhere or after `limitMs`; throws `client_closed` when cancelled. Meanwhile the
   * request counts as queued at the leg's accounts.
   */
  changed(limitMs: number, cancellation: Cancellation, leg?: Leg): Promise<void>;

  /**
   * The provider told, apart from an answer, that an account or one model of it is used up until a time; or, without a
   * limit, that what was told so is over.
   */
  told(place: ToldPlace, limit: ToldLimit | undefined): void;

  readonly view: ResilienceView;
  /** Closes all breakers, ends all cooldowns and forgets the limits that were told, or those of a scope; how many. */
  reset(which?: ResetScope): number;
}

/** All that match every member that is given; `connectionId` is an account. */
export interface ResetScope {
  readonly provider?: string;
  readonly connectionId?: string;
  readonly model?: string;
}

/** An account, or one model of it. */
export interface ToldPlace {
  readonly provider: string;
  readonly connectionId: string;
  readonly model?: string;
}

export interface ToldLimit {
  readonly untilMs: number;
  /** For people. */
  readonly message: string;
}

/** For management and metrics; plain copies. */
export interface ResilienceView {
  breakers(): readonly BreakerView[];
  cooldowns(): readonly CooldownView[];
  limits(): readonly LimitView[];
}

export interface BreakerView {
  /** The provider's id. */
  readonly name: string;
  readonly state: 'CLOSED' | 'OPEN' | 'HALF_OPEN';
  readonly failureCount: number;
  readonly successCount: number;
  readonly lastFailureAtMs?: number;
  readonly openUntilMs?: number;
}

export interface CooldownView {
  readonly provider: string;
  readonly connectionId: string;
  /** Absent when the whole account is cooling down. */
  readonly model?: string;
  readonly untilMs: number;
  readonly code: ErrorCode;
  /** The upstream's words, scrubbed. */
  readonly message: string;
}

export interface LimitView {
  readonly connectionId: string;
  /** Absent for what holds for the whole account. */
  readonly model?: string;
  readonly running: number;
  readonly queued: number;
  readonly requestsInLastMinute: number;
  /** What the provider's headers taught, while it holds. */
  readonly learned?: LimitReport;
}
