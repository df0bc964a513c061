/**
 * Sums of `usage_history` for the dashboard. The table is read once and folded into sums by route and key; later calls
 * fold in only rows added since (their ids are greater), so the cost does not grow with the table and writing a row
 * pays for no index. Removing rows forgets the sums.
 */
import type { Database } from 'better-sqlite3';
import type { UsageHistory, UsageTotals } from '../store.ts';

const MINUTE_MS = 60_000;
const MINUTES = 10;

interface Sums {
  requests: number;
  promptTokens: number;
  completionTokens: number;
  costUsd: number;
}

interface GroupRow extends Sums {
  readonly provider: string;
  readonly model: string;
  readonly connectionId: string | null;
  readonly apiKeyId: string | null;
  readonly lastId: number;
}

interface MinuteRow extends Sums {
  readonly minute: number;
}

interface Fold {
  lastId: number;
  readonly totals: Sums;
  readonly byProvider: Map<string, Sums>;
  readonly byModel: Map<string, Sums>;
  readonly byAccount: Map<string, Sums>;
  readonly byApiKey: Map<string, Sums>;
}

export interface HistoryReader {
  read(nowMs: number): UsageHistory;
  /** Rows were removed: count anew at the next read. */
  forget(): void;
}

const SUMS =
  'count(*) AS requests, sum(tokens_input) AS promptTokens, sum(tokens_output) AS completionTokens, total(cost_usd) AS costUsd';

/** A reader over the table, its statements prepared once. */
export function historyReader(database: Database): HistoryReader {
  const groupsSince = database.prepare<[number], GroupRow>(
    `SELECT provider, model, connection_id AS connectionId, api_key_id AS apiKeyId, max(id) AS lastId, ${SUMS}
     FROM usage_history WHERE id > ? GROUP BY provider, model, connection_id, api_key_id`,
  );
  const minutesSince = database.prepare<[number, number], MinuteRow>(
    `SELECT timestamp / ${MINUTE_MS} AS minute, ${SUMS}
     FROM usage_history WHERE timestamp >= ? AND timestamp < ? GROUP BY minute`,
  );
  let fold = emptyFold();
  return {
    read: (nowMs) => {
      for (const row of groupsSince.all(fold.lastId)) addGroup(fold, row);
      const lastMinute = Math.floor(nowMs / MINUTE_MS);
      const firstMinute = lastMinute - MINUTES + 1;
      const minutes = Array.from({ length: MINUTES }, emptySums);
      for (const row of minutesSince.all(firstMinute * MINUTE_MS, (lastMinute + 1) * MINUTE_MS))
        add(minutes[row.minute - firstMinute] ?? emptySums(), row);
      return {
        totals: { ...fold.totals },
        byProvider: toRecord(fold.byProvider),
        byModel: toRecord(fold.byModel),
        byAccount: toRecord(fold.byAccount),
        byApiKey: toRecord(fold.byApiKey),
        last10Minutes: minutes,
      };
    },
    forget: () => {
      fold = emptyFold();
    },
  };
}

function addGroup(fold: Fold, row: GroupRow): void {
  fold.lastId = Math.max(fold.lastId, row.lastId);
  add(fold.totals, row);
  if (row.provider !== '') {
    add(at(fold.byProvider, row.provider), row);
    add(at(fold.byModel, `${row.provider}/${row.model}`), row);
  }
  if (row.connectionId !== null) add(at(fold.byAccount, row.connectionId), row);
  if (row.apiKeyId !== null) add(at(fold.byApiKey, row.apiKeyId), row);
}

function emptySums(): Sums {
  return { requests: 0, promptTokens: 0, completionTokens: 0, costUsd: 0 };
}

function emptyFold(): Fold {
  return {
    lastId: 0,
    totals: emptySums(),
    byProvider: new Map(),
    byModel: new Map(),
    byAccount: new Map(),
    byApiKey: new Map(),
  };
}

function at(sums: Map<string, Sums>, key: string): Sums {
  let found = sums.get(key);
  if (found === undefined) {
    found = emptySums();
    sums.set(key, found);
  }
  return found;
}

function add(sums: Sums, row: Sums): void {
  sums.requests += row.requests;
  sums.promptTokens += row.promptTokens;
  sums.completionTokens += row.completionTokens;
  sums.costUsd += row.costUsd;
}

function toRecord(sums: ReadonlyMap<string, Sums>): Record<string, UsageTotals> {
  return Object.fromEntries([...sums].map(([key, value]) => [key, { ...value }]));
}
