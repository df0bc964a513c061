/**
 * What a request cost. `Usage` counts everything once inside its totals (cached and written tokens in the input,
 * reasoning in the output), so each of them is priced in its total's place, never on top of it.
 */
import type { Usage } from '../model/usage.ts';
import type { Price } from './catalog/model-info.ts';
import type { Provider } from './provider.ts';

const TOKENS_PER_PRICE = 1_000_000;

/**
 * US dollars for the usage. A price that is unknown falls back: cached and written tokens to the input's, one-hour
 * writes to the written tokens', reasoning to the output's. One-hour writes: https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching#pricing
 */
export function costUsd(usage: Usage, price: Price): number {
  const cached = Math.min(usage.cachedInputTokens ?? 0, usage.inputTokens);
  const written = Math.min(usage.cacheWriteTokens ?? 0, usage.inputTokens - cached);
  const writtenLong = Math.min(usage.cacheWrite1hTokens ?? 0, written);
  const reasoning = Math.min(usage.reasoningTokens ?? 0, usage.outputTokens);
  const writePrice = price.cacheWrite ?? price.input;
  const total =
    (usage.inputTokens - cached - written) * price.input +
    cached * (price.cachedInput ?? price.input) +
    (written - writtenLong) * writePrice +
    writtenLong * (price.cacheWrite1h ?? writePrice) +
    (usage.outputTokens - reasoning) * price.output +
    reasoning * (price.reasoning ?? price.output);
  return total / TOKENS_PER_PRICE;
}

/** A flat rate, or nothing at all: what a request costs does not depend on its tokens. */
const FLAT_RATES: readonly Provider['tier'][] = ['subscription', 'free', 'local'];

export function isFlatRate({ tier }: Pick<Provider, 'tier'>): boolean {
  return FLAT_RATES.includes(tier);
}

export interface Bill {
  /** US dollars; null when the price is unknown. */
  readonly costUsd: number | null;
  /** What the flat rate spared, by the list price. */
  readonly savedUsd?: number;
}

/** What a request costs its user. At a flat rate it costs nothing more and spares the list price. */
export function bill(usage: Usage, price: Price | undefined, provider: Pick<Provider, 'tier'>): Bill {
  const listUsd = price === undefined ? undefined : costUsd(usage, price);
  if (!isFlatRate(provider)) return { costUsd: listUsd ?? null };
  return listUsd === undefined ? { costUsd: 0 } : { costUsd: 0, savedUsd: listUsd };
}
