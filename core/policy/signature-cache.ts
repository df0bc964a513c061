/**
 * What proves a model's turn with tool calls (thought signatures, signed thoughts), kept for clients whose protocol has
 * no place for it. Two tiers: memory bounded in bytes, the store bounded in number, bytes and age (`retention.ts`).
 * Thoughts are part of a conversation, so what is stored is sealed by the vault.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { Secret } from '../base/secret.ts';
import type { SignatureRepository } from '../store/store.ts';
import type { Vault } from '../vault/vault.ts';

/** About 16 MB of text. */
const MEMORY_CHARACTERS = 8_000_000;
/** Unsigned turns come back with every request of their conversation: what is not there is looked up, and counted, once. */
const ABSENT_KEYS = 20_000;
/** A turn whose proof is longer is not kept: thoughts of more than about 60,000 tokens. */
const TURN_CHARACTERS = 262_144;

export interface SignatureCachePorts {
  readonly repository: Pick<SignatureRepository, 'get' | 'put' | 'count'>;
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface SignatureCacheStats {
  readonly entries: number;
  readonly hits: number;
  readonly misses: number;
}

export interface SignatureCache {
  /** What was put under this key; undefined when it is unknown or cannot be read, which counts as a miss once a key. */
  get(key: string): string | undefined;
  /** A failing disk is logged; memory keeps it all the same. */
  put(key: string, text: string): void;
  stats(): SignatureCacheStats;
}

export function createSignatureCache({ repository, vault, clock, log }: SignatureCachePorts): SignatureCache {
  let [hits, misses] = [0, 0];
  const memory = new LRUCache<string, string>({
    maxSize: MEMORY_CHARACTERS,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  const absent = new LRUCache<string, true>({ max: ABSENT_KEYS });
  const stored = (key: string): string | undefined => {
    try {
      const record = repository.get(key);
      return record && vault.open(record.data, placeOf(key)).reveal();
    } catch (cause) {
      log.warn('A kept signature could not be read.', { reason: String(cause) });
      return undefined;
    }
  };
  return {
    get(key) {
      if (absent.has(key)) return undefined;
      const text = memory.get(key) ?? stored(key);
      if (text === undefined) {
        misses += 1;
        absent.set(key, true);
        return undefined;
      }
      hits += 1;
      memory.set(key, text);
      return text;
    },
    put(key, text) {
      if (text.length > TURN_CHARACTERS) return;
      memory.set(key, text);
      absent.delete(key);
      try {
        const data = vault.seal(new Secret(text), placeOf(key));
        repository.put({ callId: key, data, createdAtMs: clock.nowMs() });
      } catch (cause) {
        log.warn('A signature could not be kept for the next start.', { reason: String(cause) });
      }
    },
    stats: () => ({ entries: repository.count(), hits, misses }),
  };
}

function placeOf(key: string): string {
  return `signature_cache/${key}/data`;
}
