/**
 * Shows 2: the guide's "always-on" combo under chaos. Five upstreams fail in turn, each in every way, while clients of all
 * streaming protocols go on asking. OMNIROUTE_CHAOS_SECONDS=60 runs it for as long as the issue asks.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectsOf } from '../../core/base/json.ts';
import {
  type Call,
  type ChaosUpstream,
  type Mood,
  RETRY_AFTER_S,
  startChaosUpstream,
} from '../support/chaos-upstream.ts';
import { startCore, type TestCore } from '../support/core.ts';
import { watchDecisions } from '../support/decisions.ts';

const SECONDS = Number(process.env['OMNIROUTE_CHAOS_SECONDS'] ?? '15');
const CLIENTS = 64;
const TURNS = 15;
/** How many of the five fail at the same time. */
const FAILING = 3;
const NAMES = ['one', 'two', 'three', 'four', 'five'];
const MOODS: readonly Mood[] = [
  '429 with Retry-After',
  '429 without a hint',
  '500',
  'hang before the headers',
  'cut after the headers',
  'garbage',
  'slow loris',
  'hang after the headers',
];
/** Shorter than the defaults, so that breakers open, probe and open again within the run. */
const PROFILE = {
  transientCooldown: 300,
  rateLimitCooldown: 0,
  maxBackoffLevel: 3,
  circuitBreakerThreshold: 2,
  circuitBreakerReset: 1_000,
};
const FIRST_CONTENT_MS = 400;
/** From a decision to its arrival, and from an answer to its being read, beside standstills of the process. */
const FIRST_LAG_MS = 100;

let core: TestCore;
let upstreams: ChaosUpstream[];

beforeAll(async () => {
  core = await startCore();
  upstreams = await Promise.all(NAMES.map((name) => startChaosUpstream(name)));
  for (const { name, url } of upstreams) await core.addNode({ prefix: name, baseUrl: url });
  const models = NAMES.map((name) => `${name}/m`);
  const config = { timeoutMs: FIRST_CONTENT_MS };
  await core.manage('PATCH', '/api/resilience', { profiles: { apikey: PROFILE } });
  await core.manage('POST', '/api/combos', { name: 'always-on', models, strategy: 'priority', config });
});
afterAll(async () => {
  await core.stop();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});

const hi = [{ role: 'user', content: 'hi' }];
/** How each protocol's stream ends when it ends well. */
const PROTOCOLS = [
  { path: '/v1/chat/completions', body: { model: 'always-on', messages: hi }, end: /data: \[DONE\]\s*$/ },
  { path: '/v1/responses', body: { model: 'always-on', input: 'hi' }, end: /event: response\.completed\n/ },
  { path: '/v1/messages', body: { model: 'always-on', max_tokens: 99, messages: hi }, end: /event: message_stop\n/ },
  {
    path: '/v1beta/models/always-on:streamGenerateContent?alt=sse',
    body: { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] },
    end: /"finishReason":"STOP"/,
  },
  { path: '/api/chat', body: { model: 'always-on', messages: hi }, end: /"done":true/ },
] as const;

interface Outcome {
  /** How the upstream fails that was struck last when the request began. */
  readonly mood: Mood;
  readonly status: number;
  readonly endedWell: boolean;
  readonly firstMs: number;
  readonly attempts: number;
  readonly text: string;
}

async function ask(number: number, mood: Mood): Promise<Outcome> {
  const { path, body, end } = PROTOCOLS[number % PROTOCOLS.length] ?? PROTOCOLS[0];
  const startedMs = performance.now();
  const response = await core.post(path, { ...body, stream: true });
  let firstMs = 0;
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    firstMs ||= performance.now() - startedMs;
    text += decoder.decode(chunk, { stream: true });
  }
  const pieces = new Set(text.match(/(?:one|two|three|four|five)-\d/g));
  return {
    mood,
    status: response.status,
    endedWell: end.test(text) && pieces.size === 5,
    firstMs,
    attempts: Number(response.headers.get('x-omniroute-attempts')),
    text,
  };
}

/**
 * Seen from outside: calls that arrive while the upstream's own Retry-After holds. What was decided before the gateway had
 * read it may arrive later by as much as the process stood still, no more.
 */
function callsWhileTold({ calls }: ChaosUpstream, lagMs: number): readonly Call[] {
  const told = calls.filter(({ mood }) => mood === '429 with Retry-After');
  return calls.filter(({ atMs }) =>
    told.some((limit) => atMs > limit.atMs + lagMs && atMs < limit.atMs + RETRY_AFTER_S * 1_000),
  );
}

