/**
 * The core, put together: opens store and vault, wires accounts, routing, gateway and management, and listens. It is the
 * only module that knows all of them, and knows nothing of Electron or of a terminal: hosts hand in their ports.
 */
import { createEventBus, type EventBus } from './base/event-bus.ts';
import { createListener, type ListenAddress } from './gateway/listener.ts';
import type { LocalApi } from './management/local-api.ts';
import { readOverrides } from './open-accounts.ts';
import { openPolicies } from './open-policies.ts';
import { openRouting } from './open-routing.ts';
import { openSurfaces } from './open-surfaces.ts';
import { createProxies, type Proxies } from './policy/proxies.ts';
import { startRetention } from './policy/retention.ts';
import { createServiceState } from './policy/service-state.ts';
import type { CorePorts, Foundations } from './ports.ts';
import { applyOverrides } from './providers/overrides.ts';
import { PROVIDERS } from './providers/table.ts';
import { openStore } from './store/sqlite/open-store.ts';
import { createDispatchers } from './upstream/dispatchers.ts';
import { openLockableVault } from './vault/lockable-vault.ts';
import type { VaultState } from './vault/vault.ts';

export type { CorePorts } from './ports.ts';

export interface Core {
  /** Listens; the address bound. Throws OmniError with a sentence for a person. */
  start(address: ListenAddress): Promise<ListenAddress>;
  /** Listens at another address; open streams go on where they are. Throws as `start` does, and then nothing has changed. */
  move(address: ListenAddress): Promise<ListenAddress>;
  /** Lets open requests end for up to `graceMs`, then closes everything. */
  stop(graceMs: number): Promise<void>;
  /** `/setup#token` while no password is set; for the terminal only. */
  setupPath(): string | undefined;
  /** Whether sealed secrets can be used, where their key is kept, or what to do. */
  vaultState(): VaultState;
  /** Facts as they happen, for the host: the tray, notifications. */
  readonly events: Pick<EventBus, 'subscribe'>;
  /** Management for the host's own windows and menus. */
  api(): Promise<LocalApi>;
}

/** Opens everything but the port. Throws OmniError with a sentence for a person when something stands in the way. */
export async function createCore(ports: CorePorts): Promise<Core> {
  const { environment, log, clock } = ports;
  const rows = applyOverrides(PROVIDERS, readOverrides(ports.paths.providersFile));
  const store = openStore({ path: ports.paths.databaseFile, log, clock });
  try {
    const vault = await openLockableVault({
      keychain: ports.keychain,
      env: { ...(environment.masterKey && { masterKey: environment.masterKey.reveal() }) },
      keyFilePath: ports.paths.keyFile,
      keyValues: store.keyValues,
      hasSealedRows: () => store.dependsOnVaultKey(),
      log,
    });
    return await assemble(ports, { store, vault, rows });
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function assemble(ports: CorePorts, foundations: Foundations): Promise<Core> {
  const { store, vault } = foundations;
  const events = createEventBus(ports.log);
  const policies = openPolicies(ports, foundations, events);
  await policies.sessions.start();
  const dispatchers = createDispatchers();
  const proxies: Proxies = createProxies({
    ...{ keyValues: store.keyValues, vault, log: ports.log },
    environment: ports.environment.proxies,
    onChange: () => dispatchers.keepOnly(proxies.inUse()),
  });
  const { log, clock } = ports;
  const serviceState = createServiceState({ clock, events });
  const routing = openRouting({ store, settings: policies.settings, dispatchers, proxies, log, clock, events });
  const parts = { ...policies, routing, dispatchers, proxies, events, serviceState };
  const { surfaces, api, logins, quotas } = openSurfaces(ports, foundations, parts);
  const listener = createListener(surfaces, ports.log);
  const stopRetention = startRetention({
    store,
    rules: () => policies.settings.current(),
    clock: ports.clock,
    log: ports.log,
  });
  // Requests that came by an import, or are left from a stop in haste: nobody is to wait for their sums later.
  store.rollups
    .catchUp()
    .catch((cause: unknown) => log.error('The sums of earlier requests could not be brought up to date.', {}, cause));
  const listen = async (address: ListenAddress): Promise<ListenAddress> => {
    const taken = await listener.listen(address);
    serviceState.listensAt(taken);
    return taken;
  };
  return {
    start: listen,
    move: listen,
    async stop(graceMs) {
      stopRetention();
      // Streams of events never end by themselves: they would hold the drain.
      events.close();
      await listener.drain(graceMs);
      quotas.close();
      await logins.close();
      await dispatchers.destroy();
      routing.balancer.flush();
      await store.close();
    },
    setupPath: () => policies.sessions.setupPath(),
    vaultState: vault.state,
    events,
    api,
  };
}
