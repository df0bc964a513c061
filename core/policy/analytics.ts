/**
 * What was used over a range, from sums by day or hour: totals and those of the period before, the trend, who and what had
 * which part of it, how busy the days of a year and of a week are. Pure: the caller reads the sums.
 */
import { type DaySums, SUM_NAMES, type Sums, type UsageRollup } from '../store/store.ts';

/** A step of the trend: a day, or an hour. `label` is its begin in the user's time zone. */
export interface Step extends DaySums {
  readonly label: string;
}

export interface Part extends Sums {
  readonly name: string;
  /** Of all tokens, 0 to 100. */
  readonly pct: number;
}

export interface Breakdown {
  readonly byModel: readonly Part[];
  readonly byProvider: readonly Part[];
  readonly byAccount: readonly Part[];
  readonly byApiKey: readonly Part[];
  readonly byClient: readonly Part[];
}

/** Of one step, by the names of `ModelTrend.names`. */
export interface ModelStep {
  readonly label: string;
  readonly tokens: Readonly<Record<string, number>>;
  readonly cost: Readonly<Record<string, number>>;
  readonly requests: Readonly<Record<string, number>>;
}

export interface ModelTrend {
  /** The models used most, and `other` where there are more. */
  readonly names: readonly string[];
  readonly steps: readonly ModelStep[];
}

export const OTHER = 'other';
const TOP_MODELS = 6;
/** Rows of one breakdown; what is beyond is summed up as `other`. */
const PARTS_MAX = 100;

type WritableSums = { -readonly [K in keyof Sums]: Sums[K] };
type GroupName = 'byModel' | 'byAccount' | 'byApiKey' | 'byClient';

/** What all the steps hold together. */
export function totalOf(steps: readonly DaySums[]): Sums {
  const total = emptySums();
  for (const { byModel } of steps) for (const sums of byModel.values()) add(total, sums);
  return total;
}

export function tokensOf({ promptTokens, completionTokens }: Sums): number {
  return promptTokens + completionTokens;
}

/** Sums by name over all the steps. */
export function groupedBy(steps: readonly DaySums[], group: GroupName): Map<string, Sums> {
  const out = new Map<string, WritableSums>();
  for (const step of steps) for (const [name, sums] of step[group]) addTo(out, name, sums);
  return out;
}

/** Who and what had which part, the largest first. Requests that reached no model are no part of models and providers. */
export function breakdownOf(steps: readonly DaySums[]): Breakdown {
  const models = groupedBy(steps, 'byModel');
  models.delete('/');
  const providers = new Map<string, WritableSums>();
  for (const [name, sums] of models) addTo(providers, name.slice(0, name.indexOf('/')), sums);
  return {
    byModel: partsOf(models),
    byProvider: partsOf(providers),
    byAccount: partsOf(named(groupedBy(steps, 'byAccount'))),
    byApiKey: partsOf(named(groupedBy(steps, 'byApiKey'))),
    byClient: partsOf(named(groupedBy(steps, 'byClient'))),
  };
}

export function modelTrendOf(steps: readonly Step[]): ModelTrend {
  const models = groupedBy(steps, 'byModel');
  models.delete('/');
  const sorted = [...models].sort(([, a], [, b]) => tokensOf(b) - tokensOf(a)).map(([name]) => name);
  const top = sorted.slice(0, TOP_MODELS);
  const isTop = new Set(top);
  return {
    names: sorted.length > TOP_MODELS ? [...top, OTHER] : top,
    steps: steps.map(({ label, byModel }) => {
      const sums = new Map<string, WritableSums>();
      for (const [name, values] of byModel) if (name !== '/') addTo(sums, isTop.has(name) ? name : OTHER, values);
      const values = (read: (sums: Sums) => number): Record<string, number> =>
        Object.fromEntries([...sums].map(([name, all]) => [name, read(all)]));
      const [cost, requests] = [values(({ costUsd }) => costUsd), values((all) => all.requests)];
      return { label, tokens: values(tokensOf), cost, requests };
    }),
  };
}

/** How many days in a row up to today had a request; a day that has only begun does not end it. */
export function streakOf(days: readonly DaySums[]): number {
  const isBusy = days.map((day) => totalOf([day]).requests > 0);
  const upToYesterday = isBusy.at(-1) === true ? isBusy : isBusy.slice(0, -1);
  return upToYesterday.length - (upToYesterday.lastIndexOf(false) + 1);
}

export interface WeekDay {
  /** 0 is Sunday. */
  readonly day: number;
  readonly totalTokens: number;
  readonly requests: number;
  /** Over all such days of the range, those without a request too. */
  readonly avgTokens: number;
}

/** From days whose labels are dates. */
export function weeklyPatternOf(days: readonly Step[]): readonly WeekDay[] {
  const week = Array.from({ length: 7 }, (_unused, day) => ({ day, totalTokens: 0, requests: 0, days: 0 }));
  for (const step of days) {
    const entry = week[new Date(`${step.label}T00:00:00Z`).getUTCDay()];
    if (entry === undefined) continue;
    const total = totalOf([step]);
    entry.days += 1;
    entry.totalTokens += tokensOf(total);
    entry.requests += total.requests;
  }
  return week.map(({ days: count, ...entry }) => ({
    ...entry,
    avgTokens: count === 0 ? 0 : Math.round(entry.totalTokens / count),
  }));
}

/** Quarter hours summed up to the steps that begin at `startsMs`, which lie side by side. */
export function stepsOf(rows: readonly UsageRollup[], startsMs: readonly number[]): DaySums[] {
  const steps = startsMs.map((startMs) => ({
    startMs,
    byModel: new Map<string, WritableSums>(),
    byAccount: new Map<string, WritableSums>(),
    byApiKey: new Map<string, WritableSums>(),
    byClient: new Map<string, WritableSums>(),
  }));
  for (const row of rows) {
    const step = steps.findLast(({ startMs }) => startMs <= row.bucketMs);
    if (step === undefined) continue;
    addTo(step.byModel, `${row.provider}/${row.model}`, row);
    addTo(step.byAccount, row.connectionId, row);
    addTo(step.byApiKey, row.apiKeyId, row);
    addTo(step.byClient, row.client, row);
  }
  return steps;
}

function partsOf(groups: ReadonlyMap<string, Sums>): Part[] {
  const sorted = [...groups].sort(([, a], [, b]) => tokensOf(b) - tokensOf(a) || b.requests - a.requests);
  const total = sorted.reduce((sum, [, sums]) => sum + tokensOf(sums), 0);
  const rest = sorted.slice(PARTS_MAX).reduce((sum, [, sums]) => add(sum, sums), emptySums());
  const shown = [...sorted.slice(0, PARTS_MAX), ...(sorted.length > PARTS_MAX ? [[OTHER, rest] as const] : [])];
  return shown.map(([name, sums]) => ({
    name,
    ...sums,
    pct: total === 0 ? 0 : Math.round((tokensOf(sums) / total) * 1_000) / 10,
  }));
}

function named(groups: Map<string, Sums>): Map<string, Sums> {
  groups.delete('');
  return groups;
}

function addTo(groups: Map<string, WritableSums>, name: string, sums: Sums): void {
  const group = groups.get(name) ?? emptySums();
  groups.set(name, group);
  add(group, sums);
}

function emptySums(): WritableSums {
  return Object.fromEntries(SUM_NAMES.map((name) => [name, 0])) as WritableSums;
}

function add(into: WritableSums, sums: Sums): WritableSums {
  for (const name of SUM_NAMES) into[name] += sums[name];
  return into;
}
