/**
 * The core, put together: opens store and vault, wires accounts, routing, gateway and management, and listens. It is the
 * only module that knows all of them, and knows nothing of Electron or of a terminal: hosts hand in their ports.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createListedModels } from './accounts/listed-models.ts';
import type { Clock } from './base/clock.ts';
import { createEventBus, type EventBus } from './base/event-bus.ts';
import type { Log } from './base/log.ts';
import { createGateway } from './gateway/gateway.ts';
import { createListener, type ListenAddress, type Surface } from './gateway/listener.ts';
import { createManagement } from './management/handler.ts';
import type { LocalApi } from './management/local-api.ts';
import type { ManagementServices } from './management/services.ts';
import { openAccounts, readOverrides } from './open-accounts.ts';
import { openPipeline } from './open-pipeline.ts';
import { dispatcherFor, openRouting, type Routing, routingRules } from './open-routing.ts';
import { generatePipeline } from './pipeline/stages.ts';
import { tryModel } from './pipeline/trial.ts';
import { type ApiKeys, createApiKeys, isKeyRequired } from './policy/api-keys.ts';
import { openDoor } from './policy/doorkeeper.ts';
import type { Environment } from './policy/environment.ts';
import { isLoopbackName } from './policy/hosts.ts';
import { createIpFilter } from './policy/ip-filter.ts';
import { createLockouts, type Lockouts } from './policy/lockouts.ts';
import { createProxies, type Proxies } from './policy/proxies.ts';
import { startRetention } from './policy/retention.ts';
import { createServiceState, instanceId, type ServiceState } from './policy/service-state.ts';
import { createSessions, type Sessions } from './policy/sessions.ts';
import { createSettings, type SettingsService } from './policy/settings.ts';
import { openCatalog } from './providers/catalog/index.ts';
import { applyOverrides } from './providers/overrides.ts';
import type { Provider } from './providers/provider.ts';
import { PROVIDERS } from './providers/table.ts';
import { openStore, type SqliteStore } from './store/sqlite/open-store.ts';
import { createDispatchers, type Dispatchers } from './upstream/dispatchers.ts';
import { testProxy } from './upstream/proxy-test.ts';
import { openLockableVault } from './vault/lockable-vault.ts';
import type { Keychain, LockableVault, VaultState } from './vault/vault.ts';

export interface CorePorts {
  readonly environment: Environment;
  readonly paths: {
    readonly databaseFile: string;
    readonly keyFile: string;
    readonly providersFile: string;
    /** The built renderer; without it a sentence stands at `/`. */
    readonly dashboardFolder?: string;
  };
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Who tells which address a proxy is seen with; default: a public service. */
  readonly echoUrl?: string;
  /** Which addresses remote media may be fetched from; default: public ones. */
  readonly isMediaAddressAllowed?: (address: string) => boolean;
}

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

