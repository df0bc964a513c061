/** Prices with whose they are and what they were: the list, the data set's and the providers' names put together. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { type Outputs, queries } from '../../api.ts';

/** The contract's names, in the order of the columns. */
export const MEMBERS = ['input', 'output', 'cached', 'cache_creation', 'reasoning'] as const;
export type Member = (typeof MEMBERS)[number];
/** US dollars per million tokens. */
export type Price = Readonly<Record<string, number>>;

export interface PriceRow {
  /** The provider's alias. */
  readonly provider: string;
  readonly providerName: string;
  readonly model: string;
  readonly price: Price;
  readonly isOwn: boolean;
  /** The data set's price; undefined where it has none. */
  readonly standard: Price | undefined;
}

interface PriceRowsQuery {
  readonly data: readonly PriceRow[] | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

/** Ready as soon as the prices are; names and defaults come when they come. */
export function usePriceRows(): PriceRowsQuery {
  const { data: prices, error, refetch } = useQuery(queries.pricing.models.queryOptions());
  const { data: defaults } = useQuery(queries.pricing.defaults.queryOptions({ input: {} }));
  const { data: known } = useQuery(queries.knownProviders.list.queryOptions());
  const data = useMemo(() => prices && rowsOf(prices, defaults, known), [prices, defaults, known]);
  return { data, error, refetch };
}

function rowsOf(
  { models }: Outputs['pricing']['models'],
  defaults: Outputs['pricing']['defaults'] | undefined,
  known: Outputs['knownProviders']['list'] | undefined,
): readonly PriceRow[] {
  const names = new Map(known?.providers.map(({ alias, name }) => [alias, name]));
  return models.map((row) => ({
    ...row,
    providerName: names.get(row.provider) ?? row.provider,
    standard: defaults?.[row.provider]?.[row.model],
  }));
}
