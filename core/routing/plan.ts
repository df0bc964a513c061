/**
 * What routing decides before the first attempt: the models to try, in order, each with the accounts that can serve it
 * and the rules that hold while it is tried. Which account is taken is decided attempt by attempt, since that depends on
 * how the accounts stand at that moment.
 */
import type { Account } from '../accounts/accounts.ts';
import type { ModelInfo } from '../providers/catalog/model-info.ts';
import type { Endpoint, Provider } from '../providers/provider.ts';

/** One model at one provider. */
export interface Leg {
  readonly provider: Provider;
  readonly endpoint: Endpoint;
  /** The id to send upstream. */
  readonly model: string;
  readonly info?: ModelInfo;
  /** What the user should know: the model is retired, another name is sent. */
  readonly note?: string;
  /** Active accounts by priority; empty only for a local server without a connection. */
  readonly accounts: readonly Account[];
  /** The combo that names this model itself (the innermost one), and how it names it; for limits and metrics. */
  readonly combo?: {
    readonly name: string;
    readonly entry: string;
    /** The combos around it, the nearest first. */
    readonly within?: readonly string[];
  };
  /** The fallback chain that added this leg, when the model asked for did not. */
  readonly chain?: string;
  readonly rules: LegRules;
}

/** How one leg is tried; what is absent falls to the provider's and the global limits. */
export interface LegRules {
  /** Further tries of the same model after a transient failure (never after a 429). */
  readonly maxRetries: number;
  readonly retryDelayMs: number;
  /** Until the first content of a stream, or the whole of an answer that is not streamed. */
  readonly timeoutMs?: number;
  /** What differs from the provider's limits, in milliseconds: until a connection, between two chunks, in all. */
  readonly limits?: { readonly connectMs?: number; readonly idleMs?: number; readonly totalMs?: number };
  /** Requests under way at this combo's model at the same time; absent: no limit. */
  readonly concurrency?: number;
  /** How long a request waits for its turn (concurrency, rate limit) before it moves on. */
  readonly queueTimeoutMs: number;
}

export interface Plan {
  readonly legs: readonly Leg[];
  /** The combo asked for by name (the outermost). */
  readonly comboName?: string;
}

/** A leg with the account that was chosen: what one attempt is sent to. */
export type Target = Pick<Leg, 'provider' | 'endpoint' | 'model' | 'info' | 'note'> & {
  /** Absent for a local server without a connection. */
  readonly account?: Account;
};

/** The combos that a leg stands in, the innermost first. */
export function combosOf({ combo }: Pick<Leg, 'combo'>): readonly string[] {
  return combo === undefined ? NO_COMBOS : [combo.name, ...(combo.within ?? NO_COMBOS)];
}

const NO_COMBOS: readonly string[] = [];

/** The target of a leg and an account. */
export function targetOf({ provider, endpoint, model, info, note }: Leg, account: Account | undefined): Target {
  return {
    provider,
    endpoint,
    model,
    ...(info && { info }),
    ...(note !== undefined && { note }),
    ...(account && { account }),
  };
}
