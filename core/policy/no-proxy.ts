/** Which hosts `NO_PROXY` names, as people write it. Addresses are compared as addresses, not as texts. */
import { globMatches } from '../base/glob.ts';
import { type Address, isInRange, parseAddress, parseRange } from './hosts.ts';

/**
 * Does `NO_PROXY` name the host (lower case, IPv6 without brackets)? Entries are names with all that stands below them
 * (with or without a leading dot or `*.`), addresses, ranges, `*`; each with a port behind a colon if wanted, IPv6 then in
 * brackets; separated by commas or spaces.
 */
export function isExcepted(host: string, port: number, except: string): boolean {
  const address = parseAddress(host);
  return entriesOf(except).some((entry) => {
    if (entry === '*') return true;
    const { name, port: only } = split(entry);
    if (only !== undefined && only !== port) return false;
    return address === undefined ? isBelow(host.replace(/\.$/, ''), name) : isAddress(address, name);
  });
}

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
    const range = parseRange(entry);
    return range !== undefined && isInRange(host, range);
  }
  if (entry.includes('*')) return globMatches(entry, host.toString());
  return parseAddress(entry)?.toNormalizedString() === host.toNormalizedString();
}
