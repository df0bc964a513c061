/** Prices per million tokens, as they are kept, and per thousand. */

export type Unit = '1m' | '1k';

/** How a price is shown and typed. */
export function inUnit(usdPerMillion: number, unit: Unit): number {
  return unit === '1m' ? usdPerMillion : usdPerMillion / 1_000;
}

/** The most that the contract takes, per million tokens. */
const MOST_USD = 1_000_000;

/** What was typed as US dollars per million tokens, with a decimal point or comma; undefined when it is no price. */
export function readPrice(typed: string, unit: Unit): number | undefined {
  const text = typed.trim().replace('$', '').replace(',', '.');
  const usd = Number(text) * (unit === '1k' ? 1_000 : 1);
  if (text === '' || !Number.isFinite(usd) || usd < 0 || usd > MOST_USD) return undefined;
  // 0.003 × 1,000 is 3, not 3.0000000000000004.
  return Number(usd.toPrecision(12));
}
