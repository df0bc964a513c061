/**
 * The load generator, a process of its own so that the measured ones are alone in theirs. It takes one job after the
 * other over the channel to its parent, and answers each with what the clients saw.
 */
import { Pool } from 'undici';

export interface Job {
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Clients that each send their next request when the last one is answered. */
  readonly concurrency: number;
  readonly requests: number;
  /** What a whole answer holds; an answer without it counts as failed. */
  readonly expects: string;
  /** Frames of content a stream must bring; 0 for a whole answer. */
  readonly chunks: number;
}

export interface JobResult {
  readonly requests: number;
  readonly failed: number;
  readonly firstFailure?: string;
  readonly seconds: number;
  /** Milliseconds, medians over the requests: to the last byte and to the first byte of the body. */
  readonly latencyMs: number;
  readonly firstByteMs: number;
  readonly chunksPerSecond: number;
}

const REQUEST_LIMIT_MS = 60_000;
const pools = new Map<string, Pool>();

process.on('message', (job: Job) => {
  run(job).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run(job: Job): Promise<JobResult> {
  const latencies: number[] = [];
  const firstBytes: number[] = [];
  const failures: string[] = [];
  let started = 0;
  const startedMs = performance.now();
  const client = async (): Promise<void> => {
    while (started < job.requests) {
      started += 1;
      const outcome = await request(job).catch((error: unknown) => String(error));
      if (typeof outcome === 'string') failures.push(outcome);
      else {
        latencies.push(outcome.latencyMs);
        firstBytes.push(outcome.firstByteMs);
      }
    }
  };
  await Promise.all(Array.from({ length: job.concurrency }, client));
  const seconds = (performance.now() - startedMs) / 1000;
  return {
    requests: job.requests,
    failed: failures.length,
    ...(failures[0] === undefined ? {} : { firstFailure: failures[0] }),
    seconds,
    latencyMs: median(latencies),
    firstByteMs: median(firstBytes),
    chunksPerSecond: (job.chunks * latencies.length) / seconds,
  };
}

async function request(job: Job): Promise<{ latencyMs: number; firstByteMs: number } | string> {
  const startedMs = performance.now();
  const { statusCode, body } = await poolFor(job.origin).request({
    method: 'POST',
    path: job.path,
    headers: job.headers,
    body: job.body,
    headersTimeout: REQUEST_LIMIT_MS,
    bodyTimeout: REQUEST_LIMIT_MS,
  });
  let firstByteMs = 0;
  const pieces: Buffer[] = [];
  for await (const piece of body) {
    if (pieces.length === 0) firstByteMs = performance.now() - startedMs;
    pieces.push(piece);
  }
  const latencyMs = performance.now() - startedMs;
  const text = Buffer.concat(pieces).toString('latin1');
  if (statusCode !== 200 || !text.includes(job.expects)) return `${statusCode} ${text.slice(0, 300)}`;
  const seen = job.chunks === 0 ? 0 : text.split('lorem ipsum').length - 1;
  return seen === job.chunks ? { latencyMs, firstByteMs } : `${seen} of ${job.chunks} chunks came`;
}

function poolFor(origin: string): Pool {
  const pool = pools.get(origin) ?? new Pool(origin, { connections: null, pipelining: 1, keepAliveTimeout: 30_000 });
  pools.set(origin, pool);
  return pool;
}

function median(values: number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
