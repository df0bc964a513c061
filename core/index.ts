/**
 * The core, put together: opens store and vault, wires accounts, routing, gateway and management, and listens. It is the
 * only module that knows all of them, and knows nothing of Electron or of a terminal: hosts hand in their ports.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { Agent } from 'undici';
import { createHttpSend } from './accounts/http.ts';
import { createKeyAccounts } from './accounts/key-accounts.ts';
import { createListedModels } from './accounts/listed-models.ts';
import type { Clock } from './base/clock.ts';
import type { Log } from './base/log.ts';
import { createGateway } from './gateway/gateway.ts';
import { createListener, type ListenAddress, type Surface } from './gateway/listener.ts';
import { createManagement } from './management/handler.ts';
import { createApiKeys, isKeyRequired } from './policy/api-keys.ts';
import { type DoorRules, decideDoor, doorRequest, doorRules } from './policy/door.ts';
import type { Environment } from './policy/environment.ts';
import { isLoopbackName } from './policy/hosts.ts';
import { createSessions } from './policy/sessions.ts';
import { createSettings, type SettingsService } from './policy/settings.ts';
import { openCatalog } from './providers/catalog/index.ts';
import { applyOverrides, parseOverrides } from './providers/overrides.ts';
import type { Provider } from './providers/provider.ts';
import { PROVIDERS } from './providers/table.ts';
import { type LiveSnapshot, liveSnapshot } from './routing/live-snapshot.ts';
import type { ModelCatalog } from './routing/snapshot.ts';
import { openStore, type SqliteStore } from './store/sqlite/open-store.ts';
import { fetchMedia } from './upstream/fetch-media.ts';
import { openVault } from './vault/open-vault.ts';
import type { Keychain, Vault } from './vault/vault.ts';

export interface CorePorts {
  readonly environment: Environment;
  readonly paths: { readonly databaseFile: string; readonly keyFile: string; readonly providersFile: string };
  readonly keychain: Keychain;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Which addresses remote media may be fetched from; default: public ones. */
  readonly isMediaAddressAllowed?: (address: string) => boolean;
}

export interface Core {
  /** Listens; the address bound. Throws OmniError with a sentence for a person. */
  start(address: ListenAddress): Promise<ListenAddress>;
  /** Lets open requests end for up to `graceMs`, then closes everything. */
  stop(graceMs: number): Promise<void>;
  /** `/setup#token` while no password is set; for the terminal only. */
  setupPath(): string | undefined;
  /** How the vault's key is kept, for people. */
  readonly keyKeptIn: string;
}

const RETENTION_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Idle connections to upstreams are kept this long. */
const UPSTREAM_KEEP_ALIVE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;

