/** The events of `core/base/event-bus.ts` as a schema; the compiler keeps the two alike. */
import { z } from 'zod';

const text = z.string();
const number = z.number();
const place = { provider: text, model: text, connectionId: text.optional() };

/** One live event. `missed` stands for events that did not fit into the queue: take a new snapshot. */
export const liveEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('request-started'),
    atMs: number,
    id: text,
    model: text.describe('As asked for'),
    endpoint: text,
    stream: z.boolean(),
    client: text.optional(),
    apiKeyId: text.optional(),
    apiKeyName: text.optional(),
  }),
  z.object({ type: z.literal('request-routed'), atMs: number, id: text, ...place, attempt: number }),
  z.object({
    type: z.literal('request-ended'),
    atMs: number,
    id: text,
    requestedModel: text,
    ...place,
    comboName: text.optional(),
    apiKeyId: text.optional(),
    client: text.optional(),
    outcome: z.enum(['ok', 'error', 'cancelled', 'cut']),
    status: number,
    errorCode: text.optional(),
    servedFrom: text.optional(),
    attempts: number,
    durationMs: number,
    firstContentMs: number.optional(),
    tokensInput: number,
    tokensOutput: number,
    costUsd: number.nullable(),
    savedUsd: number.optional(),
  }),
  z.object({
    type: z.literal('account-changed'),
    atMs: number,
    connectionId: text,
    state: z.enum(['refused', 'expired', 'resting', 'good']),
    provider: text.optional(),
    model: text.optional(),
    message: text.optional(),
    untilMs: number.optional(),
  }),
  z.object({
    type: z.literal('breaker-changed'),
    atMs: number,
    provider: text,
    state: z.enum(['CLOSED', 'OPEN', 'HALF_OPEN']),
    openUntilMs: number.optional(),
  }),
  z.object({ type: z.literal('quota-changed'), atMs: number, connectionId: text, provider: text }),
  z.object({
    type: z.literal('budget-reached'),
    atMs: number,
    apiKeyId: text,
    level: z.enum(['warning', 'reached']),
    period: z.enum(['day', 'week', 'month']),
    usedUsd: number,
    limitUsd: number,
  }),
  z.object({ type: z.literal('configuration-changed'), atMs: number, area: z.enum(['settings', 'routing']) }),
  z.object({
    type: z.literal('login-changed'),
    atMs: number,
    sessionId: text,
    provider: text,
    state: text,
    connectionId: text.optional(),
  }),
  z.object({ type: z.literal('lockout-changed'), atMs: number, identifier: text, untilMs: number.nullable() }),
  z.object({
    type: z.literal('gateway-changed'),
    atMs: number,
    isPaused: z.boolean(),
    host: text,
    port: number,
  }),
  z.object({ type: z.literal('missed'), count: number }),
]);
