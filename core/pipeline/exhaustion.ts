/**
 * What the caller is told when nothing is left to try: 429 while something is cooling down, 503 while all are open, 504
 * after timeouts, else 502 (a model that no target knows stays a 404), always with the last upstream error in words and
 * the earliest moment at which it is worth asking again.
 */
import { OmniError } from '../base/errors.ts';
import type { Leg, Target } from '../routing/plan.ts';
import type { Standing } from '../routing/resilience.ts';

/** After a failure of the provider's without a hint: the shortest own cooldown. */
const RETRY_AFTER_FAILURE_MS = 3_000;

interface Failure {
  readonly target: Target;
  readonly error: OmniError;
}

export class Exhaustion {
  readonly #legs: readonly Leg[];
  readonly #failures: Failure[] = [];
  readonly #standings: { readonly target: Target; readonly standing: Standing }[] = [];
  readonly #waitsMs: number[] = [];

  constructor(legs: readonly Leg[]) {
    this.#legs = legs;
  }

  /** An attempt failed. */
  failed(target: Target, error: OmniError): void {
    this.#failures.push({ target, error });
    if (error.retryAfterMs !== undefined) this.#waitsMs.push(error.retryAfterMs);
  }

  /** A target was not called, since it stood like this. */
  passedOver(target: Target, standing: Standing): void {
    this.#standings.push({ target, standing });
    if (standing.state === 'cooling' || standing.state === 'open')
      this.#waitsMs.push(Math.max(0, standing.untilMs - Date.now()));
    else if (standing.state === 'wait' && standing.forMs !== undefined) this.#waitsMs.push(standing.forMs);
  }

  /** An upstream's refusal that no other target can mend, with what is known of the model. */
  named(error: OmniError, { note }: Target): OmniError {
    if (note === undefined || !error.code.startsWith('upstream_')) return error;
    return copy(error, `${error.message} (${note})`, { status: error.status });
  }

  error(): OmniError {
    const last = this.#failures.at(-1);
    const only = this.#failures.length === 1 && this.#standings.length === 0 ? last : undefined;
    if (only !== undefined && only.error.blame === 'request') return only.error;
    const status = this.#status();
    const retryAfterMs = this.#retryAfterMs(status);
    if (last === undefined) return this.#withoutAttempt(status, retryAfterMs);
    const { target, error } = last;
    const count = this.#legs.reduce((sum, { accounts }) => sum + Math.max(1, accounts.length), 0);
    const tried = count > 1 ? ` All ${count} targets failed or are not available; this is the last one's answer.` : '';
    const note = target.note === undefined ? '' : ` (${target.note})`;
    return copy(error, `[${target.provider.alias}/${target.model}] ${error.message}${note}${tried}`, {
      status,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }

  #withoutAttempt(status: number, retryAfterMs: number | undefined): OmniError {
    const reasons = this.#standings.map(({ target, standing }) => {
      const name = `${target.provider.alias}/${target.model}`;
      return standing.state === 'cooling'
        ? `${name} is cooling down after ${standing.code}${standing.message === '' ? '' : ` (${standing.message})`}`
        : standing.state === 'open'
          ? `${name} is paused after repeated failures`
          : `${name} is at its rate limit`;
    });
    const what = reasons.length === 0 ? 'No target was left to try.' : `${[...new Set(reasons)].join('; ')}.`;
    return new OmniError('exhausted', `Nothing can answer at the moment: ${what}`, {
      status,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }

  #status(): number {
    const codes = [
      ...this.#failures.map(({ error }) => error.code),
      ...this.#standings.flatMap(({ standing }) => (standing.state === 'cooling' ? [standing.code] : [])),
    ];
    const isLimited =
      this.#standings.some(({ standing }) => standing.state === 'wait' || isCoolingForTime(standing)) ||
      this.#failures.some(({ error }) => error.code === 'upstream_rate_limited' || error.code === 'upstream_quota');
    if (isLimited) return 429;
    if (this.#failures.length === 0 && this.#standings.some(({ standing }) => standing.state === 'open')) return 503;
    if (codes.at(-1) === 'upstream_timeout') return 504;
    if (codes.length > 0 && codes.every((code) => code === 'upstream_model_not_found')) return 404;
    return 502;
  }

  #retryAfterMs(status: number): number | undefined {
    if (this.#waitsMs.length > 0) return Math.min(...this.#waitsMs);
    return status === 404 ? undefined : RETRY_AFTER_FAILURE_MS;
  }
}

/** A refused key does not come right by waiting; whoever asks is told that, not to come back. */
function isCoolingForTime(standing: Standing): boolean {
  return (
    standing.state === 'cooling' &&
    standing.code !== 'upstream_auth' &&
    standing.code !== 'upstream_permission' &&
    standing.code !== 'upstream_model_not_found'
  );
}

function copy(
  error: OmniError,
  message: string,
  details: { readonly status: number; readonly retryAfterMs?: number },
): OmniError {
  const { code, upstreamCode } = error;
  return new OmniError(code, message, {
    ...details,
    ...(upstreamCode !== undefined && { upstreamCode }),
    cause: error,
  });
}
