/**
 * What a failed attempt means for the request, its account and its provider: one table, read by the error's code and so
 * by its blame, never by message text (facts.md E.2, pitfalls.md 27 to 31).
 */
import type { ErrorCode, LimitScope, OmniError } from '../base/errors.ts';
import { ERRORS } from '../base/errors.ts';

/** Why an account or a model rests, which decides for how long (`cooldown.ts`). */
export type CooldownKind =
  /** A rate limit or a quota: exponential from a second to two minutes. */
  | 'limit'
  /** A failure of the provider's: exponential from the profile's value to a minute. */
  | 'transient'
  /** What only a person can mend, or what will not change soon: two minutes. */
  | 'fixed';

export interface Verdict {
  /** `target`: another account, model or provider may be tried; `return`: the caller gets the error. */
  readonly next: 'target' | 'return';
  readonly cooldown?: { readonly scope: LimitScope; readonly kind: CooldownKind };
  /** Does it count against the provider's breaker? */
  readonly isProviderFailure: boolean;
  /** May the same account be asked again at once? Never after a limit. */
  readonly retrySame: boolean;
}

const RETURN: Verdict = { next: 'return', isProviderFailure: false, retrySame: false };
const PASS_ON: Verdict = { next: 'target', isProviderFailure: false, retrySame: false };

/** A rest of the account or the model, which is not the provider's failure. */
const rests = (scope: LimitScope, kind: CooldownKind): Verdict => ({ ...PASS_ON, cooldown: { scope, kind } });
/** A failure of the provider's. */
const fails = (scope: LimitScope): Verdict => ({
  next: 'target',
  cooldown: { scope, kind: 'transient' },
  isProviderFailure: true,
  retrySame: true,
});

/** Codes that may be tried elsewhere; every other one is returned to the caller. */
const VERDICTS: Partial<Record<ErrorCode, Verdict>> = {
  // Blame: credential.
  no_connection: PASS_ON,
  // An account whose login is over is taken out of routing; one that waits for a token knows its own pauses.
  login_expired: PASS_ON,
  token_unavailable: PASS_ON,
  upstream_auth: rests('account', 'fixed'),
  upstream_permission: rests('model', 'fixed'),
  upstream_quota: rests('account', 'limit'),
  // Most vendors limit each model by itself; one that limits the account says so, or every model will.
  upstream_rate_limited: rests('model', 'limit'),
  // Blame: model.
  upstream_model_not_found: rests('model', 'fixed'),
  upstream_empty: PASS_ON,
  // Blame: provider.
  exhausted: PASS_ON,
  upstream_overloaded: fails('model'),
  upstream_server_error: fails('account'),
  upstream_timeout: fails('account'),
  upstream_unreachable: fails('account'),
  upstream_bad_response: fails('account'),
  upstream_stream_cut: fails('account'),
  // Blame: gateway. What this machine's own network lacks says nothing about the provider.
  proxy_failed: PASS_ON,
};

/** What a bill that is not paid is answered with: it is not paid in a moment either (facts.md E.2). */
const UNPAID_STATUS = 402;

/** The verdict on an error; the scope that the upstream named wins over the table's. */
export function verdictOf(error: Pick<OmniError, 'code' | 'limitScope'> & { readonly status?: number }): Verdict {
  const verdict = ERRORS[error.code].retry ? (VERDICTS[error.code] ?? RETURN) : RETURN;
  const { cooldown } = verdict;
  if (cooldown?.kind !== 'limit') return verdict;
  const kind = error.status === UNPAID_STATUS ? 'fixed' : cooldown.kind;
  return { ...verdict, cooldown: { kind, scope: error.limitScope ?? cooldown.scope } };
}
