/**
 * Keeps the usage table within the days that the settings allow. Begins soon after the start, since on a laptop the
 * program may never run for long, and removes rows in short steps with pauses, so that no request waits for it.
 */
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { UsageRepository } from '../store/store.ts';

export interface RetentionPorts {
  readonly usage: Pick<UsageRepository, 'prune'>;
  /** How many days a request is kept. */
  days(): number;
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
const WAITS: RetentionWaits = { firstMs: 60_000, pauseMs: 1_000, everyMs: 3_600_000 };

/** Starts it; the result stops it. A step that fails is logged and tried again at the next hour. */
export function startRetention({ usage, days, clock, log }: RetentionPorts, waits = WAITS): () => void {
  let timer: NodeJS.Timeout;
  let removed = 0;
  const step = (): number => {
    try {
      return usage.prune(clock.nowMs() - days() * DAY_MS);
    } catch (cause) {
      log.error('Old requests could not be removed.', {}, cause);
      return 0;
    }
  };
  const run = (): void => {
    const count = step();
    removed += count;
    if (count === 0 && removed > 0) {
      log.info('Old requests were removed from the usage table.', { rows: removed });
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
