/**
 * `usage_history`: one row a request, written when it ended. The hot table: one index, appended in shared
 * transactions, removed in small batches so that no request waits long for the pruning.
 */
import type { UsageRecord } from '../records.ts';
import type { UsageRepository } from '../store.ts';
import { storeFailure } from './failures.ts';
import { groupCommit } from './group-commit.ts';
import { leaveOutUnreadable, type StoreParts } from './table-repository.ts';
import { historyReader } from './usage-history.ts';
import { USAGE_COLUMNS, type UsageRow, usageCells, usageRecord } from './usage-row.ts';

const RECENT_LIMIT = 1_000;
const PRUNE_BATCH = 1_000;
/** The event loop stands still while rows are deleted; a call stops after this long. */
const PRUNE_LIMIT_MS = 50;

export interface ClosableUsage extends UsageRepository {
  /** Writes what is queued; later rows are rejected. */
  close(): void;
}

/** The repository over `usage_history`, its statements prepared once. */
export function usageRepository({ database, path, log }: StoreParts): ClosableUsage {
  const columns = USAGE_COLUMNS.join(', ');
  const insert = database.prepare<(string | number | null)[]>(
    `INSERT INTO usage_history (${columns}) VALUES (${USAGE_COLUMNS.map(() => '?').join(', ')})`,
  );
  const newest = database.prepare<[number], UsageRow>(
    `SELECT ${columns} FROM usage_history ORDER BY timestamp DESC, id DESC LIMIT ?`,
  );
  const deleteBatch = database.prepare<[number, number]>(
    'DELETE FROM usage_history WHERE id IN (SELECT id FROM usage_history WHERE timestamp < ? ORDER BY timestamp LIMIT ?)',
  );
  const readable = leaveOutUnreadable(log);
  const history = historyReader(database);
  const queue = groupCommit<UsageRecord>({
    database,
    path,
    log,
    write: (record) => void insert.run(...usageCells(record)),
  });

  const prune = (olderThanMs: number): number => {
    const deadlineMs = performance.now() + PRUNE_LIMIT_MS;
    let removed = 0;
    let changes: number;
    do {
      changes = deleteBatch.run(Math.floor(olderThanMs), PRUNE_BATCH).changes;
      removed += changes;
    } while (changes === PRUNE_BATCH && performance.now() < deadlineMs);
    if (removed > 0) history.forget();
    return removed;
  };

  return {
    append: (record) => queue.add(record),
    recent: (limit) =>
      readable(
        newest.all(Math.min(Math.max(0, Math.floor(limit)), RECENT_LIMIT)),
        usageRecord,
        (row) => `usage_history/${row.request_id}`,
      ),
    history: (nowMs) => history.read(nowMs),
    prune: (olderThanMs) => {
      try {
        return prune(olderThanMs);
      } catch (error) {
        throw storeFailure(error, path);
      }
    },
    close: () => queue.close(),
  };
}
