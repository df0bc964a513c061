/**
 * Opens the database file with the settings every part of the store relies on. WAL with `synchronous = NORMAL` keeps
 * every committed transaction when the process is killed, and only a power cut can lose the last ones
 * (https://www.sqlite.org/pragma.html#pragma_synchronous).
 */
import { accessSync, closeSync, constants, existsSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { storeFailure } from './failures.ts';
import { migrate } from './migrate.ts';

const BUSY_TIMEOUT_MS = 5_000;
/** The log file shrinks to this many bytes after a checkpoint. */
const WAL_LIMIT_BYTES = 16 * 1024 * 1024;

/**
 * The database at `path` (or `:memory:`), migrated. The file is created readable for its owner only. Throws `internal`
 * with a sentence that names the file and what to do when it is full, read-only, locked, damaged, newer or foreign.
 */
export function openDatabase(path: string, clock: Clock): Database.Database {
  let database: Database.Database | undefined;
  try {
    if (path !== ':memory:') ensureFile(path);
    database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    database.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`);
    migrate(database, { path, clock });
    // SQLite opens a file it may not write without a word; one small write tells now, not at the first row.
    database.pragma('user_version = 1');
    return database;
  } catch (error) {
    database?.close();
    throw storeFailure(asSqliteError(error), path);
  }
}

/** SQLite gives its `-wal` and `-shm` files the mode of the main file, so that one is made first, for the owner only. */
function ensureFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600));
  accessSync(path, constants.R_OK | constants.W_OK);
}

const SQLITE_CODE_OF: Readonly<Record<string, string>> = {
  EACCES: 'SQLITE_READONLY',
  EPERM: 'SQLITE_READONLY',
  EROFS: 'SQLITE_READONLY',
  ENOSPC: 'SQLITE_FULL',
  EDQUOT: 'SQLITE_FULL',
  EISDIR: 'SQLITE_CANTOPEN',
  ENOENT: 'SQLITE_CANTOPEN',
  ENOTDIR: 'SQLITE_CANTOPEN',
};

function asSqliteError(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  const code = SQLITE_CODE_OF[error.code];
  return code === undefined ? error : new Database.SqliteError(error.message, code);
}
