/**
 * An upstream's stream of chunks as events. What has no word in the hub is carried: top-level fields of the first chunks
 * in the start event's `ext`, everything else in the finish event's: `fields` (later top-level ones), and by choice
 * number `choices`, `messages` and `reasons` (vendors' finish words).
 * https://platform.openai.com/docs/api-reference/chat/streaming
 */
import type { Frame } from '../../base/framing.ts';
import { asNumber, asObject, asString, type JsonObject, objectsOf, parseJson } from '../../base/json.ts';
import type { ChatEvent, FinishEvent } from '../../model/event.ts';
import type { Usage } from '../../model/usage.ts';
import type { DecodeSource, StreamDecoder } from '../format.ts';
import { ChoiceReader } from './choice-reader.ts';
import { errorEvent, errorInAnswer } from './errors.ts';
import { decodeReason } from './finish.ts';
import { decodeUsage } from './usage.ts';
import { withExt } from './wire.ts';

export const DONE = '[DONE]';

const TOP_KNOWN = new Set(['id', 'object', 'created', 'model', 'choices', 'usage', 'error', 'obfuscation', 'type']);
const CHOICE_KNOWN = new Set(['index', 'delta', 'message', 'logprobs', 'finish_reason', 'usage', 'error']);
const DELTA_KNOWN = new Set([
  ...['role', 'content', 'refusal', 'reasoning_content', 'reasoning', 'reasoning_text', 'reasoning_details'],
  ...['tool_calls', 'function_call', 'annotations', 'audio', 'images', 'index'],
]);

interface Choice {
  readonly reader: ChoiceReader;
  /** The protocol's word for why it ended; absent while it goes on. */
  word?: string;
  /** The stop sequence that was hit, where the host tells it. */
  sequence?: string;
}

export class ChunkReader implements StreamDecoder {
  readonly #issuer: string;
  readonly #choices = new Map<number, Choice>();
  #parts = 0;
  #seed = '';
  #top: JsonObject = {};
  #hasStarted = false;
  #isOver = false;
  #usage: Usage | undefined;
  readonly #late: JsonObject = {};
  readonly #choiceRest: Record<string, JsonObject> = {};
  readonly #messageRest: Record<string, JsonObject> = {};
  readonly #reasons: JsonObject = {};

  constructor({ issuer }: DecodeSource) {
    this.#issuer = issuer;
  }

