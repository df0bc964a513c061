/**
 * Slows down guessing (facts.md E.11): so many failures within a window lock an address for a time. Two policies: passwords
 * of the management login, and API keys. A larger number of wrong passwords from all addresses together locks the login as
 * a whole, so that many addresses do not help. Locks survive a restart; counts of failures that led to none do not.
 */
import type { Clock } from '../base/clock.ts';
import { OmniError } from '../base/errors.ts';
import { type EventSink, noEvents } from '../base/event-bus.ts';
import { asNumber, asObject } from '../base/json.ts';
import type { KeyValueRepository } from '../store/store.ts';
import { addressGroup, isLoopbackAddress } from './hosts.ts';
import type { Settings } from './settings.ts';

export type LockoutRules = Settings['lockouts'];
export type LockKind = 'login' | 'apiKeys';

export interface LockedIdentifier {
  /** An address, an IPv6 network of 64 bits, or `EVERYBODY`. */
  readonly identifier: string;
  readonly kind: LockKind;
  readonly lockedAtMs: number;
  readonly untilMs: number;
}

export interface Lockouts {
  /**
   * Counts an attempt at the password before it is checked, so that a hundred guesses sent at once get five checks. Throws
   * `too_many_attempts` with the time to wait.
   */
  begin(remoteAddress: string | undefined): void;
  /** The attempt was right: the address starts anew. */
  succeed(remoteAddress: string | undefined): void;
  /** The attempt was wrong: when it was one too many, the lock is kept and told. */
  fail(remoteAddress: string | undefined): void;
  /**
   * Looks for an API key by `work`; what it throws as `invalid_api_key` counts. Throws `too_many_attempts` for an address
   * that is locked, whatever key it brings. This machine is never locked for its keys unless `locksThisMachine`.
   */
  guardKeys<T>(remoteAddress: string | undefined, work: () => T): T;
  list(): readonly LockedIdentifier[];
  /** Ends all locks of the identifier, or of everybody; how many. */
  unlock(identifier?: string): number;
}

export interface LockoutPorts {
  readonly keyValues: KeyValueRepository;
  readonly clock: Clock;
  rules(): LockoutRules;
  /** Told of locks and of their ends. */
  readonly events?: EventSink;
}

/** All addresses together, at the login. */
export const EVERYBODY = '*';

interface Bucket {
  attemptsMs: number[];
  lockedAtMs: number;
  lockedUntilMs: number;
  /** Is the lock in the store, and told? Not while the attempt that would cause it is still being checked. */
  isKept: boolean;
}

const NAMESPACE = 'lockouts';
/** How many wrong passwords from all addresses together weigh as much as one address's. */
const TOGETHER = 4;
const IDENTIFIERS_MAX = 10_000;
const KINDS: readonly LockKind[] = ['login', 'apiKeys'];

export function createLockouts(ports: LockoutPorts): Lockouts {
  return new LiveLockouts(ports);
}

class LiveLockouts implements Lockouts {
  readonly #ports: LockoutPorts;
  /** By kind and identifier, the one unused for longest first. */
  readonly #buckets: Readonly<Record<LockKind, Map<string, Bucket>>> = { login: new Map(), apiKeys: new Map() };

  constructor(ports: LockoutPorts) {
    this.#ports = ports;
    const nowMs = ports.clock.nowMs();
    for (const [place, value] of ports.keyValues.entries(NAMESPACE)) {
      const kind = KINDS.find((one) => place.startsWith(`${one}/`));
      const stored = asObject(value);
      const lockedUntilMs = asNumber(stored?.['untilMs']) ?? 0;
      if (kind === undefined || lockedUntilMs <= nowMs) ports.keyValues.remove(NAMESPACE, place);
      else {
        const bucket = { attemptsMs: [], lockedAtMs: asNumber(stored?.['atMs']) ?? nowMs, lockedUntilMs, isKept: true };
        this.#buckets[kind].set(place.slice(kind.length + 1), bucket);
      }
    }
  }

  begin(remoteAddress: string | undefined): void {
    const identifiers = [addressGroup(remoteAddress), EVERYBODY];
    for (const identifier of identifiers) this.#check('login', identifier);
    for (const identifier of identifiers) this.#count('login', identifier);
  }

  succeed(remoteAddress: string | undefined): void {
    this.#release('login', addressGroup(remoteAddress));
    const together = this.#buckets.login.get(EVERYBODY);
    if (together === undefined) return;
    together.attemptsMs.pop();
    if (together.lockedUntilMs > 0) this.#release('login', EVERYBODY, together.attemptsMs);
  }

  fail(remoteAddress: string | undefined): void {
    for (const identifier of [addressGroup(remoteAddress), EVERYBODY]) this.#keep('login', identifier);
  }

