/** `api_keys`: keys of the gateway's own clients. The column `key` holds the HMAC of the key, never the key. */
import { compact } from '../../base/json.ts';
import type { ApiKeyRecord } from '../records.ts';
import { readStrings, toFlag } from './cells.ts';
import type { Table } from './table-repository.ts';

interface ApiKeyRow {
  readonly id: string;
  readonly name: string;
  readonly key: string;
  readonly hint: string;
  readonly scopes: string;
  readonly allowed_models: string;
  readonly no_log: number;
  readonly is_active: number;
  readonly last_used_at: number | null;
  readonly created_at: number;
}

const SCOPES = ['inference', 'management'] as const;

export const apiKeysTable: Table<ApiKeyRecord, ApiKeyRow> = {
  name: 'api_keys',
  noun: 'API key',
  columns: [
    'id',
    'name',
    'key',
    'hint',
    'scopes',
    'allowed_models',
    'no_log',
    'is_active',
    'last_used_at',
    'created_at',
  ],
  orderBy: 'created_at, id',
  toRow: (record) => ({
    id: record.id,
    name: record.name,
    key: record.keyHash,
    hint: record.hint,
    scopes: JSON.stringify(record.scopes),
    allowed_models: JSON.stringify(record.allowedModels),
    no_log: toFlag(record.noLog === true),
    is_active: toFlag(record.isActive),
    last_used_at: record.lastUsedAtMs ?? null,
    created_at: record.createdAtMs,
  }),
  toRecord: (row) => {
    const place = { table: 'api_keys', id: row.id };
    const scopes = readStrings(row.scopes, { ...place, column: 'scopes' });
    return compact({
      id: row.id,
      name: row.name,
      keyHash: row.key,
      hint: row.hint,
      scopes: SCOPES.filter((scope) => scopes.includes(scope)),
      allowedModels: readStrings(row.allowed_models, { ...place, column: 'allowed_models' }),
      noLog: row.no_log !== 0 || undefined,
      isActive: row.is_active !== 0,
      lastUsedAtMs: row.last_used_at ?? undefined,
      createdAtMs: row.created_at,
    });
  },
};
