/** The providers that one signs in to, each with the account that is used first and what is left of its quota. */
import type { ManagementApi, Outputs } from '../../core/management/client.ts';
import type { LoginLine } from './tray-state.ts';

type Connection = Outputs['providers']['list']['connections'][number];
type Quota = Outputs['quotas']['list'][number];

/** One line per provider, those signed in to first. */
export async function readLogins(client: ManagementApi): Promise<readonly LoginLine[]> {
  const [{ providers }, { connections }, quotas] = await Promise.all([
    client.oauth.providers(),
    client.providers.list(),
    client.quotas.list(),
  ]);
  // What has ended is switched off until somebody signs in again, which is for the tray to say.
  const accounts = connections.filter(
    ({ authType, isActive, testStatus }) => authType === 'oauth' && (isActive || testStatus === 'expired'),
  );
  const lines = providers.map(({ provider, name }) =>
    lineOf(
      { provider, name },
      accounts.filter((account) => account.provider === provider),
      quotas,
    ),
  );
  return lines.toSorted((one, other) => Number(one.state === 'signed-out') - Number(other.state === 'signed-out'));
}

/** Of several accounts the one of first priority counts, of those that serve. */
function lineOf(
  named: Pick<LoginLine, 'provider' | 'name'>,
  accounts: readonly Connection[],
  quotas: readonly Quota[],
): LoginLine {
  const [first, ...others] = accounts.toSorted(
    (one, other) => Number(other.isActive) - Number(one.isActive) || one.priority - other.priority,
  );
  if (first === undefined) return { ...named, state: 'signed-out' };
  const quota = quotas.find(({ connectionId }) => connectionId === first.id);
  const state = stateOf(first);
  return { ...named, state, account: first.name, others: others.length, ...tightest(quota?.windows ?? []) };
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
