/** Profiles, breakers, cooldowns and rate limits: `/api/resilience`, `/api/rate-limits`, `/api/models/availability` (facts.md C.10, E.4, E.5). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import { SETTINGS_SHAPE, type Settings } from '../policy/settings.ts';
import type { LimitWindow } from '../routing/limit-report.ts';
import type { CooldownView, LimitView } from '../routing/resilience.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { isoTime, signatureStats, signatureStatsShape, timeShape } from './shapes.ts';

const { providerProfiles, rateLimitDefaults, providerResilience } = SETTINGS_SHAPE;
/** A provider's breaker. */
export const breakerShape = z.object({
  name: z.string(),
  state: z.enum(['CLOSED', 'OPEN', 'HALF_OPEN']),
  failureCount: z.number(),
  successCount: z.number(),
  lastFailureTime: timeShape.nullable(),
  openUntil: timeShape.nullable(),
});
export const cooldownShape = z.object({
  provider: z.string(),
  connectionId: z.string(),
  model: z.string().nullable().describe('null: the whole account'),
  until: timeShape,
  remainingMs: z.number(),
  reason: z.string(),
  message: z.string(),
});
/** By `provider:connection`. */
export const rateLimitStatusShape = z.record(
  z.string(),
  z.object({ queued: z.number(), running: z.number(), executing: z.number() }),
);
const status = z.object({
  profiles: providerProfiles,
  overrides: providerResilience,
  defaults: rateLimitDefaults,
  circuitBreakers: z.array(breakerShape),
  cooldowns: z.array(cooldownShape),
  rateLimitStatus: rateLimitStatusShape,
});
const change = z.strictObject({
  profiles: z.strictObject(providerProfiles.shape).partial().optional(),
  overrides: providerResilience.optional(),
  defaults: rateLimitDefaults.optional(),
});
const learnedWindow = z.object({ limit: z.number().optional(), remaining: z.number().optional() });
const learned = z.object({
  model: z.string().nullable().describe('null: the whole account'),
  requests: learnedWindow.optional(),
  tokens: learnedWindow.optional(),
});
const limits = z.object({
  connectionId: z.string(),
  provider: z.string(),
  name: z.string(),
  rateLimitProtection: z.boolean(),
  enabled: z.boolean(),
  active: z.boolean(),
  queued: z.number(),
  running: z.number(),
  requestsInLastMinute: z.number(),
  limits: rateLimitDefaults.nullable().describe('What holds for it; null: only what its provider tells'),
  learned: z.array(learned).describe('What the provider’s last answers told of its limits'),
});
const place = z.strictObject({ provider: z.string().min(1), model: z.string().min(1) });

export const resilienceContract = {
  get: oc.route({ method: 'GET', path: '/resilience', summary: 'Profiles, breakers, cooldowns' }).output(status),
  patch: oc
    .route({ method: 'PATCH', path: '/resilience', summary: 'Change profiles, overrides by provider, default limits' })
    .input(change)
    .output(status.extend({ ok: z.literal(true) })),
  reset: oc
    .route({ method: 'POST', path: '/resilience/reset', summary: 'Close breakers and end cooldowns' })
    .input(z.strictObject({ provider: z.string().optional(), connectionId: z.string().optional() }))
    .output(z.object({ ok: z.literal(true), resetCount: z.number(), message: z.string() })),
  limits: oc.route({ method: 'GET', path: '/rate-limits', summary: 'Rate limits by account' }).output(
    z.object({
      connections: z.array(limits),
      overview: z.record(z.string(), z.number()),
      lockouts: z.array(cooldownShape),
      cacheStats: signatureStatsShape,
    }),
  ),
  setLimits: oc
    .route({
      method: 'POST',
      path: '/rate-limits',
      summary: 'Switch the limits of an account on or off, or set its own',
    })
    .input(
      z.strictObject({
        connectionId: z.string().min(1),
        enabled: z.boolean(),
        limits: rateLimitDefaults.partial().optional(),
      }),
    )
    .output(z.object({ success: z.literal(true), connectionId: z.string(), enabled: z.boolean() })),
  availability: oc
    .route({ method: 'GET', path: '/models/availability', summary: 'Models that rest' })
    .output(z.object({ unavailableCount: z.number(), models: z.array(cooldownShape) })),
  clearAvailability: oc
    .route({ method: 'POST', path: '/models/availability', summary: 'Let a model be tried again' })
    .input(place)
    .output(z.object({ success: z.literal(true), cleared: z.number() })),
};