interface Foundations {
  readonly store: SqliteStore;
  readonly vault: LockableVault;
  readonly rows: readonly Provider[];
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
  const { surfaces, api } = openSurfaces(ports, foundations, parts);
  const listener = createListener(surfaces, ports.log);
  const stopRetention = startRetention({
    store,
    rules: () => policies.settings.current(),
    clock: ports.clock,
    log: ports.log,
  });
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

interface Policies {
  readonly settings: SettingsService;
  readonly apiKeys: ApiKeys;
  readonly sessions: Sessions;
  readonly lockouts: Lockouts;
}

function openPolicies(
  { environment, clock, log }: CorePorts,
  { store, vault }: Foundations,
  events: EventBus,
): Policies {
  const { keyValues } = store;
  const settings = createSettings({
    ...{ keyValues, overrides: environment.settings, log },
    onChange: () => events.emit({ type: 'configuration-changed', atMs: clock.nowMs(), area: 'settings' }),
  });
  const lockouts = createLockouts({ keyValues, clock, events, rules: () => settings.current().lockouts });
  return {
    settings,
    lockouts,
    apiKeys: createApiKeys({ store, hashKey: () => environment.apiKeySecret ?? vault.derive('api-key'), clock, log }),
    sessions: createSessions({
      ...{ keyValues, lockouts },
      signingKey: environment.jwtSecret ?? sessionKey(vault),
      ...(environment.initialPassword && { initialPassword: environment.initialPassword }),
      isCookieSecure: environment.isCookieSecure,
      ...{ clock, log, events },
    }),
  };
}

/** While the vault is closed, sign-ins hold until the next start: the dashboard is where a person opens it. */
function sessionKey(vault: LockableVault): Buffer {
  return vault.state().is === 'open' ? vault.derive('session') : randomBytes(32);
}

interface SurfaceParts extends Policies {
  readonly routing: Routing;
  readonly dispatchers: Dispatchers;
  readonly proxies: Proxies;
  readonly events: EventBus;
  readonly serviceState: ServiceState;
}

/** The door, the gateway and management, in the order in which they are asked. */
function openSurfaces(
  ports: CorePorts,
  foundations: Foundations,
  parts: SurfaceParts,
): { surfaces: Surface[]; api: Core['api'] } {
  const { clock, log, version } = ports;
  const { store, vault } = foundations;
  const { settings, apiKeys, sessions, lockouts, events } = parts;
  const { live, accounts } = openAccounts({
    ...{ ...foundations, clock, log },
    rules: () => routingRules(settings),
    dispatcherFor: ({ url, via }) => dispatcherFor({ ...via, origin: new URL(url).origin }, parts),
    onGoodKey: (connectionId) => void parts.routing.resilience.reset({ connectionId }),
  });
  const ipFilter = createIpFilter({ keyValues: store.keyValues, rules: () => settings.current().ipFilter, clock });
  const own = { baseUrl: ports.environment.baseUrl, bound: () => parts.serviceState.bound()?.authority };
  const door = openDoor(settings, own, ipFilter);
  const isNeeded = (request: IncomingMessage): boolean =>
    isKeyRequired(settings.current().requireApiKey, {
      isLocal: door.isLocal(request),
      isLoopbackListener: isLoopbackName(parts.serviceState.bound()?.host ?? ''),
    });
  const { pipeline, ledger, active, signatures, similarQuestions } = openPipeline(ports, { ...parts, store, vault });
  const { budgets } = pipeline;
  const trial = { run: generatePipeline(pipeline), snapshot: live.current, ledger };
  const gateway = createGateway({
    snapshot: live.current,
    authorize: (request, want) =>
      lockouts.guardKeys(request.socket.remoteAddress, () =>
        apiKeys.authorize(request, {
          scope: 'inference',
          isKeyRequired: isNeeded(request) || (want === 'models' && settings.current().requireAuthForModels),
        }),
      ),
    pipeline,
    ledger,
    listed: createListedModels({ accounts, keyValues: store.keyValues, clock, log }),
    maxBodyBytes: () => settings.current().maxBodyBytes,
    clock,
    log,
    version,
    instance: instanceId(ports.paths.databaseFile),
    state: parts.serviceState,
  });
  const services: ManagementServices = {
    ...{ store, vault, accounts, sessions, apiKeys, settings, lockouts, clock, log, version },
    serviceState: parts.serviceState,
    catalog: { list: (providerId) => live.current().catalog.list(providerId) },
    defaultCatalog: () => openCatalog({ providers: [...live.providers().values()] }),
    providers: live.providers,
    changed() {
      live.changed();
      events.emit({ type: 'configuration-changed', atMs: clock.nowMs(), area: 'routing' });
    },
    events,
    activeRequests: active.list,
    budgets,
    answerCache: pipeline.cache,
    duplicates: pipeline.register,
    ...{ signatures, similarQuestions },
    ipFilter,
    proxies: parts.proxies,
    proxyTest: (proxy) => testProxy(proxy, ports.echoUrl),
    balancer: parts.routing.balancer,
    resilience: parts.routing.resilience,
    tryModel: (model, limitMs) => tryModel(model, limitMs, trial),
  };
  const management = createManagement(services, ports.paths.dashboardFolder);
  return { surfaces: [door.check, gateway.handle, management.handle], api: management.local };
}
