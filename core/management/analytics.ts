/** What was used, for charts: `/api/usage/analytics` (facts.md C.10), by the days of the user's time zone. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { lastDays, localDay, localHour, machineTimeZone } from '../base/time-zone.ts';
import {
  type Breakdown,
  breakdownOf,
  groupedBy,
  modelTrendOf,
  type Part,
  type Step,
  stepsOf,
  streakOf,
  tokensOf,
  totalOf,
  weeklyPatternOf,
} from '../policy/analytics.ts';
import type { DaySums, Sums } from '../store/store.ts';
import { accountNames } from './account-names.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { isoTime, timeShape } from './shapes.ts';

/** So long the sums are kept (`policy/retention.ts`). */
const DAYS_MAX = 400;
const YEAR_DAYS = 365;
const HOUR_MS = 3_600_000;
const WEEK_DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
/** How much of `2026-11-25` all days of the same year or month begin with. */
export const DATE_PREFIX = { ytd: '2026'.length, mtd: '2026-11'.length } as const;
const RANGE_DAYS = { '1d': 1, '7d': 7, '30d': 30, '90d': 90 } as const;

export const rangeShape = z
  .enum(['1d', '7d', '30d', '90d', 'mtd', 'ytd', 'all'])
  .describe('The last days; mtd: since the month began, ytd: since the year did');
/** A day, or a time of which only the day counts. */
export const dateShape = z.string().regex(/^\d{4}-\d\d-\d\d/, 'must begin with a date, like 2026-11-25');
const sums = z.object({
  requests: z.number(),
  failures: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  totalTokens: z.number(),
  cachedTokens: z.number().describe('Of promptTokens, read from a cache'),
  reasoningTokens: z.number(),
  cost: z.number().describe('US dollars'),
  saved: z.number().describe('What flat rates spared by list prices, in US dollars'),
  avgLatencyMs: z.number().describe('Of the requests that ended well'),
});
const part = sums.extend({ pct: z.number().describe('Of all tokens, 0 to 100') });
const totals = z.object({
  totalTokens: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  cachedTokens: z.number(),
  reasoningTokens: z.number(),
  totalCost: z.number(),
  savedCost: z.number(),
  totalRequests: z.number(),
  failures: z.number(),
  successRate: z.number().describe('0 to 100'),
  avgLatencyMs: z.number(),
  uniqueModels: z.number(),
  uniqueAccounts: z.number(),
  uniqueApiKeys: z.number(),
  uniqueClients: z.number(),
});
const byName = z.record(z.string(), z.number());
const analytics = z.object({
  range: z.string(),
  timeZone: z.string(),
  from: timeShape,
  to: timeShape,
  step: z.enum(['hour', 'day']),
  summary: totals.extend({ streak: z.number().describe('Days in a row with a request') }),
  previous: totals.nullable().describe('The period of the same length before; null for all'),
  dailyTrend: z.array(sums.extend({ date: z.string() })),
  modelNames: z.array(z.string()).describe('The six models used most, and "other"'),
  dailyByModel: z.array(z.object({ date: z.string(), tokens: byName, cost: byName, requests: byName })),
  byModel: z.array(part.extend({ model: z.string(), provider: z.string() })),
  byProvider: z.array(part.extend({ provider: z.string(), name: z.string() })),
  byAccount: z.array(part.extend({ connectionId: z.string(), account: z.string() })),
  byApiKey: z.array(part.extend({ apiKeyId: z.string(), apiKeyName: z.string() })),
  byClient: z.array(part.extend({ client: z.string() })),
  activityMap: z.record(z.string(), z.number()).describe('Tokens by date, of 365 days'),
  weeklyPattern: z.array(
    z.object({ day: z.enum(WEEK_DAYS), avgTokens: z.number(), totalTokens: z.number(), requests: z.number() }),
  ),
});

