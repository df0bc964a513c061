/**
 * Sums for the dashboard, over all that the rollups keep; the last minutes are read from the requests themselves. The
 * sums are read once and then kept up with what is folded in, so that looking at them costs the same however many
 * requests there were.
 */
import type { Database } from 'better-sqlite3';
import { runAtOnce, type Slices } from '../../base/slices.ts';
import type { UsageHistory, UsageTotals } from '../store.ts';
import type { Rollups } from './rollups.ts';

const MINUTE_MS = 60_000;
const MINUTES = 10;
/** Read in one slice: some milliseconds where the days were busy. */
const SLICE_MS = 4 * 86_400_000;
/** Of requests. */
const SUMS = `count(*) AS requests, sum(outcome <> 'ok') AS failures, sum(tokens_input) AS promptTokens,
  sum(tokens_output) AS completionTokens, total(cost_usd) AS costUsd,
  sum(CASE WHEN outcome = 'ok' THEN duration_ms ELSE 0 END) AS durationMs`;

type Sums = { -readonly [K in keyof UsageTotals]: UsageTotals[K] };

interface GroupRow extends Sums {
  readonly provider: string;
  readonly model: string;
  readonly connectionId: string;
  readonly apiKeyId: string;
}

interface MinuteRow extends Sums {
  readonly minute: number;
}

export interface HistoryReader {
  read(nowMs: number): UsageHistory;
  /** Reads the sums for the first time, some at a time; `read` does the same at once. */
  making(): Slices;
}

/** A reader over the tables, its statements prepared once. */
export function historyReader(database: Database, rollups: Rollups): HistoryReader {
  const next = database.prepare<[number], { bucketMs: number | null }>(
    'SELECT min(bucket) AS bucketMs FROM usage_rollup WHERE bucket >= ?',
  );
  const groups = database.prepare<[number, number], GroupRow>(
    `SELECT provider, model, connection_id AS connectionId, api_key_id AS apiKeyId, sum(requests) AS requests,
       sum(failures) AS failures, sum(tokens_input) AS promptTokens, sum(tokens_output) AS completionTokens,
       total(cost_usd) AS costUsd, sum(duration_ms) AS durationMs
     FROM usage_rollup WHERE bucket >= ? AND bucket < ? GROUP BY provider, model, connection_id, api_key_id`,
  );
  const groupsOf = database.prepare<[number, number, number], GroupRow>(
    `SELECT provider, model, ifnull(connection_id, '') AS connectionId, ifnull(api_key_id, '') AS apiKeyId,
       ${SUMS}
     FROM usage_history WHERE id > ? AND id <= ? AND timestamp < ? GROUP BY provider, model, connection_id, api_key_id`,
  );
  const sums = new Map<string, GroupRow>();
  /** What is older is in `sums`; what is newer is read later, with all that is folded into it until then. */
  let readUntilMs = Number.MIN_SAFE_INTEGER;
  rollups.onChange((rows) => {
    if (rows !== undefined) return addGroups(sums, groupsOf.all(rows.after, rows.upTo, readUntilMs));
    sums.clear();
    readUntilMs = Number.MIN_SAFE_INTEGER;
  });
  function* making(): Slices {
    while (database.open && readUntilMs < Number.MAX_SAFE_INTEGER) {
      const startMs = next.get(readUntilMs)?.bucketMs ?? Number.MAX_SAFE_INTEGER;
      readUntilMs = Math.min(startMs + SLICE_MS, Number.MAX_SAFE_INTEGER);
      addGroups(sums, groups.all(startMs, readUntilMs));
      yield;
    }
  }
  const minutesSince = database.prepare<[number, number], MinuteRow>(
    `SELECT timestamp / ${MINUTE_MS} AS minute, ${SUMS}
     FROM usage_history WHERE timestamp >= ? AND timestamp < ? GROUP BY minute`,
  );
  return {
    making,
    read(nowMs) {
      rollups.fold();
      runAtOnce(making());
      const rows = [...sums.values()];
      const named = rows.filter(({ provider }) => provider !== '');
      const lastMinute = Math.floor(nowMs / MINUTE_MS);
      const firstMinute = lastMinute - MINUTES + 1;
      const minutes = Array.from({ length: MINUTES }, emptySums);
      for (const row of minutesSince.all(firstMinute * MINUTE_MS, (lastMinute + 1) * MINUTE_MS))
        add(minutes[row.minute - firstMinute] ?? emptySums(), row);
      return {
        totals: rows.reduce(add, emptySums()),
        byProvider: groupedBy(named, ({ provider }) => provider),
        byModel: groupedBy(named, ({ provider, model }) => `${provider}/${model}`),
        byAccount: groupedBy(rows, ({ connectionId }) => connectionId),
        byApiKey: groupedBy(rows, ({ apiKeyId }) => apiKeyId),
        last10Minutes: minutes,
      };
    },
  };
}

/** Adds each row to the group of its names. */
function addGroups(sums: Map<string, GroupRow>, rows: readonly GroupRow[]): void {
  for (const row of rows) {
    const name = JSON.stringify([row.provider, row.model, row.connectionId, row.apiKeyId]);
    const group = sums.get(name);
    if (group === undefined) sums.set(name, { ...row });
    else add(group, row);
  }
}

/** Sums by name; rows without one are left out. */
function groupedBy(rows: readonly GroupRow[], nameOf: (row: GroupRow) => string): Record<string, UsageTotals> {
  const sums = new Map<string, Sums>();
  for (const row of rows) {
    const name = nameOf(row);
    if (name !== '') sums.set(name, add(sums.get(name) ?? emptySums(), row));
  }
  return Object.fromEntries(sums);
}

function emptySums(): Sums {
  return { requests: 0, failures: 0, promptTokens: 0, completionTokens: 0, costUsd: 0, durationMs: 0 };
}

function add(sums: Sums, row: Sums): Sums {
  sums.requests += row.requests;
  sums.failures += row.failures;
  sums.durationMs += row.durationMs;
  sums.promptTokens += row.promptTokens;
  sums.completionTokens += row.completionTokens;
  sums.costUsd += row.costUsd;
  return sums;
}
