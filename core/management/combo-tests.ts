/** Trying a combo's models, what came of them so far, and the rules for all combos (facts.md C.10, E.6). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import { SETTINGS_SHAPE, type Settings } from '../policy/settings.ts';
import type { ComboMetrics } from '../routing/balancer.ts';
import type { Handlers } from './implementer.ts';
import type { CallContext } from './services.ts';
import { isoTime, modelShape, nameShape, timeShape } from './shapes.ts';

const TEST_LIMIT_MS = 15_000;
/** Models tried at the same time. */
const TESTS_AT_ONCE = 5;
const result = z.object({
  model: z.string(),
  status: z.enum(['ok', 'error']),
  statusCode: z.number(),
  error: z.string().optional(),
  latencyMs: z.number(),
});
const modelMetrics = z.object({
  requests: z.number(),
  successes: z.number(),
  failures: z.number(),
  totalLatencyMs: z.number(),
  avgLatencyMs: z.number(),
  successRate: z.number().describe('Percent'),
  lastStatus: z.number(),
  lastUsedAt: timeShape.nullable(),
});
const metrics = z.object({
  totalRequests: z.number(),
  totalSuccesses: z.number(),
  totalFailures: z.number(),
  totalFallbacks: z.number(),
  totalLatencyMs: z.number(),
  avgLatencyMs: z.number(),
  successRate: z.number().describe('Percent'),
  fallbackRate: z.number().describe('Percent'),
  byModel: z.record(z.string(), modelMetrics),
});
const { comboDefaults, providerOverrides } = SETTINGS_SHAPE;
const rules = z.object({ comboDefaults, providerOverrides });

export const comboTestsContract = {
  test: oc
    .route({ method: 'POST', path: '/combos/test', summary: 'Try each model of a combo' })
    .input(z.strictObject({ comboName: nameShape, model: modelShape.optional().describe('Only this one of them') }))
    .output(
      z.object({
        comboName: z.string(),
        strategy: z.string(),
        resolvedBy: z.string().nullable().describe('The first model that answered'),
        results: z.array(result),
        testedAt: timeShape,
      }),
    ),
  metrics: oc
    .route({ method: 'GET', path: '/combos/metrics', summary: 'What came of each combo and its models' })
    .input(z.object({ combo: z.string().optional() }))
    .output(z.object({ metrics: z.record(z.string(), metrics) })),
  rules: oc.route({ method: 'GET', path: '/settings/combo-defaults', summary: 'Rules for all combos' }).output(rules),
  setRules: oc
    .route({ method: 'PATCH', path: '/settings/combo-defaults', summary: 'Change the rules for all combos' })
    .input(z.strictObject(rules.shape).partial())
    .output(rules),
};

export const comboTestsHandlers = ({ comboTests }: Handlers) => ({
  test: comboTests.test.handler(({ input, context }) => test(input.comboName, input.model, context)),
  metrics: comboTests.metrics.handler(({ input, context: { services } }) => {
    const all = Object.entries(services.balancer.metrics()).filter(
      ([name]) => input.combo === undefined || name === input.combo,
    );
    return { metrics: Object.fromEntries(all.map(([name, sums]) => [name, toMetrics(sums)])) };
  }),
  rules: comboTests.rules.handler(({ context }) => currentRules(context)),
  setRules: comboTests.setRules.handler(({ input, context }) => {
    context.services.settings.change(compact(input) as Partial<Settings>);
    context.services.changed();
    return currentRules(context);
  }),
});

async function test(comboName: string, only: string | undefined, { services }: CallContext) {
  const combo = services.store.combos.list().find(({ name }) => name === comboName);
  if (combo === undefined) throw new OmniError('not_found', `There is no combo "${comboName}".`);
  if (combo.models.length === 0)
    throw new OmniError('invalid_request', `The combo "${comboName}" is empty.`, { path: 'comboName' });
  const models = only === undefined ? combo.models : combo.models.filter(({ model }) => model === only).slice(0, 1);
  if (models.length === 0) throw new OmniError('not_found', `The combo "${comboName}" has no model "${only}".`);
  const results: z.output<typeof result>[] = [];
  const waiting = models.entries();
  // All take from one iterator, so each model is tried once and its place in the list is kept.
  const worker = async (): Promise<void> => {
    for (const [place, { model }] of waiting) {
      const { statusCode, error, latencyMs } = await services.tryModel(model, { limitMs: TEST_LIMIT_MS, comboName });
      const status = error === undefined ? 'ok' : 'error';
      results[place] = { model, status, statusCode, latencyMs, ...compact({ error }) };
    }
  };
  await Promise.all(Array.from({ length: TESTS_AT_ONCE }, worker));
  return {
    comboName,
    strategy: combo.strategy,
    resolvedBy: results.find(({ status }) => status === 'ok')?.model ?? null,
    results,
    testedAt: isoTime(services.clock.nowMs()),
  };
}

function currentRules({ services }: CallContext): z.output<typeof rules> {
  const { comboDefaults: defaults, providerOverrides: overrides } = services.settings.current();
  return { comboDefaults: defaults, providerOverrides: overrides };
}

function toMetrics({ byModel, ...sums }: ComboMetrics): z.output<typeof metrics> {
  const { totalRequests, totalSuccesses, totalFallbacks, totalLatencyMs } = sums;
  return {
    ...sums,
    avgLatencyMs: Math.round(totalLatencyMs / Math.max(1, totalRequests)),
    successRate: percent(totalSuccesses, totalRequests),
    fallbackRate: percent(totalFallbacks, totalRequests),
    byModel: Object.fromEntries(
      Object.entries(byModel).map(([name, { lastUsedAtMs, ...model }]) => [
        name,
        {
          ...model,
          avgLatencyMs: Math.round(model.totalLatencyMs / Math.max(1, model.requests)),
          successRate: percent(model.successes, model.requests),
          lastUsedAt: lastUsedAtMs === 0 ? null : isoTime(lastUsedAtMs),
        },
      ]),
    ),
  };
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 1_000) / 10;
}
