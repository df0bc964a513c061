/**
 * The same-format lane: client and target speak one protocol, so the body goes on with only its model replaced in the
 * bytes, and the answer comes back byte for byte while being read on the side for usage, errors and its end.
 */
import { OmniError, toOmniError } from '../base/errors.ts';
import { FRAMINGS, type FrameReader, readFrames } from '../base/framing.ts';
import { parseJson } from '../base/json.ts';
import type { JsonScan } from '../base/json-scan.ts';
import { scrubbed } from '../base/scrub.ts';
import type { FrameMeaning, ReplyContext, StreamObserver } from '../formats/format.ts';
import { FORMATS } from '../formats/index.ts';
import { holdsOwnMarks } from '../model/ext.ts';
import { upstreamError } from '../model/upstream-error.ts';
import type { Quirk } from '../providers/provider.ts';
import type { Target } from '../routing/plan.ts';
import { callFacts } from '../upstream/address.ts';
import { ANSWER_LIMIT_BYTES, errorEvent, isStream } from '../upstream/answer-events.ts';
import { type CallBody, readAll, type UpstreamAnswer } from '../upstream/call.ts';
import { reportedError, reportedEvent } from '../upstream/failure.ts';
import { send } from '../upstream/send.ts';
import type { Attempt } from './attempt.ts';
import { emptyAnswer, isEmptyAnswer } from './empty-answer.ts';
import type { Exchange, Reply } from './exchange.ts';
import { holdsRemoteMedia } from './inline-media.ts';
import { applyQuirks, eventError, JSON_HEADERS, outcomeOf, quirksOf, streamHeaders } from './lane.ts';
import { rewrittenReply } from './lane-hub.ts';
import { type WholeFrames, wholeFrames } from './whole-frames.ts';

/**
 * May this exchange go to the target untouched? Not when the body carries marks of ours (a signature of another maker in
 * its envelope, an item made here), not when a quirk rewrites frames or the vendor wraps bodies in an envelope of its own,
 * not when media must be fetched for it.
 */
export function canPass(exchange: Exchange, target: Target): boolean {
  return (
    exchange.mayPass &&
    exchange.format === target.endpoint.format &&
    !holdsOwnMarks(exchange.scan) &&
    saysWhetherToStream(exchange) &&
    target.provider.accountCall?.envelope === undefined &&
    !(target.endpoint.inlineMedia === true && mayHoldRemoteMedia(exchange)) &&
    !quirksOf(target).some((quirk) => quirk.frame !== undefined)
  );
}

/** An Ollama host streams unless told not to, while absent means no stream here: such a body is written anew. */
function saysWhetherToStream({ format, scan }: Exchange): boolean {
  return format !== 'ollama-chat' || scan.has('stream');
}

/** Told by the bytes, where they say nothing of media; else by reading them. */
function mayHoldRemoteMedia(exchange: Exchange): boolean {
  const { scan } = exchange;
  return (scan.includes('input_image') || scan.includes('input_file')) && holdsRemoteMedia(exchange.request());
}

export async function passLane(exchange: Exchange, attempt: Attempt): Promise<Reply> {
  const { target } = attempt;
  const stream = exchange.stream || target.endpoint.alwaysStreams === true;
  const answer = await send(attempt.dispatcher, {
    ...attempt,
    body: passBody(exchange, target),
    call: callFacts(target, { stream, body: () => exchange.body() }),
    clientHeaders: exchange.headers,
  });
  if (isStream(answer, stream) !== exchange.stream) return rewrittenReply(exchange, target, answer);
  return exchange.stream ? passStream(exchange, target, answer) : passWhole(exchange, target, answer);
}

/** The client's bytes with only the model replaced, unless a quirk has something to change. */
function passBody(exchange: Exchange, target: Target): CallBody {
  const { scan } = exchange;
  const isRenamed = scan.has('model') && scan.value('model') !== target.model;
  const quirks = quirksOf(target).filter((quirk) => mayChange(quirk, scan));
  if (quirks.length > 0) {
    const body = isRenamed ? { ...exchange.body(), model: target.model } : exchange.body();
    const changed = applyQuirks(body, quirks, (losses) => exchange.ledger.lose(losses));
    if (changed !== body) return JSON.stringify(changed);
  }
  return isRenamed ? scan.replace('model', JSON.stringify(target.model)) : scan.pieces();
}

/** Told by the bytes alone: a body that no quirk can change is never parsed. */
function mayChange({ request, needs, needsText }: Quirk, scan: JsonScan): boolean {
  return (
    request !== undefined &&
    (needs === undefined || needs.some((name) => scan.has(name))) &&
    (needsText === undefined || needsText.some((text) => scan.includes(text)))
  );
}

async function passWhole(exchange: Exchange, target: Target, answer: UpstreamAnswer): Promise<Reply> {
  const format = FORMATS[exchange.format];
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
  if (last?.type === 'error') throw eventError(reportedEvent(last, target));
  if (isEmptyAnswer(events)) throw emptyAnswer();
  if (last?.type === 'finish') exchange.ledger.use(last.usage);
  if (last?.type !== 'finish' || last.usage === undefined) exchange.ledger.estimate(exchange.scan, bytes.length);
  exchange.ledger.firstContent();
  await exchange.ledger.close('ok');
  return { status: 200, headers: JSON_HEADERS, body: bytes, answer: { events, target } };
}

