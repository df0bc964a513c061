/**
 * What each API key may spend a day, a week and a month in the user's time zone. Sums are kept in memory and read from the
 * rollups when a period is first asked for, so a request costs no query; what it cost is added when it is recorded. A
 * request is let in while its key has not reached a limit, so only those under way can overrun it.
 */
import type { Clock } from '../base/clock.ts';
import { OmniError } from '../base/errors.ts';
import { asNumber, asObject, type JsonValue } from '../base/json.ts';
import { machineTimeZone, type Period, periodAt } from '../base/time-zone.ts';
import type { KeyValueRepository, RollupRepository } from '../store/store.ts';

/** Limits in US dollars; absent: none. */
export interface Budget {
  readonly day?: number;
  readonly week?: number;
  readonly month?: number;
  /** Part of a limit at which its owner is warned, 0 to 1. */
  readonly warningThreshold: number;
}

export interface PeriodStatus {
  readonly period: Period;
  readonly usedUsd: number;
  readonly limitUsd: number | undefined;
  readonly resetsAtMs: number;
  readonly isWarning: boolean;
  readonly isExceeded: boolean;
}

export interface BudgetWarning {
  readonly apiKeyId: string;
  /** The threshold is passed, or all of it is spent. */
  readonly level: 'warning' | 'reached';
  readonly period: Period;
  readonly usedUsd: number;
  readonly limitUsd: number;
}

export interface Budgets {
  /** Throws `budget_exceeded`, naming the limit and when it resets. */
  check(apiKeyId: string | undefined): void;
  /** A request that began then was recorded: it counts in the period of its begin, as the rollups count it. */
  spend(apiKeyId: string, costUsd: number, startedAtMs: number): void;
  get(apiKeyId: string): Budget | undefined;
  /** Undefined takes the budget away. */
  set(apiKeyId: string, budget: Budget | undefined): void;
  status(apiKeyId: string): readonly PeriodStatus[];
}

export interface BudgetPorts {
  readonly keyValues: KeyValueRepository;
  readonly rollups: Pick<RollupRepository, 'spentUsd'>;
  /** The user's time zone; null: the machine's. */
  timeZone(): string | null;
  readonly clock: Clock;
  /** A limit is near, or reached: each told once a period. */
  onWarning(warning: BudgetWarning): void;
}

const NAMESPACE = 'budgets';
export const PERIODS: readonly Period[] = ['day', 'week', 'month'];
const NAMES: Readonly<Record<Period, string>> = { day: 'daily', week: 'weekly', month: 'monthly' };

interface Sum {
  readonly startMs: number;
  readonly endMs: number;
  readonly timeZone: string;
  usedUsd: number;
  told: BudgetWarning['level'] | undefined;
}

