/** One attempt as the lanes see it: where it goes, over which connection, how long it may take. */
import type { Dispatcher } from 'undici';
import { Cancellation } from '../base/cancellation.ts';
import { OmniError } from '../base/errors.ts';
import type { CallPurpose } from '../policy/proxies.ts';
import type { LimitReport } from '../routing/limit-report.ts';
import type { Leg, Target } from '../routing/plan.ts';
import type { AttemptLimits } from '../upstream/send.ts';

export interface Attempt {
  readonly target: Target;
  readonly dispatcher: Dispatcher;
  /** The combos that the request came by, the innermost first. */
  readonly combos: readonly string[];
  readonly limits: AttemptLimits;
  /** Cancelled when the client leaves, and when the attempt takes too long. */
  readonly cancellation: Cancellation;
  /** Told when the request goes out. */
  sent(): void;
  /** Told the answer's headers. */
  heard(report: LimitReport): void;
}

/** What all calls of an attempt are for: decides about their network proxy. */
export function purposeOf({ target, combos }: Pick<Attempt, 'target' | 'combos'>): CallPurpose {
  return { connectionId: target.account?.id, comboNames: combos, providerId: target.provider.id };
}

/** The watch over one attempt. */
export interface AttemptWatch {
  readonly cancellation: Cancellation;
  /** The client begins to get its answer: from now on only the time in all counts. */
  answered(): void;
  /** Nothing is watched any more. */
  end(): void;
}

/**
 * Watches an attempt: a stream must show its first content within `firstContentMs`, and all of it be there within
 * `totalMs`. An answer that is not streamed shows nothing before its end, so it has the time in all, unless the combo or
 * the provider sets a time of its own (`rules.timeoutMs`).
 */
export function watchAttempt(
  client: Cancellation,
  { limits, rules, stream }: { readonly limits: AttemptLimits; readonly rules: Leg['rules']; readonly stream: boolean },
): AttemptWatch {
  const cancellation = new Cancellation();
  const forget = client.onCancel(() => cancellation.cancel(client.reason));
  if (client.isCancelled) cancellation.cancel(client.reason);
  const startedMs = performance.now();
  const firstMs = Math.min(limits.totalMs, rules.timeoutMs ?? (stream ? limits.firstContentMs : limits.totalMs));
  const isWhole = firstMs === limits.totalMs;
  let timer = setTimeout(() => cancellation.cancel(tooLate('answer', firstMs)), firstMs);
  return {
    cancellation,
    answered() {
      // The timer that runs is the one for the time in all.
      if (isWhole) return;
      clearTimeout(timer);
      const leftMs = Math.max(1, limits.totalMs - (performance.now() - startedMs));
      timer = setTimeout(() => cancellation.cancel(tooLate('finish', limits.totalMs)), leftMs);
    },
    end() {
      clearTimeout(timer);
      forget();
    },
  };
}

function tooLate(what: 'answer' | 'finish', limitMs: number): OmniError {
  return new OmniError('upstream_timeout', `The provider did not ${what} within ${limitMs / 1_000} seconds.`);
}
