/**
 * Where a provider tells what an account may still use, and how to read it: a call as data and a pure reading of its
 * answer. `accounts/quota/` makes the calls.
 */
import type { JsonObject } from '../base/json.ts';

export interface QuotaSource {
  /** The call, made with the account's token. */
  request(account: { readonly data: JsonObject }): QuotaRequest;
  /** What the answer says; undefined when it says nothing of a quota. `nowMs` for what is told as a span of time. */
  read(answer: JsonObject, nowMs: number): QuotaTold | undefined;
}

export interface QuotaRequest {
  readonly method: 'GET' | 'POST';
  readonly host: 'api' | 'account';
  /** With its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: JsonObject;
  /** How the login's own token travels; absent: as the token that calls are made with, by Bearer. */
  readonly accountTokenPrefix?: string;
}

export interface QuotaTold {
  /** As the provider names it: `max`, `plus`. */
  readonly plan?: string;
  readonly windows: readonly QuotaWindow[];
}

/** One limit of an account and how much of it is used. */
export interface QuotaWindow {
  /** `5h`, `weekly`, `daily`, `monthly`, `credits`, or the provider's name for it. */
  readonly name: string;
  /** 0 to 100, and beyond where the provider lets it. */
  readonly usedPercent: number;
  readonly used?: number;
  readonly total?: number;
  readonly remaining?: number;
  readonly resetAtMs?: number;
  readonly unlimited?: boolean;
  /** Globs of the models it holds for; empty: using it up stops nothing. Absent: it holds for the whole account. */
  readonly models?: readonly string[];
}

/** Is nothing left of it until its reset, so that calls would be refused? */
export function isUsedUp({ usedPercent, unlimited, resetAtMs }: QuotaWindow, nowMs: number): boolean {
  return usedPercent >= 100 && unlimited !== true && resetAtMs !== undefined && resetAtMs > nowMs;
}
