/**
 * An upstream's answer, chunk by chunk. Every chunk is a whole GenerateContentResponse with the new parts; a whole
 * answer is a stream of one chunk. The finish waits for the end of the stream: some hosts write a finish reason into
 * every chunk, and the last chunk's counters win (https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse).
 */
import { asNumber, asObject, asString, isObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { ChatEvent, FinishEvent } from '../../model/event.ts';
import { classifyUpstreamError, type UpstreamErrorBody } from '../../model/upstream-error.ts';
import type { Usage } from '../../model/usage.ts';
import type { DecodeSource } from '../format.ts';
import { errorIn } from './errors.ts';
import { reasonOf, wordFor } from './finish.ts';
import { PartWriter } from './part-writer.ts';
import { ReplyLane } from './reply-lane.ts';
import { decodeUsage } from './usage.ts';
import { ownExt } from './wire.ts';

const TOP_FIELDS = new Set(['candidates', 'usageMetadata', 'modelVersion', 'responseId', 'createTime', 'error']);

export class ReplyDecoder {
  readonly #source: DecodeSource;
  readonly #lanes = new Map<number, ReplyLane>();
  #writer: PartWriter | undefined;
  #rest: JsonObject = {};
  #usage: Usage | undefined;
  #ended = false;

  constructor(source: DecodeSource) {
    this.#source = source;
  }

  /** Takes one chunk; an envelope's `response` is opened. What is no object says nothing. */
  push(value: JsonValue | undefined): ChatEvent[] {
    const outer = asObject(value);
    const chunk = asObject(outer?.['response']) ?? outer;
    if (chunk === undefined || this.#ended) return [];
    const error = errorIn(chunk) ?? (outer === undefined ? undefined : errorIn(outer));
    if (error !== undefined) return this.#fail(error);
    const events: ChatEvent[] = [];
    const writer = this.#start(chunk, events);
    this.#usage = decodeUsage(asObject(chunk['usageMetadata'])) ?? this.#usage;
    for (const [key, field] of Object.entries(chunk)) if (!TOP_FIELDS.has(key)) this.#rest[key] = field;
    for (const candidate of objectsOf(chunk['candidates'])) {
      const choice = asNumber(candidate['index']) ?? 0;
      const lane = this.#lanes.get(choice) ?? new ReplyLane(choice, writer, this.#source.issuer);
      this.#lanes.set(choice, lane);
      events.push(...lane.push(candidate));
    }
    return events;
  }

  /** Has the answer said anything that makes it one? */
  get isReply(): boolean {
    return this.#lanes.size > 0 || this.#usage !== undefined || this.#isBlocked;
  }

  /** The finish, or the cut of a stream that told no reason; `whole` answers may go without one. */
  end(whole: boolean): ChatEvent[] {
    if (this.#ended) return [];
    this.#ended = true;
    const lanes = [...this.#lanes.values()];
    const said = this.#isBlocked || lanes.some((lane) => lane.finishWord !== undefined);
    if (!said && !whole) {
      const message = 'The provider closed the stream before the end of the answer.';
      return [{ type: 'error', code: 'upstream_stream_cut', message }];
    }
    return [...lanes.flatMap((lane) => lane.close()), this.#finish()];
  }

  get #isBlocked(): boolean {
    return asString(asObject(this.#rest['promptFeedback'])?.['blockReason']) !== undefined;
  }

  #fail(error: UpstreamErrorBody): ChatEvent[] {
    this.#ended = true;
    const upstreamCode = error.code ?? error.type;
    return [
      {
        type: 'error',
        code: classifyUpstreamError(error),
        message: error.message,
        ...(upstreamCode !== undefined && { upstreamCode }),
        ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
      },
    ];
  }

  #start(chunk: JsonObject, events: ChatEvent[]): PartWriter {
    if (this.#writer !== undefined) return this.#writer;
    const id = asString(chunk['responseId']);
    const model = asString(chunk['modelVersion']);
    const createTime = asString(chunk['createTime']);
    const createdMs = createTime === undefined ? Number.NaN : Date.parse(createTime);
    events.push({
      type: 'start',
      ...(id !== undefined && { id }),
      ...(model !== undefined && { model }),
      ...(Number.isFinite(createdMs) && { createdAtS: Math.floor(createdMs / 1000) }),
      ...(createTime !== undefined && { ext: { origin: 'gemini' as const, data: { createTime } } }),
    });
    const prompt = asObject(chunk['usageMetadata'])?.['promptTokenCount'];
    this.#writer = new PartWriter(id ?? `${createTime} ${model} ${JSON.stringify(prompt)}`);
    return this.#writer;
  }

  #finish(): FinishEvent {
    const [first, ...others] = [...this.#lanes.values()].sort((a, b) => a.choice - b.choice);
    const reason = this.#isBlocked ? 'refusal' : first === undefined ? 'other' : laneReason(first);
    const candidates = [...this.#lanes.values()].flatMap((lane) => {
      const word = lane.finishWord;
      const kept = word === undefined || wordFor(laneReason(lane)) === word ? {} : { finishReason: word };
      const data = { ...lane.rest, ...kept };
      return Object.keys(data).length === 0 ? [] : [[String(lane.choice), data] as const];
    });
    const ext = ownExt({
      ...this.#rest,
      ...(candidates.length > 0 && { candidates: Object.fromEntries(candidates) }),
    });
    const choices = others.map((lane) => ({ choice: lane.choice, reason: laneReason(lane) }));
    return {
      type: 'finish',
      reason,
      ...(choices.length > 0 && { choices }),
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(ext !== undefined && { ext }),
    };
  }
}

function laneReason(lane: ReplyLane): ReturnType<typeof reasonOf> {
  return reasonOf(lane.finishWord ?? 'STOP', lane.hasCalls);
}

/** Reads a whole answer, a list of chunks, or an error. */
export function decodeReply(body: JsonValue, source: DecodeSource): ChatEvent[] {
  const decoder = new ReplyDecoder(source);
  const events = (Array.isArray(body) ? body : [body]).flatMap((chunk) => decoder.push(chunk));
  if (events.some((event) => event.type === 'error')) return events;
  if (!isObject(body) && !Array.isArray(body)) return [noReply()];
  return decoder.isReply ? [...events, ...decoder.end(true)] : [noReply()];
}

function noReply(): ChatEvent {
  const message = 'The provider answered with something that is no Gemini response.';
  return { type: 'error', code: 'upstream_bad_response', message };
}
