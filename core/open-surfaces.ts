/** Opens what answers requests: the door, the gateway and management, and what the latter two work on. */
import type { IncomingMessage } from 'node:http';
import { dirname, join } from 'node:path';
import { createListedModels } from './accounts/listed-models.ts';
import type { EventBus } from './base/event-bus.ts';
import { createGateway } from './gateway/gateway.ts';
import type { Surface } from './gateway/listener.ts';
import { createManagement, type Management } from './management/handler.ts';
import type { ManagementServices } from './management/services.ts';
import { openAccounts } from './open-accounts.ts';
import type { OpenLogins } from './open-logins.ts';
import { openPipeline } from './open-pipeline.ts';
import type { Policies } from './open-policies.ts';
import { type OpenQuotas, openQuotas } from './open-quotas.ts';
import { dispatcherFor, type Routing, routingRules, wayOut } from './open-routing.ts';
import { generatePipeline } from './pipeline/stages.ts';
import { tryModel } from './pipeline/trial.ts';
import { isKeyRequired } from './policy/api-keys.ts';
import { openDoor } from './policy/doorkeeper.ts';
import { isLoopbackName } from './policy/hosts.ts';
import { createIpFilter } from './policy/ip-filter.ts';
import type { Proxies } from './policy/proxies.ts';
import { instanceId, type ServiceState } from './policy/service-state.ts';
import type { CorePorts, Foundations } from './ports.ts';
import { openCatalog } from './providers/catalog/index.ts';
import type { Dispatchers } from './upstream/dispatchers.ts';
import { testProxy } from './upstream/proxy-test.ts';

export interface SurfaceParts extends Policies {
  readonly routing: Routing;
  readonly dispatchers: Dispatchers;
  readonly proxies: Proxies;
  readonly events: EventBus;
  readonly serviceState: ServiceState;
}

/** The door, the gateway and management, in the order in which they are asked. */
export function openSurfaces(
  ports: CorePorts,
  foundations: Foundations,
  parts: SurfaceParts,
): { surfaces: Surface[]; api: Management['local']; logins: OpenLogins; quotas: OpenQuotas } {
  const { clock, log, version } = ports;
  const { store, vault } = foundations;
  const { settings, apiKeys, sessions, lockouts, events } = parts;
  const {
    live,
    accounts,
    logins,
    send: accountSend,
  } = openAccounts({
    ...{ ...foundations, clock, log, events, environment: ports.environment },
    rules: () => routingRules(settings),
    dispatcherFor: ({ url, via }) => dispatcherFor({ ...via, origin: new URL(url).origin }, parts),
    lasting: {
      nodeProgram: ports.nodeProgram,
      folder: join(dirname(ports.paths.databaseFile), 'refreshes'),
      wayOut: ({ url, via }) => wayOut(new URL(url), via, parts),
    },
    onGoodKey: (connectionId) => void parts.routing.resilience.reset({ connectionId }),
  });
  const quotas = openQuotas({
    ...{ store, events, clock, log },
    providers: live.providers,
    loginOf: logins.keeper.loginOf,
    send: accountSend,
    resilience: parts.routing.resilience,
    catalog: () => live.current().catalog,
  });
  const ipFilter = createIpFilter({ keyValues: store.keyValues, rules: () => settings.current().ipFilter, clock });
  const own = { baseUrl: ports.environment.baseUrl, bound: () => parts.serviceState.bound()?.authority };
  const door = openDoor(settings, own, ipFilter);
  const isNeeded = (request: IncomingMessage): boolean =>
    isKeyRequired(settings.current().requireApiKey, {
      isLocal: door.isLocal(request),
      isLoopbackListener: isLoopbackName(parts.serviceState.bound()?.host ?? ''),
    });
  const opened = openPipeline(ports, { ...parts, store, vault, snapshot: live.current });
  const { pipeline, ledger, signatures, similarQuestions } = opened;
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
    ...(ports.desktop && { desktop: ports.desktop }),
    catalog: { list: (providerId) => live.current().catalog.list(providerId) },
    chatModels: gateway.chatModels,
    defaultCatalog: () => openCatalog({ providers: [...live.providers().values()] }),
    providers: live.providers,
    imports: logins.imports,
    logins: logins.logins,
    quotas: quotas.quotas,
    changed() {
      live.changed();
      events.emit({ type: 'configuration-changed', atMs: clock.nowMs(), area: 'routing' });
    },
    events,
    activeRequests: opened.active.list,
    ...{ telemetry: opened.telemetry, metrics: opened.metrics },
    sessionsOfClients: opened.clientSessions.list,
    databaseFile: ports.paths.databaseFile,
    budgets,
    answerCache: pipeline.cache,
    duplicates: pipeline.register,
    ...{ signatures, similarQuestions },
    ipFilter,
    proxies: parts.proxies,
    proxyTest: (proxy) => testProxy(proxy, ports.echoUrl),
    balancer: parts.routing.balancer,
    resilience: parts.routing.resilience,
    tryModel: (model, rules) => tryModel(model, rules, trial),
  };
  const management = createManagement(services, ports.paths.dashboardFolder);
  return { surfaces: [door.check, gateway.handle, management.handle], api: management.local, logins, quotas };
}
