/**
 * Requests that come twice: a client that repeats one with the same `Idempotency-Key` within a few seconds gets the answer
 * of the first, and while that one is under way shares it. This is the register; `pipeline/idempotency-stage.ts` shares.
 * (https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/)
 */
import type { Clock } from '../base/clock.ts';
import { OmniError } from '../base/errors.ts';

/** Answers stay so long after their end (facts.md E.8). */
export const WINDOW_MS = 5_000;
const ENTRIES_MAX = 1_000;

interface Entry<T> {
  /** Of the body: the same key with another one is a mistake. */
  readonly fingerprint: string;
  readonly shared: T;
  /** Infinite while under way. */
  expiresAtMs: number;
}

export interface IdempotencyRegister<T> {
  /** What the first request with this key shares; undefined: there is none. Throws `conflict` for another body. */
  find(key: string, fingerprint: string): T | undefined;
  begin(key: string, fingerprint: string, shared: T): void;
  /** It ended well and may be replayed for a while. */
  keep(key: string, shared: T): void;
  /** It failed, or is too large to keep: the next request with this key runs anew. */
  forget(key: string, shared: T): void;
  /** Keys that are remembered now. */
  size(): number;
}

export function createIdempotencyRegister<T>(clock: Clock): IdempotencyRegister<T> {
  // In order of their begin: the oldest first.
  const entries = new Map<string, Entry<T>>();
  const sweep = (nowMs: number): void => {
    for (const [key, { expiresAtMs }] of entries) {
      const isTooMany = entries.size > ENTRIES_MAX && expiresAtMs !== Number.POSITIVE_INFINITY;
      if (expiresAtMs <= nowMs || isTooMany) entries.delete(key);
    }
  };
  return {
    find(key, fingerprint) {
      sweep(clock.nowMs());
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      if (entry.fingerprint === fingerprint) return entry.shared;
      throw new OmniError(
        'conflict',
        'This idempotency key was used for another request a moment ago. Send each request with a key of its own.',
      );
    },
    begin: (key, fingerprint, shared) =>
      void entries.set(key, { fingerprint, shared, expiresAtMs: Number.POSITIVE_INFINITY }),
    keep(key, shared) {
      const entry = entries.get(key);
      if (entry?.shared === shared) entry.expiresAtMs = clock.nowMs() + WINDOW_MS;
    },
    forget(key, shared) {
      if (entries.get(key)?.shared === shared) entries.delete(key);
    },
    size() {
      sweep(clock.nowMs());
      return entries.size;
    },
  };
}
