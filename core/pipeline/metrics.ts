/**
 * Figures for Prometheus, counted while `enableMetrics` is on; prom-client is loaded when the first is counted or asked
 * for. Where OpenTelemetry has a name for generative AI, it is used, in Prometheus' spelling: names and buckets as of
 * semantic-conventions 1.43.0 (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/), which are still in
 * development there. The number of labels is bounded: what comes late counts as `other`.
 */
import type { Counter, Histogram, Registry } from 'prom-client';
import type { Resilience } from '../routing/resilience.ts';
import type { AttemptRecord, UsageRecord } from '../store/records.ts';
import type { RequestWatch } from './ledger.ts';

export interface Metrics extends RequestWatch {
  /** Prometheus' text. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
}

export interface MetricsPorts {
  isEnabled(): boolean;
  activeRequests(): number;
  readonly resilience: Pick<Resilience, 'view'>;
  readonly version: string;
}

const PROVIDERS_MAX = 100;
const MODELS_MAX = 300;
/** Requests that end while prom-client is being loaded. */
const PENDING_MAX = 1_000;
const OTHER = 'other';
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864];
const BREAKER_STATES = { CLOSED: 0, HALF_OPEN: 1, OPEN: 2 } as const;

export function createMetrics(ports: MetricsPorts): Metrics {
  let instruments: Promise<Instruments> | undefined;
  let loaded: Instruments | undefined;
  let pending: UsageRecord[] = [];
  const load = (): Promise<Instruments> => {
    instruments ??= import('prom-client').then((client) => {
      loaded = openInstruments(client, ports);
      for (const record of pending) loaded.count(record);
      pending = [];
      return loaded;
    });
    return instruments;
  };
  return {
    began: () => undefined,
    routed: () => undefined,
    ended(_ledger, record) {
      if (!ports.isEnabled()) return;
      if (loaded !== undefined) loaded.count(record);
      else if (pending.length < PENDING_MAX) {
        pending.push(record);
        void load();
      }
    },
    async render() {
      const { registry } = await load();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}

interface Instruments {
  readonly registry: Registry;
  count(record: UsageRecord): void;
}

type PromClient = typeof import('prom-client');

function openInstruments(client: PromClient, ports: MetricsPorts): Instruments {
  const registry = new client.Registry();
  openGauges(client, registry, ports);
  const counters = openCounters(client, registry);
  const histograms = openHistograms(client, registry);
  const names = boundedNames();
  return {
    registry,
    count(record) {
      const provider = names.provider(record.provider);
      const model = names.model(provider, record.model);
      countRequest(counters, record, { provider, model });
      for (const { provider: tried, outcome } of attemptsOf(record))
        counters.attempts.inc({ provider: names.provider(tried), outcome });
      observeTimes(histograms, record, provider);
    },
  };
}

interface Counters {
  readonly requests: Counter;
  readonly tokens: Counter;
  readonly cost: Counter;
  readonly saved: Counter;
  readonly attempts: Counter;
  readonly fallbacks: Counter;
}

function openCounters({ Counter }: PromClient, registry: Registry): Counters {
  const counter = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name, help, labelNames, registers: [registry] });
  return {
    requests: counter('omniroute_requests_total', 'Requests that ended', ['provider', 'model', 'outcome']),
    tokens: counter('omniroute_tokens_total', 'Tokens by kind; cache kinds are part of input, reasoning of output', [
      ...['provider', 'model', 'kind'],
    ]),
    cost: counter('omniroute_cost_usd_total', 'What requests cost, in US dollars', ['provider', 'model']),
    saved: counter('omniroute_saved_usd_total', 'What flat rates spared, in US dollars', ['provider', 'model']),
    attempts: counter('omniroute_attempts_total', 'Attempts at providers, and targets passed over', [
      ...['provider', 'outcome'],
    ]),
    fallbacks: counter('omniroute_fallbacks_total', 'Requests that needed more than one attempt', ['outcome']),
  };
}

interface Histograms {
  readonly duration: Histogram;
  readonly firstChunk: Histogram;
  readonly tokenUsage: Histogram;
}

function openHistograms({ Histogram }: PromClient, registry: Registry): Histograms {
  const labels = ['gen_ai_operation_name', 'gen_ai_provider_name'];
  const histogram = (name: string, help: string, buckets: number[], labelNames: string[]): Histogram =>
    new Histogram({ name, help, buckets, labelNames, registers: [registry] });
  return {
    duration: histogram(
      'gen_ai_client_operation_duration_seconds',
      'From the request to the end of its answer',
      SECONDS,
      [...labels, 'error_type'],
    ),
    firstChunk: histogram(
      'gen_ai_client_operation_time_to_first_chunk_seconds',
      'From the request to the first content of a stream',
      SECONDS,
      labels,
    ),
    tokenUsage: histogram('gen_ai_client_token_usage', 'Tokens of a request', TOKENS, [...labels, 'gen_ai_token_type']),
  };
}