export function createBudgets(ports: BudgetPorts): Budgets {
  const { keyValues, clock } = ports;
  const budgets = new Map(keyValues.entries(NAMESPACE).flatMap(([id, value]) => entryOf(id, value)));
  const sums = new Map<string, Sum>();

  const sumOf = (apiKeyId: string, period: Period): Sum => currentSum(sums, { apiKeyId, period }, ports);

  return {
    check(apiKeyId) {
      const budget = apiKeyId === undefined ? undefined : budgets.get(apiKeyId);
      if (apiKeyId === undefined || budget === undefined) return;
      for (const period of PERIODS) {
        const limitUsd = budget[period];
        if (limitUsd === undefined) continue;
        const sum = sumOf(apiKeyId, period);
        if (sum.usedUsd >= limitUsd) throw exceeded(period, limitUsd, sum, clock.nowMs());
      }
    },
    spend(apiKeyId, costUsd, startedAtMs) {
      const budget = budgets.get(apiKeyId);
      if (budget === undefined || costUsd <= 0) return;
      for (const period of PERIODS) {
        const limitUsd = budget[period];
        const sum = sums.get(`${apiKeyId}\n${period}`);
        // A sum that is not in memory will be read with this request in it; one of a later period never holds it.
        if (sum === undefined || startedAtMs < sum.startMs) continue;
        sum.usedUsd += costUsd;
        const level = levelOf(sum.usedUsd, limitUsd, budget.warningThreshold);
        if (limitUsd === undefined || level === undefined || level === sum.told || sum.told === 'reached') continue;
        sum.told = level;
        ports.onWarning({ apiKeyId, level, period, usedUsd: sum.usedUsd, limitUsd });
      }
    },
    get: (apiKeyId) => budgets.get(apiKeyId),
    set(apiKeyId, budget) {
      if (budget === undefined) {
        budgets.delete(apiKeyId);
        keyValues.remove(NAMESPACE, apiKeyId);
      } else {
        budgets.set(apiKeyId, budget);
        keyValues.set(NAMESPACE, apiKeyId, { ...budget });
      }
      for (const period of PERIODS) sums.delete(`${apiKeyId}\n${period}`);
    },
    status: (apiKeyId) =>
      PERIODS.map((period) => {
        const budget = budgets.get(apiKeyId);
        const limitUsd = budget?.[period];
        const { usedUsd, endMs } = sumOf(apiKeyId, period);
        return {
          period,
          usedUsd,
          limitUsd,
          resetsAtMs: endMs,
          isWarning: limitUsd !== undefined && usedUsd >= limitUsd * (budget?.warningThreshold ?? 1),
          isExceeded: limitUsd !== undefined && usedUsd >= limitUsd,
        };
      }),
  };
}

function levelOf(usedUsd: number, limitUsd: number | undefined, threshold: number): BudgetWarning['level'] | undefined {
  if (limitUsd === undefined || usedUsd < limitUsd * Math.min(1, threshold)) return undefined;
  return usedUsd >= limitUsd ? 'reached' : 'warning';
}

/** The sum of the period that is now; a new period, another zone and a clock set back begin it anew from the store. */
function currentSum(
  sums: Map<string, Sum>,
  { apiKeyId, period }: { readonly apiKeyId: string; readonly period: Period },
  { timeZone: zoneOf, clock, rollups }: BudgetPorts,
): Sum {
  const timeZone = zoneOf() ?? machineTimeZone();
  const nowMs = clock.nowMs();
  const place = `${apiKeyId}\n${period}`;
  const kept = sums.get(place);
  if (kept !== undefined && kept.timeZone === timeZone && kept.startMs <= nowMs && nowMs < kept.endMs) return kept;
  const { startMs, endMs } = periodAt(period, timeZone, nowMs);
  const sum: Sum = { startMs, endMs, timeZone, usedUsd: rollups.spentUsd(apiKeyId, startMs), told: undefined };
  sums.set(place, sum);
  return sum;
}

function exceeded(period: Period, limitUsd: number, { usedUsd, endMs, timeZone }: Sum, nowMs: number): OmniError {
  const reset = new Intl.DateTimeFormat('en-GB', { timeZone, dateStyle: 'medium', timeStyle: 'long' }).format(endMs);
  return new OmniError(
    'budget_exceeded',
    `The ${NAMES[period]} budget of this API key, $${limitUsd.toFixed(2)}, is used up ($${usedUsd.toFixed(2)}). It resets on ${reset}.`,
    { retryAfterMs: Math.max(1_000, endMs - nowMs) },
  );
}

function entryOf(id: string, value: JsonValue): (readonly [string, Budget])[] {
  const stored = asObject(value);
  if (stored === undefined) return [];
  const [day, week, month] = [asNumber(stored['day']), asNumber(stored['week']), asNumber(stored['month'])];
  const limits = { ...(day && { day }), ...(week && { week }), ...(month && { month }) };
  return [[id, { ...limits, warningThreshold: asNumber(stored['warningThreshold']) ?? 0.8 }]];
}
