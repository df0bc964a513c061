/** What accounts may still use: `/api/quotas`, and `/api/usage/{connectionId}` in the original's shape (facts.md C.10). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { KnownQuota } from '../accounts/quota/quota-keeper.ts';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import type { QuotaWindow } from '../providers/quota.ts';
import type { Handlers } from './implementer.ts';
import { isoTime, timeShape } from './shapes.ts';

const window = z.object({
  name: z.string().describe('`5h`, `weekly`, `daily`, `monthly`, `credits`, or the provider’s name for it'),
  usedPercent: z.number(),
  used: z.number().optional(),
  total: z.number().optional(),
  remaining: z.number().optional(),
  resetAt: timeShape.optional(),
  unlimited: z.boolean().optional(),
});
const quota = z.object({
  connectionId: z.string(),
  provider: z.string(),
  name: z.string().describe('Of the connection'),
  plan: z.string().optional(),
  readAt: timeShape.nullable().describe('null: not read yet'),
  windows: z.array(window),
  message: z.string().optional().describe('Why the last reading told nothing'),
});
const usage = z.object({
  plan: z.string().optional(),
  quotas: z
    .record(
      z.string(),
      z.object({
        used: z.number().nullable(),
        total: z.number().nullable(),
        remaining: z.number().nullable(),
        remainingPercentage: z.number(),
        resetAt: timeShape.nullable(),
        unlimited: z.boolean(),
      }),
    )
    .optional(),
  message: z.string().optional(),
});
const byConnection = z.object({ connectionId: z.string().min(1) });

export const quotasContract = {
  list: oc
    .route({ method: 'GET', path: '/quotas', summary: 'What each account that was signed in to may still use' })
    .output(z.array(quota)),
  read: oc
    .route({ method: 'POST', path: '/quotas/{connectionId}/read', summary: 'Read one account’s quota now' })
    .input(byConnection)
    .output(quota),
  usage: oc
    .route({ method: 'GET', path: '/usage/{connectionId}', summary: 'One account’s quota, by window' })
    .input(byConnection)
    .output(usage),
};

export const quotasHandlers = ({ quotas }: Handlers) => ({
  list: quotas.list.handler(({ context: { services } }) => services.quotas.list().map(toQuota)),
  read: quotas.read.handler(async ({ input, context: { services } }) =>
    toQuota(await services.quotas.read(input.connectionId)),
  ),
  usage: quotas.usage.handler(async ({ input, context: { services } }) => {
    try {
      return toUsage(await services.quotas.read(input.connectionId));
    } catch (error) {
      if (error instanceof OmniError && error.code === 'unsupported_parameter') return { message: error.message };
      throw error;
    }
  }),
});

function toQuota({ connection, plan, message, readAtMs, windows }: KnownQuota): z.output<typeof quota> {
  const { id, provider, name } = connection;
  return {
    ...{ connectionId: id, provider, name },
    readAt: readAtMs === undefined ? null : isoTime(readAtMs),
    windows: windows.map(toWindow),
    ...compact({ plan, message }),
  };
}

function toWindow({ models: _models, resetAtMs, ...rest }: QuotaWindow): z.output<typeof window> {
  return { ...rest, ...(resetAtMs !== undefined && { resetAt: isoTime(resetAtMs) }) };
}

function toUsage({ plan, message, windows }: KnownQuota): z.output<typeof usage> {
  const quotas = windows.map(({ name, used, total, remaining, usedPercent, resetAtMs, unlimited }) => {
    const figures = { used: used ?? null, total: total ?? null, remaining: remaining ?? null };
    const resetAt = resetAtMs === undefined ? null : isoTime(resetAtMs);
    const remainingPercentage = Math.max(0, 100 - usedPercent);
    return [name, { ...figures, remainingPercentage, resetAt, unlimited: unlimited ?? false }] as const;
  });
  return { ...compact({ plan, message }), ...(quotas.length > 0 && { quotas: Object.fromEntries(quotas) }) };
}
