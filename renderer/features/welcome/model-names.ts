/** Model strings that work right now: combos first, then the models of connected providers, own servers asked for theirs. */
import { useQueries, useQuery } from '@tanstack/react-query';
import { type Outputs, queries } from '../../api.ts';

type Connection = Outputs['providers']['list']['connections'][number];

const MAX_NAMES = 500;

export function useModelNames(connections: readonly Connection[]): readonly string[] {
  const catalog = useQuery(queries.models.catalog.queryOptions());
  const combos = useQuery(queries.combos.list.queryOptions());
  const known = useQuery(queries.knownProviders.list.queryOptions());
  const unlisted = connections.filter(
    ({ provider }) => known.data?.providers.find(({ id }) => id === provider)?.models === 0,
  );
  const own = useQueries({
    queries: unlisted.map(({ id }) => queries.providers.models.queryOptions({ input: { id }, retry: false })),
  });
  const aliasOf = new Map(known.data?.providers.map(({ id, alias }) => [id, alias]));
  const asked = own.flatMap(({ data }) => data?.models.map(({ id }) => `${aliasOf.get(data.provider)}/${id}`) ?? []);
  const listed = Object.entries(catalog.data?.catalog ?? {})
    .filter(([, { active }]) => active)
    .flatMap(([alias, { models }]) => models.filter(({ type }) => type === 'chat').map(({ id }) => `${alias}/${id}`));
  const names = [...(combos.data?.combos ?? []).map(({ name }) => name), ...asked, ...listed];
  return [...new Set(names)].slice(0, MAX_NAMES);
}
