/**
 * Answers of requests that ask for no chance: two tiers, memory bounded in bytes and the store bounded in number and
 * time. Keys are digests that hold the API key's id, so that nobody is answered with what another one asked.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { CachedAnswerRecord } from '../store/records.ts';
import type { CachedAnswerRepository } from '../store/store.ts';
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
  readonly misses: number;
  readonly evictions: number;
  readonly tokensSaved: number;
}

export interface AnswerCache {
  isEnabled(): boolean;
  /** The answer's events as JSON; undefined when there is none that is fresh. */
  get(key: string): string | undefined;
  /** `tokens`: what an answer from here spares. A failing disk is logged; memory keeps it all the same. */
  put(key: string, answer: { readonly model: string; readonly events: string; readonly tokens: number }): void;
  stats(): AnswerCacheStats;
  /** Forgets all answers; how many the store held. */
  clear(): number;
  /** Removes what is expired, or beyond the number allowed, from the store; how many. */
  prune(): number;
}

export function createAnswerCache({ repository, rules, clock, log }: AnswerCachePorts): AnswerCache {
  let [hits, misses, evictions, tokensSaved] = [0, 0, 0, 0];
  const open = (maxSize: number): LRUCache<string, CachedAnswerRecord> =>
    new LRUCache({
      maxSize,
      sizeCalculation: ({ events }) => events.length * 2 + 200,
      dispose: (_record, _key, reason) => {
        if (reason === 'evict') evictions += 1;
      },
    });
  let maxMemoryBytes = rules().maxMemoryBytes;
  let memory = open(maxMemoryBytes);
  const current = (): LRUCache<string, CachedAnswerRecord> => {
    if (rules().maxMemoryBytes !== maxMemoryBytes) {
      maxMemoryBytes = rules().maxMemoryBytes;
      memory = open(maxMemoryBytes);
    }
    return memory;
  };
  const stored = (key: string, nowMs: number): CachedAnswerRecord | undefined => {
    try {
      return repository.get(key, nowMs);
    } catch (cause) {
      log.warn('A cached answer could not be read.', { reason: String(cause) });
      return undefined;
    }
  };
  return {
    isEnabled: () => rules().enabled,
    get(key) {
      const nowMs = clock.nowMs();
      const kept = current().get(key);
      const record = kept !== undefined && kept.expiresAtMs > nowMs ? kept : stored(key, nowMs);
      if (record === undefined) {
        misses += 1;
        return undefined;
      }
      hits += 1;
      tokensSaved += record.tokensSaved;
      if (record !== kept) memory.set(key, record);
      return record.events;
    },
    put(key, { model, events, tokens }) {
      const createdAtMs = clock.nowMs();
      const record = { key, model, events, tokensSaved: tokens, createdAtMs, expiresAtMs: createdAtMs + rules().ttlMs };
      current().set(key, record);
      try {
        repository.put(record);
      } catch (cause) {
        log.warn('An answer could not be cached for the next start.', { reason: String(cause) });
      }
    },
    stats: () => ({
      memoryEntries: memory.size,
      dbEntries: repository.count(),
      maxEntries: rules().maxEntries,
      ...{ hits, misses, evictions, tokensSaved },
    }),
    clear() {
      memory.clear();
      return repository.clear();
    },
    prune: () => repository.prune(clock.nowMs(), rules().maxEntries),
  };
}
