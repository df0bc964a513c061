/**
 * Which models a request tries and which account serves each of them: the pure orders of `combo-order.ts` and
 * `account-order.ts` over what was used so far; `live-balancer.ts` remembers it. Choosing is synchronous and notes its choice at once, so that parallel
 * requests never see the same state.
 */
import type { Account } from '../accounts/accounts.ts';
import type { FormatId } from '../model/format-id.ts';
import type { Leg, Plan } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

export interface Balancer {
  /**
   * The legs for a model string, combos ordered by their strategy, fallback chains behind. Throws like `resolve`:
   * `invalid_request`, `model_not_found`, `ambiguous_model`, `no_connection`.
   */
  plan(model: string, clientFormat: FormatId, snapshot: Snapshot): Plan;
  /**
   * One of the accounts that are ready (never empty, a subset of the leg's), by the strategy in force for the provider;
   * a session stays with the account it had. The choice counts as a use.
   */
  choose(leg: Leg, ready: readonly Account[], session: string | undefined): Account;
  /** How an attempt of a combo's model ended; for `least-used` and the metrics. */
  note(leg: Leg, result: ComboResult): void;
  /** How an account's attempt ended; for `p2c`. */
  noteAccount(account: Account, ok: boolean): void;
  /** For `GET /api/combos/metrics`, by combo name. */
  metrics(): Readonly<Record<string, ComboMetrics>>;
  /** A request through a combo ended. */
  noteRequest(
    comboName: string,
    result: { readonly ok: boolean; readonly fallbacks: number; readonly latencyMs: number },
  ): void;
  /** Writes what is not yet written. */
  flush(): void;
}

export interface ComboResult {
  readonly ok: boolean;
  readonly latencyMs: number;
  /** The HTTP status the upstream answered with, or ours for the failure. */
  readonly status: number;
}

/** facts.md C.10, `GET /api/combos/metrics`. */
export interface ComboMetrics {
  readonly totalRequests: number;
  readonly totalSuccesses: number;
  readonly totalFailures: number;
  readonly totalFallbacks: number;
  readonly totalLatencyMs: number;
  /** By the model string as the combo names it. */
  readonly byModel: Readonly<Record<string, ComboModelMetrics>>;
}

export interface ComboModelMetrics {
  readonly requests: number;
  readonly successes: number;
  readonly failures: number;
  readonly totalLatencyMs: number;
  readonly lastStatus: number;
  readonly lastUsedAtMs: number;
}
