/** Pages of the request log, newest first: keyset pagination over time and id, so that the hundredth page costs what the first does. */
import type { Database } from 'better-sqlite3';
import type { UsageQuery } from '../store.ts';
import { USAGE_COLUMNS, type UsageRow } from './usage-row.ts';

const LIMIT_MAX = 500;
/** A search reads at most so many of the newest requests in its time: text has no index. */
const SEARCHED_MAX = 20_000;

export interface ListedRow extends UsageRow {
  readonly id: number;
}

export interface ListedRows {
  readonly rows: readonly ListedRow[];
  readonly nextCursor?: string;
}

type Value = string | number;

/** A reader of pages. Rows as they are stored: the caller leaves out what it cannot read. */
export function usageLister(database: Database): (query: UsageQuery) => ListedRows {
  const columns = USAGE_COLUMNS.join(', ');
  return (query) => {
    const limit = Math.min(Math.max(1, Math.floor(query.limit)), LIMIT_MAX);
    const { conditions, values } = conditionsOf(query);
    const outer = filtersOf(query);
    const inside = outer.conditions.length > 0 ? SEARCHED_MAX : limit + 1;
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const filter = outer.conditions.length === 0 ? '' : `WHERE ${outer.conditions.join(' AND ')}`;
    const rows = database
      .prepare<Value[], ListedRow>(
        `SELECT * FROM (SELECT id, ${columns} FROM usage_history ${where} ORDER BY timestamp DESC, id DESC LIMIT ?)
         ${filter} ORDER BY timestamp DESC, id DESC LIMIT ?`,
      )
      .all(...values, inside, ...outer.values, limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    if (rows.length <= limit || last === undefined) return { rows: page };
    return { rows: page, nextCursor: `${last.timestamp}.${last.id}` };
  };
}

interface Conditions {
  readonly conditions: readonly string[];
  readonly values: readonly Value[];
}

function collected(pairs: readonly (readonly [string, ...Value[]] | undefined)[]): Conditions {
  const present = pairs.filter((pair) => pair !== undefined);
  return { conditions: present.map(([condition]) => condition), values: present.flatMap(([, ...values]) => values) };
}

/** What the index of time answers. */
function conditionsOf({ fromMs, toMs, cursor }: UsageQuery): Conditions {
  const [at, id] = (cursor ?? '').split('.').map(Number);
  const hasCursor = at !== undefined && id !== undefined && Number.isFinite(at) && Number.isFinite(id);
  return collected([
    fromMs === undefined ? undefined : ['timestamp >= ?', Math.floor(fromMs)],
    toMs === undefined ? undefined : ['timestamp < ?', Math.ceil(toMs)],
    hasCursor ? ['timestamp <= ? AND (timestamp, id) < (?, ?)', at, at, id] : undefined,
  ]);
}

function filtersOf(query: UsageQuery): Conditions {
  const { provider, model, connectionId, apiKeyId, status, search } = query;
  const pattern = `%${(search ?? '').slice(0, 100).replace(/[\\%_]/g, '\\$&')}%`;
  const searched = [
    'model',
    'requested_model',
    'provider',
    'combo_name',
    'api_key_name',
    'error_message',
    'request_id',
  ];
  return collected([
    provider === undefined ? undefined : ['provider = ?', provider],
    model === undefined ? undefined : ['(model = ? OR requested_model = ?)', model, model],
    connectionId === undefined ? undefined : ['connection_id = ?', connectionId],
    apiKeyId === undefined ? undefined : ['api_key_id = ?', apiKeyId],
    statusCondition(status),
    search === undefined || search === ''
      ? undefined
      : [`(${searched.map((column) => `${column} LIKE ? ESCAPE '\\'`).join(' OR ')})`, ...searched.map(() => pattern)],
  ]);
}

function statusCondition(status: string | undefined): readonly [string, ...Value[]] | undefined {
  if (status === undefined || status === '') return undefined;
  if (status === 'ok') return ["outcome = 'ok'"];
  if (status === 'error') return ["outcome <> 'ok'"];
  const number = Number(status);
  return ['status = ?', Number.isFinite(number) ? number : -1];
}
