/** Providers with the accounts at them and how these stand: the lists and what rests now, put together. */
import { useQuery } from '@tanstack/react-query';
import { type Outputs, queries } from '../../api.ts';
import type { State } from '../../ui/state-mark.tsx';

export type KnownProvider = Outputs['knownProviders']['list']['providers'][number];
export type Connection = Outputs['providers']['list']['connections'][number];
type Snapshot = Outputs['live']['snapshot'];
/** `none`: no account was added. `expired`: one must sign in again, and no other account is left. */
export type Standing = 'connected' | 'resting' | 'failing' | 'expired' | 'off' | 'none';

export interface ProviderRow extends KnownProvider {
  /** The first one asked stands first. */
  readonly accounts: readonly Connection[];
  readonly standing: Standing;
  /** When what rests is tried again. */
  readonly untilMs?: number;
}

interface ProviderRowsQuery {
  readonly data: readonly ProviderRow[] | undefined;
  readonly error: unknown;
  readonly refetch: () => unknown;
}

export const STATE_OF: Readonly<Record<Standing, State>> = {
  connected: 'healthy',
  resting: 'degraded',
  failing: 'failing',
  expired: 'failing',
  off: 'off',
  none: 'off',
};

/** Ready as soon as the providers and accounts are; what rests follows. */
export function useProviderRows(): ProviderRowsQuery {
  const known = useQuery(queries.knownProviders.list.queryOptions());
  const connections = useQuery(queries.providers.list.queryOptions());
  const snapshot = useQuery(queries.live.snapshot.queryOptions());
  const hasAll = known.data !== undefined && connections.data !== undefined;
  return {
    data: hasAll ? rowsOf(known.data.providers, connections.data.connections, snapshot.data) : undefined,
    error: known.error ?? connections.error,
    refetch: () => Promise.all([known.refetch(), connections.refetch()]),
  };
}

function rowsOf(
  providers: readonly KnownProvider[],
  connections: readonly Connection[],
  snapshot: Snapshot | undefined,
): readonly ProviderRow[] {
  const byProvider = Map.groupBy(connections, ({ provider }) => provider);
  return providers.map((provider) => {
    const accounts = (byProvider.get(provider.id) ?? []).toSorted((left, right) => left.priority - right.priority);
    return { ...provider, accounts, ...standingOf(provider.id, accounts, snapshot) };
  });
}

function standingOf(
  provider: string,
  accounts: readonly Connection[],
  snapshot: Snapshot | undefined,
): Pick<ProviderRow, 'standing' | 'untilMs'> {
  if (accounts.length === 0) return { standing: 'none' };
  const active = accounts.filter(({ isActive }) => isActive);
  if (active.length === 0) return { standing: accounts.some(isExpired) ? 'expired' : 'off' };
  const breaker = snapshot?.openBreakers.find((open) => open.provider === provider && open.state === 'OPEN');
  if (breaker !== undefined) return { standing: 'resting', ...untilOf(breaker.openUntilMs) };
  const rests = new Map(
    (snapshot?.resting ?? [])
      .filter((rest) => rest.provider === provider && rest.model === undefined)
      .map(({ connectionId, untilMs }) => [connectionId, untilMs]),
  );
  if (active.every(({ id }) => rests.has(id))) return { standing: 'resting', untilMs: Math.min(...rests.values()) };
  return { standing: active.every(({ testStatus }) => testStatus === 'error') ? 'failing' : 'connected' };
}

function untilOf(untilMs: number | undefined): { untilMs?: number } {
  return untilMs === undefined ? {} : { untilMs };
}

/** Its login is over: a person must sign in again. */
export function isExpired({ testStatus }: Connection): boolean {
  return testStatus === 'expired';
}

/** A name that no account of the provider has yet. */
export function freeName(accounts: readonly Connection[], base: string): string {
  const taken = new Set(accounts.map(({ name }) => name));
  let count = 1;
  while (taken.has(count === 1 ? base : `${base} ${count}`)) count += 1;
  return count === 1 ? base : `${base} ${count}`;
}
