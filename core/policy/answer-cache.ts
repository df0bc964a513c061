/**
 * Answers of requests that ask for no chance: two tiers, memory bounded in bytes and the store bounded in number and
 * time. Keys are digests that hold the API key's id, so that nobody is answered with what another one asked.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CachedAnswerRecord } from '../store/records.ts';
import type { CachedAnswerRepository } from '../store/store.ts';
import { boundedPut } from './bounded-table.ts';
import type { Settings } from './settings.ts';

export interface AnswerCachePorts {
  readonly repository: CachedAnswerRepository;
  rules(): Settings['answerCache'];
  readonly clock: Clock;
  readonly log: Log;
}

export interface AnswerCacheStats {
  readonly memoryEntries: number;
  readonly dbEntries: number;
  readonly maxEntries: number;
  readonly hits: number;
  /** Answered with what another question got that means the same. */
  readonly similarHits: number;
  readonly misses: number;
  readonly evictions: number;
  readonly tokensSaved: number;
}

export interface AnswerCache {
  isEnabled(): boolean;
  /** The answer's events as JSON; undefined when there is none that is fresh. */
  get(key: string): string | undefined;
  /** The same for a question that means the same: a hit of its own kind, and never a miss. */
  getSimilar(key: string): string | undefined;
  /** A failing disk is logged; memory keeps it all the same. */
  put(key: string, answer: AnswerToKeep): void;
  stats(): AnswerCacheStats;
  /** Forgets all answers; how many the store held. */
  clear(): number;
}

export interface AnswerToKeep {
  readonly model: string;
  readonly events: string;
  /** What an answer from here spares. */
  readonly tokens: number;
  /** In memory only, for a caller whose bodies are never kept. */
  readonly isPassing?: boolean;
}

export function createAnswerCache({ repository, rules, clock, log }: AnswerCachePorts): AnswerCache {
  let [hits, similarHits, misses, evictions, tokensSaved] = [0, 0, 0, 0, 0];
  const store = boundedPut(repository, () => rules().maxEntries);
  const memory = memoryTier(
    () => rules().maxMemoryBytes,
    () => {
      evictions += 1;
    },
  );
  const stored = (key: string, nowMs: number): CachedAnswerRecord | undefined => {
    try {
      return repository.get(key, nowMs);
    } catch (cause) {
      log.warn('A cached answer could not be read.', { reason: String(cause) });
      return undefined;
    }
  };
  const find = (key: string): string | undefined => {
    const nowMs = clock.nowMs();
    const kept = memory().get(key);
    const record = kept !== undefined && kept.expiresAtMs > nowMs ? kept : stored(key, nowMs);
    if (record === undefined) return undefined;
    tokensSaved += record.tokensSaved;
    if (record !== kept) memory().set(key, record);
    return record.events;
  };
  return {
    isEnabled: () => rules().enabled,
    get(key) {
      const events = find(key);
      if (events === undefined) misses += 1;
      else hits += 1;
      return events;
    },
    getSimilar(key) {
      const events = find(key);
      if (events !== undefined) similarHits += 1;
      return events;
    },
    put(key, { model, events, tokens, isPassing = false }) {
      const createdAtMs = clock.nowMs();
      const record = { key, model, events, tokensSaved: tokens, createdAtMs, expiresAtMs: createdAtMs + rules().ttlMs };
      memory().set(key, record);
      if (isPassing) return;
      try {
        store(record);
      } catch (cause) {
        log.warn('An answer could not be cached for the next start.', { reason: String(cause) });
      }
    },
    stats: () => ({
      memoryEntries: memory().size,
      dbEntries: repository.count(),
      maxEntries: rules().maxEntries,
      ...{ hits, similarHits, misses, evictions, tokensSaved },
    }),
    clear() {
      memory().clear();
      return repository.clear();
    },
  };
}

/** The answers in memory; a new bound begins with none. */
function memoryTier(maxBytes: () => number, onEvict: () => void): () => LRUCache<string, CachedAnswerRecord> {
  const open = (maxSize: number): LRUCache<string, CachedAnswerRecord> =>
    new LRUCache({
      maxSize,
      sizeCalculation: ({ events }) => events.length * 2 + 200,
      dispose: (_record, _key, reason) => {
        if (reason === 'evict') onEvict();
      },
    });
  let bound = maxBytes();
  let memory = open(bound);
  return () => {
    if (maxBytes() !== bound) {
      bound = maxBytes();
      memory = open(bound);
    }
    return memory;
  };
}
