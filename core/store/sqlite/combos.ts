/** `combos`: named lists of models. `data` holds the whole combo as JSON; an entry is a model string or an object. */
import { asArray, asNumber, asObject, asString, compact, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ComboConfig, ComboModel, ComboRecord } from '../records.ts';
import { readJson, readOneOf, unreadable } from './cells.ts';
import type { Table } from './table-repository.ts';

interface ComboRow {
  readonly id: string;
  readonly name: string;
  readonly data: string;
  readonly created_at: number;
  readonly updated_at: number;
}

const STRATEGIES = ['priority', 'round-robin', 'random', 'weighted', 'least-used', 'cost-optimized'] as const;

export const combosTable: Table<ComboRecord, ComboRow> = {
  name: 'combos',
  noun: 'combo',
  columns: ['id', 'name', 'data', 'created_at', 'updated_at'],
  orderBy: 'created_at, id',
  touch: (record, nowMs) => ({ ...record, updatedAtMs: nowMs }),
  toRow: (record) => ({
    id: record.id,
    name: record.name,
    data: JSON.stringify({
      name: record.name,
      strategy: record.strategy,
      models: record.models,
      ...(record.config && { config: record.config }),
    }),
    created_at: record.createdAtMs,
    updated_at: record.updatedAtMs,
  }),
  toRecord: (row) => {
    const place = { table: 'combos', id: row.id, column: 'data' };
    const data = asObject(readJson(row.data, place));
    if (data === undefined) throw unreadable(place, 'is not a JSON object');
    const config = readConfig(asObject(data['config']));
    return {
      id: row.id,
      name: row.name,
      strategy: readOneOf(STRATEGIES, asString(data['strategy']) ?? 'priority', place),
      models: asArray(data['models']).flatMap(readModel),
      ...(config && { config }),
      createdAtMs: row.created_at,
      updatedAtMs: row.updated_at,
    };
  },
};

function readConfig(value: JsonObject | undefined): ComboConfig | undefined {
  if (value === undefined) return undefined;
  const config = compact({
    maxRetries: asNumber(value['maxRetries']),
    retryDelayMs: asNumber(value['retryDelayMs']),
    timeoutMs: asNumber(value['timeoutMs']),
    connectMs: asNumber(value['connectMs']),
    idleMs: asNumber(value['idleMs']),
    totalMs: asNumber(value['totalMs']),
    concurrencyPerModel: asNumber(value['concurrencyPerModel']),
    queueTimeoutMs: asNumber(value['queueTimeoutMs']),
  });
  return Object.keys(config).length === 0 ? undefined : config;
}

function readModel(value: JsonValue): readonly ComboModel[] {
  if (typeof value === 'string') return [{ model: value }];
  const entry = asObject(value);
  const model = asString(entry?.['model']);
  return model === undefined ? [] : [compact({ model, weight: asNumber(entry?.['weight']) })];
}