/** Opens everything but the port. Throws OmniError with a sentence for a person when something stands in the way. */
export async function createCore(ports: CorePorts): Promise<Core> {
  const { environment, log, clock } = ports;
  const rows = applyOverrides(PROVIDERS, readOverrides(ports.paths.providersFile));
  const store = openStore({ path: ports.paths.databaseFile, log, clock });
  try {
    const vault = await openVault({
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
  readonly vault: Vault;
  readonly rows: readonly Provider[];
}

async function assemble(ports: CorePorts, { store, vault, rows }: Foundations): Promise<Core> {
  const { environment, log, clock } = ports;
  const settings = createSettings({ keyValues: store.keyValues, overrides: environment.settings, log });
  const apiKeys = createApiKeys({ store, hashKey: environment.apiKeySecret ?? vault.derive('api-key'), clock, log });
  const sessions = createSessions({
    keyValues: store.keyValues,
    signingKey: environment.jwtSecret ?? vault.derive('session'),
    ...(environment.initialPassword && { initialPassword: environment.initialPassword }),
    isCookieSecure: environment.isCookieSecure,
    clock,
    log,
  });
  await sessions.start();
  const dispatcher = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    keepAliveTimeout: UPSTREAM_KEEP_ALIVE_MS,
    connections: null,
    pipelining: 1,
  });
  const live: LiveSnapshot = liveSnapshot({
    store,
    rows,
    log,
    catalog: () => userCatalog(store, live.providers().values()),
    openAccounts: () => accounts.open(),
  });
  const accounts = createKeyAccounts({
    store,
    vault,
    providers: live.providers,
    send: createHttpSend(),
    clock,
    log,
    onChange: live.changed,
    modelFor: (providerId) => live.current().catalog.list(providerId)[0]?.id,
  });
  const listed = createListedModels({ accounts, keyValues: store.keyValues, clock, log });
  let bound: ListenAddress | undefined;
  const door = openDoor(settings, environment);
  const gateway = createGateway({
    snapshot: live.current,
    authorize: (request) =>
      apiKeys.authorize(request, {
        scope: 'inference',
        isKeyRequired: isKeyRequired(settings.current().requireApiKey, {
          isLocal: door.isLocal(request),
          isLoopbackListener: isLoopbackName(bound?.host ?? ''),
        }),
      }),
    lanes: { dispatcher, fetchMedia: (url, signal) => fetchMedia(url, signal, ports.isMediaAddressAllowed) },
    ledger: { clock, log, append: (record) => store.usage.append(record) },
    listed,
    maxBodyBytes: () => settings.current().maxBodyBytes,
    clock,
    log,
    version: ports.version,
  });
  const management = createManagement({
    store,
    vault,
    accounts,
    catalog: { list: (providerId) => live.current().catalog.list(providerId) },
    providers: live.providers,
    sessions,
    apiKeys,
    settings,
    changed: live.changed,
    clock,
    log,
    version: ports.version,
  });
  const listener = createListener([door.surface, gateway.handle, management.handle], log);
  const retention = setInterval(() => prune(store, settings, ports), RETENTION_EVERY_MS);
  retention.unref();
  return {
    async start(address) {
      bound = await listener.listen(address);
      return bound;
    },
    async stop(graceMs) {
      clearInterval(retention);
      await listener.drain(graceMs);
      await dispatcher.destroy();
      await store.close();
    },
    setupPath: () => sessions.setupPath(),
    keyKeptIn: vault.keptIn,
  };
}

/** The text of `providers.json` as overrides; none when there is no such file. */
function readOverrides(path: string): ReturnType<typeof parseOverrides> {
  return parseOverrides(existsSync(path) ? readFileSync(path, 'utf8') : '{}');
}

function userCatalog(store: SqliteStore, providers: Iterable<Provider>): ModelCatalog {
  return openCatalog({ providers: [...providers], customModels: store.customModels.list() });
}

/** What the door found out about a request, kept for the key check behind it. */
interface Door {
  readonly surface: Surface;
  isLocal(request: IncomingMessage): boolean;
}

/** The first surface: refuses what must not come in, answers preflights, lets the rest pass with its CORS headers. */
function openDoor(settings: SettingsService, environment: Environment): Door {
  const local = new WeakSet<IncomingMessage>();
  const rules = rulesInForce(settings, environment);
  return {
    isLocal: (request) => local.has(request),
    surface: (request, response) => {
      const decision = decideDoor(doorRequest(request), rules());
      if (decision.kind === 'refuse') throw decision.error;
      for (const name in decision.headers) response.setHeader(name, decision.headers[name] ?? '');
      if (decision.kind === 'answer') {
        response.writeHead(decision.status).end();
        return true;
      }
      if (decision.isLocal) local.add(request);
      return false;
    },
  };
}

/** The rules in force, made anew only when the settings change. */
function rulesInForce(settings: SettingsService, { baseUrl }: Environment): () => DoorRules {
  let from = settings.current();
  let rules = doorRules(from, baseUrl);
  return () => {
    const current = settings.current();
    if (from !== current) {
      from = current;
      rules = doorRules(current, baseUrl);
    }
    return rules;
  };
}

function prune(store: SqliteStore, settings: SettingsService, { clock, log }: CorePorts): void {
  try {
    const removed = store.usage.prune(clock.nowMs() - settings.current().retentionDays * DAY_MS);
    if (removed > 0) log.info('Old requests were removed from the usage table.', { rows: removed });
  } catch (cause) {
    log.error('Old requests could not be removed.', {}, cause);
  }
}
