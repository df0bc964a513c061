/** What runs now, and what happens from now on: `/api/live/snapshot`, and `/api/live` as a stream of events. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { compact } from '../base/json.ts';
import { machineTimeZone, periodAt } from '../base/time-zone.ts';
import type { ActiveRequest } from '../pipeline/active-requests.ts';
import { type AccountNames, accountNames } from './account-names.ts';
import type { Handlers } from './implementer.ts';
import { liveEvent } from './live-events.ts';
import type { ManagementServices } from './services.ts';

const activeRequest = z.object({
  id: z.string(),
  startedAtMs: z.number(),
  elapsedMs: z.number(),
  requestedModel: z.string(),
  endpoint: z.string(),
  stream: z.boolean(),
  attempts: z.number(),
  isAnswering: z.boolean().describe('The client gets its answer already'),
  provider: z.string().optional().describe('Of the attempt under way'),
  model: z.string().optional(),
  connectionId: z.string().optional(),
  account: z.string().optional().describe('The connection by its name'),
  client: z.string().optional(),
  apiKeyId: z.string().optional(),
  apiKeyName: z.string().optional(),
});
const today = z.object({
  sinceMs: z.number().describe("Midnight in the user's time zone"),
  requests: z.number(),
  failures: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  cost: z.number().describe('US dollars'),
  saved: z.number().describe('What flat rates spared, in US dollars'),
});
const snapshot = z.object({
  atMs: z.number(),
  version: z.string(),
  active: z.array(activeRequest),
  today,
  openBreakers: z.array(
    z.object({ provider: z.string(), state: z.enum(['OPEN', 'HALF_OPEN']), openUntilMs: z.number().optional() }),
  ),
  resting: z.array(
    z.object({
      connectionId: z.string(),
      provider: z.string(),
      model: z.string().optional().describe('Absent: the whole account'),
      untilMs: z.number(),
      message: z.string(),
    }),
  ),
});

export const liveContract = {
  snapshot: oc
    .route({ method: 'GET', path: '/live/snapshot', summary: "What runs now, and today's sums" })
    .output(snapshot),
  events: oc
    .route({ method: 'GET', path: '/live', summary: 'Facts as they happen, as server-sent events' })
    .output(eventIterator(liveEvent)),
};

export const liveHandlers = ({ live }: Handlers) => ({
  snapshot: live.snapshot.handler(async ({ context: { services } }) => {
    await services.store.rollups.catchUp();
    const nowMs = services.clock.nowMs();
    const names = accountNames(services);
    return {
      atMs: nowMs,
      version: services.version,
      active: services.activeRequests().map((request) => toActive(request, names, nowMs)),
      today: todayOf(services, nowMs),
      ...troubles(services),
    };
  }),
  events: live.events.handler(({ context: { services } }) => services.events.stream()),
});

function toActive(request: ActiveRequest, names: AccountNames, nowMs: number): z.output<typeof activeRequest> {
  const account = names.get(request.connectionId ?? '');
  return { ...request, elapsedMs: Math.max(0, nowMs - request.startedAtMs), ...compact({ account }) };
}

function todayOf({ store, settings }: ManagementServices, nowMs: number): z.output<typeof today> {
  const { startMs, endMs } = periodAt('day', settings.current().timeZone ?? machineTimeZone(), nowMs);
  const sums = { requests: 0, failures: 0, promptTokens: 0, completionTokens: 0, cost: 0, saved: 0 };
  for (const row of store.rollups.between(startMs, endMs)) {
    sums.requests += row.requests;
    sums.failures += row.failures;
    sums.promptTokens += row.promptTokens;
    sums.completionTokens += row.completionTokens;
    sums.cost += row.costUsd;
    sums.saved += row.savedUsd;
  }
  return { sinceMs: startMs, ...sums };
}

function troubles({ resilience }: ManagementServices): Pick<z.output<typeof snapshot>, 'openBreakers' | 'resting'> {
  return {
    openBreakers: resilience.view
      .breakers()
      .flatMap(({ name, state, openUntilMs }) =>
        state === 'CLOSED' ? [] : [{ provider: name, state, ...compact({ openUntilMs }) }],
      ),
    resting: resilience.view.cooldowns().map(({ connectionId, provider, model, untilMs, message }) => ({
      ...{ connectionId, provider, untilMs, message },
      ...compact({ model }),
    })),
  };
}
