/** `key_value`: settings and other small things as JSON, by namespace. */
import type { JsonValue } from '../../base/json.ts';
import type { KeyValueRepository } from '../store.ts';
import { readJson } from './cells.ts';
import { storeFailure } from './failures.ts';
import { leaveOutUnreadable, type StoreParts } from './table-repository.ts';

interface KeyValueRow {
  readonly namespace: string;
  readonly key: string;
  readonly value: string;
}

/** The repository over `key_value`, its statements prepared once. */
export function keyValueRepository({ database, path, log }: StoreParts): KeyValueRepository {
  const selectOne = database.prepare<[string, string], KeyValueRow>(
    'SELECT namespace, key, value FROM key_value WHERE namespace = ? AND key = ?',
  );
  const selectAll = database.prepare<[string], KeyValueRow>(
    'SELECT namespace, key, value FROM key_value WHERE namespace = ? ORDER BY key',
  );
  const upsert = database.prepare<[string, string, string]>(
    'INSERT INTO key_value (namespace, key, value) VALUES (?, ?, ?) ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value',
  );
  const deleteOne = database.prepare<[string, string]>('DELETE FROM key_value WHERE namespace = ? AND key = ?');
  const readable = leaveOutUnreadable(log);
  const nameOf = (row: KeyValueRow): string => `${row.namespace}/${row.key}`;
  const parsed = (row: KeyValueRow): JsonValue =>
    readJson(row.value, { table: 'key_value', id: nameOf(row), column: 'value' });

  return {
    get: (namespace, key) => {
      const row = selectOne.get(namespace, key);
      return row === undefined ? undefined : parsed(row);
    },
    set: (namespace, key, value) => {
      try {
        upsert.run(namespace, key, JSON.stringify(value));
      } catch (error) {
        throw storeFailure(error, path);
      }
    },
    remove: (namespace, key) => deleteOne.run(namespace, key).changes > 0,
    entries: (namespace) =>
      readable(
        selectAll.all(namespace),
        (row) => [row.key, parsed(row)] as const,
        (row) => `key_value/${nameOf(row)}`,
      ),
  };
}