export const resilienceHandlers = ({ resilience }: Handlers) => ({
  get: resilience.get.handler(({ context: { services } }) => statusOf(services)),
  patch: resilience.patch.handler(({ input, context: { services } }) => {
    const { providerProfiles: before } = services.settings.current();
    services.settings.change(
      compact({
        providerProfiles: input.profiles && { ...before, ...compact(input.profiles) },
        providerResilience: input.overrides,
        rateLimitDefaults: input.defaults,
      }) as Partial<Settings>,
    );
    return { ok: true as const, ...statusOf(services) };
  }),
  reset: resilience.reset.handler(({ input, context: { services } }) => {
    const resetCount = services.resilience.reset(compact(input));
    return { ok: true as const, resetCount, message: `${resetCount} breakers and cooldowns were reset.` };
  }),
  limits: resilience.limits.handler(({ context: { services } }) => {
    const connections = services.accounts.list().map((account) => limitsOf(account, services));
    const enabled = connections.filter((connection) => connection.enabled).length;
    const running = connections.reduce((sum, connection) => sum + connection.running, 0);
    return {
      connections,
      overview: { total: connections.length, enabled, running },
      lockouts: cooldownsOf(services),
      cacheStats: signatureStats(services),
    };
  }),
  setLimits: resilience.setLimits.handler(
    ({ input: { connectionId, enabled, limits: own }, context: { services } }) => {
      if (services.accounts.get(connectionId) === undefined)
        throw new OmniError('not_found', `There is no connection with the id "${connectionId}".`);
      limitConnection(services, connectionId, enabled, own);
      return { success: true as const, connectionId, enabled };
    },
  ),
  availability: resilience.availability.handler(({ context: { services } }) => {
    const models = cooldownsOf(services).filter(({ model }) => model !== null);
    return { unavailableCount: models.length, models };
  }),
  clearAvailability: resilience.clearAvailability.handler(({ input, context: { services } }) => ({
    success: true as const,
    cleared: services.resilience.reset(input),
  })),
});

/** Switches the limits of a connection off, or on with the members of its own that are given. */
export function limitConnection(
  { settings }: ManagementServices,
  connectionId: string,
  enabled: boolean,
  own: Settings['rateLimits'][string] = {},
): void {
  const { [connectionId]: before, ...others } = settings.current().rateLimits;
  settings.change({ rateLimits: enabled ? { ...others, [connectionId]: { ...before, ...own } } : others });
}

function statusOf(services: ManagementServices): z.output<typeof status> {
  const {
    providerProfiles: profiles,
    providerResilience: overrides,
    rateLimitDefaults: defaults,
  } = services.settings.current();
  return {
    ...{ profiles, overrides, defaults },
    circuitBreakers: breakersOf(services),
    cooldowns: cooldownsOf(services),
    rateLimitStatus: rateLimitStatusOf(services),
  };
}

export function rateLimitStatusOf({ accounts, resilience }: ManagementServices): z.output<typeof rateLimitStatusShape> {
  const providers = new Map(accounts.list().map(({ id, provider }) => [id, provider]));
  const whole = resilience.view.limits().filter(({ model }) => model === undefined);
  return Object.fromEntries(
    whole.map(({ connectionId, running, queued }) => [
      `${providers.get(connectionId) ?? ''}:${connectionId}`,
      { queued, running, executing: running },
    ]),
  );
}

/** All breakers, as they stand. */
export function breakersOf({ resilience }: ManagementServices): z.output<typeof breakerShape>[] {
  return resilience.view
    .breakers()
    .map(({ name, state, failureCount, successCount, lastFailureAtMs, openUntilMs }) => ({
      ...{ name, state, failureCount, successCount },
      lastFailureTime: lastFailureAtMs === undefined ? null : isoTime(lastFailureAtMs),
      openUntil: openUntilMs === undefined || state === 'CLOSED' ? null : isoTime(openUntilMs),
    }));
}

export function cooldownsOf({ resilience, clock }: ManagementServices): z.output<typeof cooldownShape>[] {
  return resilience.view.cooldowns().map((view) => toCooldown(view, clock.nowMs()));
}

function toCooldown(
  { provider, connectionId, model, untilMs, code, message }: CooldownView,
  nowMs: number,
): z.output<typeof cooldownShape> {
  const remainingMs = Math.max(0, Math.round(untilMs - nowMs));
  return { provider, connectionId, model: model ?? null, until: isoTime(untilMs), remainingMs, reason: code, message };
}

function limitsOf(
  { id, provider, name, isActive }: { id: string; provider: string; name: string; isActive: boolean },
  { settings, resilience }: ManagementServices,
): z.output<typeof limits> {
  const { rateLimits, rateLimitDefaults: defaults } = settings.current();
  const own = rateLimits[id];
  const view = resilience.view.limits().find(({ connectionId, model }) => connectionId === id && model === undefined);
  const enabled = own !== undefined;
  return {
    ...{ connectionId: id, provider, name, enabled, rateLimitProtection: enabled, active: isActive },
    queued: view?.queued ?? 0,
    running: view?.running ?? 0,
    requestsInLastMinute: view?.requestsInLastMinute ?? 0,
    limits: enabled ? { ...defaults, ...compact(own) } : null,
    learned: learnedOf(id, resilience.view.limits()),
  };
}

function learnedOf(id: string, views: readonly LimitView[]): z.output<typeof learned>[] {
  const told = ({ limit, remaining }: LimitWindow): z.output<typeof learnedWindow> => compact({ limit, remaining });
  return views.flatMap(({ connectionId, model, learned: report }) => {
    if (connectionId !== id || (report?.requests === undefined && report?.tokens === undefined)) return [];
    const { requests, tokens } = report;
    return [
      { model: model ?? null, ...compact({ requests: requests && told(requests), tokens: tokens && told(tokens) }) },
    ];
  });
}