/** Read when they are asked for. */
function openGauges({ Gauge }: PromClient, registry: Registry, ports: MetricsPorts): void {
  const registers = [registry];
  const { view } = ports.resilience;
  new Gauge({ name: 'omniroute_build_info', help: 'The version that runs', labelNames: ['version'], registers }).set(
    { version: ports.version },
    1,
  );
  new Gauge({
    ...{ name: 'omniroute_active_requests', help: 'Requests under way', registers },
    collect() {
      this.set(ports.activeRequests());
    },
  });
  new Gauge({
    ...{ name: 'omniroute_cooldowns', help: 'Accounts and models that rest', labelNames: ['provider'], registers },
    collect() {
      this.reset();
      for (const { provider } of view.cooldowns()) this.inc({ provider });
    },
  });
  new Gauge({
    ...{ name: 'omniroute_breaker_state', help: '0 closed, 1 half open, 2 open', labelNames: ['provider'], registers },
    collect() {
      this.reset();
      for (const { name, state } of view.breakers()) this.set({ provider: name }, BREAKER_STATES[state]);
    },
  });
  new Gauge({
    ...{ name: 'process_resident_memory_bytes', help: 'Resident memory', registers },
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    ...{ name: 'nodejs_heap_size_used_bytes', help: 'Heap in use', registers },
    collect() {
      this.set(process.memoryUsage().heapUsed);
    },
  });
  new Gauge({ name: 'process_start_time_seconds', help: 'When the process began, since the epoch', registers }).set(
    Math.round(Date.now() / 1_000 - process.uptime()),
  );
}

interface Place {
  readonly provider: string;
  readonly model: string;
}

function countRequest(counters: Counters, record: UsageRecord, place: Place): void {
  counters.requests.inc({ ...place, outcome: record.outcome });
  const kinds = {
    input: record.tokensInput,
    output: record.tokensOutput,
    cache_read: record.tokensCacheRead,
    cache_creation: record.tokensCacheCreation,
    reasoning: record.tokensReasoning,
  };
  for (const [kind, count] of Object.entries(kinds)) if (count > 0) counters.tokens.inc({ ...place, kind }, count);
  if ((record.costUsd ?? 0) > 0) counters.cost.inc({ ...place }, record.costUsd ?? 0);
  if ((record.savedUsd ?? 0) > 0) counters.saved.inc({ ...place }, record.savedUsd ?? 0);
  if (record.attempts > 1) counters.fallbacks.inc({ outcome: record.outcome });
}

function observeTimes(histograms: Histograms, record: UsageRecord, provider: string): void {
  const labels = {
    gen_ai_operation_name: record.endpoint.includes('embeddings') ? 'embeddings' : 'chat',
    gen_ai_provider_name: provider,
  };
  histograms.duration.observe({ ...labels, error_type: record.errorCode ?? '' }, record.durationMs / 1_000);
  if (record.stream && record.firstContentMs !== undefined)
    histograms.firstChunk.observe(labels, record.firstContentMs / 1_000);
  if (record.outcome !== 'ok') return;
  histograms.tokenUsage.observe({ ...labels, gen_ai_token_type: 'input' }, record.tokensInput);
  histograms.tokenUsage.observe({ ...labels, gen_ai_token_type: 'output' }, record.tokensOutput);
}

function attemptsOf({
  attemptLog,
  attempts,
  provider,
  outcome,
}: UsageRecord): readonly Pick<AttemptRecord, 'provider' | 'outcome'>[] {
  if (attemptLog !== undefined) return attemptLog;
  return attempts === 0 ? [] : [{ provider, outcome: outcome === 'cut' ? 'error' : outcome }];
}

/** Names as labels, so many of them as there may be. */
function boundedNames() {
  const [providers, models] = [new Set<string>(), new Set<string>()];
  const bounded = (known: Set<string>, key: string, name: string, limit: number): string => {
    if (!known.has(key) && known.size >= limit) return OTHER;
    known.add(key);
    return name;
  };
  return {
    provider: (name: string): string => bounded(providers, name, name, PROVIDERS_MAX),
    model: (provider: string, name: string): string => bounded(models, `${provider}/${name}`, name, MODELS_MAX),
  };
}
