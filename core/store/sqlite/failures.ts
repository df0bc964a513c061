/**
 * What SQLite's failures mean to a person: a sentence that names the file and says what to do
 * (result codes: https://www.sqlite.org/rescode.html).
 */
import Database from 'better-sqlite3';
import { OmniError } from '../../base/errors.ts';

const ADVICE: readonly (readonly [codes: RegExp, advice: (path: string) => string])[] = [
  [
    /^SQLITE_FULL|^SQLITE_IOERR_WRITE/,
    (path) => `The disk is full: ${path} cannot grow. Free some space; nothing that was saved is lost.`,
  ],
  [
    /^SQLITE_READONLY|^SQLITE_PERM|^SQLITE_AUTH/,
    (path) =>
      `The database ${path} cannot be written. Make the file and its folder writable for this user, or choose another data directory with DATA_DIR.`,
  ],
  [
    /^SQLITE_BUSY|^SQLITE_LOCKED/,
    (path) =>
      `The database ${path} is locked by another program for more than 5 seconds. End the other OmniRoute, backup or database tool that uses it, and try again.`,
  ],
  [
    /^SQLITE_NOTADB|^SQLITE_CORRUPT/,
    (path) =>
      `The database ${path} is damaged or is no database. Move it away and restore a backup from the folder db_backups beside it; without a backup OmniRoute starts empty.`,
  ],
  [
    /^SQLITE_CANTOPEN/,
    (path) =>
      `The database ${path} cannot be opened. Check that its folder exists, that this user may write there, and that the name is not that of a folder.`,
  ],
  [
    /^SQLITE_IOERR/,
    (path) => `Reading or writing ${path} failed. Check the disk (or the network drive) that holds it.`,
  ],
];

/** SQLite's result code (`SQLITE_CONSTRAINT_UNIQUE`), or undefined when the error is not SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined;
}

/** True where one row was refused and the transaction around it can go on. */
export function isConstraint(error: unknown): boolean {
  return sqliteCode(error)?.startsWith('SQLITE_CONSTRAINT') ?? false;
}

/** Any thrown value of the store as an OmniError: `conflict` for a taken id or name, else `internal` with advice. */
export function storeFailure(error: unknown, path: string): OmniError {
  if (error instanceof OmniError) return error;
  const code = sqliteCode(error);
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY')
    return new OmniError('conflict', `This ${takenColumn(error)} is in use already. Choose another one.`, {
      cause: error,
    });
  const advice = code === undefined ? undefined : ADVICE.find(([codes]) => codes.test(code));
  const reason = error instanceof Error ? error.message : String(error);
  return new OmniError('internal', advice?.[1](path) ?? `The database ${path} refused the operation: ${reason}.`, {
    cause: error,
  });
}

/** SQLite names it: `UNIQUE constraint failed: combos.name`. */
function takenColumn(error: unknown): string {
  const column = error instanceof Error ? /failed: \w+\.(\w+)/.exec(error.message)?.[1] : undefined;
  return column ?? 'value';
}
