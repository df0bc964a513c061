import { queries, queryClient } from '../../api.ts';

/** Everything that a new connection changes. */
export function renewProviders(): void {
  for (const changed of [queries.providers, queries.providerNodes, queries.knownProviders, queries.models]) {
    void queryClient.invalidateQueries({ queryKey: changed.key() });
  }
}
