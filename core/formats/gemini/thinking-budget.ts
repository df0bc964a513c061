/**
 * Which budgets and levels a model takes; the API refuses any other with a 400
 * (https://ai.google.dev/gemini-api/docs/thinking#set-budget).
 */
interface Range {
  readonly models: RegExp;
  readonly least: number;
  readonly most: number;
  /** A budget of 0 switches thinking off. */
  readonly canStop: boolean;
}

/** The first that matches counts. */
const RANGES: readonly Range[] = [
  { models: /gemini-.*flash-lite/i, least: 512, most: 24_576, canStop: true },
  { models: /gemini-.*flash/i, least: 0, most: 24_576, canStop: true },
  { models: /gemini-.*(?:pro|computer-use)/i, least: 128, most: 32_768, canStop: false },
];

/** The budget nearest to this one that the model takes; -1 lets the model decide, and every model takes it. */
export function fittingBudget(model: string, tokens: number): number {
  const range = RANGES.find(({ models }) => models.test(model));
  if (range === undefined || tokens < 0 || (tokens === 0 && range.canStop)) return tokens;
  return Math.min(range.most, Math.max(range.least, tokens));
}

/** The lowest level of a model of generation 3: only the smaller ones up to 3.6 have one below `low`. */
export function lowestLevel(model: string): 'minimal' | 'low' {
  return /gemini-3(\.[0-6])?-flash/i.test(model) ? 'minimal' : 'low';
}
