import { describe, expect, it } from 'vitest';
import { bill, costUsd } from '../../core/providers/cost.ts';

const price = { input: 3, output: 15, cachedInput: 0.3, cacheWrite: 3.75, cacheWrite1h: 6 };

describe('costUsd', () => {
  it('prices plain input and output', () => {
    expect(costUsd({ inputTokens: 1_000_000, outputTokens: 200_000 }, price)).toBeCloseTo(6, 10);
  });

  it('pitfall 19: cached and written tokens are part of the input, not added to it', () => {
    const usage = { inputTokens: 1_000_000, cachedInputTokens: 600_000, cacheWriteTokens: 200_000, outputTokens: 0 };
    // 200,000 at 3, 600,000 at 0.3, 200,000 at 3.75
    expect(costUsd(usage, price)).toBeCloseTo(0.6 + 0.18 + 0.75, 10);
  });

  it('prices one-hour cache writes at their own rate', () => {
    const usage = { inputTokens: 100_000, cacheWriteTokens: 100_000, cacheWrite1hTokens: 40_000, outputTokens: 0 };
    expect(costUsd(usage, price)).toBeCloseTo(0.06 * 3.75 + 0.04 * 6, 10);
  });

  it('facts E.13: reasoning is part of the output and only the difference is billed', () => {
    const usage = { inputTokens: 0, outputTokens: 1_000_000, reasoningTokens: 400_000 };
    expect(costUsd(usage, { input: 2, output: 8 })).toBeCloseTo(8, 10);
    expect(costUsd(usage, { input: 2, output: 8, reasoning: 3 })).toBeCloseTo(0.6 * 8 + 0.4 * 3, 10);
  });

  it('falls back to the input price where no cache price is known', () => {
    const usage = { inputTokens: 1_000_000, cachedInputTokens: 500_000, cacheWriteTokens: 500_000, outputTokens: 0 };
    expect(costUsd(usage, { input: 4, output: 8 })).toBeCloseTo(4, 10);
  });

  it('never goes below zero when an upstream reports more cached tokens than input', () => {
    const usage = { inputTokens: 100, cachedInputTokens: 500, cacheWriteTokens: 500, outputTokens: 0 };
    expect(costUsd(usage, price)).toBeCloseTo((100 * 0.3) / 1_000_000, 15);
  });
});

describe('bill', () => {
  const usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };
  const price = { input: 3, output: 15 };

  it('a metered provider costs the list price, and nothing is known without one', () => {
    expect(bill(usage, price, { tier: 'api-key' })).toEqual({ costUsd: 18 });
    expect(bill(usage, undefined, { tier: 'api-key' })).toEqual({ costUsd: null });
  });

  it.each(['subscription', 'free', 'local'] as const)('a %s costs nothing more and spares the list price', (tier) => {
    expect(bill(usage, price, { tier })).toEqual({ costUsd: 0, savedUsd: 18 });
    expect(bill(usage, undefined, { tier })).toEqual({ costUsd: 0 });
  });
});