  push(frame: Frame): readonly ChatEvent[] {
    if (this.#isOver) return [];
    if (frame.data.trim() === DONE) return this.end();
    const chunk = asObject(parseJson(frame.data));
    if (chunk === undefined) return [];
    return this.read(frame.event === 'error' && chunk['error'] === undefined ? { error: chunk } : chunk);
  }

  /** One chunk, or a whole answer whose choices hold `message`. */
  read(chunk: JsonObject): ChatEvent[] {
    const error = errorInAnswer(chunk) ?? choiceError(chunk);
    if (error !== undefined) {
      this.#isOver = true;
      return [errorEvent(error)];
    }
    const choices = objectsOf(chunk['choices']);
    const usage =
      decodeUsage(chunk['usage']) ??
      decodeUsage(choices.find((choice) => asObject(choice['usage']) !== undefined)?.['usage']) ??
      decodeUsage(asObject(chunk['x_groq'])?.['usage']);
    if (usage !== undefined) this.#usage = usage;
    const events = this.#readTop(chunk, choices.length > 0);
    for (const choice of choices) events.push(...this.#readChoice(choice));
    return events;
  }

  end(): readonly ChatEvent[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    const choices = [...this.#choices.values()];
    if (choices.length > 0 && choices.every(({ word }) => word !== undefined)) {
      return [...choices.flatMap(({ reader }) => reader.close()), this.#finish()];
    }
    const message = 'The provider closed the stream before the end of the answer.';
    return [{ type: 'error', code: 'upstream_stream_cut', message }];
  }

  /** The start event waits for the first choice: Azure's first chunk has neither id nor model. */
  #readTop(chunk: JsonObject, hasChoices: boolean): ChatEvent[] {
    for (const key in chunk) {
      const value = chunk[key] ?? null;
      if (value === null || TOP_KNOWN.has(key)) continue;
      if (!this.#hasStarted) this.#top[key] = value;
      else if (!isSame(this.#late[key] ?? this.#top[key], value)) this.#late[key] = value;
    }
    if (this.#hasStarted || !hasChoices) return [];
    this.#hasStarted = true;
    const id = asString(chunk['id']) ?? '';
    const model = asString(chunk['model']) ?? '';
    const created = asNumber(chunk['created']);
    this.#seed = `${id}/${created}`;
    return [
      {
        type: 'start',
        ...(id !== '' && { id }),
        ...(model !== '' && { model }),
        ...(created !== undefined && { createdAtS: created }),
        ...withExt(this.#top),
      },
    ];
  }

  #readChoice(wire: JsonObject): ChatEvent[] {
    const number = asNumber(wire['index']) ?? 0;
    const choice = this.#choice(number);
    const delta = asObject(wire['delta']) ?? asObject(wire['message']) ?? {};
    keepRest(this.#choiceRest, number, wire, CHOICE_KNOWN);
    keepRest(this.#messageRest, number, delta, DELTA_KNOWN);
    const events = choice.reader.read(delta, asObject(wire['logprobs']));
    const word = asString(wire['finish_reason']) ?? '';
    if (word === '') return events;
    choice.word = word;
    const sequence = asString(wire['stop_reason']);
    if (sequence !== undefined) choice.sequence = sequence;
    return [...events, ...choice.reader.close()];
  }

  #choice(number: number): Choice {
    const known = this.#choices.get(number);
    if (known !== undefined) return known;
    const nextIndex = (): number => this.#parts++;
    const reader = new ChoiceReader({ issuer: this.#issuer, choice: number, seed: this.#seed, nextIndex });
    const choice: Choice = { reader };
    this.#choices.set(number, choice);
    return choice;
  }

  #finish(): FinishEvent {
    const reasons = [...this.#choices].map(([choice, { word = '', sequence, reader }]) => {
      const reason = decodeReason(word, sequence, reader.hasCalls);
      if (reason === 'other') this.#reasons[String(choice)] = word;
      return { choice, reason };
    });
    const others = reasons.filter(({ choice }) => choice !== 0);
    const reason = (reasons.find(({ choice }) => choice === 0) ?? others[0])?.reason ?? 'other';
    const sequence = this.#choices.get(0)?.sequence;
    const data = {
      fields: this.#late,
      choices: this.#choiceRest,
      messages: this.#messageRest,
      reasons: this.#reasons,
    };
    const carried = Object.entries(data).filter(([, value]) => Object.keys(value).length > 0);
    return {
      type: 'finish',
      reason,
      ...(reason === 'stop-sequence' && sequence !== undefined && { stopSequence: sequence }),
      ...(others.length > 0 && { choices: others }),
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...withExt(Object.fromEntries(carried)),
    };
  }
}

/** A decoder for one stream. */
export function decodeStream(source: DecodeSource): StreamDecoder {
  return new ChunkReader(source);
}

/** OpenRouter puts the error of one choice beside its message; `finish_reason: "error"` says no more than that. */
export function choiceError(chunk: JsonObject): ReturnType<typeof errorInAnswer> {
  for (const choice of objectsOf(chunk['choices'])) {
    const error = asObject(choice['error']);
    if (error !== undefined) return errorInAnswer({ error });
    if (choice['finish_reason'] === 'error') {
      return { message: 'The provider ended the answer with an error.', code: 'server_error' };
    }
  }
  return undefined;
}

function keepRest(
  kept: Record<string, JsonObject>,
  number: number,
  wire: JsonObject,
  known: ReadonlySet<string>,
): void {
  for (const key in wire) {
    const value = wire[key] ?? null;
    if (value === null || known.has(key)) continue;
    const rest = kept[String(number)] ?? {};
    kept[String(number)] = rest;
    rest[key] = value;
  }
}

function isSame(before: JsonObject[string] | undefined, value: JsonObject[string]): boolean {
  if (before === value) return true;
  return typeof value === 'object' && JSON.stringify(before) === JSON.stringify(value);
}
