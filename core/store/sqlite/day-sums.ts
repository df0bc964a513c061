/**
 * `usage_day`: the sums of whole days of a time zone, each by model, account, API key and client, made of the quarter
 * hours when they are first asked for. A year is then read as 365 small rows instead of every quarter hour's. A day that
 * gets another row is made anew.
 */
import type { Database } from 'better-sqlite3';
import { asArray, asNumber, asObject, type JsonValue, parseJson } from '../../base/json.ts';
import { runAtOnce, type Slices } from '../../base/slices.ts';
import { type DaySums, type Days, SUM_NAMES, type Sums } from '../store.ts';
import type { Rollups } from './rollups.ts';

export interface DayReader {
  /** See `RollupRepository.days`. */
  read(days: Days, nowMs: number): readonly DaySums[];
  /** Makes those that are missing, some at a time; reading does the same at once. */
  making(days: Days, nowMs: number): Slices;
  prune(olderThanMs: number): void;
}

/** A rollup's cells in the order of `COLUMNS`. */
type Cells = readonly (string | number)[];

const NAMES = ['bucket', 'provider', 'model', 'connection_id', 'api_key_id', 'client'];
/** In the order of `SUM_NAMES`. */
const SUM_COLUMNS = [
  ...['requests', 'failures', 'tokens_input', 'tokens_output', 'tokens_cache_read', 'tokens_reasoning'],
  ...['cost_usd', 'saved_usd', 'duration_ms'],
];
const ZONES_MAX = 3;
/** In one slice, from the table or from the quarter hours: some milliseconds where the days were busy. */
const READ_DAYS = 8;
const MADE_DAYS = 2;
/** No day is longer: 25 hours at the end of daylight saving, and one to spare. */
const DAY_MAX_MS = 26 * 3_600_000;

export function dayReader(database: Database, rollups: Pick<Rollups, 'onChange'>): DayReader {
  const make = dayMaker(database);
  const stored = database.prepare<[string, number, number], { start: number; sums: string }>(
    'SELECT start, sums FROM usage_day WHERE zone = ? AND start >= ? ORDER BY start LIMIT ?',
  );
  const put = database.prepare<[string, number, string]>('INSERT OR REPLACE INTO usage_day VALUES (?, ?, ?)');
  const removeWithin = database.prepare<[number, number]>(
    `DELETE FROM usage_day WHERE start > ? - ${DAY_MAX_MS} AND start <= ?`,
  );
  const removeOld = database.prepare<[number]>('DELETE FROM usage_day WHERE start < ?');
  const removeZones = database.prepare<[string]>('DELETE FROM usage_day WHERE zone <> ?');
  const touched = database.prepare<[number, number], { first: number | null; last: number | null }>(
    'SELECT min(timestamp) AS first, max(timestamp) AS last FROM usage_history WHERE id > ? AND id <= ?',
  );
  const zones = new Map<string, Map<number, DaySums>>();

  rollups.onChange((change) => {
    if (change === undefined) return;
    const { first, last } = touched.get(change.after, change.upTo) ?? {};
    if (first === undefined || first === null || last === undefined || last === null) return;
    removeWithin.run(first, last);
    for (const days of zones.values())
      for (const startMs of days.keys()) if (startMs > first - DAY_MAX_MS && startMs <= last) days.delete(startMs);
  });

  const open = (zone: string): Map<number, DaySums> => {
    const kept = zones.get(zone);
    if (kept !== undefined) return kept;
    if (zones.size >= ZONES_MAX) zones.clear();
    const days = new Map<number, DaySums>();
    removeZones.run(zone);
    zones.set(zone, days);
    return days;
  };

  /** Reads or makes the first days that are missing; false: none was. */
  const makeSome = database.transaction(({ zone, startsMs, endMs }: Days, nowMs: number): boolean => {
    const days = open(zone);
    const at = startsMs.findIndex((startMs) => !days.has(startMs));
    const firstMs = startsMs[at];
    if (firstMs === undefined) return false;
    const kept = stored.all(zone, firstMs, READ_DAYS);
    if (kept[0]?.start === firstMs) {
      for (const { start, sums } of kept) days.set(start, readDay(start, sums));
      return true;
    }
    const missing = startsMs.slice(at, at + MADE_DAYS);
    make(missing, startsMs[at + missing.length] ?? endMs).forEach((day, index) => {
      days.set(day.startMs, day);
      if ((startsMs[at + index + 1] ?? endMs) <= nowMs) put.run(zone, day.startMs, writeDay(day));
    });
    return true;
  });
  function* making(days: Days, nowMs: number): Slices {
    while (database.open && makeSome(days, nowMs)) yield;
  }

  return {
    read(days, nowMs) {
      runAtOnce(making(days, nowMs));
      const made = open(days.zone);
      return days.startsMs.flatMap((startMs) => made.get(startMs) ?? []);
    },
    making,
    prune(olderThanMs) {
      if (removeOld.run(Math.floor(olderThanMs)).changes > 0) zones.clear();
    },
  };
}

