/** From samples to rows, and from rows to a table a person reads: every ratio stands beside its aim. */
import type { CacheHits } from './cache-hits.ts';
import type { JobResult } from './load.ts';
import { median } from './measure.ts';
import type { Figure, Scenario } from './scenarios.ts';

export interface Measured extends JobResult {
  /** Per request. */
  readonly cpuMs: number;
}

/** One round of one scenario. */
export interface Sample {
  readonly passThrough: Measured;
  readonly gateway: Measured;
  readonly full?: Measured;
}

export interface Row {
  readonly scenario: string;
  readonly way: string;
  /** Gateway over pass-through; medians of the rounds' own ratios. */
  readonly ratios: Readonly<Record<Figure, number>>;
  /** CPU of the gateway with a full database over the one without, where measured. */
  readonly fullOverEmpty?: { readonly cpu: number; readonly latency: number };
  readonly gateway: { readonly cpuMs: number; readonly latencyMs: number; readonly perSecond: number };
  readonly passThrough: { readonly cpuMs: number; readonly latencyMs: number; readonly perSecond: number };
  readonly aims: readonly { readonly figure: Figure; readonly limit: number; readonly reached: boolean }[];
  readonly failed: number;
  readonly firstFailure?: string;
}

export interface Report {
  readonly rows: readonly Row[];
  readonly cacheHits: readonly CacheHits[];
  readonly rounds: number;
  readonly coldStartMs: number;
  readonly memoryMb: {
    readonly before: number;
    readonly after500Streams: number;
    readonly after: number;
    readonly fullAfter?: number;
  };
  readonly failedRequests: number;
  readonly loadAverage: { readonly before: readonly number[]; readonly after: readonly number[] };
  readonly processors: number;
  readonly seconds: number;
}

const CACHE_HIT_AIM_MS = 2;
const COLD_START_AIM_MS = 600;
const MEMORY_AIM_MB = 150;
const FULL_AIM = 1.1;

/** The medians of a scenario's rounds. */
export function summarise(scenario: Scenario, samples: readonly Sample[]): Row {
  const over = (figure: (measured: Measured) => number): number =>
    median(samples.map(({ gateway, passThrough }) => figure(gateway) / figure(passThrough)));
  const ratios: Record<Figure, number> = {
    cpu: over(({ cpuMs }) => cpuMs),
    latency: over(({ latencyMs }) => latencyMs),
    throughput: over(perSecond),
    'chunk-rate': scenario.job.chunks > 0 ? over(({ chunksPerSecond }) => chunksPerSecond) : Number.NaN,
    'first-byte-added-ms': median(
      samples.map(({ gateway, passThrough }) => gateway.firstByteMs - passThrough.firstByteMs),
    ),
  };
  const all = samples.flatMap(({ passThrough, gateway, full }) => [
    passThrough,
    gateway,
    ...(full === undefined ? [] : [full]),
  ]);
  const firstFailure = all.find((measured) => measured.firstFailure !== undefined)?.firstFailure;
  const full = samples.flatMap((sample) =>
    sample.full === undefined ? [] : [{ full: sample.full, empty: sample.gateway }],
  );
  return {
    scenario: scenario.name,
    way: scenario.way,
    ratios,
    ...(full.length === 0
      ? {}
      : {
          fullOverEmpty: {
            cpu: median(full.map((pair) => pair.full.cpuMs / pair.empty.cpuMs)),
            latency: median(full.map((pair) => pair.full.latencyMs / pair.empty.latencyMs)),
          },
        }),
    gateway: absolute(samples.map(({ gateway }) => gateway)),
    passThrough: absolute(samples.map(({ passThrough }) => passThrough)),
    aims: scenario.aims.map(({ figure, limit }) => ({
      figure,
      limit,
      reached: isReached(figure, ratios[figure], limit),
    })),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    ...(firstFailure === undefined ? {} : { firstFailure }),
  };
}

function isReached(figure: Figure, value: number, limit: number): boolean {
  return figure === 'throughput' || figure === 'chunk-rate' ? value >= limit : value <= limit;
}

function perSecond({ requests, failed, seconds }: Measured): number {
  return (requests - failed) / seconds;
}

