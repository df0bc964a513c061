/** Host names as they stand in `Host` headers and origins, and which addresses are this machine. */

export interface HostPort {
  /** Lower case; IPv6 without brackets. */
  readonly name: string;
  /** Undefined where none was written. */
  readonly port: number | undefined;
}

const HOST = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{1,5}))?$/i;

/** Takes `name`, `name:port` or `[v6]:port` apart; undefined for anything else (RFC 9112 section 3.2). */
export function parseHost(text: string): HostPort | undefined {
  const match = HOST.exec(text);
  const name = match?.[1] ?? match?.[2];
  if (name === undefined) return undefined;
  return { name: plainAddress(name), port: match?.[3] === undefined ? undefined : Number(match[3]) };
}

/** An address as it stands in URLs and `Host` headers: `127.0.0.1:80`, `[::1]:80`. */
export function authorityOf({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** An address without its IPv4-mapped prefix, zone or upper case: `::ffff:127.0.0.1` is `127.0.0.1`. */
export function plainAddress(address: string): string {
  return address
    .toLowerCase()
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/, '');
}

/** Is this socket address one that only this machine can have? */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = plainAddress(address);
  return plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** The names by which a browser reaches this machine itself; nobody else can make them resolve elsewhere. */
export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name === '127.0.0.1' || name === '::1';
}

/** One household or host owns a whole IPv6 /64, so that is what is counted. */
export function addressGroup(remoteAddress: string | undefined): string {
  const address = plainAddress(remoteAddress ?? 'unknown');
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length);
  const all = [
    ...groups,
    ...Array.from({ length: missing }, () => '0'),
    ...(tail === undefined || tail === '' ? [] : tail.split(':')),
  ];
  return `${all.slice(0, 4).join(':')}::/64`;
}
