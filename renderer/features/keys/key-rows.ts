/** A key with what it spent and may spend: the list, the budgets and the totals by key, put together. */
import { useQuery } from '@tanstack/react-query';
import { type Outputs, queries } from '../../api.ts';
import { type BudgetPeriod, type BudgetStatus, budgetsOf, shareOf } from '../../ui/budget.ts';

type Key = Outputs['keys']['list']['keys'][number];

export interface KeyRow extends Key {
  /** All requests so far. */
  readonly requests: number;
  /** US dollars since the month began. */
  readonly monthUsd: number;
  readonly budget: BudgetStatus['budget'];
  /** The period that is nearest to its limit; undefined without a budget. */
  readonly tightest: BudgetPeriod | undefined;
}

interface KeyRowsQuery {
  readonly data: readonly KeyRow[] | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** Ready as soon as the keys themselves are; figures that are still on their way read as none. */
export function useKeyRows(): KeyRowsQuery {
  const keys = useQuery(queries.keys.list.queryOptions());
  const budgets = useQuery(queries.budget.get.queryOptions({ input: {} }));
  const history = useQuery(queries.usage.history.queryOptions());
  const statuses = new Map(budgetsOf(budgets.data).map((status) => [status.apiKeyId, status]));
  const data = keys.data?.keys.map((key): KeyRow => {
    const status = statuses.get(key.id);
    return {
      ...key,
      requests: history.data?.byApiKey[key.id]?.requests ?? 0,
      monthUsd: status?.monthlyTotal ?? 0,
      budget: status?.budget ?? null,
      tightest: status?.periods.filter(({ limit }) => limit !== null).toSorted((a, b) => shareOf(b) - shareOf(a))[0],
    };
  });
  return { data, error: keys.error, refetch: keys.refetch };
}
