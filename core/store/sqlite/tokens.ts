/**
 * The token columns of `provider_connections`. They are written here only, and always all together: a change of a
 * connection's name or status, which reads and writes a row in two steps, can never put old tokens back.
 */
import type { Database } from 'better-sqlite3';
import { isObject, type JsonObject } from '../../base/json.ts';
import type { TokenRecord } from '../records.ts';
import type { TokenRepository } from '../store.ts';
import { readJson, unreadable } from './cells.ts';
import { storeFailure } from './failures.ts';
import type { StoreParts } from './table-repository.ts';

interface TokenRow {
  readonly id: string;
  readonly access_token: string | null;
  readonly refresh_token: string | null;
  readonly id_token: string | null;
  readonly secret_data: string | null;
  readonly provider_specific_data: string | null;
  readonly expires_at: number | null;
  readonly scope: string | null;
  readonly token_refreshed_at: number | null;
  readonly token_version: number;
  readonly refresh_attempt_at: number | null;
}

const COLUMNS = [
  ...['access_token', 'refresh_token', 'id_token', 'secret_data', 'provider_specific_data'],
  ...['expires_at', 'scope', 'token_refreshed_at'],
];
const SETS = COLUMNS.map((name) => `${name} = @${name}`).join(', ');

export function tokenRepository({ database, path }: StoreParts): TokenRepository {
  const statements = prepare(database);
  const guarded = <R>(work: () => R): R => {
    try {
      return work();
    } catch (error) {
      throw storeFailure(error, path);
    }
  };
  return {
    get: (id) =>
      guarded(() => {
        const row = statements.select.get(id);
        return row === undefined ? undefined : toRecord(row);
      }),
    put: (record) => guarded(() => statements.put.run(toRow(record)).changes > 0),
    replace: (record, version) => guarded(() => statements.replace.run({ ...toRow(record), version }).changes > 0),
    noteFailure: (id, atMs) => guarded(() => void statements.noteFailure.run(atMs, id)),
    lease: (id) => guarded(() => statements.lease.get(id)?.refresh_lease ?? undefined),
    swapLease: (id, before, after) =>
      guarded(() => statements.swapLease.run(after ?? null, id, before ?? null).changes > 0),
  };
}

function prepare(database: Database) {
  return {
    select: database.prepare<[string], TokenRow>(
      `SELECT id, ${COLUMNS.join(', ')}, token_version, refresh_attempt_at FROM provider_connections WHERE id = ?`,
    ),
    put: database.prepare<object>(
      `UPDATE provider_connections SET ${SETS}, token_version = token_version + 1, refresh_attempt_at = NULL WHERE id = @id`,
    ),
    replace: database.prepare<object>(
      `UPDATE provider_connections SET ${SETS}, token_version = token_version + 1, refresh_attempt_at = NULL WHERE id = @id AND token_version = @version`,
    ),
    noteFailure: database.prepare<[number, string]>(
      'UPDATE provider_connections SET refresh_attempt_at = ? WHERE id = ?',
    ),
    lease: database.prepare<[string], { refresh_lease: string | null }>(
      'SELECT refresh_lease FROM provider_connections WHERE id = ?',
    ),
    swapLease: database.prepare<[string | null, string, string | null]>(
      'UPDATE provider_connections SET refresh_lease = ? WHERE id = ? AND refresh_lease IS ?',
    ),
  };
}

function toRow(record: Omit<TokenRecord, 'version' | 'failedAtMs'>): object {
  return {
    id: record.connectionId,
    access_token: record.sealedAccessToken ?? null,
    refresh_token: record.sealedRefreshToken ?? null,
    id_token: record.sealedIdToken ?? null,
    secret_data: record.sealedSecrets ?? null,
    provider_specific_data: JSON.stringify(record.data),
    expires_at: record.expiresAtMs ?? null,
    scope: record.scope ?? null,
    token_refreshed_at: record.refreshedAtMs,
  };
}

function toRecord(row: TokenRow): TokenRecord {
  const optional = <K extends string, V>(key: K, value: V | null): { [P in K]?: V } =>
    value === null ? {} : ({ [key]: value } as { [P in K]?: V });
  return {
    connectionId: row.id,
    ...optional('sealedAccessToken', row.access_token),
    ...optional('sealedRefreshToken', row.refresh_token),
    ...optional('sealedIdToken', row.id_token),
    ...optional('sealedSecrets', row.secret_data),
    ...optional('expiresAtMs', row.expires_at),
    ...optional('scope', row.scope),
    ...optional('failedAtMs', row.refresh_attempt_at),
    data: dataOf(row),
    refreshedAtMs: row.token_refreshed_at ?? 0,
    version: row.token_version,
  };
}

function dataOf({ id, provider_specific_data: text }: TokenRow): JsonObject {
  if (text === null) return {};
  const place = { table: 'provider_connections', id, column: 'provider_specific_data' };
  const value = readJson(text, place);
  if (!isObject(value)) throw unreadable(place, 'is not a JSON object');
  return value;
}
