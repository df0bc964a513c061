/**
 * Who may connect at all, by the socket's address: single addresses, CIDR ranges, wildcards and bans for a time (facts.md
 * E.11). This machine itself is never shut out: its owner could not open the door again.
 */
import ipaddr from 'ipaddr.js';
import type { Clock } from '../base/clock.ts';
import { OmniError } from '../base/errors.ts';
import { asNumber, asObject, asString } from '../base/json.ts';
import type { KeyValueRepository } from '../store/store.ts';
import { type Address, isInRange, isLoopbackAddress, parseAddress, parseRange, plainAddress } from './hosts.ts';
import type { Settings } from './settings.ts';

export type IpRules = Settings['ipFilter'];

/** True when the address is meant by the entry. */
type Matcher = (address: Address) => boolean;

/** The entry as a matcher. Throws `invalid_request` when it is neither an address, a range nor a wildcard. */
export function parseEntry(entry: string): Matcher {
  const text = plainAddress(entry.trim());
  if (/^(?:\d{1,3}|\*)(?:\.(?:\d{1,3}|\*)){3}$/.test(text) && text.includes('*')) {
    const parts = text.split('.');
    return (address) =>
      address instanceof ipaddr.IPv4 &&
      address.octets.every((octet, at) => parts[at] === '*' || Number(parts[at]) === octet);
  }
  const range = parseRange(text);
  if (range !== undefined) return (address) => isInRange(address, range);
  const only = parseAddress(text)?.toNormalizedString();
  if (only !== undefined) return (address) => address.toNormalizedString() === only;
  throw new OmniError(
    'invalid_request',
    `"${entry.slice(0, 60)}" is no IP address. Write one like 192.168.1.7, 192.168.*.*, 10.0.0.0/8 or fd00::/8.`,
    { path: 'ipFilter' },
  );
}

/** Is it an entry that `parseEntry` takes? */
export function isEntry(entry: string): boolean {
  try {
    parseEntry(entry);
    return true;
  } catch (error) {
    if (error instanceof OmniError) return false;
    throw error;
  }
}

/** Throws `invalid_request` for rules under which only this machine itself could connect. */
export function refuseShutDoor({ enabled, mode, whitelist }: IpRules): void {
  if (!enabled || mode !== 'whitelist' || whitelist.length > 0) return;
  throw new OmniError(
    'invalid_request',
    'An empty whitelist lets nobody in but this machine. Add an address to it first, or choose another mode.',
    { path: 'ipFilter.whitelist' },
  );
}

export interface TemporaryBan {
  readonly ip: string;
  readonly untilMs: number;
  readonly reason: string;
}

export interface IpFilter {
  /** Throws `forbidden_address`. */
  check(address: string | undefined): void;
  bans(): readonly TemporaryBan[];
  /** Throws `invalid_request` for what is no single address, or one of this machine's own. */
  ban(ban: TemporaryBan): void;
  unban(ip: string): boolean;
}

const NAMESPACE = 'ipBans';

interface Compiled {
  readonly from: IpRules;
  readonly deny: readonly Matcher[];
  readonly allow: readonly Matcher[];
}

export function createIpFilter(ports: {
  readonly keyValues: KeyValueRepository;
  rules(): IpRules;
  readonly clock: Clock;
}): IpFilter {
  const { keyValues, clock } = ports;
  const bans = new Map<string, TemporaryBan>();
  for (const [ip, value] of keyValues.entries(NAMESPACE)) {
    const stored = asObject(value);
    const ban = { untilMs: asNumber(stored?.['untilMs']) ?? 0, reason: asString(stored?.['reason']) ?? '' };
    const name = nameOf(ip);
    bans.set(name, { ip: name, ...ban });
    // Earlier versions kept it as it was written.
    if (name === ip) continue;
    keyValues.remove(NAMESPACE, ip);
    keyValues.set(NAMESPACE, name, ban);
  }
  let compiled = compile(ports.rules());
  const lists = (): Compiled => {
    const rules = ports.rules();
    if (rules !== compiled.from) compiled = compile(rules);
    return compiled;
  };
  const unban = (ip: string): boolean => {
    keyValues.remove(NAMESPACE, ip);
    return bans.delete(ip);
  };
  const isBanned = (ip: string): boolean => {
    const ban = bans.get(ip);
    if (ban === undefined) return false;
    if (ban.untilMs > clock.nowMs()) return true;
    unban(ip);
    return false;
  };
  return {
    check(address) {
      const rules = ports.rules();
      if (!rules.enabled && bans.size === 0) return;
      if (address === undefined || isLoopbackAddress(address)) return;
      const name = nameOf(address);
      if (!isBanned(name) && isAllowed(name, lists())) return;
      throw new OmniError('forbidden_address', `The address ${name} may not use this gateway.`);
    },
    bans: () => [...bans.values()].filter(({ ip }) => isBanned(ip)),
    ban(ban) {
      const ip = nameOf(ban.ip);
      if (parseAddress(ip) === undefined)
        throw new OmniError('invalid_request', `"${ban.ip}" is no IP address.`, { path: 'tempBan' });
      if (isLoopbackAddress(ip))
        throw new OmniError('invalid_request', 'This machine itself cannot be banned.', { path: 'tempBan' });
      bans.set(ip, { ...ban, ip });
      keyValues.set(NAMESPACE, ip, { untilMs: ban.untilMs, reason: ban.reason });
    },
    unban: (ip) => unban(nameOf(ip)),
  };
}

/** The one spelling of an address that bans are kept by; what is none stays as it is. */
function nameOf(address: string): string {
  const plain = plainAddress(address.trim());
  return parseAddress(plain)?.toString() ?? plain;
}

function compile(rules: IpRules): Compiled {
  // What came by an import and is no entry must not open or shut the door for all others.
  const matchers = (entries: readonly string[]): Matcher[] => entries.filter(isEntry).map(parseEntry);
  return { from: rules, deny: matchers(rules.blacklist), allow: matchers(rules.whitelist) };
}

function isAllowed(address: string, { from, deny, allow }: Compiled): boolean {
  const parsed = parseAddress(address);
  if (!from.enabled || parsed === undefined) return true;
  const isListed = (matchers: readonly Matcher[]): boolean => matchers.some((matches) => matches(parsed));
  switch (from.mode) {
    case 'blacklist':
      return !isListed(deny);
    case 'whitelist':
      return isListed(allow);
    case 'whitelist-priority':
      return isListed(allow) || !isListed(deny);
  }
}
