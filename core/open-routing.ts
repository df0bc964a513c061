/** Opens what routing remembers and acts with: the balancer, resilience and the walk's ports over the settings in force. */
import type { Dispatcher } from 'undici';
import { createLiveStatus } from './accounts/live-status.ts';
import type { WayOut } from './accounts/tokens/lasting-call.ts';
import type { Clock } from './base/clock.ts';
import type { EventSink } from './base/event-bus.ts';
import type { Log } from './base/log.ts';
import { purposeOf } from './pipeline/attempt.ts';
import type { WalkPorts } from './pipeline/walk-ports.ts';
import type { CallPurpose, Proxies, ProxyScope } from './policy/proxies.ts';
import type { SettingsService } from './policy/settings-service.ts';
import type { Balancer } from './routing/balancer.ts';
import { createBalancer } from './routing/live-balancer.ts';
import { createResilience } from './routing/live-resilience.ts';
import type { Target } from './routing/plan.ts';
import type { Resilience } from './routing/resilience.ts';
import type { RoutingRules } from './routing/snapshot.ts';
import type { Store } from './store/store.ts';
import { apiHostOf } from './upstream/address.ts';
import type { Dispatchers } from './upstream/dispatchers.ts';
import { openTunnel } from './upstream/tunnel.ts';

export interface RoutingParts extends Network {
  readonly store: Store;
  readonly settings: SettingsService;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: EventSink;
}

export interface Routing {
  readonly balancer: Balancer;
  readonly resilience: Resilience;
  readonly walk: Omit<WalkPorts, 'snapshot'>;
}

export function openRouting(parts: RoutingParts): Routing {
  const { store, settings, clock, log, events, dispatchers, proxies } = parts;
  const { keyValues } = store;
  const balancer = createBalancer({
    ...{ keyValues, clock, log },
    strategyOf: (providerId) => {
      const { providerStrategies, fallbackStrategy } = settings.current();
      return providerStrategies[providerId] ?? fallbackStrategy;
    },
    stickyLimit: () => settings.current().stickyRoundRobinLimit,
  });
  const resilience = createResilience({
    ...{ keyValues, clock, log, events },
    profileOf: (providerId, kind) => {
      const { providerProfiles, providerResilience } = settings.current();
      const own = providerResilience[providerId];
      return own === undefined ? providerProfiles[kind] : { ...providerProfiles[kind], ...defined(own) };
    },
    limitsOf: (connectionId) => {
      const { rateLimits, rateLimitDefaults } = settings.current();
      const own = rateLimits[connectionId];
      return own === undefined ? undefined : { ...rateLimitDefaults, ...defined(own) };
    },
  });
  const walk: Routing['walk'] = {
    balancer,
    resilience,
    limitsOf: (providerId) => {
      const { timeouts, providerTimeouts } = settings.current();
      const own = providerTimeouts[providerId];
      return own === undefined ? timeouts : { ...timeouts, ...defined(own) };
    },
    dispatcherFor: (target, combos) => dispatcherFor(scopeOf(target, combos), { dispatchers, proxies }),
    proxyNameFor(target, combos) {
      const found = proxies.isAnySet() ? proxies.proxyFor(scopeOf(target, combos)) : undefined;
      return found && `${found.proxy.type}://${found.proxy.host}:${found.proxy.port}`;
    },
    showsRoute: () => settings.current().routeHeaders,
    status: createLiveStatus({ store, clock, log, events }),
  };
  return { balancer, resilience, walk };
}

function scopeOf(target: Target, combos: readonly string[]): ProxyScope {
  const { provider, account } = target;
  return { ...purposeOf({ target, combos }), origin: apiHostOf({ provider, ...(account && { account }) }) };
}

/** The ways out of this machine. */
export interface Network {
  readonly dispatchers: Dispatchers;
  readonly proxies: Proxies;
}

/** Directly, or through the proxy in force. */
export function dispatcherFor(scope: ProxyScope, network: Network): Dispatcher {
  return dispatcherThrough(scope, network) ?? network.dispatchers.direct;
}

/** Of the proxy in force; undefined: there is none. */
export function dispatcherThrough(scope: ProxyScope, { dispatchers, proxies }: Network): Dispatcher | undefined {
  const found = proxies.isAnySet() ? proxies.proxyFor(scope) : undefined;
  return found && dispatchers.through(found.proxy);
}

/** Of calls that another process makes: TLS to a proxy cannot be handed over to it. */
export function wayOut(url: URL, scope: CallPurpose | undefined, { proxies }: Network): WayOut {
  const found = proxies.isAnySet() ? proxies.proxyFor({ ...scope, origin: url.origin }) : undefined;
  if (found === undefined) return 'direct';
  const { proxy } = found;
  if (proxy.type === 'https') return 'own';
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  return { openTunnel: () => openTunnel(proxy, { host: url.hostname.replace(/^\[|\]$/g, ''), port }) };
}

/** The settings that the snapshot is made with. */
export function routingRules(settings: SettingsService): RoutingRules {
  const { comboDefaults, providerOverrides, fallbackChains, blockedProviders } = settings.current();
  return { comboDefaults, providerOverrides, fallbackChains, blockedProviders };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

/** Without the members that are undefined, which would hide the ones beneath. */
function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as Defined<T>;
}