async function passStream(exchange: Exchange, target: Target, answer: UpstreamAnswer): Promise<Reply> {
  const passing = new PassingStream(exchange, target, answer);
  await passing.untilContent();
  return { status: 200, headers: streamHeaders(exchange), body: passing.rest() };
}

/** What may come before the first content: some hosts repeat the whole request there. */
const PRELUDE_LIMIT_BYTES = 16 * 1024 * 1024;

/** A stream on its way through: held until its first content, then forwarded as it comes, in whole frames. */
class PassingStream {
  readonly #exchange: Exchange;
  readonly #target: Target;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #observer: StreamObserver;
  readonly #frames: FrameReader;
  readonly #gate: WholeFrames;
  #held: Buffer[] = [];
  #heldBytes = 0;
  /** The protocol's last frame is among the held bytes; usage may stand between a finish reason and that frame. */
  #holdsEnd = false;

  constructor(exchange: Exchange, target: Target, answer: UpstreamAnswer) {
    this.#exchange = exchange;
    this.#target = target;
    this.#chunks = answer.body[Symbol.asyncIterator]();
    const format = FORMATS[exchange.format];
    this.#observer = format.observeStream();
    this.#frames = readFrames(format.framing);
    this.#gate = wholeFrames(format.framing);
  }

  /** Reads until the client would see something. Throws what went wrong before that, the upstream let go of. */
  async untilContent(): Promise<void> {
    try {
      await this.#readPrelude();
    } catch (error) {
      if (this.#exchange.cancellation.isCancelled) this.#exchange.ledger.use(this.#observer.summary().usage);
      await this.#chunks.return?.();
      throw error;
    }
    this.#exchange.ledger.firstContent();
  }

  async #readPrelude(): Promise<void> {
    for (;;) {
      const { done, value } = await this.#chunks.next();
      const meaning = done ? this.#observe(this.#frames.end()) : this.#observe(this.#frames.push(value));
      if (!done) this.#hold(value);
      if (meaning === 'error') throw reportedError(this.#observer.summary().error ?? { message: '' }, this.#target);
      this.#holdsEnd = meaning === 'end';
      if (this.#holdsEnd && this.#saysNothing()) throw emptyAnswer();
      if (meaning !== 'prelude') return;
      if (done) throw new OmniError('upstream_stream_cut', 'The provider closed the stream before it answered.');
    }
  }

  #hold(chunk: Buffer): void {
    this.#held.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#heldBytes > PRELUDE_LIMIT_BYTES)
      throw new OmniError('upstream_bad_response', 'The provider sends on and on, but nothing of an answer.');
  }

  /** Is what is held, an answer to its end, empty? */
  #saysNothing(): boolean {
    if (this.#observer.summary().contentLength > 0) return false;
    const format = FORMATS[this.#exchange.format];
    const frames = readFrames(format.framing);
    const decoder = format.decodeStream({ issuer: this.#target.provider.id });
    const held = [...this.#held.flatMap((chunk) => frames.push(chunk)), ...frames.end()];
    return isEmptyAnswer([...held.flatMap((frame) => decoder.push(frame)), ...decoder.end()]);
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
      const ending = await this.#ending(cut());
      if (ending.length === 0 && rest.length > 0) yield isError ? this.#scrubbed(rest) : rest;
      yield* ending;
    } catch (error) {
      isFinished = true;
      yield* await this.#ending(toOmniError(error));
    } finally {
      await this.#chunks.return?.();
      if (!isFinished) await this.#close('cancelled');
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

  /** After the upstream closed or broke off: nothing more when its protocol had ended, else the protocol's error. */
  async #ending(failure: OmniError): Promise<readonly string[]> {
    const { ended, error } = this.#observer.summary();
    const hasLeft = failure.code === 'client_closed';
    if (!hasLeft && (ended || error !== undefined)) {
      await this.#close();
      return [];
    }
    await this.#close(outcomeOf(failure), failure);
    if (hasLeft) return [];
    const framing = FRAMINGS[this.#exchange.framing];
    const encoder = FORMATS[this.#exchange.format].encodeStream(errorContext(this.#exchange));
    return encoder.push(errorEvent(failure)).map((frame) => framing.write(frame, false));
  }

  async #close(outcome?: 'cancelled' | 'cut', error?: OmniError): Promise<void> {
    const { usage, isOutputOpen, contentLength, error: reported } = this.#observer.summary();
    const { ledger, scan } = this.#exchange;
    ledger.use(usage);
    if (isOutputOpen === true) ledger.estimateRest(contentLength);
    ledger.estimate(scan, contentLength);
    const failure = error ?? (reported && reportedError(reported, this.#target));
    await ledger.close(outcome ?? (failure === undefined ? 'ok' : 'cut'), failure);
  }
}

function cut(): OmniError {
  return new OmniError('upstream_stream_cut', 'The provider closed the stream before the end of the answer.');
}

/** An error needs nothing of the request, and a body that passed unread may be one that our decoder refuses. */
function errorContext({ id, model }: Exchange): ReplyContext {
  const request = { model, stream: true, messages: [] };
  return { id, model, createdAtS: Math.floor(Date.now() / 1_000), request, body: {} };
}
