/**
 * Which cached answers stand for which questions, by embedding. Questions are compared only inside a group: requests
 * that differ in nothing but the text of their last message. Memory is bounded in bytes, the store in number and time.
 */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { SimilarQuestionRecord } from '../store/records.ts';
import type { SimilarQuestionRepository } from '../store/store.ts';
import { boundedPut } from './bounded-table.ts';
import type { Settings } from './settings.ts';

/** Of a group, so many of the newest are compared. */
const GROUP_LIMIT = 200;
const MEMORY_BYTES = 16 * 1024 * 1024;

export interface SimilarQuestionsPorts {
  readonly repository: SimilarQuestionRepository;
  rules(): Settings['answerCache'];
  readonly clock: Clock;
  readonly log: Log;
}

/** What a question is compared by. Groups and literals are digests, as are the keys of answers. */
export interface Question {
  readonly group: string;
  /** `literalsOf` of its text. */
  readonly literals: string;
}

export interface SimilarQuestions {
  /** Is there any question of the same group with the same literals? Cheaper than an embedding. */
  hasCandidates(question: Question): boolean;
  /** The key of the answer to the nearest question whose cosine similarity reaches the threshold. */
  nearest(question: Question, vector: Float32Array): string | undefined;
  /** A failing disk is logged; memory keeps it all the same. */
  put(question: Question, vector: Float32Array, answerKey: string): void;
  count(): number;
  clear(): void;
}

export function createSimilarQuestions({ repository, rules, clock, log }: SimilarQuestionsPorts): SimilarQuestions {
  const memory = new LRUCache<string, readonly SimilarQuestionRecord[]>({
    maxSize: MEMORY_BYTES,
    sizeCalculation: (records) => records.reduce((sum, { vector }) => sum + vector.byteLength + 300, 100),
  });
  const load = (group: string): readonly SimilarQuestionRecord[] => {
    try {
      return repository.list(group, clock.nowMs(), GROUP_LIMIT);
    } catch (cause) {
      log.warn('Similar questions could not be read.', { reason: String(cause) });
      return [];
    }
  };
  const groupOf = (group: string): readonly SimilarQuestionRecord[] => {
    const records = memory.get(group) ?? load(group);
    memory.set(group, records);
    return records;
  };
  const store = boundedPut(repository, () => rules().maxEntries);
  const candidates = ({ group, literals }: Question): readonly SimilarQuestionRecord[] => {
    const nowMs = clock.nowMs();
    return groupOf(group).filter((record) => record.literals === literals && record.expiresAtMs > nowMs);
  };
  return {
    hasCandidates: (question) => candidates(question).length > 0,
    nearest(question, vector) {
      const near = candidates(question)
        .map(({ answerKey, vector: other }) => ({ answerKey, likeness: cosine(vector, other) }))
        .sort((a, b) => b.likeness - a.likeness)[0];
      return near !== undefined && near.likeness >= rules().similar.threshold ? near.answerKey : undefined;
    },
    put({ group, literals }, vector, answerKey) {
      const createdAtMs = clock.nowMs();
      const expiresAtMs = createdAtMs + rules().ttlMs;
      const record = { answerKey, group, literals, vector, createdAtMs, expiresAtMs };
      const others = groupOf(group).filter((other) => other.answerKey !== answerKey);
      memory.set(group, [record, ...others].slice(0, GROUP_LIMIT));
      try {
        store(record);
      } catch (cause) {
        log.warn('A similar question could not be kept for the next start.', { reason: String(cause) });
      }
    },
    count: () => repository.count(),
    clear() {
      memory.clear();
      repository.clear();
    },
  };
}

/** Of vectors of one length other than zero; 0 for any others. */
export function cosine(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return 0;
  let [dot, lengthA, lengthB] = [0, 0, 0];
  for (let index = 0; index < a.length; index += 1) {
    const [x, y] = [a[index] ?? 0, b[index] ?? 0];
    dot += x * y;
    lengthA += x * x;
    lengthB += y * y;
  }
  return lengthA === 0 || lengthB === 0 ? 0 : dot / Math.sqrt(lengthA * lengthB);
}
