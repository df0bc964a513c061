/**
 * A year of plausible requests, written fast into a store: working days busier than weekends, evenings than nights, more
 * towards the end; several providers, some of them flat rates; clients, keys, failures, falls to another provider. The
 * same options give the same rows.
 */
import { compact } from '../../core/base/json.ts';
import type { AttemptRecord, UsageRecord } from '../../core/store/records.ts';
import type { Store } from '../../core/store/store.ts';

export interface SeedOptions {
  /** How many requests. */
  readonly requests: number;
  /** The newest is a moment before this. */
  readonly nowMs: number;
  /** Default: 365. */
  readonly days?: number;
  /** Connections to name, by provider; default: `<provider>-1` and `-2`. */
  readonly connections?: Readonly<Record<string, readonly string[]>>;
  /** Default: `key_1` to `key_4`. */
  readonly apiKeys?: readonly { readonly id: string; readonly name: string }[];
  /** Another number gives other rows. */
  readonly seed?: number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const BATCH = 2_000;

interface SeedModel {
  readonly provider: string;
  readonly model: string;
  readonly weight: number;
  /** US dollars for a million tokens in and out; null: unknown. */
  readonly price: readonly [number, number] | null;
  /** Paid by the month: requests cost nothing. */
  readonly isFlat?: boolean;
  /** Of a whole answer. */
  readonly typicalMs: number;
}

export const SEED_MODELS: readonly SeedModel[] = [
  { provider: 'claude', model: 'claude-opus-4-5', weight: 22, price: [5, 25], isFlat: true, typicalMs: 9_000 },
  { provider: 'claude', model: 'claude-sonnet-4-5', weight: 18, price: [3, 15], isFlat: true, typicalMs: 6_000 },
  { provider: 'codex', model: 'gpt-5-codex', weight: 14, price: [1.25, 10], isFlat: true, typicalMs: 8_000 },
  { provider: 'openai', model: 'gpt-5', weight: 10, price: [1.25, 10], typicalMs: 7_000 },
  { provider: 'openai', model: 'gpt-5-mini', weight: 8, price: [0.25, 2], typicalMs: 3_000 },
  { provider: 'gemini', model: 'gemini-2.5-pro', weight: 7, price: [1.25, 10], typicalMs: 6_500 },
  { provider: 'gemini', model: 'gemini-2.5-flash', weight: 6, price: [0.3, 2.5], typicalMs: 2_500 },
  { provider: 'deepseek', model: 'deepseek-chat', weight: 6, price: [0.28, 0.42], typicalMs: 5_000 },
  { provider: 'groq', model: 'llama-3.3-70b-versatile', weight: 4, price: [0.59, 0.79], typicalMs: 900 },
  { provider: 'qwen', model: 'qwen3-coder-plus', weight: 3, price: [1, 5], isFlat: true, typicalMs: 4_500 },
  { provider: 'ollama', model: 'qwen3:30b', weight: 2, price: null, typicalMs: 12_000 },
];
const CLIENTS = [
  { value: 'claude-cli', weight: 45 },
  { value: 'codex_cli_rs', weight: 20 },
  { value: 'Cursor', weight: 12 },
  { value: 'Cline', weight: 10 },
  { value: 'opencode', weight: 7 },
  { value: 'OpenAI/Python', weight: 6 },
];
const KEYS = ['Laptop', 'Workstation', 'CI', 'Phone'].map((name, at) => ({ id: `key_${at + 1}`, name }));
const FAILURES = [
  { value: { errorCode: 'upstream_rate_limited', status: 429 }, weight: 5 },
  { value: { errorCode: 'upstream_overloaded', status: 503 }, weight: 3 },
  { value: { errorCode: 'upstream_timeout', status: 504 }, weight: 2 },
  { value: { errorCode: 'upstream_bad_request', status: 400 }, weight: 2 },
];
/** How busy the hours of a day are, from midnight in UTC. */
const HOURS = [2, 1, 1, 1, 1, 2, 4, 9, 14, 17, 18, 15, 12, 16, 18, 17, 15, 11, 9, 8, 8, 7, 5, 3];
const CHOSEN_HOURS = HOURS.map((weight, value) => ({ value, weight }));
const CHOSEN_MODELS = SEED_MODELS.map((value) => ({ value, weight: value.weight }));

/** Writes them; resolves when all are durable. */
export async function seedYear(store: Pick<Store, 'usage'>, options: SeedOptions): Promise<void> {
  const random = randomFrom(options.seed ?? 1);
  let batch: UsageRecord[] = [];
  const write = async (): Promise<void> => {
    await Promise.all(batch.map((record) => store.usage.append(record)));
    batch = [];
  };
  let index = 0;
  for (const { startMs, count } of daysOf(options)) {
    const times = Array.from({ length: count }, () => timeIn(startMs, options.nowMs, random)).sort((a, b) => a - b);
    for (const startedAtMs of times) {
      batch.push(recordAt(startedAtMs, index, options, random));
      index += 1;
      if (batch.length === BATCH) await write();
    }
  }
  await write();
}

/** The days, oldest first, with their parts of the requests. */
function daysOf({ requests, nowMs, days = 365 }: SeedOptions): { startMs: number; count: number }[] {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const weights = Array.from({ length: days }, (_unused, at) => {
    const weekday = new Date(today - (days - 1 - at) * DAY_MS).getUTCDay();
    return (weekday === 0 || weekday === 6 ? 0.35 : 1) * (0.5 + at / days);
  });
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let [given, reached] = [0, 0];
  return weights.map((weight, at) => {
    reached += (weight / total) * requests;
    const count = Math.round(reached) - given;
    given += count;
    return { startMs: today - (days - 1 - at) * DAY_MS, count };
  });
}

function timeIn(startMs: number, nowMs: number, random: Random): number {
  const hour = choose(CHOSEN_HOURS, random);
  const atMs = Math.floor(startMs + hour * HOUR_MS + random() * HOUR_MS);
  return atMs < nowMs ? atMs : Math.floor(startMs + random() * (nowMs - startMs - 1));
}

function recordAt(startedAtMs: number, index: number, options: SeedOptions, random: Random): UsageRecord {
  const { provider, model, price, isFlat, typicalMs } = choose(CHOSEN_MODELS, random);
  const connections = options.connections?.[provider] ?? [`${provider}-1`, `${provider}-2`];
  const key = pick(options.apiKeys ?? KEYS, random);
  const connectionId = pick(connections, random);
  const failure = random() < 0.03 ? choose(FAILURES, random) : undefined;
  const durationMs = Math.round(typicalMs * (0.3 + 2.2 * random() ** 3 + random() * 0.7));
  const isFallen = random() < 0.02;
  const failed = compact({ errorCode: failure?.errorCode, errorMessage: failure && 'The provider did not answer.' });
  return {
    id: `seed-${options.seed ?? 1}-${index}`,
    ...{ startedAtMs, durationMs, provider, model },
    ...compact({ connectionId, apiKeyId: key?.id, apiKeyName: key?.name, client: choose(CLIENTS, random) }),
    ...(failure === undefined && { firstContentMs: Math.round(durationMs * (0.1 + random() * 0.3)) }),
    requestedModel: `${provider}/${model}`,
    ...(random() < 0.25 && { comboName: 'always-on' }),
    endpoint: '/v1/messages',
    clientFormat: 'anthropic-messages',
    targetFormat: 'openai-chat',
    stream: random() < 0.9,
    status: failure?.status ?? 200,
    outcome: failure === undefined ? 'ok' : 'error',
    ...failed,
    ...usageOf(failure === undefined, { price, isFlat: isFlat === true }, random),
    isEstimated: false,
    losses: [],
    attempts: isFallen ? 2 : 1,
    ...(isFallen && { attemptLog: fallen({ provider, model, durationMs, connectionId: connectionId ?? '' }) }),
  };
}

function usageOf(isOk: boolean, { price, isFlat }: { price: SeedModel['price']; isFlat: boolean }, random: Random) {
  const tokensInput = Math.round(500 + 60_000 * random() ** 4);
  const tokensOutput = isOk ? Math.round(20 + 3_000 * random() ** 3) : 0;
  const listUsd = price === null ? null : (tokensInput * price[0] + tokensOutput * price[1]) / 1e6;
  return {
    ...{ tokensInput, tokensOutput, tokensCacheCreation: 0 },
    tokensCacheRead: random() < 0.6 ? Math.round(tokensInput * 0.7) : 0,
    tokensReasoning: Math.round(tokensOutput * 0.2),
    costUsd: isFlat ? 0 : listUsd,
    ...(isFlat && listUsd !== null && { savedUsd: listUsd }),
  };
}

/** The first attempt, at another provider, failed. */
function fallen(last: { provider: string; model: string; durationMs: number; connectionId: string }): AttemptRecord[] {
  const first = { provider: 'openai', model: 'gpt-5', connectionId: 'openai-1', startedAfterMs: 0, durationMs: 120 };
  return [
    { ...first, outcome: 'error', errorCode: 'upstream_rate_limited', message: 'Rate limit reached.' },
    { ...last, startedAfterMs: 121, outcome: 'ok' },
  ];
}

type Random = () => number;

/** Mulberry32: 32 bits of state, the same numbers for the same seed. */
function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(values: readonly T[], random: Random): T | undefined {
  return values[Math.floor(random() * values.length)];
}

function choose<T>(options: readonly { readonly value: T; readonly weight: number }[], random: Random): T {
  let left = random() * options.reduce((sum, { weight }) => sum + weight, 0);
  for (const { value, weight } of options) {
    left -= weight;
    if (left < 0) return value;
  }
  const last = options.at(-1);
  if (last === undefined) throw new Error('There is nothing to choose from.');
  return last.value;
}
