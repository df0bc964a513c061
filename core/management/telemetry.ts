/** How fast providers answer and where the time goes: `/api/telemetry/summary`, `/api/provider-metrics`, `/api/sessions` (facts.md C.10). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { type Percentiles, RELATIVE_ERROR } from '../base/histogram.ts';
import { compact } from '../base/json.ts';
import { PHASES } from '../pipeline/phases.ts';
import type { Speed } from '../pipeline/telemetry.ts';
import { accountNames } from './account-names.ts';
import type { Handlers } from './implementer.ts';
import { isoTime, timeShape } from './shapes.ts';

const WINDOW_MS = 300_000;
const HOUR_MS = 3_600_000;
const percentiles = z.object({
  count: z.number(),
  p50: z.number().describe('Milliseconds'),
  p95: z.number(),
  p99: z.number(),
});
const speed = z.object({
  requests: z.number(),
  failures: z.number(),
  latency: percentiles.describe("From the attempt's begin to the end of the answer; requests that ended well"),
  firstContent: percentiles.describe("From the attempt's begin to the first content; streams that ended well"),
});
const summary = percentiles.extend({
  windowMs: z.number(),
  requests: z.number(),
  failures: z.number(),
  firstContent: percentiles,
  phaseBreakdown: z.partialRecord(z.enum(PHASES), percentiles),
  byProvider: z.record(z.string(), speed),
  relativeError: z.number().describe('How far a percentile can be from the true value, as a part of it'),
});
const metrics = z.object({
  totalRequests: z.number(),
  totalSuccesses: z.number(),
  successRate: z.number().describe('0 to 100'),
  avgLatencyMs: z.number(),
  totalCost: z.number(),
  lastHour: speed.nullable(),
});
const session = z.object({
  id: z.string(),
  isNamed: z.boolean().describe('The client sends X-Session-Id'),
  client: z.string().optional(),
  apiKeyId: z.string().optional(),
  apiKeyName: z.string().optional(),
  startedAt: timeShape,
  lastActiveAt: timeShape,
  requests: z.number(),
  failures: z.number(),
  tokens: z.number(),
  cost: z.number(),
  provider: z.string().optional(),
  model: z.string().optional(),
  connectionId: z.string().optional(),
  account: z.string().optional(),
});

export const telemetryContract = {
  summary: oc
    .route({ method: 'GET', path: '/telemetry/summary', summary: 'Percentiles of the last minutes, at most an hour' })
    .input(z.object({ windowMs: z.coerce.number().int().min(1_000).max(HOUR_MS).optional() }))
    .output(summary),
  providers: oc
    .route({ method: 'GET', path: '/provider-metrics', summary: 'What came of the requests of each provider' })
    .output(z.object({ metrics: z.record(z.string(), metrics) })),
  sessions: oc
    .route({ method: 'GET', path: '/sessions', summary: 'Who used the gateway within half an hour' })
    .output(z.object({ count: z.number(), sessions: z.array(session) })),
};

export const telemetryHandlers = ({ telemetry }: Handlers) => ({
  summary: telemetry.summary.handler(({ input, context: { services } }) => {
    const { windowMs, requests, failures, latency, firstContent, phases, byProvider } = services.telemetry.summary(
      input.windowMs ?? WINDOW_MS,
    );
    const named = Object.entries(byProvider).map(([provider, values]) => [provider, toSpeed(values)]);
    return {
      ...{ windowMs, requests, failures, ...latency, firstContent: { ...firstContent } },
      phaseBreakdown: Object.fromEntries(Object.entries(phases).map(([phase, values]) => [phase, { ...values }])),
      byProvider: Object.fromEntries(named) as Record<string, z.output<typeof speed>>,
      relativeError: Math.round(RELATIVE_ERROR * 1_000) / 1_000,
    };
  }),
  providers: telemetry.providers.handler(async ({ context: { services } }) => {
    await services.store.usage.prepareHistory();
    const { byProvider } = services.store.usage.history(services.clock.nowMs());
    const lately = services.telemetry.summary(HOUR_MS).byProvider;
    const named = Object.entries(byProvider).map(([provider, { requests, failures, durationMs, costUsd }]) => {
      const successes = requests - failures;
      const recent = lately[provider];
      return [
        provider,
        {
          totalRequests: requests,
          totalSuccesses: successes,
          successRate: requests === 0 ? 100 : Math.round((successes / requests) * 1_000) / 10,
          avgLatencyMs: successes === 0 ? 0 : Math.round(durationMs / successes),
          totalCost: costUsd,
          lastHour: recent === undefined ? null : toSpeed(recent),
        },
      ] as const;
    });
    return { metrics: Object.fromEntries(named) };
  }),
  sessions: telemetry.sessions.handler(({ context: { services } }) => {
    const names = accountNames(services);
    const sessions = services.sessionsOfClients().map(({ startedAtMs, lastActiveAtMs, costUsd, ...rest }) => ({
      ...rest,
      startedAt: isoTime(startedAtMs),
      lastActiveAt: isoTime(lastActiveAtMs),
      cost: costUsd,
      ...compact({ account: names.get(rest.connectionId ?? '') }),
    }));
    return { count: sessions.length, sessions };
  }),
});

function toSpeed({ requests, failures, latency, firstContent }: Speed): z.output<typeof speed> {
  const copied = (values: Percentiles): Percentiles => ({ ...values });
  return { requests, failures, latency: copied(latency), firstContent: copied(firstContent) };
}
