/**
 * The connections that calls go over: directly, or through a network proxy, which is tunnelled through (CONNECT or
 * SOCKS5), so that it sees neither keys nor bodies of TLS hosts. A proxy that cannot be used fails the call: nothing is
 * ever sent around it.
 */
import { LRUCache } from 'lru-cache';
import { Agent, type Dispatcher, ProxyAgent, Socks5ProxyAgent } from 'undici';
import { OmniError } from '../base/errors.ts';

/** As `policy/proxies.ts` has it. */
export interface ProxyAddress {
  readonly type: 'http' | 'https' | 'socks5';
  readonly host: string;
  readonly port: number;
  readonly username?: string;
  readonly password?: { reveal(): string };
}

export interface Dispatchers {
  readonly direct: Dispatcher;
  /** One dispatcher for each proxy, made when first needed. */
  through(proxy: ProxyAddress): Dispatcher;
  destroy(): Promise<void>;
}

/** Idle connections are kept this long. */
const KEEP_ALIVE_MS = 60_000;
const CONNECT_TIMEOUT_MS = 10_000;
const PROXIES_MAX = 50;

export function createDispatchers(): Dispatchers {
  const direct = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    keepAliveTimeout: KEEP_ALIVE_MS,
    connections: null,
    pipelining: 1,
  });
  const proxied = new LRUCache<string, { readonly agent: Dispatcher; readonly composed: Dispatcher }>({
    max: PROXIES_MAX,
    // Calls under way end in peace.
    dispose: ({ agent }) => void agent.close().catch(() => agent.destroy()),
  });
  return {
    direct,
    through(proxy) {
      const key = JSON.stringify([proxy.type, proxy.host, proxy.port, proxy.username, proxy.password?.reveal()]);
      let entry = proxied.get(key);
      if (entry === undefined) {
        const agent = agentFor(proxy);
        entry = { agent, composed: agent.compose(namingFailures(proxy)) };
        proxied.set(key, entry);
      }
      return entry.composed;
    },
    async destroy() {
      const agents = [...proxied.values()].map(({ agent }) => agent);
      await Promise.all([direct, ...agents].map((agent) => agent.destroy()));
    },
  };
}

function agentFor({ type, host, port, username, password }: ProxyAddress): Dispatcher {
  const authority = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const secret = password?.reveal() ?? '';
  if (type === 'socks5') {
    return new Socks5ProxyAgent(`socks5://${authority}`, {
      ...(username !== undefined && { username, password: secret }),
      connectTimeout: CONNECT_TIMEOUT_MS,
    });
  }
  const token = Buffer.from(`${username ?? ''}:${secret}`).toString('base64');
  return new ProxyAgent({
    uri: `${type}://${authority}`,
    ...(username !== undefined && { token: `Basic ${token}` }),
    // Also for plain http: the proxy is to carry the call, not to read it.
    proxyTunnel: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connections: null,
    pipelining: 1,
  });
}

/** A tunnel that a working proxy could not build: the fault is behind it. */
const BEHIND = /Proxy response \(50[234]\)|(?:host|network) unreachable|connection refused \(|TTL expired/i;

/** Failures before the request was sent are the proxy's, and say so. */
function namingFailures({ host, port }: ProxyAddress): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) => {
    let isSent = false;
    return dispatch(options, {
      ...bound(handler),
      onRequestStart(controller, context) {
        isSent = true;
        handler.onRequestStart?.(controller, context);
      },
      onResponseError(controller, error) {
        const failure = isSent || error instanceof OmniError ? error : proxyFailure(error, `${host}:${port}`);
        handler.onResponseError?.(controller, failure);
      },
    });
  };
}

function bound(handler: Dispatcher.DispatchHandler): Dispatcher.DispatchHandler {
  return {
    onRequestUpgrade: handler.onRequestUpgrade?.bind(handler),
    onResponseStart: handler.onResponseStart?.bind(handler),
    onResponseData: handler.onResponseData?.bind(handler),
    onResponseEnd: handler.onResponseEnd?.bind(handler),
  } as Dispatcher.DispatchHandler;
}

function proxyFailure(cause: Error, proxy: string): OmniError {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  if (BEHIND.test(cause.message))
    return new OmniError('upstream_unreachable', `The provider cannot be reached through the proxy ${proxy}.`, {
      cause,
    });
  const hint = /407|auth/i.test(cause.message) ? ' It refused the user name or password.' : '';
  return new OmniError(
    'proxy_failed',
    `The network proxy ${proxy} cannot be used (${code}).${hint} Nothing was sent. Check it under Settings, Advanced.`,
    { cause },
  );
}
