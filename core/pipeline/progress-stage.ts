/**
 * Progress events for clients that ask for them (facts.md C.8): `event: progress` between the frames of a stream, at most
 * every two seconds and also while the upstream is silent, and a last one before the protocol's end, so that what strict
 * clients take for the end stays the end.
 */
import { readFrames } from '../base/framing.ts';
import { isSwitchedOn } from '../base/header-flag.ts';
import { FORMATS } from '../formats/index.ts';
import type { Exchange, Next, Reply, Stage } from './exchange.ts';

const EVERY_MS = 2_000;
const CHARACTERS_PER_TOKEN = 4;

type Chunk = Buffer | string;

/** Adds progress to streams of clients that sent `X-OmniRoute-Progress: true`; SSE only, other framings know no events. */
export const progressStage: Stage = (exchange, next) => {
  const isAsked =
    isSwitchedOn(exchange.headers['x-omniroute-progress']) && exchange.stream && exchange.framing === 'sse';
  return isAsked ? reporting(exchange, next) : next();
};

async function reporting(exchange: Exchange, next: Next): Promise<Reply> {
  const reply = await next();
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) return reply;
  return {
    ...reply,
    headers: { ...reply.headers, 'x-omniroute-progress': 'enabled' },
    body: withProgress(reply.body, exchange),
  };
}

async function* withProgress(body: AsyncIterable<Chunk>, exchange: Exchange): AsyncGenerator<Chunk> {
  const startedMs = performance.now();
  const observer = FORMATS[exchange.format].observeStream();
  const frames = readFrames('sse');
  const source = body[Symbol.asyncIterator]();
  let toldMs = startedMs;
  let isDone = false;
  const tell = (extra: object = {}): string => {
    toldMs = performance.now();
    const { usage, contentLength } = observer.summary();
    const tokens = usage?.outputTokens ?? Math.ceil(contentLength / CHARACTERS_PER_TOKEN);
    const data = { tokens_generated: tokens, elapsed_ms: Math.round(toldMs - startedMs), ...extra };
    return `event: progress\ndata: ${JSON.stringify(data)}\n\n`;
  };
  try {
    let pending = source.next();
    for (;;) {
      const result = await within(pending, Math.max(0, toldMs + EVERY_MS - performance.now()));
      if (result === undefined) {
        yield tell();
        continue;
      }
      if (result.done) break;
      const meanings = frames.push(Buffer.from(result.value)).map((frame) => observer.push(frame));
      if (!isDone && (meanings.includes('end') || meanings.includes('error'))) {
        isDone = true;
        yield tell({ done: true });
      } else if (!isDone && performance.now() >= toldMs + EVERY_MS) yield tell();
      yield result.value;
      pending = source.next();
    }
    if (!isDone) yield tell({ done: true });
  } finally {
    await source.return?.();
  }
}

/** What the promise gives, or undefined when it takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