/** Makes days that lie side by side, in one pass over their quarter hours. */
function dayMaker(database: Database): (startsMs: readonly number[], endMs: number) => DaySums[] {
  const rows = database
    .prepare<[number, number]>(
      `SELECT ${[...NAMES, ...SUM_COLUMNS].join(', ')} FROM usage_rollup WHERE bucket >= ? AND bucket < ? ORDER BY bucket`,
    )
    .raw();
  return (startsMs, endMs) => {
    const made = startsMs.map((startMs) => newDay(startMs));
    let at = 0;
    for (const cells of rows.iterate(startsMs[0] ?? endMs, endMs) as Iterable<Cells>) {
      const bucketMs = Number(cells[0]);
      while (bucketMs >= (startsMs[at + 1] ?? Number.POSITIVE_INFINITY)) at += 1;
      const day = made[at];
      if (day !== undefined) addCells(day, cells);
    }
    return made;
  };
}

type WritableSums = { -readonly [K in keyof Sums]: Sums[K] };
type Group = Map<string, WritableSums>;
type WritableDay = DaySums & Readonly<Record<(typeof GROUPS)[number], Group>>;

const GROUPS = ['byModel', 'byAccount', 'byApiKey', 'byClient'] as const;

function newDay(startMs: number): WritableDay {
  return { startMs, byModel: new Map(), byAccount: new Map(), byApiKey: new Map(), byClient: new Map() };
}

function addCells({ byModel, byAccount, byApiKey, byClient }: WritableDay, cells: Cells): void {
  const [, provider, model, account, apiKey, client] = cells;
  addTo(byModel, `${provider}/${model}`, cells);
  addTo(byAccount, String(account), cells);
  addTo(byApiKey, String(apiKey), cells);
  addTo(byClient, String(client), cells);
}

function addTo(group: Group, name: string, cells: Cells): void {
  let sums = group.get(name);
  if (sums === undefined) {
    sums = sumsOf([]);
    group.set(name, sums);
  }
  let at = NAMES.length;
  for (const sum of SUM_NAMES) {
    sums[sum] += Number(cells[at]);
    at += 1;
  }
}

function sumsOf(values: readonly JsonValue[]): WritableSums {
  const out: Partial<WritableSums> = {};
  SUM_NAMES.forEach((name, at) => {
    out[name] = asNumber(values[at]) ?? 0;
  });
  return out as WritableSums;
}

/** Four objects of arrays in the order of `SUM_NAMES`: names of sums are not repeated. */
function writeDay(day: DaySums): string {
  return JSON.stringify(
    GROUPS.map((group) =>
      Object.fromEntries([...day[group]].map(([name, sums]) => [name, SUM_NAMES.map((sum) => sums[sum])])),
    ),
  );
}

function readDay(startMs: number, text: string): DaySums {
  const day = newDay(startMs);
  const stored = asArray(parseJson(text));
  GROUPS.forEach((group, at) => {
    for (const [name, values] of Object.entries(asObject(stored[at]) ?? {}))
      day[group].set(name, sumsOf(asArray(values)));
  });
  return day;
}
