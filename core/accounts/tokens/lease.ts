/**
 * The right to refresh an account's tokens, held by one of all processes that share the database: a refresh token that is
 * sent twice costs the account where the vendor takes that for theft. The lease is a word in the account's row, swapped
 * atomically. No clock decides when a holder is gone, since clocks jump: its process is dead (same machine), or the word,
 * which a living holder changes every few seconds, stood still for a while as seen by whoever waits.
 */
import { hostname } from 'node:os';
import { randomId } from '../../base/ids.ts';
import type { TokenRepository } from '../../store/store.ts';

/** A holder shows that it lives so often, and is taken for dead after so long without that. */
const BEAT_MS = 3_000;
const STILL_MS = 15_000;
const POLL_MS = 40;

/** Tells this process from an earlier one with the same number, as in a container that was started anew. */
const PROCESS = `${hostname()}/${process.pid}/${randomId()}`;

export interface Lease {
  release(): void;
}

type Leases = Pick<TokenRepository, 'lease' | 'swapLease'>;

/**
 * Waits for the lease, for at most `limitMs`; undefined then, or as soon as `isNeeded` says that it is not wanted any
 * more (asked before each try: another process may have done the work).
 */
export async function takeLease(
  connectionId: string,
  leases: Leases,
  { isNeeded, limitMs }: { readonly isNeeded: () => boolean; readonly limitMs: number },
): Promise<Lease | undefined> {
  const startedMs = performance.now();
  let seen: { readonly word: string; readonly sinceMs: number } | undefined;
  while (isNeeded()) {
    const word = leases.lease(connectionId);
    if (word !== seen?.word) seen = word === undefined ? undefined : { word, sinceMs: performance.now() };
    const isFree = word === undefined || isDead(word) || performance.now() - (seen?.sinceMs ?? 0) > STILL_MS;
    if (isFree) {
      const mine = `${PROCESS}/${randomId()}`;
      if (leases.swapLease(connectionId, word, `${mine}/0`)) return hold(connectionId, leases, mine);
    }
    if (performance.now() - startedMs > limitMs) return undefined;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS * (0.5 + Math.random())));
  }
  return undefined;
}

function hold(connectionId: string, leases: Leases, mine: string): Lease {
  let beat = 0;
  const timer = setInterval(() => {
    const [before, after] = [`${mine}/${beat}`, `${mine}/${beat + 1}`];
    try {
      if (leases.swapLease(connectionId, before, after)) beat += 1;
      else clearInterval(timer);
    } catch {
      // The store is busy or closed: the next beat, or the one who waits, deals with it.
      return;
    }
  }, BEAT_MS);
  timer.unref();
  return {
    release() {
      clearInterval(timer);
      leases.swapLease(connectionId, `${mine}/${beat}`, undefined);
    },
  };
}

function isDead(word: string): boolean {
  const [host, pid, born] = word.split('/');
  if (host !== hostname()) return false;
  if (Number(pid) === process.pid) return `${host}/${pid}/${born}` !== PROCESS;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
