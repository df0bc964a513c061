/**
 * `usage_history`: one row a request, written when it ended. The hot table: one index, appended in shared
 * transactions, removed in small batches so that no request waits long for the pruning.
 */
import { runInTurns } from '../../base/slices.ts';
import type { UsageRecord } from '../records.ts';
import type { UsageRepository } from '../store.ts';
import { storeFailure } from './failures.ts';
import { groupCommit } from './group-commit.ts';
import type { Rollups } from './rollups.ts';
import { sizeBytes } from './size.ts';
import { leaveOutUnreadable, type StoreParts } from './table-repository.ts';
import { historyReader } from './usage-history.ts';
import { usageLister } from './usage-list.ts';
import { USAGE_COLUMNS, type UsageRow, usageCells, usageRecord } from './usage-row.ts';

const RECENT_LIMIT = 1_000;
const PROXIED_LIMIT = 500;
const PRUNE_BATCH = 1_000;
/** The event loop stands still while rows are deleted; a call stops after this long. */
const PRUNE_LIMIT_MS = 50;

export interface ClosableUsage extends UsageRepository {
  /** Writes what is queued; later rows are rejected. */
  close(): void;
}

/** The repository over `usage_history`, its statements prepared once. */
export function usageRepository({ database, path, log }: StoreParts, rollups: Rollups): ClosableUsage {
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
  const history = historyReader(database, rollups);
  const list = usageLister(database);
  const byRequest = database.prepare<[string], UsageRow>(
    `SELECT ${columns} FROM usage_history WHERE request_id = ? LIMIT 1`,
  );
  const deleteOldest = database.prepare<[number]>(
    'DELETE FROM usage_history WHERE id IN (SELECT id FROM usage_history ORDER BY timestamp LIMIT ?)',
  );
  const queue = groupCommit<UsageRecord>({
    database,
    path,
    log,
    write: (record) => void insert.run(...usageCells(record)),
  });

  /** Batches until nothing is left to remove or the time is over. What is removed stays in the sums. */
  const removeInBatches = (batch: () => number): number => {
    const deadlineMs = performance.now() + PRUNE_LIMIT_MS;
    let removed = 0;
    let changes: number;
    try {
      rollups.fold();
      do {
        changes = batch();
        removed += changes;
      } while (changes > 0 && performance.now() < deadlineMs);
      if (removed > 0) rollups.rowsRemoved();
    } catch (error) {
      throw storeFailure(error, path);
    }
    return removed;
  };

  return {
    append: (record) => queue.add(record),
    recent: (limit) =>
      readable(newest.all(Math.min(Math.max(0, Math.floor(limit)), RECENT_LIMIT)), usageRecord, nameOf),
    history: (nowMs) => history.read(nowMs),
    async prepareHistory() {
      await rollups.catchUp();
      await runInTurns(history.making());
    },
    list(query) {
      const { rows, nextCursor } = list(query);
      const records = readable(rows, usageRecord, nameOf);
      return { records, ...(nextCursor !== undefined && { nextCursor }) };
    },
    get(requestId) {
      const row = byRequest.get(requestId);
      return row === undefined ? undefined : usageRecord(row);
    },
    ...proxyLog(database, (rows) => readable(rows, usageRecord, nameOf)),
    prune: (olderThanMs) => removeInBatches(() => deleteBatch.run(Math.floor(olderThanMs), PRUNE_BATCH).changes),
    pruneToSize: (maxBytes) =>
      removeInBatches(() => (sizeBytes(database) > maxBytes ? deleteOldest.run(PRUNE_BATCH).changes : 0)),
    close: () => queue.close(),
  };
}

function nameOf(row: UsageRow): string {
  return `usage_history/${row.request_id}`;
}

/** The requests that went through a network proxy: their index holds nothing else. */
function proxyLog(
  database: StoreParts['database'],
  read: (rows: readonly UsageRow[]) => readonly UsageRecord[],
): Pick<UsageRepository, 'proxied' | 'forgetProxies'> {
  const newest = database.prepare<[number], UsageRow>(
    `SELECT ${USAGE_COLUMNS.join(', ')} FROM usage_history WHERE proxy IS NOT NULL ORDER BY timestamp DESC LIMIT ?`,
  );
  const forget = database.prepare('UPDATE usage_history SET proxy = NULL WHERE proxy IS NOT NULL');
  return {
    proxied: (limit) => read(newest.all(Math.min(Math.max(0, Math.floor(limit)), PROXIED_LIMIT))),
    forgetProxies: () => forget.run().changes,
  };
}
