/**
 * The translated lane: the client's request goes through the hub into the target's format, and the answer comes back
 * the same way. What was lost on the way is in the ledger.
 */
import { OmniError, toOmniError } from '../base/errors.ts';
import { FRAMINGS } from '../base/framing.ts';
import type { EncodeTarget } from '../formats/format.ts';
import { UPSTREAM_FORMATS } from '../formats/index.ts';
import type { ChatEvent } from '../model/event.ts';
import { MADE_HERE } from '../model/ext.ts';
import type { ChatRequest } from '../model/request.ts';
import { toolCallRestorer } from '../model/tool-names.ts';
import type { Target } from '../routing/plan.ts';
import { callFacts } from '../upstream/address.ts';
import { type AnswerSource, answerEvents, errorEvent } from '../upstream/answer-events.ts';
import type { UpstreamAnswer } from '../upstream/call.ts';
import { reportedEvent } from '../upstream/failure.ts';
import { send } from '../upstream/send.ts';
import { type Attempt, purposeOf } from './attempt.ts';
import { type SignatureWatch, watchSignatures, withSignatures } from './call-signatures.ts';
import { emptyAnswer, isEmptyAnswer } from './empty-answer.ts';
import type { Exchange, Reply } from './exchange.ts';
import { fittedRequest } from './fit-request.ts';
import { inlineMedia } from './inline-media.ts';
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

type Batches = AsyncGenerator<readonly ChatEvent[]>;

export async function hubLane(exchange: Exchange, attempt: Attempt, ports: LanePorts): Promise<Reply> {
  const { target } = attempt;
  const { endpoint, provider } = target;
  const format = UPSTREAM_FORMATS[endpoint.format];
  const isSame = format.id === exchange.format;
  const stream = exchange.stream || endpoint.alwaysStreams === true;
  const asked = exchange.request();
  refuseServerState(asked);
  refuseUnknownItems(asked, isSame);
  const keeping = { target, shelf: ports.signatures };
  const isInline = endpoint.inlineMedia ?? format.inlineMedia;
  const inline = isInline ? await inlineMedia(asked, ports, mediaFetch(attempt)) : asked;
  const fitted = isSame ? inline : fittedRequest(inline, target, (losses) => exchange.ledger.lose(losses));
  const request = withSignatures(fitted, exchange, keeping);
  const encoded = format.encodeRequest({ ...request, model: target.model, stream }, encodeTarget(target));
  exchange.ledger.lose(encoded.losses);
  const body = applyQuirks(encoded.body, quirksOf(target), (losses) => exchange.ledger.lose(losses));
  const call = callFacts(target, { stream, body: () => body });
  const answer = await send(attempt.dispatcher, {
    ...attempt,
    body: JSON.stringify(provider.accountCall?.envelope?.wrap(body, call) ?? body),
    call,
    ...(isSame && { clientHeaders: exchange.headers }),
  });
  const batches = ownEvents(answerEvents(answer, sourceOf(exchange, target)), {
    restore: toolCallRestorer(encoded.toolNames),
    target,
    watch: watchSignatures(exchange, keeping),
  });
  return replyOf(exchange, target, batches);
}

function mediaFetch(attempt: Attempt): Parameters<typeof inlineMedia>[2] {
  return { signal: attempt.cancellation.signal, purpose: purposeOf(attempt) };
}

/**
 * The answer of a host of the client's own format that streams though no stream was asked for, or the other way round:
 * the same events in the form that was asked for.
 */
export function rewrittenReply(exchange: Exchange, target: Target, answer: UpstreamAnswer): Promise<Reply> {
  const asItCame = (event: ChatEvent): readonly ChatEvent[] => [event];
  return replyOf(
    exchange,
    target,
    ownEvents(answerEvents(answer, sourceOf(exchange, target)), { restore: asItCame, target }),
  );
}

function replyOf(exchange: Exchange, target: Target, batches: Batches): Promise<Reply> {
  return exchange.stream ? streamReply(exchange, batches) : wholeReply(exchange, target, batches);
}

function sourceOf(exchange: Exchange, target: Target): AnswerSource {
  return {
    format: UPSTREAM_FORMATS[target.endpoint.format],
    issuer: target.provider.id,
    stream: exchange.stream || target.endpoint.alwaysStreams === true,
    quirks: quirksOf(target),
    unwrap: target.provider.accountCall?.envelope?.unwrap,
    ...(target.account?.key && { key: target.account.key }),
  };
}

/** Options that rest on what the Responses server keeps: another upstream has none of it. */
function refuseServerState(request: ChatRequest): void {
  const data = request.ext?.origin === 'openai-responses' ? request.ext.data : {};
  if (typeof data['previous_response_id'] === 'string') {
    throw new OmniError(
      'unsupported_parameter',
      'previous_response_id works only when the model is served by an OpenAI Responses upstream. Send the whole conversation in input instead.',
      { path: 'previous_response_id' },
    );
  }
  if (data['background'] === true) {
    throw new OmniError(
      'unsupported_parameter',
      'background works only when the model is served by an OpenAI Responses upstream. Leave it out, or stream the answer.',
      { path: 'background' },
    );
  }
}

/**
 * A reference that the shelf could not resolve (`kept-items.ts`) would leave a call or a text out of the conversation
 * without a word. A Responses upstream may know the item, unless it was made here.
 */
function refuseUnknownItems({ messages }: ChatRequest, upstreamKeepsItems: boolean): void {
  for (const part of messages.flatMap(({ parts }) => parts)) {
    if (part.type !== 'opaque' || part.label !== 'item_reference') continue;
    const id = String(part.ext.data['id']);
    if (upstreamKeepsItems && !id.includes(`_${MADE_HERE}`)) continue;
    throw new OmniError(
      'invalid_request',
      `The item "${id}" is not kept here, or not any more. Send the items themselves in input: SDKs do so with store: false.`,
      { path: 'input' },
    );
  }
}

