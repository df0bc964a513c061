/** What was used, under `/api/usage/history` (facts.md C.10). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { UsageTotals } from '../store/store.ts';
import type { Handlers } from './implementer.ts';

const totals = z.object({
  requests: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  cost: z.number().describe('US dollars'),
});
const byName = z.record(z.string(), totals);

export const usageContract = {
  history: oc.route({ method: 'GET', path: '/usage/history', summary: 'Requests, tokens and cost so far' }).output(
    z.object({
      totalRequests: z.number(),
      totalPromptTokens: z.number(),
      totalCompletionTokens: z.number(),
      totalCost: z.number(),
      byProvider: byName,
      byModel: byName,
      byAccount: byName,
      byApiKey: byName,
      last10Minutes: z.array(totals),
      pending: z.number(),
      activeRequests: z.array(
        z.object({ model: z.string(), provider: z.string(), account: z.string(), count: z.number() }),
      ),
    }),
  ),
};

export const usageHandlers = ({ usage }: Handlers) => ({
  history: usage.history.handler(({ context: { services } }) => {
    const history = services.store.usage.history(services.clock.nowMs());
    const activeRequests = services.activeRequests?.() ?? [];
    return {
      totalRequests: history.totals.requests,
      totalPromptTokens: history.totals.promptTokens,
      totalCompletionTokens: history.totals.completionTokens,
      totalCost: history.totals.costUsd,
      byProvider: named(history.byProvider),
      byModel: named(history.byModel),
      byAccount: named(history.byAccount),
      byApiKey: named(history.byApiKey),
      last10Minutes: history.last10Minutes.map(toTotals),
      pending: activeRequests.reduce((sum, { count }) => sum + count, 0),
      activeRequests: [...activeRequests],
    };
  }),
});

function named(all: Readonly<Record<string, UsageTotals>>): Record<string, z.output<typeof totals>> {
  return Object.fromEntries(Object.entries(all).map(([name, sums]) => [name, toTotals(sums)]));
}

function toTotals({ requests, promptTokens, completionTokens, costUsd }: UsageTotals): z.output<typeof totals> {
  return { requests, promptTokens, completionTokens, cost: costUsd };
}
