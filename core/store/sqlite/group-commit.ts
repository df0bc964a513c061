/**
 * Many small writes as few transactions: what is queued within one turn of the event loop is committed together, and
 * each promise settles after that commit. A request that awaits its own row before it sends its last bytes therefore
 * loses nothing when the process is killed, and under load a commit is shared.
 */
import type { Database } from 'better-sqlite3';
import { OmniError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { isConstraint, storeFailure } from './failures.ts';

interface Queued<T> {
  readonly item: T;
  resolve(): void;
  reject(reason: unknown): void;
}

export interface GroupCommit<T> {
  /** Settles when the item is committed; rejects with the reason when it cannot be. */
  add(item: T): Promise<void>;
  /** Commits what is queued, now. Later items are rejected. */
  close(): void;
}

interface GroupCommitParts<T> {
  readonly database: Database;
  readonly path: string;
  readonly log: Log;
  write(item: T): void;
}

/** A queue whose items are written by `write`, inside one transaction a turn. */
export function groupCommit<T>({ database, path, log, write }: GroupCommitParts<T>): GroupCommit<T> {
  let queue: Queued<T>[] = [];
  let isFailing = false;
  let isClosed = false;

  const writeEach = (batch: readonly Queued<T>[]): Map<Queued<T>, unknown> => {
    const refused = new Map<Queued<T>, unknown>();
    for (const queued of batch) {
      try {
        write(queued.item);
      } catch (error) {
        if (!isConstraint(error)) throw error;
        refused.set(queued, error);
      }
    }
    return refused;
  };
  const writeTogether = database.transaction(writeEach);

  const flush = (): void => {
    const batch = queue;
    queue = [];
    if (batch.length === 0) return;
    try {
      // A single row is a transaction by itself; to begin and end one around it costs as much again.
      const refused = batch.length === 1 ? writeEach(batch) : writeTogether.immediate(batch);
      if (isFailing) log.info('Usage is recorded again.', { path });
      isFailing = false;
      for (const queued of batch) {
        if (refused.has(queued)) queued.reject(storeFailure(refused.get(queued), path));
        else queued.resolve();
      }
    } catch (error) {
      const failure = storeFailure(error, path);
      if (!isFailing) log.error('Usage cannot be recorded.', { path, rows: batch.length }, failure);
      isFailing = true;
      for (const queued of batch) queued.reject(failure);
    }
  };

  return {
    add: (item) => {
      if (isClosed) return Promise.reject(new OmniError('shutting_down', 'The database is closed already.'));
      return new Promise<void>((resolve, reject) => {
        if (queue.push({ item, resolve, reject }) === 1) setImmediate(flush);
      });
    },
    close: () => {
      isClosed = true;
      flush();
    },
  };
}
