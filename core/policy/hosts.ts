/** Host names as they stand in `Host` headers and origins, addresses in any spelling, and which are this machine. */
import ipaddr from 'ipaddr.js';

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

export type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** IPv4-mapped IPv6 counts as IPv4. Undefined for a name, and for a number that only some programs take for an address. */
export function parseAddress(text: string): Address | undefined {
  const plain = plainAddress(text);
  const isWritten = plain.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(plain);
  return isWritten && ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined;
}

/** `10.0.0.0/8`, as an address and its leading bits. An IPv4-mapped range counts as one of IPv4. Undefined for anything else. */
export function parseRange(text: string): readonly [Address, number] | undefined {
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [network, bits] = ipaddr.parseCIDR(text);
  const isMapped = network instanceof ipaddr.IPv6 && network.isIPv4MappedAddress() && bits >= MAPPED_BITS;
  return isMapped ? [network.toIPv4Address(), bits - MAPPED_BITS] : [network, bits];
}

const MAPPED_BITS = 96;

/** Does the address lie in the range? */
export function isInRange(address: Address, [network, bits]: readonly [Address, number]): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

/** Is this socket address one that only this machine can have? */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = plainAddress(address);
  return plain === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(plain);
}

/** An origin as browsers send it: in lower case, without the scheme's own port, and nothing behind it. */
export function originAsSent(text: string): string {
  const url = URL.parse(text);
  return url !== null && url.origin !== 'null' ? url.origin : text.toLowerCase().replace(/\/+$/, '');
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
