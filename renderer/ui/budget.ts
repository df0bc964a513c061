/** Budgets of keys as pages read and write them. */
import { api, type Outputs, queries, queryClient } from '../api.ts';

export type BudgetStatus = Extract<Outputs['budget']['get'], { budgets: unknown }>['budgets'][number];
export type BudgetPeriod = BudgetStatus['periods'][number];
export const PERIODS = ['daily', 'weekly', 'monthly'] as const;
/** US dollars; '' is no limit. */
export type BudgetLimits = Readonly<Record<(typeof PERIODS)[number], number | ''>>;

/** How much of a period's limit is used, 0 to 1 and beyond. */
export function shareOf({ used, limit }: BudgetPeriod): number {
  return limit === null || limit === 0 ? 0 : used / limit;
}

/** The statuses of all keys, of an answer that was asked for without an id. */
export function budgetsOf(answer: Outputs['budget']['get'] | undefined): readonly BudgetStatus[] {
  return answer !== undefined && 'budgets' in answer ? answer.budgets : [];
}

export function limitsOf(budget: BudgetStatus['budget']): BudgetLimits {
  return {
    daily: budget?.dailyLimitUsd ?? '',
    weekly: budget?.weeklyLimitUsd ?? '',
    monthly: budget?.monthlyLimitUsd ?? '',
  };
}

export function hasLimit(limits: BudgetLimits): boolean {
  return PERIODS.some((period) => limits[period] !== '' && limits[period] !== 0);
}

/** Sets the limits of a key; without any, its budget is taken away. @param warningThreshold 0 to 1; left out, it stays */
export async function saveBudget(apiKeyId: string, limits: BudgetLimits, warningThreshold?: number): Promise<void> {
  const usd = (limit: number | ''): number | null => (limit === '' ? null : limit);
  if (!hasLimit(limits)) await api.budget.remove({ query: { apiKeyId } });
  else
    await api.budget.set({
      apiKeyId,
      dailyLimitUsd: usd(limits.daily),
      weeklyLimitUsd: usd(limits.weekly),
      monthlyLimitUsd: usd(limits.monthly),
      ...(warningThreshold !== undefined && { warningThreshold }),
    });
  void queryClient.invalidateQueries({ queryKey: queries.budget.key() });
}
