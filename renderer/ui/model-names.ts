import { useQuery } from '@tanstack/react-query';
import { queries } from '../api.ts';

/** What a request can name as its model: combos first, then each provider's models. */
export function useModelNames(): readonly string[] {
  const catalog = useQuery(queries.models.catalog.queryOptions());
  const combos = useQuery(queries.combos.list.queryOptions());
  const models = Object.entries(catalog.data?.catalog ?? {}).flatMap(([alias, entry]) =>
    entry.models.map((model) => `${alias}/${model.id}`),
  );
  return [...new Set([...(combos.data?.combos ?? []).map(({ name }) => name), ...models])];
}
