/** `provider_connections`: accounts at providers. The key stands sealed in `api_key`. */
import { compact } from '../../base/json.ts';
import type { ConnectionRecord } from '../records.ts';
import { readOneOf, toFlag } from './cells.ts';
import type { Table } from './table-repository.ts';

interface ConnectionRow {
  readonly id: string;
  readonly provider: string;
  readonly auth_type: string;
  readonly name: string;
  readonly email: string | null;
  readonly display_name: string | null;
  readonly priority: number;
  readonly is_active: number;
  readonly api_key: string | null;
  readonly default_model: string | null;
  readonly test_status: string;
  readonly last_error: string | null;
  readonly last_error_at: number | null;
  readonly last_tested: number | null;
  readonly last_used_at: number | null;
  readonly created_at: number;
  readonly updated_at: number;
}

const AUTH_TYPES = ['apikey', 'oauth'] as const;
const TEST_STATUSES = ['active', 'success', 'error', 'expired', 'unavailable', 'unknown'] as const;

export const connectionsTable: Table<ConnectionRecord, ConnectionRow> = {
  name: 'provider_connections',
  noun: 'connection',
  columns: [
    'id',
    'provider',
    'auth_type',
    'name',
    'email',
    'display_name',
    'priority',
    'is_active',
    'api_key',
    'default_model',
    'test_status',
    'last_error',
    'last_error_at',
    'last_tested',
    'last_used_at',
    'created_at',
    'updated_at',
  ],
  orderBy: 'provider, priority, created_at, id',
  touch: (record, nowMs) => ({ ...record, updatedAtMs: nowMs }),
  toRow: (record) => ({
    id: record.id,
    provider: record.provider,
    auth_type: record.authType,
    name: record.name,
    email: record.email ?? null,
    display_name: record.displayName ?? null,
    priority: record.priority,
    is_active: toFlag(record.isActive),
    api_key: record.sealedApiKey ?? null,
    default_model: record.defaultModel ?? null,
    test_status: record.testStatus,
    last_error: record.lastError ?? null,
    last_error_at: record.lastErrorAtMs ?? null,
    last_tested: record.lastTestedAtMs ?? null,
    last_used_at: record.lastUsedAtMs ?? null,
    created_at: record.createdAtMs,
    updated_at: record.updatedAtMs,
  }),
  toRecord: (row) =>
    compact({
      id: row.id,
      provider: row.provider,
      authType: readOneOf(AUTH_TYPES, row.auth_type, {
        table: 'provider_connections',
        id: row.id,
        column: 'auth_type',
      }),
      name: row.name,
      email: row.email ?? undefined,
      displayName: row.display_name ?? undefined,
      priority: row.priority,
      isActive: row.is_active !== 0,
      sealedApiKey: row.api_key ?? undefined,
      defaultModel: row.default_model ?? undefined,
      testStatus: TEST_STATUSES.find((status) => status === row.test_status) ?? 'unknown',
      lastError: row.last_error ?? undefined,
      lastErrorAtMs: row.last_error_at ?? undefined,
      lastTestedAtMs: row.last_tested ?? undefined,
      lastUsedAtMs: row.last_used_at ?? undefined,
      createdAtMs: row.created_at,
      updatedAtMs: row.updated_at,
    }),
};
