/** How a token stands at a moment: pure. */
import type { StoredTokens } from './token-store.ts';

export type TokenStanding =
  /** Use it. */
  | 'fresh'
  /** It works still, and is to be refreshed. */
  | 'due'
  /** It does not work any more. */
  | 'over';

/** A token is over so long before its end: the call must arrive, and clocks differ. */
const MARGIN_MS = 5_000;
/** Tokens of many accounts got at one moment are not refreshed at one moment. */
const JITTER = 0.1;

/** Refreshed `leadMs` before its end, less a little by account, and never in the first half of its life. */
export function standingOf(
  {
    tokens: { expiresAtMs },
    refreshedAtMs,
  }: Pick<StoredTokens, 'refreshedAtMs'> & {
    readonly tokens: { readonly expiresAtMs?: number };
  },
  { leadMs, nowMs, seed }: { readonly leadMs: number; readonly nowMs: number; readonly seed: string },
): TokenStanding {
  if (expiresAtMs === undefined) return 'fresh';
  const leftMs = expiresAtMs - nowMs;
  const lifeMs = Math.max(0, expiresAtMs - refreshedAtMs);
  if (leftMs <= Math.min(MARGIN_MS, lifeMs / 10)) return 'over';
  return leftMs <= Math.min(leadMs, lifeMs / 2) * (1 - JITTER * shareOf(seed)) ? 'due' : 'fresh';
}

/** From 0 to 1, the same for the same text. */
function shareOf(seed: string): number {
  let hash = 0;
  for (const character of seed) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_009;
  return hash / 1_009;
}
