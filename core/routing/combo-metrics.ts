/** What came of each combo and its models (facts.md C.10), kept for the next start in a write every few seconds. */

import type { Clock } from '../base/clock.ts';
import { asNumber, asObject, type JsonObject } from '../base/json.ts';
import type { Log } from '../base/log.ts';
import type { KeyValueRepository } from '../store/store.ts';
import type { ComboMetrics, ComboModelMetrics, ComboResult } from './balancer.ts';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

interface Entry extends Writable<Omit<ComboMetrics, 'byModel'>> {
  readonly byModel: Map<string, Writable<ComboModelMetrics>>;
  /** Requests so far, for round-robin. */
  turn: number;
}

export interface ComboMetricsStore {
  turnOf(combo: string): number;
  usesOf(combo: string, entry: string): number;
  noteModel(combo: string, entry: string, result: ComboResult): void;
  noteRequest(
    combo: string,
    result: { readonly ok: boolean; readonly fallbacks: number; readonly latencyMs: number },
  ): void;
  /** Forgets combos that are not among these. */
  keepOnly(combos: ReadonlyMap<string, unknown>): void;
  all(): Readonly<Record<string, ComboMetrics>>;
  flush(): void;
}

const NAMESPACE = 'comboMetrics';
const WRITE_AFTER_MS = 2_000;

export function openComboMetrics(parts: {
  readonly keyValues: KeyValueRepository;
  readonly clock: Clock;
  readonly log: Log;
}): ComboMetricsStore {
  const { keyValues, clock, log } = parts;
  const entries = new Map(
    keyValues.entries(NAMESPACE).map(([name, value]) => [name, readEntry(asObject(value) ?? {})]),
  );
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const name of changed) {
      const entry = entries.get(name);
      if (entry === undefined) continue;
      try {
        keyValues.set(NAMESPACE, name, {
          ...entry,
          byModel: Object.fromEntries(entry.byModel),
        } as unknown as JsonObject);
      } catch (cause) {
        log.warn('The figures of a combo could not be kept.', { combo: name, reason: String(cause) });
      }
    }
    changed.clear();
  };
  const touch = (name: string): Entry => {
    const entry = entries.get(name) ?? readEntry({});
    entries.set(name, entry);
    changed.add(name);
    timer ??= setTimeout(flush, WRITE_AFTER_MS).unref();
    return entry;
  };
  const total = (entry: Entry | undefined): number =>
    [...(entry?.byModel.values() ?? [])].reduce((sum, { requests }) => sum + requests, 0);
  return {
    turnOf(combo) {
      const entry = touch(combo);
      entry.turn += 1;
      return entry.turn - 1;
    },
    // An entry that is a combo itself has been used as often as its models together.
    usesOf: (combo, entry) => entries.get(combo)?.byModel.get(entry)?.requests ?? total(entries.get(entry)),
    noteModel(combo, entry, { ok, latencyMs, status }) {
      const { byModel } = touch(combo);
      const model = byModel.get(entry) ?? readModel({});
      byModel.set(entry, model);
      model.requests += 1;
      if (ok) model.successes += 1;
      else model.failures += 1;
      model.totalLatencyMs += latencyMs;
      model.lastStatus = status;
      model.lastUsedAtMs = clock.nowMs();
    },
    noteRequest(combo, { ok, fallbacks, latencyMs }) {
      const entry = touch(combo);
      entry.totalRequests += 1;
      if (ok) entry.totalSuccesses += 1;
      else entry.totalFailures += 1;
      entry.totalFallbacks += fallbacks;
      entry.totalLatencyMs += latencyMs;
    },
    keepOnly(combos) {
      for (const name of [...entries.keys()].filter((known) => !combos.has(known))) {
        entries.delete(name);
        changed.delete(name);
        keyValues.remove(NAMESPACE, name);
      }
    },
    all: () =>
      Object.fromEntries(
        [...entries].map(([name, { turn: _turn, byModel, ...sums }]) => [
          name,
          { ...sums, byModel: Object.fromEntries(byModel) },
        ]),
      ),
    flush,
  };
}

function readEntry(value: JsonObject): Entry {
  const number = (name: string): number => asNumber(value[name]) ?? 0;
  return {
    turn: number('turn'),
    totalRequests: number('totalRequests'),
    totalSuccesses: number('totalSuccesses'),
    totalFailures: number('totalFailures'),
    totalFallbacks: number('totalFallbacks'),
    totalLatencyMs: number('totalLatencyMs'),
    byModel: new Map(
      Object.entries(asObject(value['byModel']) ?? {}).map(([name, model]) => [name, readModel(asObject(model) ?? {})]),
    ),
  };
}

function readModel(value: JsonObject): Writable<ComboModelMetrics> {
  const number = (name: string): number => asNumber(value[name]) ?? 0;
  return {
    requests: number('requests'),
    successes: number('successes'),
    failures: number('failures'),
    totalLatencyMs: number('totalLatencyMs'),
    lastStatus: number('lastStatus'),
    lastUsedAtMs: number('lastUsedAtMs'),
  };
}
