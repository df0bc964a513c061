/**
 * A connection to a target through a network proxy: HTTP CONNECT (RFC 9110, 9.3.6), over TLS where the proxy speaks it,
 * or SOCKS5 (`socks5.ts`). The proxy resolves the name and sees neither keys nor bodies of TLS hosts. What fails here says
 * whose fault it was: the proxy's (`proxy_failed`) or that of the target behind it (`upstream_unreachable`).
 */
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import { networkReason } from '../base/network-reason.ts';
import { behindProxy, type ProxyAddress, proxyFailed, type TunnelTarget } from './proxy-address.ts';
import { greetSocks5 } from './socks5.ts';

/** Until the proxy itself has accepted a connection. */
const REACH_MS = 6_000;
/** From then until it has built the tunnel; callers with a shorter limit of their own give up before. */
const BUILD_MS = 30_000;

/** Opens a tunnel to the target. Throws OmniError: `proxy_failed` or `upstream_unreachable`. */
export async function openTunnel(proxy: ProxyAddress, target: TunnelTarget): Promise<Socket> {
  // Node would ask at HTTP's own port instead.
  if (proxy.port === 0) throw proxyFailed(proxy, 'cannot be used (it has no port)');
  return proxy.type === 'socks5' ? throughSocks5(proxy, target) : throughHttp(proxy, target);
}

function throughHttp(proxy: ProxyAddress, target: TunnelTarget): Promise<Socket> {
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const { username, password, host, port } = proxy;
  const token = Buffer.from(`${username ?? ''}:${password?.reveal() ?? ''}`).toString('base64');
  const request = (proxy.type === 'https' ? requestHttps : requestHttp)({
    ...{ host, port, agent: false, method: 'CONNECT', path: authority },
    servername: isIP(host) === 0 ? host : '',
    headers: { host: authority, ...(username !== undefined && { 'proxy-authorization': `Basic ${token}` }) },
  });
  return new Promise<Socket>((resolve, reject) => {
    let timer = setTimeout(() => request.destroy(new Error(`no connection in ${REACH_MS} ms`)), REACH_MS);
    request.on('socket', (socket) =>
      socket.once(proxy.type === 'https' ? 'secureConnect' : 'connect', () => {
        clearTimeout(timer);
        timer = setTimeout(() => request.destroy(new Error(`no tunnel in ${BUILD_MS} ms`)), BUILD_MS);
      }),
    );
    request.on('connect', ({ statusCode = 0 }, socket, head) => {
      clearTimeout(timer);
      const isBuilt = statusCode >= 200 && statusCode < 300;
      if (isBuilt && head.length === 0) return resolve(socket);
      socket.on('error', () => undefined).destroy();
      // In HTTP and TLS the client speaks first: what comes before that is a page of the proxy's own.
      if (isBuilt) return reject(proxyFailed(proxy, 'answered with something else than a tunnel'));
      reject(refused(statusCode, proxy, target));
    });
    request.on('error', (cause) => {
      clearTimeout(timer);
      reject(proxyFailed(proxy, `cannot be used (${networkReason(cause)})`, cause));
    });
    request.end();
  });
}

/** The proxy's answer to CONNECT, where it is none of success. */
function refused(status: number, proxy: ProxyAddress, target: TunnelTarget): Error {
  if (status === 407) return proxyFailed(proxy, 'refused the user name or password (407)');
  if (status === 502 || status === 503 || status === 504) return behindProxy(proxy, target, `status ${status}`);
  return proxyFailed(proxy, `refuses to connect to ${target.host} (status ${status})`);
}

async function throughSocks5(proxy: ProxyAddress, target: TunnelTarget): Promise<Socket> {
  const socket = await reach(proxy);
  const timer = setTimeout(() => socket.destroy(new Error(`no tunnel in ${BUILD_MS} ms`)), BUILD_MS);
  try {
    await greetSocks5(socket, proxy, target);
    return socket;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function reach(proxy: ProxyAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: proxy.host, port: proxy.port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(new Error(`no connection in ${REACH_MS} ms`)), REACH_MS);
    const fail = (cause: Error): void => {
      clearTimeout(timer);
      reject(proxyFailed(proxy, `cannot be used (${networkReason(cause)})`, cause));
    };
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
