/** The providers that one signs in to, each with the account that is used first and what is left of its quota. */
import { shell } from 'electron';
import type { ManagementApi, Outputs } from '../../core/management/client.ts';
import type { LoginLine } from './tray-state.ts';

type Connection = Outputs['providers']['list']['connections'][number];
type Quota = Outputs['quotas']['list'][number];
type LoginProvider = Outputs['oauth']['providers']['providers'][number];

/** One line per provider, those signed in to first. */
export async function readLogins(client: ManagementApi): Promise<readonly LoginLine[]> {
  const [{ providers }, { connections }, quotas] = await Promise.all([
    client.oauth.providers(),
    client.providers.list(),
    client.quotas.list(),
  ]);
  const accounts = connections.filter(({ authType, isActive }) => authType === 'oauth' && isActive);
  const lines = providers.map(({ provider, name }) =>
    lineOf(
      { provider, name },
      accounts.filter((account) => account.provider === provider),
      quotas,
    ),
  );
  return lines.toSorted((one, other) => Number(one.state === 'signed-out') - Number(other.state === 'signed-out'));
}

/**
 * Leads to where the provider is signed in to: straight to its own page where nothing is to be read or chosen before and
 * nothing to be typed after, else to the dashboard's dialog, which has the terms, the code and the options.
 */
export async function connectProvider(
  provider: string,
  { client, dashboard }: { client: ManagementApi; dashboard: { show(path: string): void } },
): Promise<void> {
  const { providers } = await client.oauth.providers();
  const found = providers.find((each) => each.provider === provider);
  if (found === undefined || !isOneClick(found)) return dashboard.show(`/providers/${encodeURIComponent(provider)}`);
  const { authUrl } = await client.oauth.start({ provider });
  if (authUrl !== undefined) await shell.openExternal(authUrl);
}

function isOneClick({ isReady, terms, methods: [method] }: LoginProvider): boolean {
  if (!isReady || terms !== undefined || method === undefined) return false;
  return method.kind === 'code' && !method.needsPaste && method.options.every(({ isRequired }) => !isRequired);
}

/** Of several accounts the one of first priority counts. */
function lineOf(
  named: Pick<LoginLine, 'provider' | 'name'>,
  accounts: readonly Connection[],
  quotas: readonly Quota[],
): LoginLine {
  const [first] = accounts.toSorted((one, other) => one.priority - other.priority);
  if (first === undefined) return { ...named, state: 'signed-out' };
  const quota = quotas.find(({ connectionId }) => connectionId === first.id);
  return { ...named, state: stateOf(first), account: first.email ?? first.name, ...tightest(quota?.windows ?? []) };
}

function stateOf({ testStatus }: Connection): LoginLine['state'] {
  if (testStatus === 'expired') return 'expired';
  return testStatus === 'error' ? 'refused' : 'connected';
}

/** The window that is closest to its end is the one that stops requests. */
function tightest(windows: Quota['windows']): Pick<LoginLine, 'leftPercent' | 'resetsAtMs' | 'window'> {
  const [window] = windows
    .filter(({ unlimited }) => unlimited !== true)
    .toSorted((one, other) => other.usedPercent - one.usedPercent);
  if (window === undefined) return {};
  return {
    leftPercent: Math.max(0, 100 - window.usedPercent),
    window: window.name,
    ...(window.resetAt !== undefined && { resetsAtMs: Date.parse(window.resetAt) }),
  };
}