export function encodeTarget({ model, provider, endpoint, info }: Target): EncodeTarget {
  return {
    model,
    issuer: provider.id,
    ...(info?.maxOutputTokens !== undefined && { maxOutputTokens: info.maxOutputTokens }),
    ...(endpoint.keepsAnswers === true && { keepsAnswers: true }),
    ...(info?.reasoningStyle !== undefined && { reasoningStyle: info.reasoningStyle }),
  };
}

interface Own {
  readonly restore: ReturnType<typeof toolCallRestorer>;
  readonly target: Target;
  readonly watch?: SignatureWatch;
}

async function* ownEvents(batches: Batches, { restore, target, watch }: Own): Batches {
  for await (const batch of batches) {
    const own = batch.flatMap((event) => restore(event.type === 'error' ? reportedEvent(event, target) : event));
    watch?.(own);
    yield own;
  }
}

async function wholeReply(exchange: Exchange, target: Target, batches: Batches): Promise<Reply> {
  const events: ChatEvent[] = [];
  for await (const batch of batches) events.push(...batch);
  const last = events.at(-1);
  if (last?.type === 'error') throw eventError(last);
  if (last?.type !== 'finish') throw cut();
  if (isEmptyAnswer(events)) throw emptyAnswer();
  exchange.ledger.firstContent();
  const { body, losses } = exchange.codec.encodeReply(events, replyContext(exchange));
  exchange.ledger.lose(losses);
  const json = JSON.stringify(body);
  exchange.ledger.use(last.usage);
  if (last.usage === undefined) exchange.ledger.estimate(exchange.scan, lengthOf(events));
  await exchange.ledger.close('ok');
  return { status: 200, headers: JSON_HEADERS, body: json, answer: { events, target } };
}

async function streamReply(exchange: Exchange, batches: Batches): Promise<Reply> {
  const held = await untilContent(batches);
  exchange.ledger.firstContent();
  return { status: 200, headers: streamHeaders(exchange), body: encodeStream(exchange, held, batches) };
}

/** Events that may come before the first content. */
const PRELUDE_LIMIT = 50_000;

/** The events up to the first that the client would see. Throws what went wrong before that, the upstream let go of. */
async function untilContent(batches: Batches): Promise<readonly ChatEvent[]> {
  const held: ChatEvent[] = [];
  for (;;) {
    const { done, value } = await batches.next();
    if (done) throw cut();
    held.push(...value);
    const failure = held.find((event) => event.type === 'error');
    const isEmpty = failure === undefined && isEmptyAnswer(held);
    if (!isEmpty && held.some(isContent)) return held;
    if (failure === undefined && !isEmpty && held.length <= PRELUDE_LIMIT) continue;
    await batches.return(undefined);
    throw failure === undefined ? emptyAnswer() : eventError(failure);
  }
}

/** Would the client see something of this event? A finish counts: an answer without text is an answer. */
function isContent(event: ChatEvent): boolean {
  switch (event.type) {
    case 'part-delta':
      return event.text !== '';
    case 'part-start':
      return event.part.type === 'tool-call' || event.part.type === 'media' || event.part.type === 'opaque';
    case 'finish':
      return true;
    default:
      return false;
  }
}

/** The client's stream. The frames of the last event wait until the request is recorded. */
async function* encodeStream(exchange: Exchange, held: readonly ChatEvent[], batches: Batches): AsyncGenerator<string> {
  const encoder = exchange.codec.encodeStream(replyContext(exchange));
  const framing = FRAMINGS[exchange.framing];
  const { ledger } = exchange;
  let isFirst = true;
  let opening = framing.open;
  let outputLength = 0;
  let isFinished = false;
  const write = (events: readonly ChatEvent[]): string => {
    let text = opening;
    opening = '';
    for (const event of events) {
      outputLength += event.type === 'part-delta' ? event.text.length : 0;
      for (const frame of encoder.push(event)) {
        text += framing.write(frame, isFirst);
        isFirst = false;
      }
    }
    return text;
  };
  const finish = async (
    last: ChatEvent,
    error = last.type === 'error' ? eventError(last) : undefined,
  ): Promise<void> => {
    isFinished = true;
    ledger.lose(encoder.losses());
    if (last.type === 'finish') ledger.use(last.usage);
    ledger.estimate(exchange.scan, outputLength);
    await ledger.close(error === undefined ? 'ok' : outcomeOf(error), error);
  };
  try {
    let batch: readonly ChatEvent[] | undefined = held;
    while (batch !== undefined && !isFinished) {
      const last = batch.find((event) => event.type === 'finish' || event.type === 'error');
      const text: string = write(batch);
      if (last !== undefined) await finish(last);
      if (text !== '') yield text;
      if (!isFinished) batch = await nextOf(batches);
    }
    if (framing.close !== '') yield framing.close;
  } catch (thrown) {
    const error = toOmniError(thrown);
    const last = errorEvent(error);
    const text = write([last]) + framing.close;
    await finish(last, error);
    yield text;
  } finally {
    if (!isFinished) {
      ledger.estimate(exchange.scan, outputLength);
      await ledger.close('cancelled');
    }
    await batches.return(undefined);
  }
}

async function nextOf(batches: Batches): Promise<readonly ChatEvent[] | undefined> {
  const { done, value } = await batches.next();
  return done ? undefined : value;
}

function lengthOf(events: readonly ChatEvent[]): number {
  return events.reduce((sum, event) => sum + (event.type === 'part-delta' ? event.text.length : 0), 0);
}

function cut(): OmniError {
  return new OmniError('upstream_stream_cut', 'The provider closed the connection before the end of the answer.');
}
