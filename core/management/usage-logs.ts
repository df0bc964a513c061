/** The request log, under `/api/usage/call-logs` and as lines of text (facts.md C.10, F.6). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import type { UsageRecord } from '../store/records.ts';
import { type AccountNames, accountNames } from './account-names.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { idShape, isoTime, timeShape } from './shapes.ts';

const LINES = 200;
const query = z.object({
  status: z.string().max(20).optional().describe('ok, error, or an HTTP status'),
  model: z.string().max(300).optional(),
  provider: z.string().max(200).optional(),
  account: z.string().max(200).optional().describe('A connection id'),
  apiKey: z.string().max(200).optional().describe('An API key id'),
  search: z.string().max(100).optional(),
  from: z.coerce.date().optional(),
  to: z.coerce.date().optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
  cursor: z.string().max(100).optional(),
});
const attempt = z.object({
  provider: z.string(),
  model: z.string(),
  connectionId: z.string().optional(),
  account: z.string().optional(),
  startedAfterMs: z.number(),
  durationMs: z.number(),
  outcome: z.enum(['ok', 'error', 'cancelled', 'skipped']),
  errorCode: z.string().optional(),
  message: z.string().optional(),
  proxy: z.string().optional().describe('The network proxy it went through'),
});
const entry = z.object({
  id: z.string(),
  timestamp: timeShape,
  endpoint: z.string(),
  requestedModel: z.string(),
  provider: z.string(),
  model: z.string(),
  account: z.string().optional(),
  connectionId: z.string().optional(),
  comboName: z.string().optional(),
  apiKeyId: z.string().optional(),
  apiKeyName: z.string().optional(),
  client: z.string().optional(),
  sourceFormat: z.string(),
  targetFormat: z.string().optional(),
  stream: z.boolean(),
  status: z.number(),
  outcome: z.enum(['ok', 'error', 'cancelled', 'cut']),
  servedFrom: z.enum(['cache', 'similar', 'duplicate']).optional(),
  errorCode: z.string().optional(),
  error: z.string().optional(),
  durationMs: z.number(),
  firstContentMs: z.number().optional(),
  attempts: z.number(),
  tokensIn: z.number(),
  tokensOut: z.number(),
  tokensCached: z.number(),
  tokensReasoning: z.number(),
  isEstimated: z.boolean(),
  cost: z.number().nullable().describe('US dollars; null when the price is unknown'),
  saved: z.number().optional(),
  losses: z.array(z.string()),
  proxy: z.string().optional(),
});
const detail = entry.extend({
  attemptLog: z.array(attempt),
  requestBody: z.string().optional(),
  responseBody: z.string().optional(),
});
const lines = z.object({ lines: z.array(z.string()) });

export const usageLogsContract = {
  list: oc
    .route({ method: 'GET', path: '/usage/call-logs', summary: 'Requests, newest first' })
    .input(query)
    .output(z.object({ logs: z.array(entry), nextCursor: z.string().optional() })),
  get: oc.route({ method: 'GET', path: '/usage/call-logs/{id}', summary: 'One request' }).input(idShape).output(detail),
  clear: oc
    .route({ method: 'DELETE', path: '/usage/call-logs', summary: 'Remove all requests and bodies; the sums stay' })
    .output(z.object({ success: z.literal(true), removed: z.number() })),
  lines: oc
    .route({ method: 'GET', path: '/usage/logs', summary: 'The newest requests as lines of text' })
    .output(lines),
  requestLines: oc
    .route({ method: 'GET', path: '/usage/request-logs', summary: 'The same as /usage/logs' })
    .output(lines),
};

export const usageLogsHandlers = ({ usageLogs }: Handlers) => ({
  list: usageLogs.list.handler(({ input, context: { services } }) => {
    const { account, apiKey, from, to, limit = 100, ...rest } = input;
    const page = services.store.usage.list(
      compact({
        ...rest,
        connectionId: account,
        apiKeyId: apiKey,
        fromMs: from?.getTime(),
        toMs: to?.getTime(),
        limit,
      }),
    );
    const names = accountNames(services);
    return { logs: page.records.map((record) => toEntry(record, names)), ...compact({ nextCursor: page.nextCursor }) };
  }),
  get: usageLogs.get.handler(({ input: { id }, context: { services } }) => {
    const record = services.store.usage.get(id);
    if (record === undefined) throw new OmniError('not_found', `There is no request "${id}" in the log.`);
    const bodies = services.store.bodies.get(id);
    const names = accountNames(services);
    return {
      ...toEntry(record, names),
      attemptLog: attemptsOf(record).map((one) => ({
        ...one,
        ...compact({ account: names.get(one.connectionId ?? '') }),
      })),
      ...compact({ requestBody: bodies?.request, responseBody: bodies?.response }),
    };
  }),
  clear: usageLogs.clear.handler(async ({ context: { services } }) => {
    const { usage, bodies } = services.store;
    // Requests that begin meanwhile stay, or it would not end under load.
    const beforeMs = services.clock.nowMs() + 1;
    bodies.prune(Number.MAX_SAFE_INTEGER, 0);
    let removed = 0;
    for (let count = usage.prune(beforeMs); count > 0; count = usage.prune(beforeMs)) {
      removed += count;
      await nextTurn();
    }
    return { success: true as const, removed };
  }),
  lines: usageLogs.lines.handler(({ context: { services } }) => linesOf(services)),
  requestLines: usageLogs.requestLines.handler(({ context: { services } }) => linesOf(services)),
});

function toEntry(record: UsageRecord, names: AccountNames): z.output<typeof entry> {
  const { connectionId, comboName, apiKeyId, apiKeyName, client, targetFormat, servedFrom, errorCode } = record;
  return {
    id: record.id,
    timestamp: isoTime(record.startedAtMs),
    endpoint: record.endpoint,
    requestedModel: record.requestedModel,
    provider: record.provider,
    model: record.model,
    sourceFormat: record.clientFormat,
    stream: record.stream,
    status: record.status,
    outcome: record.outcome,
    durationMs: record.durationMs,
    attempts: record.attempts,
    tokensIn: record.tokensInput,
    tokensOut: record.tokensOutput,
    tokensCached: record.tokensCacheRead,
    tokensReasoning: record.tokensReasoning,
    isEstimated: record.isEstimated,
    cost: record.costUsd,
    losses: [...record.losses],
    ...compact({ connectionId, comboName, apiKeyId, apiKeyName, client, targetFormat, servedFrom, errorCode }),
    ...compact({
      account: connectionId === undefined ? undefined : names.get(connectionId),
      error: record.errorMessage,
      firstContentMs: record.firstContentMs,
      saved: record.savedUsd,
      proxy: record.proxy,
    }),
  };
}

/** A request whose only attempt succeeded keeps no list of its own. */
function attemptsOf(record: UsageRecord): z.output<typeof attempt>[] {
  if (record.attemptLog !== undefined) return record.attemptLog.map((one) => ({ ...one }));
  if (record.provider === '' || record.attempts === 0) return [];
  const { provider, model, connectionId, durationMs } = record;
  return [{ provider, model, ...compact({ connectionId }), startedAfterMs: 0, durationMs, outcome: 'ok' }];
}

/** `date-time | model | PROVIDER | account | in | out | status`. */
function linesOf(services: ManagementServices): z.output<typeof lines> {
  const names = accountNames(services);
  return {
    lines: services.store.usage.recent(LINES).map((record) => {
      const { startedAtMs, model, requestedModel, provider, connectionId, tokensInput, tokensOutput, status } = record;
      const account = names.get(connectionId ?? '') ?? '-';
      const parts = [
        model || requestedModel,
        provider.toUpperCase() || '-',
        account,
        tokensInput,
        tokensOutput,
        status,
      ];
      return [isoTime(startedAtMs), ...parts].join(' | ');
    }),
  };
}
