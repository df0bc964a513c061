/** Budgets of API keys, under `/api/usage/budget`; both bodies of facts.md C.10 are taken. A limit of 0 or null is none. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import type { Budget, PeriodStatus } from '../policy/budgets.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { doneShape, isoTime, timeShape } from './shapes.ts';

const usd = z.number().min(0).max(1_000_000).nullable();
const all = z.strictObject({
  apiKeyId: z.string().min(1),
  dailyLimitUsd: usd.optional(),
  weeklyLimitUsd: usd.optional(),
  monthlyLimitUsd: usd.optional(),
  warningThreshold: z.number().min(0).max(1).optional(),
});
const one = z.strictObject({
  keyId: z.string().min(1),
  limit: usd,
  period: z.enum(['daily', 'weekly', 'monthly']),
  warningThreshold: z.number().min(0).max(1).optional(),
});
const limits = z.object({
  dailyLimitUsd: z.number().nullable(),
  weeklyLimitUsd: z.number().nullable(),
  monthlyLimitUsd: z.number().nullable(),
  warningThreshold: z.number(),
});
const period = z.object({
  period: z.enum(['daily', 'weekly', 'monthly']),
  used: z.number(),
  limit: z.number().nullable(),
  resetsAt: timeShape,
  warningReached: z.boolean(),
  exceeded: z.boolean(),
});
const status = z.object({
  apiKeyId: z.string(),
  apiKeyName: z.string(),
  dailyTotal: z.number().describe('US dollars'),
  weeklyTotal: z.number(),
  monthlyTotal: z.number(),
  budget: limits.nullable(),
  budgetCheck: z.object({
    allowed: z.boolean(),
    reason: z.string().optional(),
    dailyUsed: z.number(),
    dailyLimit: z.number().nullable(),
    warningReached: z.boolean(),
  }),
  periods: z.array(period),
});

export const budgetContract = {
  get: oc
    .route({ method: 'GET', path: '/usage/budget', summary: 'What a key spent and may spend; without an id, all keys' })
    .input(z.object({ apiKeyId: z.string().optional() }))
    .output(z.union([status, z.object({ budgets: z.array(status) })])),
  set: oc
    .route({ method: 'POST', path: '/usage/budget', summary: 'Set the budget of a key' })
    .input(z.union([all, one], 'must be {apiKeyId, dailyLimitUsd, …} or {keyId, limit, period}'))
    .output(z.object({ success: z.literal(true), apiKeyId: z.string(), ...limits.shape })),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/usage/budget',
      inputStructure: 'detailed',
      summary: 'Take the budget of a key away',
    })
    .input(z.object({ query: z.object({ apiKeyId: z.string().min(1) }) }))
    .output(doneShape),
};

export const budgetHandlers = ({ budget }: Handlers) => ({
  get: budget.get.handler(({ input: { apiKeyId }, context: { services } }) =>
    apiKeyId === undefined
      ? { budgets: services.apiKeys.list().map(({ id }) => statusOf(id, services)) }
      : statusOf(apiKeyId, services),
  ),
  set: budget.set.handler(({ input, context: { services } }) => {
    const apiKeyId = 'apiKeyId' in input ? input.apiKeyId : input.keyId;
    nameOf(apiKeyId, services);
    const before = services.budgets.get(apiKeyId) ?? { warningThreshold: DEFAULT_THRESHOLD };
    const after = 'apiKeyId' in input ? fromAll(input, before) : { ...before, [PERIOD_OF[input.period]]: input.limit };
    const next = cleaned({ ...after, warningThreshold: input.warningThreshold ?? before.warningThreshold });
    services.budgets.set(apiKeyId, next);
    return { success: true as const, apiKeyId, ...toLimits(next) };
  }),
  remove: budget.remove.handler(
    ({
      input: {
        query: { apiKeyId },
      },
      context: { services },
    }) => {
      const name = nameOf(apiKeyId, services);
      services.budgets.set(apiKeyId, undefined);
      return { message: `The API key "${name}" has no budget any more.` };
    },
  ),
});

const DEFAULT_THRESHOLD = 0.8;
const PERIOD_OF = { daily: 'day', weekly: 'week', monthly: 'month' } as const;
const NAME_OF = { day: 'daily', week: 'weekly', month: 'monthly' } as const;

type Loose = { [K in keyof Budget]?: number | null | undefined };

function fromAll(input: z.output<typeof all>, before: Budget): Loose {
  return {
    ...before,
    ...compact({ day: input.dailyLimitUsd, week: input.weeklyLimitUsd, month: input.monthlyLimitUsd }),
  };
}

function cleaned({ day, week, month, warningThreshold }: Loose): Budget {
  return {
    ...(day && { day }),
    ...(week && { week }),
    ...(month && { month }),
    warningThreshold: warningThreshold ?? DEFAULT_THRESHOLD,
  };
}

function toLimits({ day, week, month, warningThreshold }: Budget): z.output<typeof limits> {
  return {
    dailyLimitUsd: day ?? null,
    weeklyLimitUsd: week ?? null,
    monthlyLimitUsd: month ?? null,
    warningThreshold,
  };
}

function nameOf(apiKeyId: string, { apiKeys }: ManagementServices): string {
  const key = apiKeys.get(apiKeyId);
  if (key === undefined) throw new OmniError('not_found', `There is no API key with the id "${apiKeyId}".`);
  return key.name;
}

function statusOf(apiKeyId: string, services: ManagementServices): z.output<typeof status> {
  const apiKeyName = nameOf(apiKeyId, services);
  const periods = services.budgets.status(apiKeyId);
  const [day, week, month] = periods;
  const own = services.budgets.get(apiKeyId);
  const exceeded = periods.find(({ isExceeded }) => isExceeded);
  return {
    apiKeyId,
    apiKeyName,
    dailyTotal: day?.usedUsd ?? 0,
    weeklyTotal: week?.usedUsd ?? 0,
    monthlyTotal: month?.usedUsd ?? 0,
    budget: own === undefined ? null : toLimits(own),
    budgetCheck: {
      allowed: exceeded === undefined,
      ...(exceeded && { reason: `The ${NAME_OF[exceeded.period]} budget is used up.` }),
      dailyUsed: day?.usedUsd ?? 0,
      dailyLimit: day?.limitUsd ?? null,
      warningReached: periods.some(({ isWarning }) => isWarning),
    },
    periods: periods.map(toPeriod),
  };
}

function toPeriod(view: PeriodStatus): z.output<typeof period> {
  return {
    period: NAME_OF[view.period],
    used: view.usedUsd,
    limit: view.limitUsd ?? null,
    resetsAt: isoTime(view.resetsAtMs),
    warningReached: view.isWarning,
    exceeded: view.isExceeded,
  };
}