/** Fails three of the five at a time, each turn in another manner, until it is ended. */
function beginChaos(turnMs: number): { mood(): Mood; end(): void } {
  let failing: ChaosUpstream[] = [];
  let turn = -1;
  const moodNow = (): Mood => MOODS[turn % MOODS.length] ?? '500';
  const strike = (): void => {
    turn += 1;
    // Where the work is done: the one called last fails, for as many turns as there are to fail at once.
    const struck = lastCalled(upstreams);
    failing = [struck, ...failing.filter((upstream) => upstream !== struck)].slice(0, FAILING);
    struck.mood = moodNow();
    for (const upstream of upstreams) if (!failing.includes(upstream)) upstream.mood = 'ok';
  };
  strike();
  const timer = setInterval(strike, turnMs);
  return { mood: moodNow, end: () => clearInterval(timer) };
}

/** Until the first content, at the median and the 95th of a hundred: of requests that one upstream answered, and what more the others waited. */
function addedLatency(outcomes: readonly Outcome[]): string {
  const at = (list: readonly Outcome[], part: number): number =>
    list.map(({ firstMs }) => firstMs).sort((a, b) => a - b)[Math.floor(list.length * part)] ?? Number.NaN;
  const direct = outcomes.filter(({ attempts }) => attempts === 1);
  const [half, most] = [at(direct, 0.5), at(direct, 0.95)];
  const lines = MOODS.map((mood) => {
    const fallen = outcomes.filter((one) => one.mood === mood && one.attempts > 1);
    const added = [at(fallen, 0.5) - half, at(fallen, 0.95) - most].map((ms) => ms.toFixed(0)).join('/');
    return `  ${mood}: ${fallen.length} fell over, added ${added} ms\n`;
  });
  return `${outcomes.length} requests, first content p50/p95 ${half.toFixed(0)}/${most.toFixed(0)} ms\n${lines.join('')}`;
}

function lastCalled(all: readonly ChaosUpstream[]): ChaosUpstream {
  const calledAtMs = ({ calls }: ChaosUpstream): number => calls.at(-1)?.atMs ?? 0;
  return all.reduce((latest, one) => (calledAtMs(one) > calledAtMs(latest) ? one : latest));
}

it(
  `${CLIENTS} clients for ${SECONDS} s: none fails while any upstream is well, and none that rests is called`,
  async () => {
    const nodes = objectsOf((await core.manage('GET', '/api/provider-nodes'))['nodes']);
    const decisions = watchDecisions(core.core.events);
    const stalls = monitorEventLoopDelay({ resolution: 5 });
    stalls.enable();
    const endsMs = Date.now() + SECONDS * 1_000;
    const outcomes: Outcome[] = [];
    const chaos = beginChaos((SECONDS * 1_000) / TURNS);
    const clients = Array.from({ length: CLIENTS }, async (_unused, number) => {
      while (Date.now() < endsMs) outcomes.push(await ask(number, chaos.mood()));
    });
    await Promise.all(clients);
    chaos.end();
    stalls.disable();

    const failed = outcomes.filter(({ status, endedWell }) => status !== 200 || !endedWell);
    const fallen = outcomes.filter(({ attempts }) => attempts > 1);
    process.stdout.write(
      `${addedLatency(outcomes)}${decisions.rests} rests, ${decisions.probes} probes, ` +
        `longest standstill ${(stalls.max / 1e6).toFixed(0)} ms\n`,
    );
    expect(failed.slice(0, 3).map(({ status, text }) => [status, text.slice(-500)])).toEqual([]);
    expect(outcomes.length).toBeGreaterThan(CLIENTS);
    expect(fallen.length).toBeGreaterThan(0);
    expect(new Set(upstreams.flatMap(({ calls }) => calls.map(({ mood }) => mood)))).toEqual(new Set(['ok', ...MOODS]));
    // Inside: what was decided, in the order in which it was, against the rests of that moment.
    expect(decisions.strays).toEqual([]);
    expect(decisions.rests).toBeGreaterThan(0);
    expect(decisions.probes).toBeGreaterThan(0);
    for (const { name, calls } of upstreams) {
      const id = String(nodes.find((node) => node['prefix'] === name)?.['id']);
      expect(calls.length, `calls of ${name} that nobody decided on`).toBeLessThanOrEqual(decisions.calls.get(id) ?? 0);
      expect(calls.length).toBeGreaterThan(0);
    }
    // Outside: an upstream that asked for a second of rest gets it.
    const lagMs = FIRST_LAG_MS + 2 * (stalls.max / 1e6);
    expect(upstreams.some(({ calls }) => calls.some(({ mood }) => mood === '429 with Retry-After'))).toBe(true);
    expect(upstreams.flatMap((upstream) => callsWhileTold(upstream, lagMs))).toEqual([]);
  },
  (SECONDS + 30) * 1_000,
);