function absolute(list: readonly Measured[]): Row['gateway'] {
  return {
    cpuMs: median(list.map(({ cpuMs }) => cpuMs)),
    latencyMs: median(list.map(({ latencyMs }) => latencyMs)),
    perSecond: median(list.map(perSecond)),
  };
}

/** The report as text. */
export function render(report: Report): string {
  const header = [
    'scenario',
    'way',
    'CPU ×',
    'latency ×',
    'throughput ×',
    'chunks ×',
    'first byte +ms',
    'CPU ms',
    'bare ms',
    'aims',
  ];
  const rows = report.rows.map((row) => [
    row.scenario,
    row.way,
    number(row.ratios.cpu),
    number(row.ratios.latency),
    number(row.ratios.throughput),
    number(row.ratios['chunk-rate']),
    number(row.ratios['first-byte-added-ms']),
    number(row.gateway.cpuMs, 3),
    number(row.passThrough.cpuMs, 3),
    row.aims.map(aimText).join(', '),
  ]);
  return `${[
    `Gateway over a bare pass-through, medians of ${report.rounds} rounds (× is a ratio of the two, + a difference):`,
    '',
    ...table([header, ...rows]),
    '',
    ...full(report),
    ...renderCacheHits(report.cacheHits),
    '',
    aimLine('ready to serve after', report.coldStartMs, COLD_START_AIM_MS, 'ms'),
    `resident memory: ${number(report.memoryMb.before, 0)} MB before, ${number(report.memoryMb.after, 0)} MB after everything`,
    aimLine('resident memory after 500 streams', report.memoryMb.after500Streams, MEMORY_AIM_MB, 'MB'),
    aimLine('failed requests', report.failedRequests, 0, ''),
    ...report.rows.flatMap(({ scenario, way, firstFailure }) =>
      firstFailure === undefined ? [] : [`  ${scenario}, ${way}: ${firstFailure}`],
    ),
    `load average ${list(report.loadAverage.before)} before, ${list(report.loadAverage.after)} after, ${report.processors} processors; ${number(report.seconds, 0)} s`,
  ].join('\n')}\n`;
}

/** One line a client protocol. */
export function renderCacheHits(hits: readonly CacheHits[]): string[] {
  return hits.map(({ client, latencyMs, failed, isPrivate }) => {
    const isReached = latencyMs < CACHE_HIT_AIM_MS && failed === 0 && isPrivate;
    const seen = isPrivate ? 'all were hits, another key got a miss' : 'NOT all were hits, or another key got one';
    return `a hit of the answer cache, ${client}: ${number(latencyMs)} ms at the median (aim: under ${CACHE_HIT_AIM_MS}; ${isReached ? 'reached' : 'MISSED'}; ${seen}; ${failed} failed)`;
  });
}

function full({ rows }: Report): string[] {
  const measured = rows.flatMap((row) =>
    row.fullOverEmpty === undefined ? [] : [{ ...row, full: row.fullOverEmpty }],
  );
  if (measured.length === 0) return [];
  return [
    `With 1,000 connections, 1,000 combos and 100,000 recorded requests, over the gateway without (aim: at most ${FULL_AIM}):`,
    '',
    ...table([
      ['scenario', 'way', 'CPU ×', 'latency ×', ''],
      ...measured.map((row) => [
        row.scenario,
        row.way,
        number(row.full.cpu),
        number(row.full.latency),
        row.full.cpu <= FULL_AIM ? 'reached' : 'MISSED',
      ]),
    ]),
    '',
  ];
}

function aimText({ figure, limit, reached }: Row['aims'][number]): string {
  const bound = figure === 'throughput' || figure === 'chunk-rate' ? '≥' : '≤';
  return `${figure} ${bound} ${limit} ${reached ? 'reached' : 'MISSED'}`;
}

function aimLine(what: string, value: number, limit: number, unit: string): string {
  return `${what}: ${number(value, 0)} ${unit} (aim: at most ${limit}; ${value <= limit ? 'reached' : 'MISSED'})`.replace(
    '  ',
    ' ',
  );
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function number(value: number, digits = 2): string {
  return Number.isNaN(value) ? '–' : value.toFixed(digits);
}

function list(values: readonly number[]): string {
  return values.map((value) => value.toFixed(2)).join(' ');
}
