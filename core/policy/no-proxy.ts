/** Which hosts `NO_PROXY` names, as people write it. Addresses are compared as addresses, not as texts. */
import ipaddr from 'ipaddr.js';
import { globMatches } from '../base/glob.ts';

/**
 * Does `NO_PROXY` name the host (lower case, IPv6 without brackets)? Entries are names with all that stands below them
 * (with or without a leading dot or `*.`), addresses, ranges, `*`; each with a port behind a colon if wanted, IPv6 then in
 * brackets; separated by commas or spaces.
 */
export function isExcepted(host: string, port: number, except: string): boolean {
  const address = parse(host);
  return entriesOf(except).some((entry) => {
    if (entry === '*') return true;
    const { name, port: only } = split(entry);
    if (only !== undefined && only !== port) return false;
    return address === undefined ? isBelow(host.replace(/\.$/, ''), name) : isAddress(address, name);
  });
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

function entriesOf(except: string): string[] {
  return except
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((entry) => entry !== '');
}

/** Takes the port off: `[::1]:80`, `box.example:80`; a bare `::1` has none. */
function split(entry: string): { readonly name: string; readonly port?: number } {
  const [, inBrackets, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(entry) ?? [];
  return { name: inBrackets ?? plain ?? entry, ...(port !== undefined && { port: Number(port) }) };
}

function isBelow(host: string, entry: string): boolean {
  const name = entry.replace(/^\*?\./, '').replace(/\.$/, '');
  if (name.includes('*')) return globMatches(name, host);
  return host === name || host.endsWith(`.${name}`);
}

function isAddress(host: Address, entry: string): boolean {
  if (entry.includes('/')) {
    if (!ipaddr.isValidCIDR(entry)) return false;
    const [network, bits] = ipaddr.parseCIDR(entry);
    return host.kind() === network.kind() && host.match(network, bits);
  }
  if (entry.includes('*')) return globMatches(entry, host.toString());
  return parse(entry)?.toNormalizedString() === host.toNormalizedString();
}

/** IPv4-mapped IPv6 counts as IPv4. Undefined for a name, and for a number that only some programs take for an address. */
function parse(text: string): Address | undefined {
  const isWritten = text.includes(':') || ipaddr.IPv4.isValidFourPartDecimal(text);
  return isWritten && ipaddr.isValid(text) ? ipaddr.process(text) : undefined;
}
