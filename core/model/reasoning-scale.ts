/**
 * Reasoning effort as words (OpenAI, newer Anthropic and Gemini models) and as token budgets (Anthropic, Gemini 2.5).
 * Converting between them is a loss; formats declare it as `reasoning-effort`.
 */
const BUDGETS: readonly (readonly [effort: string, budgetTokens: number])[] = [
  ['none', 0],
  ['minimal', 512],
  ['low', 1_024],
  ['medium', 10_240],
  ['high', 32_768],
  ['xhigh', 65_536],
  ['max', 131_072],
];

/** Tokens for an effort word; an unknown word counts as `medium`. */
export function budgetForEffort(effort: string): number {
  return BUDGETS.find(([word]) => word === effort)?.[1] ?? 10_240;
}

/** The word for a budget: the smallest effort, up to `high`, whose budget covers it; 0 is `none`. */
export function effortForBudget(budgetTokens: number): 'none' | 'low' | 'medium' | 'high' {
  if (budgetTokens <= 0) return 'none';
  if (budgetTokens <= 1_024) return 'low';
  return budgetTokens <= 10_240 ? 'medium' : 'high';
}
