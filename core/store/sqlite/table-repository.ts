/**
 * The five methods of a repository over one table, written once. A table says which columns it maps and how; columns
 * it does not map are never written by an update, so nothing that an import brought is lost.
 */
import type { Database } from 'better-sqlite3';
import type { Clock } from '../../base/clock.ts';
import { OmniError, toOmniError } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Repository } from '../store.ts';
import { storeFailure } from './failures.ts';

export interface Table<T extends { readonly id: string }, Row extends { readonly id: string }> {
  readonly name: string;
  /** What one is called in a message: `connection`. */
  readonly noun: string;
  /** `id` first. */
  readonly columns: readonly (keyof Row & string)[];
  readonly orderBy: string;
  toRow(record: T): Row;
  /** Throws an OmniError when a cell cannot be read. */
  toRecord(row: Row): T;
  /** The record with a new time of change; absent where the table has none. */
  touch?(record: T, nowMs: number): T;
}

export interface StoreParts {
  readonly database: Database;
  readonly path: string;
  readonly log: Log;
  readonly clock: Clock;
}

/** A repository over a table, its statements prepared once. */
export function tableRepository<T extends { readonly id: string }, Row extends { readonly id: string }>(
  table: Table<T, Row>,
  { database, path, log, clock }: StoreParts,
): Repository<T> {
  const [names, values] = [table.columns.join(', '), table.columns.map((column) => `@${column}`).join(', ')];
  const sets = table.columns.slice(1).map((column) => `${column} = @${column}`);
  const selectAll = database.prepare<[], Row>(`SELECT ${names} FROM ${table.name} ORDER BY ${table.orderBy}`);
  const selectOne = database.prepare<[string], Row>(`SELECT ${names} FROM ${table.name} WHERE id = ?`);
  const insertOne = database.prepare<Row>(`INSERT INTO ${table.name} (${names}) VALUES (${values})`);
  const updateOne = database.prepare<Row>(`UPDATE ${table.name} SET ${sets.join(', ')} WHERE id = @id`);
  const deleteOne = database.prepare<[string]>(`DELETE FROM ${table.name} WHERE id = ?`);
  const readable = leaveOutUnreadable(log);
  const guarded = <R>(work: () => R): R => {
    try {
      return work();
    } catch (error) {
      throw storeFailure(error, path);
    }
  };
  const get = (id: string): T | undefined => {
    const row = selectOne.get(id);
    return row === undefined ? undefined : table.toRecord(row);
  };

  return {
    list: () =>
      guarded(() =>
        readable(
          selectAll.all(),
          (row) => table.toRecord(row),
          (row) => `${table.name}/${row.id}`,
        ),
      ),
    get: (id) => guarded(() => get(id)),
    insert: (record) => guarded(() => void insertOne.run(table.toRow(record))),
    update: (id, change) =>
      guarded(() => {
        const current = get(id);
        if (current === undefined) throw new OmniError('not_found', `There is no ${table.noun} with the id "${id}".`);
        const merged = { ...current, ...change, id };
        const touched = 'updatedAtMs' in change ? merged : (table.touch?.(merged, clock.nowMs()) ?? merged);
        const row = table.toRow(touched);
        updateOne.run(row);
        return table.toRecord(row);
      }),
    remove: (id) => guarded(() => deleteOne.run(id).changes > 0),
  };
}

/** Maps rows one by one; a row that cannot be read is left out, and told of once, so that it does not take the rest down. */
export function leaveOutUnreadable(log: Log) {
  const told = new Set<string>();
  return <Row, T>(rows: readonly Row[], read: (row: Row) => T, name: (row: Row) => string): T[] => {
    const out: T[] = [];
    for (const row of rows) {
      try {
        out.push(read(row));
      } catch (error) {
        if (told.has(name(row)) || told.size >= 1_000) continue;
        told.add(name(row));
        log.error('A row of the database cannot be read and is left out.', { row: name(row) }, toOmniError(error));
      }
    }
    return out;
  };
}
