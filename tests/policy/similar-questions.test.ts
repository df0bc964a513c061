import { describe, expect, it } from 'vitest';
import { silentLog } from '../../core/base/log.ts';
import { DEFAULT_SETTINGS } from '../../core/policy/settings.ts';
import {
  cosine,
  createSimilarQuestions,
  type Question,
  type SimilarQuestions,
} from '../../core/policy/similar-questions.ts';
import { temporaryStore } from '../store/temporary-store.ts';
import { testClock } from '../support/test-clock.ts';

const TTL_MS = 10_000;
const QUESTION: Question = { group: 'g', literals: 'l' };
const vector = (...values: number[]): Float32Array => Float32Array.from(values);

function open() {
  const { store } = temporaryStore();
  const clock = testClock();
  const similar = { enabled: true, model: 'e/m', threshold: 0.9 };
  const rules = () => ({ ...DEFAULT_SETTINGS.answerCache, ttlMs: TTL_MS, similar });
  const start = (): SimilarQuestions =>
    createSimilarQuestions({ repository: store.similarQuestions, rules, clock, log: silentLog });
  return { repository: store.similarQuestions, clock, start };
}

describe('similar questions', () => {
  it('finds the nearest that reaches the threshold, of its group and with its literals, also after a restart', () => {
    const { start } = open();
    const first = start();
    first.put(QUESTION, vector(1, 0, 0), 'near');
    first.put(QUESTION, vector(1, 0.1, 0), 'nearest');
    first.put({ ...QUESTION, group: 'other' }, vector(1, 0.2, 0), 'of another group');
    first.put({ ...QUESTION, literals: 'other' }, vector(1, 0.2, 0), 'with other literals');
    for (const questions of [first, start()]) {
      expect(questions.nearest(QUESTION, vector(1, 0.2, 0))).toBe('nearest');
      expect(questions.nearest(QUESTION, vector(0, 1, 0))).toBeUndefined();
      expect(questions.nearest(QUESTION, vector(1, 0.2))).toBeUndefined();
      expect(questions.hasCandidates({ ...QUESTION, group: 'unknown' })).toBe(false);
    }
  });

  it('forgets in time, in memory and on disk, and all at once when told to', () => {
    const { repository, clock, start } = open();
    const questions = start();
    questions.put(QUESTION, vector(1, 0), 'old');
    clock.advance(TTL_MS - 1);
    questions.put(QUESTION, vector(0, 1), 'new');
    expect(questions.nearest(QUESTION, vector(1, 0))).toBe('old');
    clock.advance(1);
    expect(questions.nearest(QUESTION, vector(1, 0))).toBeUndefined();
    expect(repository.list('g', clock.nowMs(), 9).map(({ answerKey }) => answerKey)).toEqual(['new']);
    expect([repository.prune(clock.nowMs(), 9), repository.prune(clock.nowMs(), 0)]).toEqual([1, 1]);
    questions.put(QUESTION, vector(0, 1), 'again');
    questions.clear();
    expect([questions.count(), questions.hasCandidates(QUESTION)]).toEqual([0, false]);
  });

  it('compares with so many of a group, the newest', () => {
    const { clock, start } = open();
    const questions = start();
    for (let index = 0; index < 201; index += 1) {
      questions.put(QUESTION, vector(index === 0 ? 1 : 0, 1, index), `${index}`);
      clock.advance(1);
    }
    for (const opened of [questions, start()]) {
      expect(opened.nearest(QUESTION, vector(1, 1, 0))).toBeUndefined();
      expect(opened.nearest(QUESTION, vector(0, 1, 1))).toBe('1');
    }
  });
});

describe('cosine similarity', () => {
  it.each([
    [vector(1, 2), vector(2, 4), 1],
    [vector(1, 0), vector(0, 1), 0],
    [vector(1, 1), vector(-1, -1), -1],
    [vector(0, 0), vector(1, 1), 0],
    [vector(1), vector(1, 1), 0],
  ])('%j · %j', (a, b, expected) => expect(cosine(a, b)).toBeCloseTo(expected));
});
