/** Lockouts and the breakers, under `/api/policies` (facts.md C.10, E.11): who is locked out, why, for how long; unlocking. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import { lockReason } from '../policy/lockouts.ts';
import { SETTINGS_SHAPE } from '../policy/settings.ts';
import type { Handlers } from './implementer.ts';
import { breakerShape, breakersOf } from './resilience.ts';
import type { ManagementServices } from './services.ts';
import { isoTime, timeShape } from './shapes.ts';

const identifier = z.string().trim().min(1).max(100);
const locked = z.object({
  identifier: z.string().describe('An address, an IPv6 network of 64 bits, or "*" for everybody'),
  kind: z.enum(['login', 'apiKeys']),
  reason: z.string(),
  lockedAt: timeShape,
  until: timeShape,
  remainingMs: z.number(),
});
const policies = SETTINGS_SHAPE.lockouts;
const everything = z.object({
  policies,
  circuitBreakers: z.array(breakerShape),
  lockedIdentifiers: z.array(locked),
});
const change = z.strictObject(policies.shape).partial();

export const policiesContract = {
  get: oc
    .route({ method: 'GET', path: '/policies', summary: 'Lockout policies, and who is locked' })
    .output(everything),
  patch: oc
    .route({ method: 'PATCH', path: '/policies', summary: 'Change lockout policies; 0 attempts: off' })
    .input(change)
    .output(everything),
  act: oc
    .route({ method: 'POST', path: '/policies', summary: 'Unlock an identifier' })
    .input(z.strictObject({ action: z.literal('unlock', 'must be "unlock"'), identifier }))
    .output(z.object({ success: z.literal(true), action: z.literal('unlocked'), identifier: z.string() })),
  unlock: oc
    .route({
      method: 'DELETE',
      path: '/policies',
      inputStructure: 'detailed',
      summary: 'Unlock an identifier, or without one all of them',
    })
    .input(z.object({ query: z.object({ identifier: identifier.optional() }) }))
    .output(z.object({ success: z.literal(true), unlocked: z.number() })),
};

export const policiesHandlers = ({ policies: routes }: Handlers) => ({
  get: routes.get.handler(({ context: { services } }) => stateOf(services)),
  patch: routes.patch.handler(({ input, context: { services } }) => {
    const before = services.settings.current().lockouts;
    services.settings.change({ lockouts: { ...before, ...compact(input) } });
    return stateOf(services);
  }),
  act: routes.act.handler(({ input, context: { services } }) => {
    if (services.lockouts.unlock(input.identifier) === 0) throw notLocked(input.identifier);
    return { success: true as const, action: 'unlocked' as const, identifier: input.identifier };
  }),
  unlock: routes.unlock.handler(({ input: { query }, context: { services } }) => {
    const unlocked = services.lockouts.unlock(query.identifier);
    if (unlocked === 0 && query.identifier !== undefined) throw notLocked(query.identifier);
    return { success: true as const, unlocked };
  }),
});

function notLocked(which: string): OmniError {
  return new OmniError('not_found', `"${which}" is not locked. GET /api/policies lists who is.`, {
    path: 'identifier',
  });
}

function stateOf(services: ManagementServices): z.output<typeof everything> {
  const nowMs = services.clock.nowMs();
  return {
    policies: services.settings.current().lockouts,
    circuitBreakers: breakersOf(services),
    lockedIdentifiers: services.lockouts.list().map(({ identifier: who, kind, lockedAtMs, untilMs }) => ({
      ...{ identifier: who, kind, reason: lockReason(kind) },
      ...{ lockedAt: isoTime(lockedAtMs), until: isoTime(untilMs), remainingMs: untilMs - nowMs },
    })),
  };
}
