/** A SOCKS5 client's half: greeting, user name and password, CONNECT (RFC 1928, RFC 1929). Names go to the proxy unresolved. */
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';
import { OmniError } from '../base/errors.ts';
import { networkReason } from '../base/network-reason.ts';
import { behindProxy, type ProxyAddress, proxyFailed, type TunnelTarget } from './proxy-address.ts';

const VERSION = 5;
const [NO_AUTHENTICATION, BY_PASSWORD, NONE_ACCEPTABLE] = [0, 2, 0xff];
const PASSWORD_VERSION = 1;
const CONNECT = 1;
const [IPV4, NAME, IPV6] = [1, 3, 4];
/** Bytes of an address by its type; a name's first byte is its length. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { [IPV4]: 4, [IPV6]: 16 };
/** Reply codes that speak of the target; the others are the proxy's own. */
const BEHIND: Readonly<Record<number, string>> = {
  1: 'general failure',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
};
const NOT_ALLOWED = 2;
const LENGTH_MAX = 255;

/**
 * Makes the fresh connection a tunnel to the target; nothing else may read from it meanwhile. Throws OmniError:
 * `proxy_failed` or `upstream_unreachable`.
 */
export async function greetSocks5(socket: Socket, proxy: ProxyAddress, target: TunnelTarget): Promise<void> {
  try {
    await authenticate(socket, proxy);
    await requestTarget(socket, proxy, target);
  } catch (error) {
    if (error instanceof OmniError) throw error;
    const reason = error instanceof Error ? networkReason(error) : String(error);
    throw proxyFailed(proxy, `broke off while the tunnel was built (${reason})`, error);
  }
}

async function authenticate(socket: Socket, proxy: ProxyAddress): Promise<void> {
  const { username, password } = proxy;
  const methods = username === undefined ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, BY_PASSWORD];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await take(socket, 2);
  if (version !== VERSION) throw proxyFailed(proxy, 'does not speak SOCKS5');
  if (method === NO_AUTHENTICATION) return;
  if (method === NONE_ACCEPTABLE || username === undefined)
    throw proxyFailed(
      proxy,
      username === undefined ? 'asks for a user name and password' : 'refused to be signed in to',
    );
  const [name, secret] = [Buffer.from(username), Buffer.from(password?.reveal() ?? '')];
  if (name.length > LENGTH_MAX || secret.length > LENGTH_MAX)
    throw proxyFailed(proxy, `takes user names and passwords of at most ${LENGTH_MAX} bytes`);
  socket.write(Buffer.from([PASSWORD_VERSION, name.length, ...name, secret.length, ...secret]));
  const [, status] = await take(socket, 2);
  if (status !== 0) throw proxyFailed(proxy, 'refused the user name or password');
}

async function requestTarget(socket: Socket, proxy: ProxyAddress, target: TunnelTarget): Promise<void> {
  const { port } = target;
  socket.write(Buffer.from([VERSION, CONNECT, 0, ...addressOf(target.host), port >> 8, port & 0xff]));
  const [, reply = -1, , type = IPV4] = await take(socket, 4);
  const why = BEHIND[reply];
  if (why !== undefined) throw behindProxy(proxy, target, why);
  if (reply === NOT_ALLOWED) throw proxyFailed(proxy, `refuses to connect to ${target.host}`);
  if (reply !== 0) throw proxyFailed(proxy, `cannot connect as asked (reply ${reply})`);
  // The address it is bound to: of no use here.
  await take(socket, (type === NAME ? ((await take(socket, 1))[0] ?? 0) : (ADDRESS_BYTES[type] ?? 4)) + 2);
}

function addressOf(host: string): number[] {
  if (ipaddr.isValid(host)) {
    const address = ipaddr.parse(host);
    return [address.kind() === 'ipv4' ? IPV4 : IPV6, ...address.toByteArray()];
  }
  const name = Buffer.from(host).subarray(0, LENGTH_MAX);
  return [NAME, name.length, ...name];
}

/** The next bytes, exactly so many; what follows stays in the socket. Throws when it ends before. */
async function take(socket: Socket, length: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let missing = length; missing > 0; ) {
    // Only what is there: bytes left in the socket would tell of themselves again and again, before any others could come.
    const bytes: Buffer | null = socket.read(Math.min(missing, socket.readableLength) || undefined);
    if (bytes === null && (socket.readableEnded || socket.destroyed)) throw new Error('the connection was closed');
    if (bytes === null) await toRead(socket);
    else pieces.push(bytes);
    missing -= bytes?.length ?? 0;
  }
  return Buffer.concat(pieces);
}

/** Settles when there is more to read; throws at the connection's end. */
function toRead(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void): void => {
      socket.off('readable', more).off('end', ended).off('error', failed);
      then();
    };
    const more = (): void => settle(resolve);
    const ended = (): void => settle(() => reject(new Error('the connection was closed')));
    const failed = (error: Error): void => settle(() => reject(error));
    socket.on('readable', more).on('end', ended).on('error', failed);
  });
}
