/**
 * Keeps every table within its bounds: days and size for requests, days and bytes for bodies, numbers for the caches.
 * Begins soon after the start, since on a laptop the program may never run for long, and removes rows in short steps with
 * pauses, so that no request waits for it.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../store/store.ts';
import type { Settings } from './settings.ts';

export interface RetentionPorts {
  readonly store: Pick<Store, 'usage' | 'rollups' | 'bodies' | 'cachedAnswers' | 'similarQuestions' | 'signatures'>;
  rules(): Pick<Settings, 'retentionDays' | 'maxDatabaseBytes' | 'requestLogs' | 'answerCache'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface RetentionWaits {
  readonly firstMs: number;
  /** Between two steps while there is something left to remove. */
  readonly pauseMs: number;
  readonly everyMs: number;
}

const DAY_MS = 86_400_000;
/** A year of charts, and some weeks to compare with. */
const ROLLUP_DAYS = 400;
/** Tool loops that are taken up again after a month begin without their proofs. */
const SIGNATURES = { days: 30, entries: 10_000, bytes: 64 * 1024 * 1024 } as const;
const WAITS: RetentionWaits = { firstMs: 60_000, pauseMs: 1_000, everyMs: 3_600_000 };

/** Starts it; the result stops it. A step that fails is logged and tried again at the next hour. */
export function startRetention(ports: RetentionPorts, waits = WAITS): () => void {
  const { log } = ports;
  let timer: NodeJS.Timeout;
  let removed = 0;
  const step = (): number => {
    try {
      return removeSome(ports);
    } catch (cause) {
      log.error('Old requests could not be removed.', {}, cause);
      return 0;
    }
  };
  const run = (): void => {
    const count = step();
    removed += count;
    if (count === 0 && removed > 0) {
      log.info('Old rows were removed from the database.', { rows: removed });
      removed = 0;
    }
    plan(count > 0 ? waits.pauseMs : waits.everyMs);
  };
  const plan = (ms: number): void => {
    timer = setTimeout(run, ms).unref();
  };
  plan(waits.firstMs);
  return () => clearTimeout(timer);
}

/** One step over all tables; how many rows went. Zero: everything is within its bounds. */
function removeSome({ store, rules, clock }: RetentionPorts): number {
  const { retentionDays, maxDatabaseBytes, requestLogs, answerCache } = rules();
  const nowMs = clock.nowMs();
  // In a small database they leave room for the requests, which would all go for them otherwise.
  const bodyBytes = Math.min(requestLogs.maxTotalBytes, maxDatabaseBytes / 2);
  const signatureBytes = Math.min(SIGNATURES.bytes, maxDatabaseBytes / 4);
  return (
    store.usage.prune(nowMs - retentionDays * DAY_MS) +
    store.bodies.prune(nowMs - requestLogs.days * DAY_MS, bodyBytes) +
    store.cachedAnswers.prune(nowMs, answerCache.maxEntries) +
    store.similarQuestions.prune(nowMs, answerCache.maxEntries) +
    store.signatures.prune(nowMs - SIGNATURES.days * DAY_MS, SIGNATURES.entries, signatureBytes) +
    store.rollups.prune(nowMs - ROLLUP_DAYS * DAY_MS) +
    store.usage.pruneToSize(maxDatabaseBytes)
  );
}
