/** `provider_nodes`: endpoints the user added. */
import { compact } from '../../base/json.ts';
import type { NodeRecord } from '../records.ts';
import { readOneOf } from './cells.ts';
import type { Table } from './table-repository.ts';

interface NodeRow {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly prefix: string;
  readonly api_type: string | null;
  readonly base_url: string;
  readonly created_at: number;
  readonly updated_at: number;
}

const TYPES = ['openai-compatible', 'anthropic-compatible', 'gemini-compatible'] as const;
const API_TYPES = ['chat', 'responses'] as const;

export const nodesTable: Table<NodeRecord, NodeRow> = {
  name: 'provider_nodes',
  noun: 'provider node',
  columns: ['id', 'type', 'name', 'prefix', 'api_type', 'base_url', 'created_at', 'updated_at'],
  orderBy: 'created_at, id',
  touch: (record, nowMs) => ({ ...record, updatedAtMs: nowMs }),
  toRow: (record) => ({
    id: record.id,
    type: record.type,
    name: record.name,
    prefix: record.prefix,
    api_type: record.apiType ?? null,
    base_url: record.baseUrl,
    created_at: record.createdAtMs,
    updated_at: record.updatedAtMs,
  }),
  toRecord: (row) => {
    const place = { table: 'provider_nodes', id: row.id };
    return compact({
      id: row.id,
      type: readOneOf(TYPES, row.type, { ...place, column: 'type' }),
      name: row.name,
      prefix: row.prefix,
      apiType: row.api_type === null ? undefined : readOneOf(API_TYPES, row.api_type, { ...place, column: 'api_type' }),
      baseUrl: row.base_url,
      createdAtMs: row.created_at,
      updatedAtMs: row.updated_at,
    });
  },
};
