/**
 * `npm run bench [-- --quick] [-- --json] [-- --against <checkout>] [-- --cache]`: what the gateway costs over a bare
 * pass-through, in one run on one machine; with `--cache` only what a hit of the answer cache takes.
 * Mock upstream, pass-through, gateway, a gateway with a full database and the load generator are five processes; every
 * round sends the same load to each in turn, so that the machine's moods hit all alike. Medians of the rounds are printed.
 */
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startGateway } from '../support/gateway-process.ts';
import { compare, renderComparison } from './against.ts';
import { measureCacheHits } from './cache-hits.ts';
import { cpuMs, median, residentMb } from './measure.ts';
import { type Report, type Row, render, renderCacheHits, type Sample, summarise } from './report.ts';
import { SCENARIOS, type Scenario, SLOW_STREAMS } from './scenarios.ts';
import {
  type BenchGateway,
  type LoadGenerator,
  startBenchGateway,
  startLoad,
  startProgram,
  startSeededGateway,
  type Target,
} from './targets.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    quick: { type: 'boolean' },
    against: { type: 'string' },
    cache: { type: 'boolean' },
  },
});
const ROUNDS = values.quick === true ? 3 : 5;
const WARM_UP_ROUNDS = values.quick === true ? 1 : 3;
/** No round begins after this. */
const TIME_LIMIT_MS = values.quick === true ? 30_000 : 200_000;

const startedMs = performance.now();
const open: { stop: () => Promise<unknown> }[] = [];
try {
  if (values.cache === true) await benchCache();
  else if (values.against === undefined) {
    const report = await bench();
    process.stdout.write(values.json === true ? `${JSON.stringify(report)}\n` : render(report));
    if (report.failedRequests > 0) process.exitCode = 1;
  } else await benchAgainst(resolve(values.against));
} finally {
  for (const process of open.reverse()) await process.stop();
}

async function benchCache(): Promise<void> {
  const upstream = opened(await startProgram('mock-upstream.ts'));
  const hits = await measureCacheHits(opened(await startBenchGateway(upstream.origin)), opened(startLoad()));
  process.stdout.write(values.json === true ? `${JSON.stringify(hits)}\n` : `${renderCacheHits(hits).join('\n')}\n`);
  if (hits.some(({ failed, isPrivate }) => failed > 0 || !isPrivate)) process.exitCode = 1;
}

async function benchAgainst(root: string): Promise<void> {
  const upstream = opened(await startProgram('mock-upstream.ts'));
  const rows = await compare(root, upstream.origin, opened(startLoad()));
  process.stdout.write(values.json === true ? `${JSON.stringify(rows)}\n` : renderComparison(rows, root));
  if (rows.some(({ failed }) => failed > 0)) process.exitCode = 1;
}

async function bench(): Promise<Report> {
  const loadBefore = loadavg();
  const coldStartMs = await coldStarts();
  const upstream = opened(await startProgram('mock-upstream.ts'));
  const passThrough = opened(await startProgram('pass-through.ts', [upstream.origin]));
  const gateway = opened(await startBenchGateway(upstream.origin));
  const full = values.quick === true ? undefined : opened(await startSeededGateway(upstream.origin));
  const load = opened(startLoad());
  const memoryBeforeMb = residentMb(gateway.pid);
  const memoryAfterStreamsMb = await memoryAfterSlowStreams(upstream.origin, load);
  const targets = { passThrough, gateway, ...(full === undefined ? {} : { full }) };
  const { rows, rounds } = await measureAll(targets, load);
  const cacheHits = await measureCacheHits(gateway, load);
  return {
    rows,
    cacheHits,
    rounds,
    coldStartMs,
    memoryMb: {
      before: memoryBeforeMb,
      after500Streams: memoryAfterStreamsMb,
      after: residentMb(gateway.pid),
      ...(full === undefined ? {} : { fullAfter: residentMb(full.pid) }),
    },
    failedRequests: [...rows, ...cacheHits].reduce((sum, { failed }) => sum + failed, 0),
    loadAverage: { before: loadBefore, after: loadavg() },
    processors: cpus().length,
    seconds: (performance.now() - startedMs) / 1000,
  };
}

function opened<T extends { stop: () => Promise<unknown> }>(process: T): T {
  open.push(process);
  return process;
}

/** From the start of the process to the line that says it is ready, median of five, the first start left out. */
async function coldStarts(): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 6; index += 1) {
    const gateway = await startGateway();
    if (index > 0) times.push(gateway.readyMs);
    await gateway.stop();
  }
  return median(times);
}

/** A gateway that has done nothing else serves 500 streams at once; what it holds right after. */
async function memoryAfterSlowStreams(upstream: string, load: LoadGenerator): Promise<number> {
  const fresh: BenchGateway = await startBenchGateway(upstream);
  await load.run({ ...SLOW_STREAMS.job, origin: fresh.origin, headers: fresh.headers });
  const megabytes = residentMb(fresh.pid);
  await fresh.stop();
  return megabytes;
}

interface Targets {
  readonly passThrough: Target;
  readonly gateway: Target;
  readonly full?: Target;
}

async function measureAll(targets: Targets, load: LoadGenerator): Promise<{ rows: Row[]; rounds: number }> {
  const scenarios = SCENARIOS.filter(({ isQuick }) => isQuick || values.quick !== true);
  const samples = new Map(scenarios.map((scenario) => [scenario, [] as Sample[]]));
  // The figures of the warm-up are thrown away: it lasts until both sides run compiled code.
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) {
    for (const scenario of scenarios) await measure(scenario, targets, load);
  }
  let rounds = 0;
  while (rounds < ROUNDS && performance.now() - startedMs < TIME_LIMIT_MS) {
    for (const [scenario, list] of samples) list.push(await measure(scenario, targets, load));
    rounds += 1;
  }
  return { rows: [...samples].map(([scenario, list]) => summarise(scenario, list)), rounds };
}

async function measure(
  scenario: Scenario,
  { passThrough, gateway, full }: Targets,
  load: LoadGenerator,
): Promise<Sample> {
  const one = async ({ pid, origin, headers }: Target): Promise<Sample['gateway']> => {
    const cpuBeforeMs = cpuMs(pid);
    const result = await load.run({ ...scenario.job, origin, headers });
    return { ...result, cpuMs: (cpuMs(pid) - cpuBeforeMs) / result.requests };
  };
  return {
    passThrough: await one(passThrough),
    gateway: await one(gateway),
    ...(full !== undefined && scenario.isSeeded ? { full: await one(full) } : {}),
  };
}
