/** Shows 1: budget edges over midnight, week and month in a zone with daylight saving. */
import { describe, expect, it } from 'vitest';
import type { OmniError } from '../../core/base/errors.ts';
import { type Budget, type BudgetWarning, createBudgets } from '../../core/policy/budgets.ts';
import { memoryKeyValues } from '../support/memory-store.ts';

const DAY: Budget = { day: 1, warningThreshold: 0.8 };

function setUp(start: string, timeZone = 'Europe/Berlin') {
  let nowMs = Date.parse(start);
  const spent: { id: string; costUsd: number; atMs: number }[] = [];
  const warnings: BudgetWarning[] = [];
  const zone = { name: timeZone };
  const keyValues = memoryKeyValues();
  const open = () =>
    createBudgets({
      keyValues,
      rollups: {
        spentUsd: (id, sinceMs) =>
          spent.filter((one) => one.id === id && one.atMs >= sinceMs).reduce((sum, { costUsd }) => sum + costUsd, 0),
      },
      timeZone: () => zone.name,
      clock: { nowMs: () => nowMs },
      onWarning: (warning) => void warnings.push(warning),
    });
  const budgets = open();
  return {
    budgets,
    open,
    warnings,
    zone,
    goTo: (time: string) => {
      nowMs = Date.parse(time);
    },
    /** As the core does: the row is written, then the budget is told. */
    spend(costUsd: number, startedAtMs = nowMs) {
      spent.push({ id: 'k', costUsd, atMs: startedAtMs });
      budgets.spend('k', costUsd, startedAtMs);
    },
    refusal(): OmniError | undefined {
      try {
        budgets.check('k');
        return undefined;
      } catch (error) {
        return error as OmniError;
      }
    },
  };
}

describe('a budget', () => {
  it('lets requests in until its limit is reached, then says which limit and when it resets', () => {
    const { budgets, spend, refusal } = setUp('2026-11-23T12:00:00Z');
    budgets.set('k', DAY);
    expect(refusal()).toBeUndefined();
    spend(0.99);
    expect(refusal()).toBeUndefined();
    spend(0.5);
    const error = refusal();
    expect(error).toMatchObject({ code: 'budget_exceeded', status: 429, retryAfterMs: 11 * 3_600_000 });
    expect(error?.message).toMatch(
      /daily budget .* \$1\.00, .* \(\$1\.49\).*resets on 24 Nov 2026,? (at )?00:00:00 (CET|GMT\+1)/,
    );
  });

  it.each([
    ['day', '2026-10-25T12:00:00Z', '2026-10-25T22:59:59Z', '2026-10-25T23:00:00Z'],
    ['day', '2026-03-29T12:00:00Z', '2026-03-29T21:59:59Z', '2026-03-29T22:00:00Z'],
    ['week', '2026-10-21T12:00:00Z', '2026-10-25T22:59:59Z', '2026-10-25T23:00:00Z'],
    ['month', '2026-10-02T12:00:00Z', '2026-10-31T22:59:59Z', '2026-10-31T23:00:00Z'],
  ] as const)('of a %s set at %s holds at %s and begins anew at %s', (period, start, last, next) => {
    const { budgets, spend, refusal, goTo } = setUp(start);
    budgets.set('k', { [period]: 1, warningThreshold: 0.8 });
    spend(2);
    goTo(last);
    expect(refusal()).toBeDefined();
    goTo(next);
    expect(refusal()).toBeUndefined();
  });

  it('counts a request that ends after midnight on the day of its begin', () => {
    const { budgets, spend, refusal, goTo } = setUp('2026-11-23T22:59:00Z');
    budgets.set('k', DAY);
    expect(refusal()).toBeUndefined();
    const startedAtMs = Date.parse('2026-11-23T22:59:30Z');
    goTo('2026-11-23T23:01:00Z');
    expect(refusal()).toBeUndefined();
    spend(5, startedAtMs);
    expect(refusal()).toBeUndefined();
    expect(budgets.status('k')[0]).toMatchObject({ period: 'day', usedUsd: 0 });
    expect(budgets.status('k')[1]?.usedUsd).toBe(5);
  });

  it('survives a restart with what was spent', () => {
    const { budgets, open, spend } = setUp('2026-11-23T12:00:00Z');
    budgets.set('k', DAY);
    spend(2);
    expect(() => open().check('k')).toThrow(/daily budget/);
  });

  it('follows another zone, and a clock that is set back', () => {
    const { budgets, spend, refusal, goTo, zone } = setUp('2026-11-23T22:30:00Z');
    budgets.set('k', DAY);
    spend(2);
    expect(refusal()).toBeDefined();
    zone.name = 'Asia/Tokyo';
    expect(refusal()).toBeDefined();
    goTo('2026-11-24T15:30:00Z');
    expect(refusal()).toBeUndefined();
    goTo('2026-11-23T22:30:00Z');
    expect(refusal()).toBeDefined();
  });

  it('tells once a period that a limit is near, and once that it is reached', () => {
    const { budgets, spend, warnings, goTo, refusal } = setUp('2026-11-23T12:00:00Z');
    budgets.set('k', DAY);
    expect(refusal()).toBeUndefined();
    for (const cost of [0.5, 0.35, 0.05]) spend(cost);
    expect(warnings).toEqual([{ apiKeyId: 'k', level: 'warning', period: 'day', usedUsd: 0.85, limitUsd: 1 }]);
    for (const cost of [0.5, 0.5]) spend(cost);
    expect(warnings.map(({ level }) => level)).toEqual(['warning', 'reached']);
    goTo('2026-11-24T12:00:00Z');
    expect(refusal()).toBeUndefined();
    spend(0.9);
    expect(warnings).toHaveLength(3);
  });

  it('concerns nobody else, and callers without a key not at all', () => {
    const { budgets, spend } = setUp('2026-11-23T12:00:00Z');
    budgets.set('k', DAY);
    spend(2);
    expect(() => budgets.check('other')).not.toThrow();
    expect(() => budgets.check(undefined)).not.toThrow();
    budgets.set('k', undefined);
    expect(() => budgets.check('k')).not.toThrow();
  });
});