export const analyticsContract = {
  get: oc
    .route({ method: 'GET', path: '/usage/analytics', summary: 'Totals, trends and shares over a range' })
    .input(z.object({ range: rangeShape.optional(), from: dateShape.optional(), to: dateShape.optional() }))
    .output(analytics),
};

export const analyticsHandlers = ({ analytics: routes }: Handlers) => ({
  get: routes.get.handler(({ input, context: { services } }) => answer(services, input)),
});

interface Asked {
  readonly range?: z.output<typeof rangeShape> | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

async function answer(services: ManagementServices, asked: Asked): Promise<z.output<typeof analytics>> {
  const zone = services.settings.current().timeZone ?? machineTimeZone();
  const nowMs = services.clock.nowMs();
  const wanted = { zone, ...lastDays(zone, DAYS_MAX, nowMs) };
  await services.store.rollups.prepareDays(wanted, nowMs);
  const days = services.store.rollups
    .days(wanted, nowMs)
    .map((day) => ({ ...day, label: localDay(zone, day.startMs) }));
  const isHourly = asked.range === '1d' && asked.from === undefined && asked.to === undefined;
  const chosen = isHourly ? lastHours(services, zone, nowMs) : chosenDays(days, asked);
  const { steps, before } = chosen;
  const year = days.slice(-YEAR_DAYS);
  const trend = modelTrendOf(steps);
  return {
    range: asked.from === undefined && asked.to === undefined ? (asked.range ?? '30d') : 'custom',
    timeZone: zone,
    from: isoTime(steps[0]?.startMs ?? nowMs),
    to: isoTime(Math.min(chosen.endMs ?? nowMs, nowMs)),
    step: isHourly ? 'hour' : 'day',
    summary: { ...toTotals(steps), streak: streakOf(year) },
    previous: before === undefined ? null : toTotals(before),
    dailyTrend: steps.map((step) => ({ date: step.label, ...toSums(totalOf([step])) })),
    modelNames: [...trend.names],
    dailyByModel: trend.steps.map(({ label, ...values }) => ({ date: label, ...values })),
    ...toBreakdown(breakdownOf(steps), services),
    activityMap: Object.fromEntries(year.map((day) => [day.label, tokensOf(totalOf([day]))])),
    weeklyPattern: weeklyPatternOf(isHourly ? days.slice(-7) : steps).map(({ day, ...rest }) => ({
      day: WEEK_DAYS[day] ?? 'Sun',
      ...rest,
    })),
  };
}

interface Chosen {
  readonly steps: readonly Step[];
  /** Undefined: there is no period before. */
  readonly before: readonly DaySums[] | undefined;
  /** Undefined: now. */
  readonly endMs?: number;
}

function chosenDays(days: readonly Step[], { range = '30d', from, to }: Asked): Chosen {
  if (from !== undefined || to !== undefined) return customDays(days, from, to);
  if (range === 'all') {
    const first = days.findIndex(({ byModel }) => byModel.size > 0);
    return { steps: first < 0 ? days.slice(-1) : days.slice(first), before: undefined };
  }
  const today = days.at(-1)?.label ?? '';
  const since = (prefix: string): number => days.filter(({ label }) => label.startsWith(prefix)).length;
  const count = range === 'ytd' || range === 'mtd' ? since(today.slice(0, DATE_PREFIX[range])) : RANGE_DAYS[range];
  return { steps: days.slice(-count), before: days.slice(Math.max(0, days.length - 2 * count), -count) };
}

/** Both days included. Throws `invalid_request` when none lies between them. */
function customDays(days: readonly Step[], from: string | undefined, to: string | undefined): Chosen {
  const [first, last] = [from?.slice(0, 10) ?? '', to?.slice(0, 10) ?? '9999-12-31'];
  const start = days.findIndex(({ label }) => label >= first);
  const end = days.findLastIndex(({ label }) => label <= last) + 1;
  if (start < 0 || end <= start) {
    const message = `There is no day to show: from must not lie after to, and both within the last ${DAYS_MAX} days.`;
    throw new OmniError('invalid_request', message, { path: 'from' });
  }
  const endMs = days[end]?.startMs;
  const steps = days.slice(start, end);
  const before = days.slice(Math.max(0, start - steps.length), start);
  return { steps, before, ...(endMs !== undefined && { endMs }) };
}

/** The last 24 hours by hours of the zone's clock, and the day before them. */
function lastHours({ store }: ManagementServices, zone: string, nowMs: number): Chosen {
  const { startMs } = localHour(zone, nowMs);
  const startsMs = Array.from({ length: 24 }, (_unused, at) => startMs - (23 - at) * HOUR_MS);
  const firstMs = startsMs[0] ?? startMs;
  const steps = stepsOf(store.rollups.between(firstMs, nowMs), startsMs);
  return {
    steps: steps.map((step) => ({ ...step, label: localHour(zone, step.startMs).label })),
    before: stepsOf(store.rollups.between(firstMs - 24 * HOUR_MS, firstMs), [firstMs - 24 * HOUR_MS]),
  };
}

function toTotals(steps: readonly DaySums[]): z.output<typeof totals> {
  const total = totalOf(steps);
  const { requests, failures, cost, saved, ...tokens } = toSums(total);
  const unique = (group: 'byModel' | 'byAccount' | 'byApiKey' | 'byClient'): number => {
    const names = groupedBy(steps, group);
    for (const unknown of ['', '/']) names.delete(unknown);
    return names.size;
  };
  return {
    ...tokens,
    totalRequests: requests,
    failures,
    totalCost: cost,
    savedCost: saved,
    successRate: requests === 0 ? 100 : Math.round(((requests - failures) / requests) * 1_000) / 10,
    uniqueModels: unique('byModel'),
    uniqueAccounts: unique('byAccount'),
    uniqueApiKeys: unique('byApiKey'),
    uniqueClients: unique('byClient'),
  };
}

function toSums(all: Sums): z.output<typeof sums> {
  const { requests, failures, promptTokens, completionTokens, reasoningTokens, cacheReadTokens } = all;
  const ended = requests - failures;
  return {
    ...{ requests, failures, promptTokens, completionTokens, reasoningTokens },
    totalTokens: tokensOf(all),
    cachedTokens: cacheReadTokens,
    cost: all.costUsd,
    saved: all.savedUsd,
    avgLatencyMs: ended === 0 ? 0 : Math.round(all.durationMs / ended),
  };
}

type BreakdownAnswer = Pick<
  z.output<typeof analytics>,
  'byModel' | 'byProvider' | 'byAccount' | 'byApiKey' | 'byClient'
>;

function toBreakdown(breakdown: Breakdown, services: ManagementServices): BreakdownAnswer {
  const accounts = accountNames(services);
  const keys = new Map(services.apiKeys.list().map(({ id, name }) => [id, name]));
  const providers = services.providers();
  const toPart = (one: Part): z.output<typeof part> => ({ ...toSums(one), pct: one.pct });
  return {
    byModel: breakdown.byModel.map((one) => {
      const slash = one.name.indexOf('/');
      return { model: one.name, provider: slash < 0 ? '' : one.name.slice(0, slash), ...toPart(one) };
    }),
    byProvider: breakdown.byProvider.map((one) => ({
      ...{ provider: one.name, name: providers.get(one.name)?.name ?? one.name },
      ...toPart(one),
    })),
    byAccount: breakdown.byAccount.map((one) => ({
      ...{ connectionId: one.name, account: accounts.get(one.name) ?? one.name },
      ...toPart(one),
    })),
    byApiKey: breakdown.byApiKey.map((one) => ({
      ...{ apiKeyId: one.name, apiKeyName: keys.get(one.name) ?? one.name },
      ...toPart(one),
    })),
    byClient: breakdown.byClient.map((one) => ({ client: one.name, ...toPart(one) })),
  };
}
