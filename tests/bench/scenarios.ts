/** What is measured: each a kind of request at a concurrency. The same bytes go to the pass-through and to the gateway. */
import type { Job } from './load.ts';

export type Way = 'chat → chat' | 'messages → messages' | 'messages → chat' | 'chat → messages';

export interface Scenario {
  readonly name: string;
  readonly way: Way;
  readonly job: Omit<Job, 'origin' | 'headers'>;
  /** Which figure is the point of it, and the aim for gateway over pass-through (`added-ms`: gateway minus it). */
  readonly aims: readonly { readonly figure: Figure; readonly limit: number }[];
  /** Part of the quick run. */
  readonly isQuick: boolean;
  /** Repeated against the gateway with a full database. */
  readonly isSeeded: boolean;
}

/** `cpu`, `latency`: smaller is better. `throughput`, `chunk-rate`: larger is. `first-byte-added-ms`: a difference. */
export type Figure = 'cpu' | 'latency' | 'throughput' | 'chunk-rate' | 'first-byte-added-ms';

const QUESTION = 'Explain in two sentences how a gateway between clients and models decides where a request goes. ';
const SAME = 1.5;
const CROSS = 2.5;
const ONE_MEGABYTE = 1_000_000;

interface Shape {
  readonly concurrency: number;
  readonly requests: number;
  readonly chunks?: number;
  readonly delayMs?: number;
  readonly bytes?: number;
}

function job(way: Way, { concurrency, requests, chunks = 0, delayMs = 0, bytes = 2_000 }: Shape): Scenario['job'] {
  const isChat = way.startsWith('chat');
  const prefix = way.endsWith('chat') ? 'chat' : 'messages';
  const body = {
    model: `${prefix}/bench-c${chunks}-d${delayMs}`,
    ...(chunks > 0 ? { stream: true } : {}),
    ...(isChat ? (chunks > 0 ? { stream_options: { include_usage: true } } : {}) : { max_tokens: 1_024 }),
    messages: [{ role: 'user', content: QUESTION.repeat(Math.ceil(bytes / QUESTION.length)) }],
  };
  const wholeMark = 'lazy dog';
  const lastMark = isChat ? '[DONE]' : 'message_stop';
  return {
    path: isChat ? '/v1/chat/completions' : '/v1/messages',
    body: JSON.stringify(body),
    concurrency,
    requests,
    chunks,
    expects: chunks > 0 ? lastMark : wholeMark,
  };
}

const STREAMS: Shape = { concurrency: 64, requests: 128, chunks: 200 };

export const SLOW_STREAMS: Scenario = {
  name: '500 slow streams',
  way: 'chat → chat',
  job: job('chat → chat', { concurrency: 500, requests: 500, chunks: 20, delayMs: 75 }),
  aims: [{ figure: 'chunk-rate', limit: 0.9 }],
  isQuick: false,
  isSeeded: false,
};

/** `requests` are per round, chosen so that a round of each takes about a second: shorter ones measure the way back from the scenario before. */
export const SCENARIOS: readonly Scenario[] = [
  scenario('1 at a time', 'chat → chat', { concurrency: 1, requests: 1_000 }, { isSeeded: true }),
  scenario('16 at a time', 'chat → chat', { concurrency: 16, requests: 3_000 }, { isQuick: true, isSeeded: true }),
  scenario('64 at a time', 'chat → chat', { concurrency: 64, requests: 3_000 }, {}),
  scenario('16 at a time', 'messages → messages', { concurrency: 16, requests: 3_000 }, {}),
  scenario('16 at a time', 'messages → chat', { concurrency: 16, requests: 2_500 }, { isQuick: true, isSeeded: true }),
  scenario('16 at a time', 'chat → messages', { concurrency: 16, requests: 2_500 }, {}),
  {
    ...scenario(
      'first byte, 1 at a time',
      'chat → chat',
      { concurrency: 1, requests: 600, chunks: 3 },
      { isQuick: true },
    ),
    aims: [{ figure: 'first-byte-added-ms', limit: 0.5 }],
    isSeeded: true,
  },
  scenario('64 streams of 200 chunks', 'chat → chat', STREAMS, { isQuick: true, isSeeded: true }),
  scenario('64 streams of 200 chunks', 'messages → chat', STREAMS, { isQuick: true }),
  scenario('64 streams of 200 chunks', 'chat → messages', STREAMS, {}),
  SLOW_STREAMS,
  {
    ...scenario(
      '1 MB request',
      'chat → chat',
      { concurrency: 1, requests: 80, bytes: ONE_MEGABYTE },
      { isQuick: true },
    ),
    aims: [
      { figure: 'cpu', limit: 1.3 },
      { figure: 'latency', limit: 1.3 },
    ],
  },
];

function scenario(name: string, way: Way, shape: Shape, marks: { isQuick?: boolean; isSeeded?: boolean }): Scenario {
  const [from, to] = way.split(' → ');
  const cpu = { figure: 'cpu', limit: from === to ? SAME : CROSS } as const;
  const isStream = (shape.chunks ?? 0) > 0;
  return {
    name,
    way,
    job: job(way, shape),
    aims: isStream ? [cpu, { figure: 'chunk-rate', limit: 0.9 }] : [cpu],
    isQuick: marks.isQuick ?? false,
    isSeeded: marks.isSeeded ?? false,
  };
}
