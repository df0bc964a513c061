/** The providers that one signs in to, each with the account that is used first and what is left of its quota. */
import type { ManagementApi, Outputs } from '../../core/management/client.ts';
import type { LoginLine } from './tray-state.ts';

type Connection = Outputs['providers']['list']['connections'][number];

/** One line per provider, those signed in first. */
export async function readLogins(client: ManagementApi): Promise<readonly LoginLine[]> {
  const { connections } = await client.providers.list();
  const accounts = connections.filter(({ authType, isActive }) => authType === 'oauth' && isActive);
  const byProvider = Map.groupBy(accounts, ({ provider }) => provider);
  return [...byProvider].map(([provider, own]) => lineOf(provider, provider, own));
}

/** `name` for people; of several accounts the one of first priority counts. */
function lineOf(provider: string, name: string, accounts: readonly Connection[]): LoginLine {
  const [first] = accounts.toSorted((one, other) => one.priority - other.priority);
  if (first === undefined) return { provider, name, state: 'signed-out' };
  return { provider, name, state: stateOf(first), account: first.email ?? first.name };
}

function stateOf({ testStatus }: Connection): LoginLine['state'] {
  if (testStatus === 'expired') return 'expired';
  return testStatus === 'error' ? 'refused' : 'connected';
}

/** Leads to where the provider is signed in to. */
export function connectProvider(
  provider: string,
  { dashboard }: { dashboard: { show(path: string): void } },
): Promise<void> {
  dashboard.show(`/providers/${encodeURIComponent(provider)}`);
  return Promise.resolve();
}
