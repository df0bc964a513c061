/** The request log as a file, under `/api/usage/export`: CSV for spreadsheets, or JSON. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { compact } from '../base/json.ts';
import { lastDays, localDay, machineTimeZone } from '../base/time-zone.ts';
import type { UsageRecord } from '../store/records.ts';
import { type AccountNames, accountNames } from './account-names.ts';
import { DATE_PREFIX, dateShape, rangeShape } from './analytics.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';
import { isoTime } from './shapes.ts';

/** The newest so many of the range: a file of some ten megabytes. */
const ROWS_MAX = 50_000;
const PAGE = 500;
const DAY_MS = 86_400_000;
/** Older requests are not kept: the most that `retentionDays` may be. */
const DAYS_MAX = 3_650;
const RANGE_DAYS = { '1d': 1, '7d': 7, '30d': 30, '90d': 90, mtd: 31, ytd: 366, all: 3_650 } as const;

type Cell = string | number | boolean | null;
const COLUMNS: Readonly<Record<string, (record: UsageRecord, names: AccountNames) => Cell>> = {
  timestamp: ({ startedAtMs }) => isoTime(startedAtMs),
  id: ({ id }) => id,
  requestedModel: ({ requestedModel }) => requestedModel,
  provider: ({ provider }) => provider,
  model: ({ model }) => model,
  account: ({ connectionId = '' }, names) => names.get(connectionId) ?? connectionId,
  combo: ({ comboName = '' }) => comboName,
  apiKey: ({ apiKeyName = '' }) => apiKeyName,
  client: ({ client = '' }) => client,
  endpoint: ({ endpoint }) => endpoint,
  stream: ({ stream }) => stream,
  status: ({ status }) => status,
  outcome: ({ outcome }) => outcome,
  errorCode: ({ errorCode = '' }) => errorCode,
  attempts: ({ attempts }) => attempts,
  durationMs: ({ durationMs }) => durationMs,
  firstContentMs: ({ firstContentMs = null }) => firstContentMs,
  tokensIn: ({ tokensInput }) => tokensInput,
  tokensOut: ({ tokensOutput }) => tokensOutput,
  tokensCached: ({ tokensCacheRead }) => tokensCacheRead,
  tokensReasoning: ({ tokensReasoning }) => tokensReasoning,
  costUsd: ({ costUsd }) => costUsd,
  savedUsd: ({ savedUsd = null }) => savedUsd,
};

export const usageExportContract = {
  get: oc
    .route({ method: 'GET', path: '/usage/export', summary: `The requests of a range as a file, at most ${ROWS_MAX}` })
    .input(
      z.object({
        format: z.enum(['csv', 'json']).optional(),
        range: rangeShape.optional(),
        from: dateShape.optional().describe('The first day; goes before range'),
        to: dateShape.optional().describe('The last day, included'),
      }),
    )
    .output(z.file()),
};

export const usageExportHandlers = ({ usageExport }: Handlers) => ({
  get: usageExport.get.handler(async ({ input: { format = 'csv', ...asked }, context: { services } }) => {
    const zone = services.settings.current().timeZone ?? machineTimeZone();
    const nowMs = services.clock.nowMs();
    const names = accountNames(services);
    const records = await recordsWithin(services, boundsOf(zone, asked, nowMs));
    const name = `omniroute-requests-${localDay(zone, nowMs)}.${format}`;
    const text = format === 'csv' ? toCsv(records, names) : toJson(records, names);
    return new File([text], name, { type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json' });
  }),
});

interface Asked {
  readonly range?: z.output<typeof rangeShape> | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

interface Bounds {
  readonly fromMs: number;
  /** Not included; absent: until now. */
  readonly toMs?: number;
}

function boundsOf(zone: string, { range = '30d', from, to }: Asked, nowMs: number): Bounds {
  if (from !== undefined || to !== undefined) return boundsOfDays(zone, from, to, nowMs);
  if (range === 'all') return { fromMs: 0 };
  const { startsMs } = lastDays(zone, RANGE_DAYS[range], nowMs);
  const prefix = range === 'ytd' || range === 'mtd' ? localDay(zone, nowMs).slice(0, DATE_PREFIX[range]) : '';
  const first = startsMs.find((startMs) => localDay(zone, startMs).startsWith(prefix));
  return { fromMs: first ?? 0 };
}

/** Both days included. Throws `invalid_request` when the first lies after the last. */
function boundsOfDays(zone: string, from: string | undefined, to: string | undefined, nowMs: number): Bounds {
  const [first, last] = [from?.slice(0, 10) ?? '', to?.slice(0, 10) ?? '9999-12-31'];
  if (first > last) throw new OmniError('invalid_request', 'from must not lie after to.', { path: 'from' });
  const sinceMs = Date.parse(first === '' ? last : first);
  const days = Math.min(DAYS_MAX, Math.max(0, Math.ceil((nowMs - sinceMs) / DAY_MS)) + 2);
  const { startsMs } = lastDays(zone, days, nowMs);
  const labelled = startsMs.map((startMs) => ({ startMs, label: localDay(zone, startMs) }));
  const fromMs = first === '' ? 0 : (labelled.find(({ label }) => label >= first)?.startMs ?? nowMs);
  const afterMs = labelled.find(({ label }) => label > last)?.startMs;
  return { fromMs, ...(afterMs !== undefined && { toMs: afterMs }) };
}

/** Page by page, with a turn for others in between. */
async function recordsWithin({ store }: ManagementServices, bounds: Bounds): Promise<UsageRecord[]> {
  const records: UsageRecord[] = [];
  let cursor: string | undefined;
  do {
    const page = store.usage.list({ ...bounds, limit: PAGE, ...compact({ cursor }) });
    records.push(...page.records);
    cursor = page.nextCursor;
    await nextTurn();
  } while (cursor !== undefined && records.length < ROWS_MAX);
  return records.slice(0, ROWS_MAX);
}

function toCsv(records: readonly UsageRecord[], names: AccountNames): string {
  const line = (cells: readonly Cell[]): string => cells.map(csvCell).join(',');
  const rows = records.map((record) => line(Object.values(COLUMNS).map((read) => read(record, names))));
  return `${[line(Object.keys(COLUMNS)), ...rows].join('\r\n')}\r\n`;
}

/**
 * Quoted where needed (RFC 4180). A text that a spreadsheet would take for a formula begins with an apostrophe: names of
 * models and clients come from others. https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvCell(cell: Cell): string {
  if (typeof cell !== 'string') return cell === null ? '' : String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function toJson(records: readonly UsageRecord[], names: AccountNames): string {
  const rows = records.map((record) =>
    Object.fromEntries(Object.entries(COLUMNS).map(([name, read]) => [name, read(record, names)])),
  );
  return JSON.stringify({ requests: rows });
}
