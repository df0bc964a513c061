/**
 * What both lanes of the attempt stage share. A lane sends one attempt to one target and makes the client's reply of the
 * answer. Until the first content it throws, so that another target may be tried; from then on it ends what it began.
 */
import { OmniError } from '../base/errors.ts';
import { FRAMINGS } from '../base/framing.ts';
import { globMatches } from '../base/glob.ts';
import type { JsonObject } from '../base/json.ts';
import type { ReplyContext } from '../formats/format.ts';
import type { ErrorEvent } from '../model/event.ts';
import type { Loss } from '../model/loss.ts';
import type { CallPurpose } from '../policy/proxies.ts';
import type { Quirk } from '../providers/provider.ts';
import type { Target } from '../routing/plan.ts';
import type { SignatureShelf } from './call-signatures.ts';
import type { Exchange } from './exchange.ts';

export interface MediaFetch {
  /** Whoever aborts it says why. */
  readonly signal: AbortSignal;
  /** Decides about the network proxy. */
  readonly purpose: CallPurpose;
  /** Told the bytes of each piece that came; may throw to end it. */
  received?(bytes: number): void;
}

export interface LanePorts {
  /** Fetches remote media for targets that take only inline data. */
  fetchMedia(url: string, fetch: MediaFetch): Promise<{ readonly mediaType: string; readonly data: string }>;
  /** What signed turns must bring back, for clients that cannot carry it. */
  readonly signatures: SignatureShelf;
}

/** The quirks of a target's provider that apply to its format, model and account. */
export function quirksOf({ provider, endpoint, model, account }: Target): readonly Quirk[] {
  return (provider.quirks ?? []).filter(
    (quirk) =>
      (quirk.formats === undefined || quirk.formats.includes(endpoint.format)) &&
      (quirk.models === undefined || quirk.models.some((glob) => globMatches(glob, model))) &&
      (quirk.accounts === undefined || quirk.accounts(account?.data ?? {})),
  );
}

/** The body with every quirk applied in order; what they leave out is told to `lose`. */
export function applyQuirks(
  body: JsonObject,
  quirks: readonly Quirk[],
  lose: (losses: readonly Loss[]) => void,
): JsonObject {
  return quirks.reduce((before, quirk) => {
    const after = quirk.request?.(before) ?? before;
    if (after !== before && quirk.loses !== undefined) lose(lostMembers(quirk.loses, before, after));
    return after;
  }, body);
}

function lostMembers(loses: NonNullable<Quirk['loses']>, before: JsonObject, after: JsonObject): readonly Loss[] {
  return Object.entries(loses)
    .filter(([name]) => Object.hasOwn(before, name) && !Object.hasOwn(after, name))
    .map(([name, feature]) => ({ feature, path: name, detail: `The provider takes no "${name}"; it is left out.` }));
}

export function replyContext(exchange: Exchange): ReplyContext {
  return {
    id: exchange.id,
    model: exchange.model,
    createdAtS: Math.floor(Date.now() / 1_000),
    request: exchange.request(),
    body: exchange.body(),
  };
}

/** Headers of a streamed reply; the last one keeps reverse proxies from holding it back. */
export function streamHeaders(exchange: Exchange): Record<string, string> {
  return {
    'content-type': FRAMINGS[exchange.framing].contentType,
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  };
}

export const JSON_HEADERS: Readonly<Record<string, string>> = { 'content-type': 'application/json; charset=utf-8' };

/** An error event as the error it stands for. */
export function eventError(event: ErrorEvent): OmniError {
  return new OmniError(event.code, event.message, {
    ...(event.upstreamCode !== undefined && { upstreamCode: event.upstreamCode }),
    ...(event.retryAfterMs !== undefined && { retryAfterMs: event.retryAfterMs }),
  });
}

/** How an interrupted stream is to be recorded: the client left, or the answer was cut. */
export function outcomeOf(error: { readonly code: OmniError['code'] }): 'cancelled' | 'cut' {
  return error.code === 'client_closed' ? 'cancelled' : 'cut';
}
