/**
 * The same-format lane: client and target speak one protocol, so the body goes on with only its model replaced in the
 * bytes, and the answer comes back byte for byte while being read on the side for usage, errors and its end.
 */
import { type OmniError, toOmniError } from '../base/errors.ts';
import { FRAMINGS, type FrameReader, readFrames } from '../base/framing.ts';
import { parseJson } from '../base/json.ts';
import { scrubbed } from '../base/scrub.ts';
import type { FrameMeaning, StreamObserver } from '../formats/format.ts';
import { FORMATS } from '../formats/index.ts';
import { holdsOwnMarks } from '../model/ext.ts';
import { upstreamError } from '../model/upstream-error.ts';
import type { Target } from '../routing/resolve.ts';
import { ANSWER_LIMIT_BYTES, errorEvent, isStream } from '../upstream/answer-events.ts';
import { type CallBody, readAll, type UpstreamAnswer } from '../upstream/call.ts';
import { reportedError, scrubbedEvent } from '../upstream/failure.ts';
import { send } from '../upstream/send.ts';
import type { Exchange, Reply } from './exchange.ts';
import {
  applyQuirks,
  eventError,
  JSON_HEADERS,
  type LanePorts,
  outcomeOf,
  quirksOf,
  replyContext,
  streamHeaders,
} from './lane.ts';
import { gatheredReply } from './lane-hub.ts';
import { type WholeFrames, wholeFrames } from './whole-frames.ts';

/**
 * May this exchange go to the target untouched? Not when the body carries marks of ours (a signature of another maker in
 * its envelope, an item made here), not when a quirk rewrites frames.
 */
export function canPass(exchange: Exchange, target: Target): boolean {
  return (
    exchange.mayPass &&
    exchange.format === target.endpoint.format &&
    !holdsOwnMarks(exchange.scan) &&
    saysWhetherToStream(exchange) &&
    !quirksOf(target).some((quirk) => quirk.frame !== undefined)
  );
}

/** An Ollama host streams unless told not to, while absent means no stream here: such a body is written anew. */
function saysWhetherToStream({ format, scan }: Exchange): boolean {
  return format !== 'ollama-chat' || scan.has('stream');
}

export async function passLane(exchange: Exchange, target: Target, ports: LanePorts): Promise<Reply> {
  const answer = await send(ports.dispatcher, {
    target,
    body: passBody(exchange, target),
    stream: exchange.stream,
    cancellation: exchange.cancellation,
    clientHeaders: exchange.headers,
  });
  if (exchange.stream && isStream(answer, true)) return passStream(exchange, target, answer);
  if (!exchange.stream && isStream(answer, false)) return gatheredReply(exchange, target, answer);
  return passWhole(exchange, target, answer);
}

function passBody(exchange: Exchange, target: Target): CallBody {
  const quirks = quirksOf(target).filter((quirk) => quirk.request !== undefined);
  if (quirks.length > 0) {
    const body = exchange.scan.has('model') ? { ...exchange.body(), model: target.model } : exchange.body();
    return JSON.stringify(applyQuirks(body, quirks));
  }
  if (!exchange.scan.has('model') || exchange.scan.value('model') === target.model) return exchange.scan.pieces();
  return exchange.scan.replace('model', JSON.stringify(target.model));
}

async function passWhole(exchange: Exchange, target: Target, answer: UpstreamAnswer): Promise<Reply> {
  const format = FORMATS[target.endpoint.format];
  const bytes = await readAll(answer.body, ANSWER_LIMIT_BYTES);
  const body = parseJson(bytes.toString('utf8'));
  if (body === undefined || body === null) {
    throw upstreamError({
      message: `${target.provider.name} answered with something that is not JSON.`,
      code: 'server_error',
    });
  }
  const events = format.decodeReply(body, { issuer: target.provider.id });
  const last = events.at(-1);
  if (last?.type === 'error') throw eventError(scrubbedEvent(last, target));
  if (last?.type === 'finish') exchange.ledger.use(last.usage);
  if (last?.type !== 'finish' || last.usage === undefined) exchange.ledger.estimate(exchange.scan.length, bytes.length);
  exchange.ledger.firstContent();
  await exchange.ledger.close('ok');
  if (!exchange.stream) return { status: 200, headers: JSON_HEADERS, body: bytes };
  const encoder = format.encodeStream(replyContext(exchange));
  const framing = FRAMINGS[exchange.framing];
  const frames = events
    .flatMap((event) => encoder.push(event))
    .map((frame, index) => framing.write(frame, index === 0));
  return { status: 200, headers: streamHeaders(exchange), body: framing.open + frames.join('') + framing.close };
}

async function passStream(exchange: Exchange, target: Target, answer: UpstreamAnswer): Promise<Reply> {
  const passing = new PassingStream(exchange, target, answer);
  await passing.untilContent();
  return { status: 200, headers: streamHeaders(exchange), body: passing.rest() };
}

