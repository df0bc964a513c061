/**
 * Brings a database file to this version's schema, one transaction a step, and refuses what it must not touch: a file
 * of a newer version, and a file of another program (the original system keeps its database under the same name).
 */
import type { Database } from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { OmniError } from '../../base/errors.ts';
import { migrations as allMigrations } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

/** `OMNI` as https://www.sqlite.org/pragma.html#pragma_application_id: marks the file as ours. */
const APPLICATION_ID = 0x4f4d4e49;

interface MigrationContext {
  /** For the sentences of errors. */
  readonly path: string;
  readonly clock: Clock;
  readonly migrations?: readonly Migration[];
}

/** Runs the steps that the file lacks. Throws `internal` with a sentence for a newer or a foreign file. */
export function migrate(database: Database, context: MigrationContext): void {
  const { path, clock, migrations = allMigrations } = context;
  refuseForeign(database, path);
  const applied = appliedVersion(database);
  const known = migrations.at(-1)?.version ?? 0;
  if (applied > known)
    throw new OmniError(
      'internal',
      `The database ${path} was written by a newer OmniRoute (schema ${applied}, this version knows ${known}). ` +
        'Start the newer version again, or restore a backup made before the update.',
    );
  for (const migration of migrations) if (migration.version > applied) apply(database, migration, clock);
}

function apply(database: Database, migration: Migration, clock: Clock): void {
  database
    .transaction(() => {
      database.pragma(`application_id = ${APPLICATION_ID}`);
      database.exec(
        'CREATE TABLE IF NOT EXISTS _omniroute_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT',
      );
      migration.up(database);
      database
        .prepare('INSERT INTO _omniroute_migrations (version, name, applied_at) VALUES (?, ?, ?)')
        .run(migration.version, migration.name, clock.nowMs());
      database
        .prepare("INSERT OR REPLACE INTO db_meta (key, value) VALUES ('schema_version', ?)")
        .run(String(migration.version));
    })
    .immediate();
}

function refuseForeign(database: Database, path: string): void {
  const id = database.pragma('application_id', { simple: true });
  if (id === APPLICATION_ID) return;
  const tables = database.prepare<[], { count: number }>('SELECT count(*) AS count FROM sqlite_schema').get();
  if (tables === undefined || tables.count === 0) return;
  throw new OmniError(
    'internal',
    `The database ${path} was made by another program and is left untouched. ` +
      'Choose another data directory with DATA_DIR, or move this file away and start again.',
  );
}

function appliedVersion(database: Database): number {
  const table = database
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE name = '_omniroute_migrations'")
    .get();
  if (table === undefined) return 0;
  const row = database
    .prepare<[], { version: number | null }>('SELECT max(version) AS version FROM _omniroute_migrations')
    .get();
  return row?.version ?? 0;
}
