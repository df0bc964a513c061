/**
 * What an account's login changes in the calls to its provider, beyond the row: small pure functions of what is known of
 * the account and of the call. They give headers, a host and an envelope around the bodies, so that nothing outside
 * `providers/` knows whose they are.
 */
import type { ErrorCode } from '../base/errors.ts';
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import type { UpstreamFormatId } from '../model/format-id.ts';

export interface AccountCall {
  /** Origin, with a path prefix where there is one, in place of the row's `hosts.api`; undefined: the row's. */
  host?(account: AccountFacts): string | undefined;
  /** Headers made for each call; names in lower case. They are laid over the row's. */
  headers?(call: CallFacts): Readonly<Record<string, string>>;
  readonly envelope?: Envelope;
}

export interface AccountFacts {
  /** What the provider told of the account, and what the person chose for it: ids, region, plan. Never a secret. */
  readonly data: JsonObject;
  /** The token or key of this call. */
  readonly key?: Secret;
}

export interface CallFacts extends AccountFacts {
  readonly format: UpstreamFormatId;
  /** The id that is sent upstream. */
  readonly model: string;
  readonly stream: boolean;
  /** Of this call alone: a UUID. */
  readonly callId: string;
  readonly nowMs: number;
  /** What is about to be sent, before its envelope. */
  body(): JsonObject;
}

/** A vendor's wrapping of a protocol's bodies. Where there is one, no body passes unread. */
export interface Envelope {
  wrap(body: JsonObject, call: CallFacts): JsonObject;
  /** Takes a whole answer, or the data of a stream's frame, out of it; what is not wrapped comes back as it is. */
  unwrap?(body: JsonValue): JsonValue;
}

/** The vendor's own client of a provider. */
export interface OwnClient {
  readonly name: string;
  /** Matches its user agent. */
  readonly userAgent: RegExp;
  /** Headers by which it identifies itself; they pass through untouched. `x-a-*` is all that begin so. */
  readonly passes: readonly string[];
  /** What other clients send as well, only where the person turned that on for the account (`sendsIdentity`). */
  readonly identity?: Readonly<Record<string, string>>;
}

/** The member of an account's data by which a person lets other clients be sent as the vendor's own; default: not. */
export const SENDS_IDENTITY = 'sendsClientIdentity';

/** Did the person turn on, after the notice on terms, that this account's calls carry the vendor's client's identity? */
export function sendsIdentity(data: JsonObject): boolean {
  return data[SENDS_IDENTITY] === true;
}

export interface Refusal {
  /** Found in the vendor's message. */
  readonly says: RegExp;
  /** Put behind it: why, and what to do. */
  readonly sentence: string;
  /** What it means, where the vendor's status tells it wrongly. */
  readonly code?: ErrorCode;
}
