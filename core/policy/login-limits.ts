/**
 * Slows down guessing: five failures in five minutes lock an address for fifteen (facts.md E.11), and a larger number from
 * all addresses together locks the login as a whole, so that many addresses do not help. An attempt counts before its
 * password is checked and is taken back when it was right; a hundred guesses sent at once get five checks.
 */
import type { Clock } from '../base/clock.ts';
import { OmniError } from '../base/errors.ts';
import { type EventSink, noEvents } from '../base/event-bus.ts';
import { plainAddress } from './hosts.ts';

export interface LoginLimits {
  /** Counts an attempt. Throws `too_many_attempts` with the time to wait. */
  begin(remoteAddress: string | undefined): void;
  /** The attempt was right: the address starts anew. */
  succeed(remoteAddress: string | undefined): void;
  /** The attempt was wrong: when it was one too many, that is told. */
  fail(remoteAddress: string | undefined): void;
}

interface Bucket {
  readonly limit: number;
  attemptsMs: number[];
  lockedUntilMs: number;
  /** The lock that was told. */
  toldUntilMs: number;
}

const WINDOW_MS = 5 * 60_000;
const LOCK_MS = 15 * 60_000;
const LIMIT_PER_ADDRESS = 5;
const LIMIT_TOGETHER = 20;
const ADDRESSES_LIMIT = 10_000;
/** Who is locked out when the login as a whole is. */
const EVERYBODY = '*';

export function createLoginLimits(clock: Clock, events: EventSink = noEvents): LoginLimits {
  const together = newBucket(LIMIT_TOGETHER);
  const byAddress = new Map<string, Bucket>();
  const bucketOf = (remoteAddress: string | undefined): Bucket => {
    const address = group(remoteAddress);
    const bucket = byAddress.get(address) ?? newBucket(LIMIT_PER_ADDRESS);
    // Taken out and put back: the map's order is then the order of use, and its first entry the one to drop.
    byAddress.delete(address);
    byAddress.set(address, bucket);
    for (const oldest of byAddress.keys()) {
      if (byAddress.size <= ADDRESSES_LIMIT) break;
      byAddress.delete(oldest);
    }
    return bucket;
  };
  return {
    begin(remoteAddress) {
      const nowMs = clock.nowMs();
      const buckets = [bucketOf(remoteAddress), together];
      const waitMs = Math.max(...buckets.map(({ lockedUntilMs }) => lockedUntilMs - nowMs));
      if (waitMs > 0) throw tooMany(waitMs);
      for (const bucket of buckets) count(bucket, nowMs);
    },
    succeed(remoteAddress) {
      byAddress.delete(group(remoteAddress));
      together.attemptsMs.pop();
      if (together.attemptsMs.length < together.limit) together.lockedUntilMs = 0;
    },
    fail(remoteAddress) {
      const atMs = clock.nowMs();
      const tell = (identifier: string, bucket: Bucket): void => {
        const untilMs = bucket.lockedUntilMs;
        if (untilMs <= atMs || untilMs === bucket.toldUntilMs) return;
        bucket.toldUntilMs = untilMs;
        events.emit({ type: 'lockout-changed', atMs, identifier, untilMs });
      };
      tell(group(remoteAddress), bucketOf(remoteAddress));
      tell(EVERYBODY, together);
    },
  };
}

function newBucket(limit: number): Bucket {
  return { limit, attemptsMs: [], lockedUntilMs: 0, toldUntilMs: 0 };
}

function count(bucket: Bucket, nowMs: number): void {
  bucket.attemptsMs = bucket.attemptsMs.filter((atMs) => nowMs - atMs < WINDOW_MS);
  bucket.attemptsMs.push(nowMs);
  if (bucket.attemptsMs.length < bucket.limit) return;
  bucket.lockedUntilMs = nowMs + LOCK_MS;
}

/** One household or host owns a whole IPv6 /64, so that is what is counted. */
function group(remoteAddress: string | undefined): string {
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

function tooMany(waitMs: number): OmniError {
  const minutes = Math.ceil(waitMs / 60_000);
  const message = `Too many wrong passwords. Try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`;
  return new OmniError('too_many_attempts', message, { retryAfterMs: waitMs });
}
