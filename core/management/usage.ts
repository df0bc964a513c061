/** What was used, under `/api/usage/history` (facts.md C.10). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import type { ActiveRequest } from '../pipeline/active-requests.ts';
import type { UsageTotals } from '../store/store.ts';
import { accountNames } from './account-names.ts';
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
  history: usage.history.handler(async ({ context: { services } }) => {
    await services.store.usage.prepareHistory();
    const history = services.store.usage.history(services.clock.nowMs());
    const activeRequests = grouped(services.activeRequests(), accountNames(services));
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
      activeRequests,
    };
  }),
});

/** Requests under way by where they are, or wait to go. */
function grouped(active: readonly ActiveRequest[], accounts: ReadonlyMap<string, string>) {
  const groups = new Map<string, { model: string; provider: string; account: string; count: number }>();
  for (const { requestedModel, model = requestedModel, provider = '', connectionId = '' } of active) {
    const place = [provider, model, connectionId].join('\n');
    const group = groups.get(place) ?? {
      model,
      provider,
      account: accounts.get(connectionId) ?? connectionId,
      count: 0,
    };
    group.count += 1;
    groups.set(place, group);
  }
  return [...groups.values()];
}

function named(all: Readonly<Record<string, UsageTotals>>): Record<string, z.output<typeof totals>> {
  return Object.fromEntries(Object.entries(all).map(([name, sums]) => [name, toTotals(sums)]));
}

function toTotals({ requests, promptTokens, completionTokens, costUsd }: UsageTotals): z.output<typeof totals> {
  return { requests, promptTokens, completionTokens, cost: costUsd };
}
