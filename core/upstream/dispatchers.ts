/**
 * The connections that calls go over: directly, or through a network proxy, which is tunnelled through (`tunnel.ts`). A
 * proxy that cannot be used fails the call: nothing is ever sent around it.
 */
import type { Socket } from 'node:net';
import { LRUCache } from 'lru-cache';
import { Agent, buildConnector, type Dispatcher } from 'undici';
import { type ProxyAddress, proxyChanged } from './proxy-address.ts';
import { openTunnel } from './tunnel.ts';

export interface Dispatchers {
  readonly direct: Dispatcher;
  /** One dispatcher for each proxy, made when first needed. */
  through(proxy: ProxyAddress): Dispatcher;
  /** The proxies that are still set: connections through others close when their last request ends. */
  keepOnly(proxies: readonly ProxyAddress[]): void;
  destroy(): Promise<void>;
}

export interface DispatcherOptions {
  /** Requests through a proxy that is set no more are cut after this time. */
  readonly retireMs?: number;
}

/** Idle connections are kept this long. */
const KEEP_ALIVE_MS = 60_000;
/** Attempts have their own limit (`connectMs`); beyond this one a connection under way is given up for all of them. */
const CONNECT_TIMEOUT_MS = 60_000;
const PROXIES_MAX = 50;
/** As long as an attempt may last by default. */
const RETIRE_MS = 900_000;

export function createDispatchers({ retireMs = RETIRE_MS }: DispatcherOptions = {}): Dispatchers {
  const direct = newAgent(buildConnector({ timeout: CONNECT_TIMEOUT_MS }));
  const proxied = new LRUCache<string, ProxyAgent>({
    max: PROXIES_MAX,
    dispose: (retired) => closeInPeace(retired, retireMs),
  });
  return {
    direct,
    through(proxy) {
      const key = keyOf(proxy);
      const known = proxied.get(key);
      if (known !== undefined) return known.agent;
      const made = createProxyAgent(proxy);
      proxied.set(key, made);
      return made.agent;
    },
    keepOnly(proxies) {
      const kept = new Set(proxies.map(keyOf));
      for (const key of [...proxied.keys()]) if (!kept.has(key)) proxied.delete(key);
    },
    async destroy() {
      const agents = [...proxied.values()].map(({ agent }) => agent);
      await Promise.all([direct, ...agents].map((agent) => agent.destroy()));
    },
  };
}

export interface ProxyAgent {
  readonly agent: Agent;
  /** Tunnels that are open. */
  readonly tunnels: ReadonlySet<Socket>;
}

/** A dispatcher through one proxy; whoever makes it ends it. */
export function createProxyAgent(proxy: ProxyAddress): ProxyAgent {
  const tunnels = new Set<Socket>();
  const overTls = buildConnector({ timeout: CONNECT_TIMEOUT_MS });
  const connect: buildConnector.connector = (options, callback) => {
    const { hostname, port, protocol } = options;
    const isTls = protocol === 'https:';
    const host = hostname.replace(/^\[|\]$/g, '');
    openTunnel(proxy, { host, port: Number(port) || (isTls ? 443 : 80) }).then(
      (socket) => {
        tunnels.add(socket);
        socket.once('close', () => tunnels.delete(socket));
        if (isTls) overTls({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: Error) => callback(error, null),
    );
  };
  return { agent: newAgent(connect), tunnels };
}

function newAgent(connect: buildConnector.connector): Agent {
  return new Agent({ connect, keepAliveTimeout: KEEP_ALIVE_MS, connections: null, pipelining: 1 });
}

/** Requests under way may end; what is idle closes at once. A closed agent cuts nothing any more, so its tunnels are cut. */
function closeInPeace({ agent, tunnels }: ProxyAgent, limitMs: number): void {
  const timer = setTimeout(() => {
    for (const socket of tunnels) socket.destroy(proxyChanged());
  }, limitMs).unref();
  void agent.close().then(() => clearTimeout(timer));
}

function keyOf({ type, host, port, username, password }: ProxyAddress): string {
  return JSON.stringify([type, host, port, username, password?.reveal()]);
}
