/** A row of `usage_history` and its record. */
import { asNumber, asString, compact, objectsOf } from '../../base/json.ts';
import { isFormatId, isUpstreamFormatId } from '../../model/format-id.ts';
import type { AttemptRecord, UsageRecord } from '../records.ts';
import { readJson, readOneOf, readStrings, toFlag } from './cells.ts';

export interface UsageRow {
  readonly provider: string;
  readonly model: string;
  readonly connection_id: string | null;
  readonly api_key_id: string | null;
  readonly api_key_name: string | null;
  readonly tokens_input: number;
  readonly tokens_output: number;
  readonly tokens_cache_read: number;
  readonly tokens_cache_creation: number;
  readonly tokens_reasoning: number;
  readonly cost_usd: number | null;
  readonly status: number;
  readonly timestamp: number;
  readonly request_id: string;
  readonly duration_ms: number;
  readonly first_content_ms: number | null;
  readonly requested_model: string;
  readonly combo_name: string | null;
  readonly endpoint: string;
  readonly client_format: string;
  readonly target_format: string | null;
  readonly stream: number;
  readonly attempts: number;
  readonly outcome: string;
  readonly error_code: string | null;
  readonly is_estimated: number;
  readonly losses: string | null;
  readonly saved_usd: number | null;
  readonly served_from: string | null;
  readonly client: string | null;
  readonly attempt_log: string | null;
  readonly error_message: string | null;
  readonly proxy: string | null;
}

export const USAGE_COLUMNS = [
  'provider',
  'model',
  'connection_id',
  'api_key_id',
  'api_key_name',
  'tokens_input',
  'tokens_output',
  'tokens_cache_read',
  'tokens_cache_creation',
  'tokens_reasoning',
  'cost_usd',
  'status',
  'timestamp',
  'request_id',
  'duration_ms',
  'first_content_ms',
  'requested_model',
  'combo_name',
  'endpoint',
  'client_format',
  'target_format',
  'stream',
  'attempts',
  'outcome',
  'error_code',
  'is_estimated',
  'losses',
  'saved_usd',
  'served_from',
  'client',
  'attempt_log',
  'error_message',
  'proxy',
] as const satisfies readonly (keyof UsageRow)[];

const OUTCOMES = ['ok', 'error', 'cancelled', 'cut'] as const;
const ATTEMPT_OUTCOMES = ['ok', 'error', 'cancelled', 'skipped'] as const;
const SERVED_FROM = ['cache', 'similar', 'duplicate'] as const;

/** The cells in the order of `USAGE_COLUMNS`. Durations are rounded to whole milliseconds. */
export function usageCells(record: UsageRecord): readonly (string | number | null)[] {
  return [
    record.provider,
    record.model,
    record.connectionId ?? null,
    record.apiKeyId ?? null,
    record.apiKeyName ?? null,
    record.tokensInput,
    record.tokensOutput,
    record.tokensCacheRead,
    record.tokensCacheCreation,
    record.tokensReasoning,
    record.costUsd,
    record.status,
    Math.round(record.startedAtMs),
    record.id,
    Math.round(record.durationMs),
    record.firstContentMs === undefined ? null : Math.round(record.firstContentMs),
    record.requestedModel,
    record.comboName ?? null,
    record.endpoint,
    record.clientFormat,
    record.targetFormat ?? null,
    toFlag(record.stream),
    record.attempts,
    record.outcome,
    record.errorCode ?? null,
    toFlag(record.isEstimated),
    record.losses.length === 0 ? null : JSON.stringify(record.losses),
    record.savedUsd ?? null,
    record.servedFrom ?? null,
    record.client ?? null,
    record.attemptLog === undefined ? null : JSON.stringify(record.attemptLog),
    record.errorMessage ?? null,
    record.proxy ?? null,
  ];
}

/** Throws `internal` when a cell cannot be read. */
export function usageRecord(row: UsageRow): UsageRecord {
  const place = { table: 'usage_history', id: row.request_id };
  return compact({
    id: row.request_id,
    startedAtMs: row.timestamp,
    durationMs: row.duration_ms,
    firstContentMs: row.first_content_ms ?? undefined,
    requestedModel: row.requested_model,
    provider: row.provider,
    model: row.model,
    connectionId: row.connection_id ?? undefined,
    comboName: row.combo_name ?? undefined,
    apiKeyId: row.api_key_id ?? undefined,
    apiKeyName: row.api_key_name ?? undefined,
    endpoint: row.endpoint,
    clientFormat: formatOf(row.client_format),
    targetFormat: row.target_format === null ? undefined : targetFormatOf(row.target_format),
    stream: row.stream !== 0,
    attempts: row.attempts,
    status: row.status,
    outcome: readOneOf(OUTCOMES, row.outcome, { ...place, column: 'outcome' }),
    errorCode: row.error_code ?? undefined,
    tokensInput: row.tokens_input,
    tokensOutput: row.tokens_output,
    tokensCacheRead: row.tokens_cache_read,
    tokensCacheCreation: row.tokens_cache_creation,
    tokensReasoning: row.tokens_reasoning,
    isEstimated: row.is_estimated !== 0,
    costUsd: row.cost_usd,
    losses: row.losses === null ? [] : readStrings(row.losses, { ...place, column: 'losses' }),
    savedUsd: row.saved_usd ?? undefined,
    servedFrom: SERVED_FROM.find((from) => from === row.served_from),
    client: row.client ?? undefined,
    attemptLog: row.attempt_log === null ? undefined : readAttempts(row.attempt_log, place),
    errorMessage: row.error_message ?? undefined,
    proxy: row.proxy ?? undefined,
  });
}

function readAttempts(text: string, place: { readonly table: string; readonly id: string }): readonly AttemptRecord[] {
  return objectsOf(readJson(text, { ...place, column: 'attempt_log' })).map((entry) =>
    compact({
      provider: asString(entry['provider']) ?? '',
      model: asString(entry['model']) ?? '',
      connectionId: asString(entry['connectionId']),
      startedAfterMs: asNumber(entry['startedAfterMs']) ?? 0,
      durationMs: asNumber(entry['durationMs']) ?? 0,
      outcome: ATTEMPT_OUTCOMES.find((outcome) => outcome === entry['outcome']) ?? 'error',
      errorCode: asString(entry['errorCode']),
      message: asString(entry['message']),
      proxy: asString(entry['proxy']),
    }),
  );
}

function formatOf(value: string): UsageRecord['clientFormat'] {
  return isFormatId(value) ? value : 'other';
}

function targetFormatOf(value: string): UsageRecord['targetFormat'] {
  return isUpstreamFormatId(value) ? value : 'other';
}
