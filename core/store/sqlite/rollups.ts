/**
 * `usage_rollup`: sums of `usage_history` by quarter hour and names, which outlive the requests. Rows are folded in when
 * somebody reads or prunes, never while a request is recorded: what was folded is known by the row's id.
 */
import type { Database } from 'better-sqlite3';
import { runAtOnce, runInTurns, type Slices } from '../../base/slices.ts';
import type { RollupRepository, UsageRollup } from '../store.ts';
import { dayReader } from './day-sums.ts';

/** Every zone's midnight is a multiple of a quarter hour. */
export const BUCKET_MS = 900_000;
const FOLDED = 'usage_rollup_last_id';
/** Rows taken in by one transaction: some milliseconds. */
const FOLD_ROWS = 500;

const FOLD = `INSERT INTO usage_rollup
  SELECT timestamp / ${BUCKET_MS} * ${BUCKET_MS}, provider, model, ifnull(connection_id, ''), ifnull(api_key_id, ''),
    ifnull(client, ''), count(*), sum(outcome <> 'ok'), sum(tokens_input), sum(tokens_output), sum(tokens_cache_read),
    sum(tokens_reasoning), total(cost_usd), total(saved_usd), sum(CASE WHEN outcome = 'ok' THEN duration_ms ELSE 0 END)
  FROM usage_history WHERE id > ? AND id <= ? GROUP BY 1, 2, 3, 4, 5, 6
  ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, failures = failures + excluded.failures,
    tokens_input = tokens_input + excluded.tokens_input, tokens_output = tokens_output + excluded.tokens_output,
    tokens_cache_read = tokens_cache_read + excluded.tokens_cache_read,
    tokens_reasoning = tokens_reasoning + excluded.tokens_reasoning,
    cost_usd = cost_usd + excluded.cost_usd, saved_usd = saved_usd + excluded.saved_usd,
    duration_ms = duration_ms + excluded.duration_ms`;

export interface Rollups extends RollupRepository {
  /** Takes in what was recorded since. */
  fold(): void;
  /** Rows were removed: ids may be given anew. */
  rowsRemoved(): void;
  /** Told of each fold: the ids of the rows taken in, `after < id ≤ upTo`; undefined: sums were removed. */
  onChange(listener: (rows: { readonly after: number; readonly upTo: number } | undefined) => void): void;
}

export function rollupRepository(database: Database): Rollups {
  const lastFolded = database.prepare<[], { value: string }>(`SELECT value FROM db_meta WHERE key = '${FOLDED}'`);
  const setFolded = database.prepare<[string]>(`INSERT OR REPLACE INTO db_meta VALUES ('${FOLDED}', ?)`);
  const newest = database.prepare<[], { id: number | null }>('SELECT max(id) AS id FROM usage_history');
  const foldRows = database.prepare<[number, number]>(FOLD);
  const between = database.prepare<[number, number], UsageRollup>(
    `SELECT bucket AS bucketMs, provider, model, connection_id AS connectionId, api_key_id AS apiKeyId, client, requests,
       failures, tokens_input AS promptTokens, tokens_output AS completionTokens, tokens_cache_read AS cacheReadTokens,
       tokens_reasoning AS reasoningTokens, cost_usd AS costUsd, saved_usd AS savedUsd,
       duration_ms AS durationMs
     FROM usage_rollup WHERE bucket >= ? AND bucket < ? ORDER BY bucket`,
  );
  const spent = database.prepare<[number, string], { total: number }>(
    'SELECT total(cost_usd) AS total FROM usage_rollup WHERE bucket >= ? AND api_key_id = ?',
  );
  const remove = database.prepare<[number]>('DELETE FROM usage_rollup WHERE bucket < ?');
  const listeners: Parameters<Rollups['onChange']>[0][] = [];
  const folded = (): number => Number(lastFolded.get()?.value ?? 0);
  /** False: there was nothing to take in. */
  const foldSome = database.transaction(() => {
    const from = folded();
    const to = Math.min(from + FOLD_ROWS, newest.get()?.id ?? 0);
    if (to <= from) return false;
    foldRows.run(from, to);
    setFolded.run(String(to));
    for (const tell of listeners) tell({ after: from, upTo: to });
    return true;
  });
  function* folding(): Slices {
    // The store may be closed between two slices.
    while (database.open && foldSome.immediate()) yield;
  }
  const fold = (): void => runAtOnce(folding());
  const onChange: Rollups['onChange'] = (listener) => void listeners.push(listener);
  const days = dayReader(database, { onChange });
  return {
    fold,
    rowsRemoved() {
      setFolded.run(String(Math.min(folded(), newest.get()?.id ?? 0)));
    },
    between(fromMs, toMs) {
      fold();
      return between.all(Math.floor(fromMs / BUCKET_MS) * BUCKET_MS, Math.ceil(toMs));
    },
    spentUsd(apiKeyId, sinceMs) {
      fold();
      return spent.get(Math.floor(sinceMs), apiKeyId)?.total ?? 0;
    },
    days(wanted, nowMs) {
      fold();
      return days.read(wanted, nowMs);
    },
    catchUp: () => runInTurns(folding()),
    async prepareDays(wanted, nowMs) {
      await runInTurns(folding());
      await runInTurns(days.making(wanted, nowMs));
    },
    prune(olderThanMs) {
      days.prune(olderThanMs);
      const { changes } = remove.run(Math.floor(olderThanMs));
      if (changes > 0) for (const tell of listeners) tell(undefined);
      return changes;
    },
    onChange,
  };
}
