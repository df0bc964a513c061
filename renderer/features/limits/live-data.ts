/** The page's queries, each asked again before what it shows is ten seconds old; a hidden page does not ask. */
import { useQuery } from '@tanstack/react-query';
import { queries, queryClient } from '../../api.ts';

const LIVE = { refetchInterval: 8_000, refetchIntervalInBackground: false } as const;

export const useHealth = () => useQuery({ ...queries.monitoring.health.queryOptions(), ...LIVE });
export const useStorage = () => useQuery({ ...queries.monitoring.storage.queryOptions(), ...LIVE });
export const useQuotas = () => useQuery({ ...queries.quotas.list.queryOptions(), ...LIVE });
export const useResilience = () => useQuery({ ...queries.resilience.get.queryOptions(), ...LIVE });
export const useRateLimits = () => useQuery({ ...queries.resilience.limits.queryOptions(), ...LIVE });
export const useLockouts = () => useQuery({ ...queries.policies.get.queryOptions(), ...LIVE });
export const useCaches = () => useQuery({ ...queries.cache.get.queryOptions(), ...LIVE });

export interface Names {
  readonly provider: (id: string) => string;
  readonly account: (id: string) => string;
}

/** Names for people; the id stands where none is known (yet). */
export function useNames(): Names {
  const providers = useQuery(queries.knownProviders.list.queryOptions());
  const accounts = useQuery(queries.providers.list.queryOptions());
  return {
    provider: (id) => providers.data?.providers.find((one) => one.id === id)?.name ?? id,
    account: (id) => accounts.data?.connections.find((one) => one.id === id)?.name ?? id,
  };
}

/** After something was reset or cleared. */
export async function renewLimits(): Promise<void> {
  const old = [queries.monitoring.key(), queries.resilience.key(), queries.policies.key(), queries.cache.key()];
  await Promise.all(
    [...old, queries.live.snapshot.key()].map((queryKey) => queryClient.invalidateQueries({ queryKey })),
  );
}