  guardKeys<T>(remoteAddress: string | undefined, work: () => T): T {
    const { apiKeys, locksThisMachine } = this.#ports.rules();
    const isGuarded = apiKeys.attempts > 0 && (locksThisMachine || !isLoopbackAddress(remoteAddress));
    if (isGuarded && this.#buckets.apiKeys.size > 0) this.#check('apiKeys', addressGroup(remoteAddress));
    try {
      return work();
    } catch (error) {
      if (isGuarded && error instanceof OmniError && error.code === 'invalid_api_key') {
        const identifier = addressGroup(remoteAddress);
        this.#count('apiKeys', identifier);
        this.#keep('apiKeys', identifier);
      }
      throw error;
    }
  }

  list(): readonly LockedIdentifier[] {
    const nowMs = this.#ports.clock.nowMs();
    return KINDS.flatMap((kind) =>
      [...this.#buckets[kind]].flatMap(([identifier, { lockedAtMs, lockedUntilMs }]) =>
        lockedUntilMs > nowMs ? [{ identifier, kind, lockedAtMs, untilMs: lockedUntilMs }] : [],
      ),
    );
  }

  unlock(identifier?: string): number {
    const locked = this.list().filter((one) => identifier === undefined || one.identifier === identifier);
    for (const one of locked) this.#release(one.kind, one.identifier);
    return locked.length;
  }

  #check(kind: LockKind, identifier: string): void {
    const bucket = this.#buckets[kind].get(identifier);
    if (bucket === undefined || bucket.lockedUntilMs === 0) return;
    const waitMs = bucket.lockedUntilMs - this.#ports.clock.nowMs();
    if (waitMs > 0) throw tooMany(kind, waitMs);
    this.#release(kind, identifier);
  }

  #count(kind: LockKind, identifier: string): void {
    const { windowMs, durationMs, attempts } = this.#ports.rules()[kind];
    if (attempts === 0) return;
    const nowMs = this.#ports.clock.nowMs();
    const bucket = this.#bucketOf(kind, identifier);
    bucket.attemptsMs = [...bucket.attemptsMs.filter((atMs) => nowMs - atMs < windowMs), nowMs];
    if (bucket.attemptsMs.length < (identifier === EVERYBODY ? attempts * TOGETHER : attempts)) return;
    bucket.lockedAtMs = nowMs;
    bucket.lockedUntilMs = nowMs + durationMs;
  }

  /** Makes a lock that is in force outlast this process, and tells of it, once. */
  #keep(kind: LockKind, identifier: string): void {
    const bucket = this.#buckets[kind].get(identifier);
    if (bucket === undefined || bucket.isKept || bucket.lockedUntilMs === 0) return;
    bucket.isKept = true;
    const { lockedAtMs: atMs, lockedUntilMs: untilMs } = bucket;
    this.#ports.keyValues.set(NAMESPACE, `${kind}/${identifier}`, { atMs, untilMs });
    this.#tell(identifier, untilMs);
  }

  #tell(identifier: string, untilMs: number | null): void {
    const { events = noEvents, clock } = this.#ports;
    events.emit({ type: 'lockout-changed', atMs: clock.nowMs(), identifier, untilMs });
  }

  #bucketOf(kind: LockKind, identifier: string): Bucket {
    const buckets = this.#buckets[kind];
    const bucket = buckets.get(identifier) ?? { attemptsMs: [], lockedAtMs: 0, lockedUntilMs: 0, isKept: false };
    // Taken out and put back: the map's order is then the order of use, and its first entry the one to drop.
    buckets.delete(identifier);
    buckets.set(identifier, bucket);
    for (const oldest of buckets.keys()) {
      if (buckets.size <= IDENTIFIERS_MAX) break;
      this.#release(kind, oldest);
    }
    return bucket;
  }

  /** Ends a lock, if there is one, and forgets the attempts but for those that are kept. */
  #release(kind: LockKind, identifier: string, kept: readonly number[] = []): void {
    const bucket = this.#buckets[kind].get(identifier);
    if (bucket === undefined) return;
    this.#buckets[kind].delete(identifier);
    if (kept.length > 0) this.#bucketOf(kind, identifier).attemptsMs = [...kept];
    if (!bucket.isKept) return;
    this.#ports.keyValues.remove(NAMESPACE, `${kind}/${identifier}`);
    this.#tell(identifier, null);
  }
}

const WHAT: Readonly<Record<LockKind, string>> = { login: 'wrong passwords', apiKeys: 'wrong API keys' };

/** Why an identifier is locked, in words. */
export function lockReason(kind: LockKind): string {
  return `Too many ${WHAT[kind]}`;
}

function tooMany(kind: LockKind, waitMs: number): OmniError {
  const minutes = Math.ceil(waitMs / 60_000);
  const message = `${lockReason(kind)}. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
  return new OmniError('too_many_attempts', message, { retryAfterMs: waitMs });
}
