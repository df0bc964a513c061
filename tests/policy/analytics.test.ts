import { describe, expect, it } from 'vitest';
import {
  breakdownOf,
  modelTrendOf,
  type Step,
  stepsOf,
  streakOf,
  weeklyPatternOf,
} from '../../core/policy/analytics.ts';
import type { Sums, UsageRollup } from '../../core/store/store.ts';

const NONE: Sums = {
  ...{ requests: 0, failures: 0, promptTokens: 0, completionTokens: 0, cacheReadTokens: 0, reasoningTokens: 0 },
  ...{ costUsd: 0, savedUsd: 0, durationMs: 0 },
};
const tokens = (count: number): Sums => ({ ...NONE, requests: 1, promptTokens: count });
const step = (label: string, models: Record<string, number>): Step => ({
  label,
  startMs: Date.parse(label),
  byModel: new Map(Object.entries(models).map(([name, count]) => [name, tokens(count)])),
  byAccount: new Map([['', tokens(1)]]),
  byApiKey: new Map(),
  byClient: new Map(),
});

it('shares are of all tokens, the largest first; what reached no model or has no name is no part', () => {
  const { byModel, byProvider, byAccount } = breakdownOf([
    step('2026-11-01', { 'a/x': 10, 'b/org/y': 30, '/': 60 }),
    step('2026-11-02', { 'a/x': 10 }),
  ]);
  expect(byModel.map(({ name, pct, requests }) => [name, pct, requests])).toEqual([
    ['b/org/y', 60, 1],
    ['a/x', 40, 2],
  ]);
  expect(byProvider.map(({ name, pct }) => [name, pct])).toEqual([
    ['b', 60],
    ['a', 40],
  ]);
  expect(byAccount).toEqual([]);
});

it('a name like a member of every object is a name', () => {
  const odd = { ...step('2026-11-01', {}), byClient: new Map([['__proto__', tokens(5)]]) };
  expect(breakdownOf([odd]).byClient).toMatchObject([{ name: '__proto__', promptTokens: 5 }]);
});

it('the trend names the six models used most, and the others together', () => {
  const models = Object.fromEntries(Array.from({ length: 9 }, (_unused, at) => [`p/m${at}`, 100 - at]));
  const { names, steps } = modelTrendOf([step('2026-11-01', models)]);
  expect(names).toEqual(['p/m0', 'p/m1', 'p/m2', 'p/m3', 'p/m4', 'p/m5', 'other']);
  expect(steps[0]?.tokens['other']).toBe(94 + 93 + 92);
  expect(modelTrendOf([step('2026-11-01', { 'a/x': 1 })]).names).toEqual(['a/x']);
});

describe('the streak', () => {
  const days = (pattern: string) => [...pattern].map((day) => step('2026-11-01', day === 'x' ? { 'a/x': 1 } : {}));
  it.each([
    ['xxx', 3],
    ['.xx', 2],
    ['xx.', 2],
    ['x..', 0],
    ['x.x', 1],
    ['...', 0],
    ['', 0],
  ])('of %s is %d', (pattern, expected) => {
    expect(streakOf(days(pattern))).toBe(expected);
  });
});

it('the pattern of a week is over all its days, idle ones too', () => {
  const week = weeklyPatternOf([
    step('2026-11-01', { 'a/x': 10 }),
    step('2026-11-02', { 'a/x': 7 }),
    step('2026-11-08', {}),
  ]);
  expect(week[0]).toEqual({ day: 0, totalTokens: 10, requests: 1, avgTokens: 5 });
  expect(week[1]).toMatchObject({ totalTokens: 7, avgTokens: 7 });
});

it('quarter hours go to the hour that holds them', () => {
  const row = (bucketMs: number): UsageRollup => ({
    ...{ bucketMs, provider: 'a', model: 'x', connectionId: 'c', apiKeyId: 'k', client: 'cli' },
    ...tokens(1),
  });
  const steps = stepsOf([row(0), row(900_000), row(3_600_000), row(7_100_000)], [0, 3_600_000]);
  expect(steps.map(({ byClient }) => byClient.get('cli')?.promptTokens)).toEqual([2, 2]);
});
