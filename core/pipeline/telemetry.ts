/**
 * How fast providers answered lately, and where the time of requests went: histograms by minute, kept for an hour. What
 * came before the start is taken from the request log, so that a restart does not empty the picture.
 */
import type { Clock } from '../base/clock.ts';
import { Histogram, type Percentiles } from '../base/histogram.ts';
import type { UsageRecord } from '../store/records.ts';
import type { UsageRepository } from '../store/store.ts';
import type { RequestWatch } from './ledger.ts';
import { PHASES, type Phase, type Spans } from './phases.ts';

/** How requests at one provider, or at all, went within the window. Times are of those that were answered to the end. */
export interface Speed {
  readonly requests: number;
  readonly failures: number;
  /** From the attempt's begin to the end of its answer. */
  readonly latency: Percentiles;
  /** From the attempt's begin to the first content; streams only. */
  readonly firstContent: Percentiles;
}

export interface TelemetrySummary extends Speed {
  readonly windowMs: number;
  readonly byProvider: Readonly<Record<string, Speed>>;
  readonly phases: Readonly<Partial<Record<Phase, Percentiles>>>;
}

export interface Telemetry extends RequestWatch {
  /** Of the last `windowMs`, from a minute to an hour. */
  summary(windowMs: number): TelemetrySummary;
}

export interface TelemetryPorts {
  readonly clock: Clock;
  readonly usage: Pick<UsageRepository, 'recent'>;
}

const MINUTE_MS = 60_000;
const MINUTES = 60;
/** Providers told apart in one minute; further ones count in the whole only. */
const PROVIDERS_MAX = 200;
/** Requests from before the start that are taken in. */
const EARLIER_MAX = 1_000;

interface Counts {
  requests: number;
  failures: number;
  readonly latency: Histogram;
  readonly firstContent: Histogram;
}

interface Slice {
  readonly minute: number;
  readonly all: Counts;
  readonly byProvider: Map<string, Counts>;
  readonly phases: Map<Phase, Histogram>;
}

export function createTelemetry({ clock, usage }: TelemetryPorts): Telemetry {
  const slices = new Map<number, Slice>();
  const openedAtMs = clock.nowMs();
  let hasEarlier = false;
  const sliceAt = (atMs: number): Slice => {
    const minute = Math.floor(atMs / MINUTE_MS);
    const kept = slices.get(minute % MINUTES);
    if (kept?.minute === minute) return kept;
    const slice: Slice = { minute, all: newCounts(), byProvider: new Map(), phases: new Map() };
    slices.set(minute % MINUTES, slice);
    return slice;
  };
  const takeEarlier = (): void => {
    hasEarlier = true;
    // Of the window that ends now: an older minute would take the slice of one that is counted already.
    const sinceMs = (Math.floor(clock.nowMs() / MINUTE_MS) - MINUTES + 1) * MINUTE_MS;
    for (const record of usage.recent(EARLIER_MAX)) {
      const endedAtMs = record.startedAtMs + record.durationMs;
      if (endedAtMs < openedAtMs && endedAtMs >= sinceMs) count(sliceAt(endedAtMs), record, recordedTimes(record));
    }
  };
  return {
    began: () => undefined,
    routed: () => undefined,
    ended(ledger, record) {
      const slice = sliceAt(clock.nowMs());
      const spans = ledger.spans();
      count(slice, record, measuredTimes(record, spans));
      for (const phase of PHASES) addTo(slice.phases, phase, spans[phase]);
    },
    summary(windowMs) {
      if (!hasEarlier) takeEarlier();
      const minutes = Math.min(MINUTES, Math.max(1, Math.ceil(windowMs / MINUTE_MS)));
      const newest = Math.floor(clock.nowMs() / MINUTE_MS);
      const within = [...slices.values()].filter(({ minute }) => minute > newest - minutes && minute <= newest);
      return { windowMs: minutes * MINUTE_MS, ...summed(within) };
    },
  };
}

interface Times {
  readonly latencyMs: number | undefined;
  readonly firstContentMs: number | undefined;
}

function measuredTimes({ stream }: UsageRecord, { connect, firstContent, stream: rest }: Spans): Times {
  if (connect === undefined || firstContent === undefined) return { latencyMs: undefined, firstContentMs: undefined };
  const untilContentMs = connect + firstContent;
  return { latencyMs: untilContentMs + (rest ?? 0), firstContentMs: stream ? untilContentMs : undefined };
}

function recordedTimes({ stream, durationMs, firstContentMs, attemptLog }: UsageRecord): Times {
  const last = attemptLog?.at(-1);
  const startedAfterMs = last?.startedAfterMs ?? 0;
  const untilContentMs = firstContentMs === undefined ? undefined : Math.max(0, firstContentMs - startedAfterMs);
  return { latencyMs: last?.durationMs ?? durationMs, firstContentMs: stream ? untilContentMs : undefined };
}

function count(slice: Slice, record: UsageRecord, times: Times): void {
  countInto(slice.all, record, times);
  const { provider } = record;
  if (provider === '') return;
  let counts = slice.byProvider.get(provider);
  if (counts === undefined) {
    if (slice.byProvider.size >= PROVIDERS_MAX) return;
    counts = newCounts();
    slice.byProvider.set(provider, counts);
  }
  countInto(counts, record, times);
}

/** A client that leaves is nobody's failure, and its time says nothing. */
function countInto(counts: Counts, { outcome }: UsageRecord, { latencyMs, firstContentMs }: Times): void {
  counts.requests += 1;
  if (outcome === 'error' || outcome === 'cut') counts.failures += 1;
  if (outcome !== 'ok') return;
  if (latencyMs !== undefined) counts.latency.add(latencyMs);
  if (firstContentMs !== undefined) counts.firstContent.add(firstContentMs);
}

function summed(slices: readonly Slice[]): Omit<TelemetrySummary, 'windowMs'> {
  const all = newCounts();
  const byProvider = new Map<string, Counts>();
  const phases = new Map<Phase, Histogram>();
  for (const slice of slices) {
    merge(all, slice.all);
    for (const [provider, counts] of slice.byProvider) {
      const sum = byProvider.get(provider) ?? newCounts();
      byProvider.set(provider, sum);
      merge(sum, counts);
    }
    for (const [phase, histogram] of slice.phases) {
      const sum = phases.get(phase) ?? new Histogram();
      phases.set(phase, sum);
      sum.merge(histogram);
    }
  }
  return {
    ...speedOf(all),
    byProvider: Object.fromEntries([...byProvider].map(([provider, counts]) => [provider, speedOf(counts)])),
    phases: Object.fromEntries([...phases].map(([phase, histogram]) => [phase, histogram.percentiles()])),
  };
}

function newCounts(): Counts {
  return { requests: 0, failures: 0, latency: new Histogram(), firstContent: new Histogram() };
}

function merge(into: Counts, other: Counts): void {
  into.requests += other.requests;
  into.failures += other.failures;
  into.latency.merge(other.latency);
  into.firstContent.merge(other.firstContent);
}

function speedOf({ requests, failures, latency, firstContent }: Counts): Speed {
  return { requests, failures, latency: latency.percentiles(), firstContent: firstContent.percentiles() };
}

function addTo(phases: Map<Phase, Histogram>, phase: Phase, valueMs: number | undefined): void {
  if (valueMs === undefined) return;
  const histogram = phases.get(phase) ?? new Histogram();
  phases.set(phase, histogram);
  histogram.add(valueMs);
}
