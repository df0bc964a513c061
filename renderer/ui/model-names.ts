import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { queries } from '../api.ts';

export interface ModelNamesWanted {
  /** Of connected providers only, and `provider/*` before the models of each. For rules about what may be asked for. */
  readonly asRules?: boolean;
}

/** What a request can name as its model: combos first, then each provider's models. */
export function useModelNames({ asRules = false }: ModelNamesWanted = {}): readonly string[] {
  const catalog = useQuery(queries.models.catalog.queryOptions()).data?.catalog;
  const combos = useQuery(queries.combos.list.queryOptions()).data?.combos;
  return useMemo(() => {
    const models = Object.entries(catalog ?? {}).flatMap(([alias, entry]) => {
      if (asRules && !entry.active) return [];
      return [...(asRules ? [`${alias}/*`] : []), ...entry.models.map(({ id }) => `${alias}/${id}`)];
    });
    return [...new Set([...(combos ?? []).map(({ name }) => name), ...models])];
  }, [asRules, catalog, combos]);
}
