/**
 * `npm run bench -- --against <checkout>`: what this tree's gateway costs over that of another checkout (installed, any
 * commit), on the same-format path. Many short rounds in turn, first one then the other, and CPU time instead of wall
 * time, so that a busy machine hits both alike.
 */
import { cpuMs, median } from './measure.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { type BenchGateway, type LoadGenerator, startBenchGateway } from './targets.ts';

export interface Comparison {
  readonly scenario: string;
  readonly way: string;
  /** CPU per request, this over the other: the median of the rounds' ratios, and the ratio of the medians. */
  readonly ratio: number;
  readonly ratioOfMedians: number;
  /** Milliseconds per request, medians. */
  readonly thisMs: number;
  readonly otherMs: number;
  readonly failed: number;
}

const ROUNDS = 21;
/** Whole ones, thrown away: they last until both sides run compiled code. */
const WARM_UP_ROUNDS = 3;
/** A round is this much shorter than one of the usual bench. */
const SHARE = 0.2;
const AIM = 1.1;

const isSameFormat = ({ way }: Scenario): boolean => way === 'chat → chat' || way === 'messages → messages';
const isShort = ({ job }: Scenario): boolean => job.concurrency < 100 && job.body.length < 100_000;

/** Starts both gateways, measures, and ends them. */
export async function compare(otherRoot: string, upstream: string, load: LoadGenerator): Promise<Comparison[]> {
  const own = await startBenchGateway(upstream);
  try {
    const other = await startBenchGateway(upstream, otherRoot);
    try {
      const out: Comparison[] = [];
      for (const scenario of SCENARIOS.filter((one) => isSameFormat(one) && isShort(one)))
        out.push(await compareOne(scenario, [own, other], load));
      return out;
    } finally {
      await other.stop();
    }
  } finally {
    await own.stop();
  }
}

async function compareOne(
  scenario: Scenario,
  [own, other]: readonly [BenchGateway, BenchGateway],
  load: LoadGenerator,
): Promise<Comparison> {
  const rounds: { readonly own: number; readonly other: number }[] = [];
  let failed = 0;
  const short = Math.max(scenario.job.concurrency, Math.round(scenario.job.requests * SHARE));
  const cpuOf = async ({ pid, origin, headers }: BenchGateway, requests: number): Promise<number> => {
    const beforeMs = cpuMs(pid);
    const result = await load.run({ ...scenario.job, requests, origin, headers });
    failed += result.failed;
    return (cpuMs(pid) - beforeMs) / result.requests;
  };
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round += 1) {
    const isOwnFirst = round % 2 === 0;
    const requests = round < 0 ? scenario.job.requests : short;
    const first = await cpuOf(isOwnFirst ? own : other, requests);
    const second = await cpuOf(isOwnFirst ? other : own, requests);
    if (round >= 0) rounds.push(isOwnFirst ? { own: first, other: second } : { own: second, other: first });
  }
  const [thisMs, otherMs] = [median(rounds.map((one) => one.own)), median(rounds.map((one) => one.other))];
  return {
    ...{ scenario: scenario.name, way: scenario.way, thisMs, otherMs, failed },
    ratio: median(rounds.map((one) => one.own / one.other)),
    ratioOfMedians: thisMs / otherMs,
  };
}

/** The comparison as text. */
export function renderComparison(rows: readonly Comparison[], otherRoot: string): string {
  const lines = rows.map(
    ({ scenario, way, ratio, ratioOfMedians, thisMs, otherMs, failed }) =>
      `${scenario.padEnd(26)}${way.padEnd(22)}${ratio.toFixed(2).padEnd(8)}${ratioOfMedians.toFixed(2).padEnd(12)}` +
      `${thisMs.toFixed(3).padEnd(10)}${otherMs.toFixed(3).padEnd(10)}${ratio <= AIM ? 'reached' : 'MISSED'}` +
      `${failed > 0 ? `, ${failed} failed` : ''}`,
  );
  return [
    `CPU per request, this tree over ${otherRoot} (aim: at most ${AIM}; medians of ${ROUNDS} rounds):`,
    '',
    `${'scenario'.padEnd(26)}${'way'.padEnd(22)}${'ratio'.padEnd(8)}${'of medians'.padEnd(12)}${'this ms'.padEnd(10)}other ms`,
    ...lines,
    '',
  ].join('\n');
}
