import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { storeFailure } from '../../core/store/sqlite/failures.ts';
import { migrate } from '../../core/store/sqlite/migrate.ts';
import { openStore } from '../../core/store/sqlite/open-store.ts';
import { connection } from './records.ts';
import { NOW_MS, stillClock, temporaryFolder, temporaryStore } from './temporary-store.ts';

function opening(path: string): () => unknown {
  return () => openStore({ path, log: silentLog, clock: stillClock });
}

describe('openStore', () => {
  it('makes the file for its owner only, in WAL mode, with the schema noted', async () => {
    const { store, path } = temporaryStore();
    store.connections.insert(connection);
    for (const suffix of ['', '-wal', '-shm']) expect(statSync(path + suffix).mode & 0o777).toBe(0o600);
    await store.close();
    const database = new Database(path);
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.prepare('SELECT * FROM _omniroute_migrations').all()).toEqual([
      { version: 1, name: 'initial', applied_at: NOW_MS },
      { version: 2, name: 'routing', applied_at: NOW_MS },
      { version: 3, name: 'similar-questions', applied_at: NOW_MS },
      { version: 4, name: 'observability', applied_at: NOW_MS },
      { version: 5, name: 'logins', applied_at: NOW_MS },
    ]);
    expect(database.prepare('SELECT * FROM db_meta').all()).toEqual([{ key: 'schema_version', value: '5' }]);
    database.close();
  });

  it('has the tables and columns by which the original system recognises a backup', () => {
    const { path } = temporaryStore();
    const database = new Database(path);
    const columnsOf = (table: string): unknown =>
      database.prepare('SELECT name FROM pragma_table_info(?)').pluck().all(table);
    expect(columnsOf('provider_connections')).toEqual(
      expect.arrayContaining(['auth_type', 'is_active', 'api_key', 'refresh_token', 'last_used_at', 'group']),
    );
    expect(columnsOf('provider_nodes')).toEqual(expect.arrayContaining(['prefix', 'api_type', 'base_url']));
    expect(columnsOf('combos')).toEqual(['id', 'name', 'data', 'created_at', 'updated_at']);
    expect(columnsOf('api_keys')).toEqual(expect.arrayContaining(['key', 'machine_id', 'allowed_models', 'is_active']));
    expect(columnsOf('usage_history')).toEqual(expect.arrayContaining(['tokens_input', 'connection_id', 'timestamp']));
    database.close();
  });

  it('finds everything again after a restart', async () => {
    const { store, path } = temporaryStore();
    store.connections.insert(connection);
    await store.close();
    expect(temporaryStore(path).store.connections.list()).toStrictEqual([connection]);
  });

  it('refuses a database of a newer version', async () => {
    const { store, path } = temporaryStore();
    await store.close();
    const database = new Database(path);
    database.exec("INSERT INTO _omniroute_migrations VALUES (99, 'future', 1)");
    database.close();
    expect(opening(path)).toThrow(
      /storage\.sqlite was written by a newer OmniRoute \(schema 99, .*newer version again/,
    );
  });

  it("leaves another program's database untouched", () => {
    const path = join(temporaryFolder(), 'storage.sqlite');
    const database = new Database(path);
    database.exec('CREATE TABLE provider_connections (id TEXT)');
    expect(opening(path)).toThrow(/storage\.sqlite was made by another program and is left untouched/);
    expect(database.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['provider_connections']);
    database.close();
  });

  it('says what to do about a damaged file', () => {
    const path = join(temporaryFolder(), 'storage.sqlite');
    writeFileSync(path, 'This is no database, whatever its name says. '.repeat(200));
    expect(opening(path)).toThrow(/storage\.sqlite is damaged or is no database\. Move it away and restore a backup/);
  });

  it('says what to do about a folder in its place, and a missing folder', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'storage.sqlite'));
    expect(opening(join(folder, 'storage.sqlite'))).toThrow(/cannot be opened\. Check that its folder exists/);
    expect(opening(join(folder, 'no', 'storage.sqlite'))).toThrow(/cannot be opened\. Check that its folder exists/);
  });

  it('says what to do about a file that may only be read', async (context) => {
    if (process.platform === 'win32') context.skip('file modes are a POSIX matter');
    const folder = temporaryFolder();
    const { store, path } = temporaryStore(join(folder, 'storage.sqlite'));
    await store.close();
    chmodSync(path, 0o400);
    if (process.geteuid?.() === 0) {
      // The super-user may write anything; be nobody for a moment.
      for (const one of [folder, path]) chownSync(one, 65_534, 65_534);
      process.seteuid?.(65_534);
      onTestFinished(() => process.seteuid?.(0));
    }
    expect(opening(path)).toThrow(/storage\.sqlite cannot be written\. Make the file and its folder writable/);
  });

  it('gives up on a locked file after five seconds and says so', () => {
    const path = join(temporaryFolder(), 'storage.sqlite');
    const other = new Database(path);
    other.exec('CREATE TABLE t (a); BEGIN EXCLUSIVE');
    expect(opening(path)).toThrow(/storage\.sqlite is locked by another program for more than 5 seconds/);
    other.close();
  });

  it('says what to do when the disk is full, and keeps the reason', () => {
    const full = new Database.SqliteError('database or disk is full', 'SQLITE_FULL');
    const failure = storeFailure(full, '/data/storage.sqlite');
    expect(failure.message).toBe(
      'The disk is full: /data/storage.sqlite cannot grow. Free some space; nothing that was saved is lost.',
    );
    expect(failure.cause).toBe(full);
  });

  it('answers its integrity check', () => {
    expect(temporaryStore().store.integrityCheck()).toBe('ok');
  });
});

describe('migrate', () => {
  it('runs only the steps that are missing, and takes a failed one back', () => {
    const database = new Database(':memory:');
    const step = (version: number, statement: string) => ({
      version,
      name: `step-${version}`,
      up: () => void database.exec(statement),
    });
    const first = step(1, 'CREATE TABLE db_meta (key TEXT PRIMARY KEY, value TEXT); CREATE TABLE one (a)');
    const run = (...migrations: readonly ReturnType<typeof step>[]): void =>
      migrate(database, { path: 'x', clock: stillClock, migrations });
    run(first);
    expect(() => run(first, step(2, 'CREATE TABLE two (a); SELECT nonsense'))).toThrow();
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck();
    expect(tables.all()).toEqual(['_omniroute_migrations', 'db_meta', 'one']);
    run(first, step(2, 'CREATE TABLE two (a)'));
    expect(tables.all()).toContain('two');
    expect(database.prepare("SELECT value FROM db_meta WHERE key = 'schema_version'").pluck().get()).toBe('2');
    database.close();
  });
});