/** A stream on its way through: held until its first content, then forwarded as it comes, in whole frames. */
class PassingStream {
  readonly #exchange: Exchange;
  readonly #target: Target;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #observer: StreamObserver;
  readonly #frames: FrameReader;
  readonly #gate: WholeFrames;
  #held: Buffer[] = [];
  /** The protocol's last frame is among the held bytes; usage may stand between a finish reason and that frame. */
  #holdsEnd = false;

  constructor(exchange: Exchange, target: Target, answer: UpstreamAnswer) {
    this.#exchange = exchange;
    this.#target = target;
    this.#chunks = answer.body[Symbol.asyncIterator]();
    const format = FORMATS[target.endpoint.format];
    this.#observer = format.observeStream();
    this.#frames = readFrames(format.framing);
    this.#gate = wholeFrames(format.framing);
  }

  /** Reads until the client would see something. Throws what the upstream reported before that. */
  async untilContent(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#chunks.next();
      const meaning = done ? this.#observe(this.#frames.end()) : this.#observe(this.#frames.push(value));
      if (!done) this.#held.push(value);
      if (meaning === 'error') {
        await this.#chunks.return?.();
        throw reportedError(this.#observer.summary().error ?? { message: '' }, this.#target);
      }
      this.#holdsEnd = meaning === 'end';
      if (meaning !== 'prelude') break;
      if (done)
        throw upstreamError({ message: 'The provider closed the stream before it answered.', code: 'server_error' });
    }
    this.#exchange.ledger.firstContent();
  }

  /** The held bytes, then the rest as it comes. A chunk that ends the protocol waits until the request is recorded. */
  async *rest(): AsyncGenerator<Buffer | string> {
    let isFinished = false;
    try {
      if (this.#holdsEnd) await this.#close();
      for (const chunk of this.#held.splice(0)) {
        const whole = this.#gate.push(chunk);
        if (whole.length > 0) yield whole;
      }
      for (;;) {
        const { done, value } = await this.#chunks.next();
        if (done) break;
        const meaning = this.#observe(this.#frames.push(value));
        if (meaning === 'end' || meaning === 'error') await this.#close();
        const whole = this.#gate.push(value);
        if (whole.length > 0) yield meaning === 'error' ? this.#scrubbed(whole) : whole;
      }
      const isError = this.#observe(this.#frames.end()) === 'error';
      const rest = this.#gate.rest();
      isFinished = true;
      const ending = await this.#ending();
      if (ending.length === 0 && rest.length > 0) yield isError ? this.#scrubbed(rest) : rest;
      yield* ending;
    } catch (error) {
      isFinished = true;
      yield* await this.#broken(toOmniError(error));
    } finally {
      if (!isFinished) {
        await this.#chunks.return?.();
        await this.#close('cancelled');
      }
    }
  }

  /** Latin-1 keeps every byte as it is, and a key that fits into a header is ASCII. */
  #scrubbed(bytes: Buffer): Buffer {
    return Buffer.from(scrubbed(bytes.toString('latin1'), this.#target.account?.key), 'latin1');
  }

  #observe(frames: ReturnType<FrameReader['push']>): FrameMeaning {
    let strongest: FrameMeaning = 'prelude';
    for (const frame of frames) {
      const meaning = this.#observer.push(frame);
      if (meaning !== 'prelude' && strongest !== 'error' && (strongest !== 'end' || meaning === 'error'))
        strongest = meaning;
    }
    return strongest;
  }

  /** After the upstream closed: nothing more when its protocol had ended, else the protocol's error. */
  async #ending(): Promise<readonly string[]> {
    const { ended, error } = this.#observer.summary();
    if (ended || error !== undefined) {
      await this.#close();
      return [];
    }
    return this.#broken(
      eventError({
        type: 'error',
        code: 'upstream_stream_cut',
        message: 'The provider closed the stream before the end of the answer.',
      }),
    );
  }

  async #broken(error: OmniError): Promise<readonly string[]> {
    await this.#close(outcomeOf(error), error);
    if (error.code === 'client_closed') return [];
    const framing = FRAMINGS[this.#exchange.framing];
    const encoder = FORMATS[this.#target.endpoint.format].encodeStream(replyContext(this.#exchange));
    return encoder.push(errorEvent(error)).map((frame) => framing.write(frame, false));
  }

  async #close(outcome?: 'cancelled' | 'cut', error?: OmniError): Promise<void> {
    const { usage, contentLength, error: reported } = this.#observer.summary();
    const { ledger, scan } = this.#exchange;
    ledger.use(usage);
    ledger.estimate(scan.length, contentLength);
    await ledger.close(outcome ?? (reported === undefined ? 'ok' : 'error'), error);
  }
}
