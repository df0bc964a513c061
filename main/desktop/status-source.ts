/**
 * Keeps the tray's picture of the core: reads it through the management contract, anew after events, at most once a second
 * and at least once a minute (a new day begins without an event).
 */
import type { EventBus } from '../../core/base/event-bus.ts';
import type { Log } from '../../core/base/log.ts';
import type { ManagementApi } from '../../core/management/client.ts';
import type { VaultState } from '../../core/vault/vault.ts';
import { readLogins } from './logins.ts';
import type { ServiceLook, ServiceStatus } from './tray-state.ts';

export interface StatusPorts {
  readonly client: ManagementApi;
  readonly events: Pick<EventBus, 'subscribe'>;
  readonly vaultState: () => VaultState;
  readonly onChange: (status: ServiceStatus) => void;
  readonly log: Log;
}

const AT_MOST_EVERY_MS = 1_000;
const AT_LEAST_EVERY_MS = 60_000;

/** Reads once, then on until the result is called. */
export async function followStatus(ports: StatusPorts): Promise<() => void> {
  let waiting: NodeJS.Timeout | undefined;
  const read = async (): Promise<void> => {
    waiting = undefined;
    try {
      ports.onChange(await readStatus(ports));
    } catch (cause) {
      ports.log.error('The tray could not be brought up to date.', {}, cause);
    }
  };
  const soon = (): void => {
    waiting ??= setTimeout(() => void read(), AT_MOST_EVERY_MS);
  };
  const unsubscribe = ports.events.subscribe(soon);
  const always = setInterval(soon, AT_LEAST_EVERY_MS).unref();
  await read();
  return () => {
    unsubscribe();
    clearInterval(always);
    clearTimeout(waiting);
  };
}

async function readStatus({ client, vaultState }: StatusPorts): Promise<ServiceStatus> {
  const [live, { combos }, gateway, logins, names] = await Promise.all([
    client.live.snapshot(),
    client.combos.list(),
    client.gateway.state(),
    readLogins(client),
    readNames(client),
  ]);
  return {
    look: lookOf({
      isPaused: gateway.isPaused,
      isVaultOpen: vaultState().is === 'open',
      hasTrouble:
        live.openBreakers.length > 0 || logins.some(({ state }) => state === 'expired' || state === 'refused'),
    }),
    requestsToday: live.today.requests,
    costToday: live.today.cost,
    logins,
    combos: combos.map(({ name }) => name),
    names,
  };
}

/** Custom nodes are providers, too. */
async function readNames(client: ManagementApi): Promise<ReadonlyMap<string, string>> {
  const [{ providers }, { connections }, { keys }] = await Promise.all([
    client.knownProviders.list(),
    client.providers.list(),
    client.keys.list(),
  ]);
  return new Map([...providers, ...connections, ...keys].map(({ id, name }) => [id, name]));
}

function lookOf(facts: { isPaused: boolean; isVaultOpen: boolean; hasTrouble: boolean }): ServiceLook {
  if (!facts.isVaultOpen) return 'failing';
  if (facts.isPaused) return 'paused';
  return facts.hasTrouble ? 'degraded' : 'running';
}
