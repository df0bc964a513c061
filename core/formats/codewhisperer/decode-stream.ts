/**
 * The answer as it streams. Text, thoughts and calls come as events of their own; nothing says that it is the last, so
 * the answer is finished when the account was charged and the context was measured, or when the stream ends.
 */

import type { Frame } from '../../base/framing.ts';
import { asObject, asString, isObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import type { ChatEvent } from '../../model/event.ts';
import type { DecodeSource, StreamDecoder } from '../format.ts';
import { decodeError, errorEvent } from './errors.ts';
import { UsageReader } from './usage.ts';

const FAILURE = /^(?:exception|error):(.*)$/;

export function decodeStream(_source: DecodeSource): StreamDecoder {
  return new AnswerDecoder();
}

/** A whole answer that is JSON is no answer of this protocol: it is an error, whatever its status. */
export function decodeReply(body: JsonValue, _source: DecodeSource): ChatEvent[] {
  const { message, type, code } = decodeError(body);
  const upstreamCode = code ?? type;
  return [
    {
      type: 'error',
      code: 'upstream_bad_response',
      message: `The provider answered with no event stream: ${message}`,
      ...(upstreamCode !== undefined && { upstreamCode }),
    },
  ];
}

type Open =
  | { readonly type: 'text' | 'reasoning'; readonly index: number }
  | { readonly type: 'call'; readonly index: number; readonly id: string; hasInput: boolean };

class AnswerDecoder implements StreamDecoder {
  readonly #usage = new UsageReader();
  #open: Open | undefined;
  #next = 0;
  #hasStarted = false;
  #hasCalls = false;
  #isOver = false;

  push({ event = '', data }: Frame): readonly ChatEvent[] {
    if (this.#isOver) return [];
    const failure = FAILURE.exec(event)?.[1];
    if (failure !== undefined) return this.#fail(failure, data);
    const events: ChatEvent[] = [];
    const parsed = asObject(parseJson(data)) ?? {};
    // Some hosts name the event once more around its members.
    const body = asObject(parsed[event]) ?? parsed;
    this.#start(events);
    switch (event) {
      case 'assistantResponseEvent':
      case 'codeEvent':
        this.#text('text', asString(body['content']) ?? '', events);
        break;
      case 'reasoningContentEvent':
        this.#text('reasoning', asString(body['text']) ?? '', events);
        break;
      case 'toolUseEvent':
        this.#call(body, events);
        break;
      case 'invalidStateEvent':
        return [...events, ...this.#fail(asString(body['reason']) ?? event, data)];
      default:
        this.#usage.read(event, body);
        if (this.#usage.isMeasured && this.#open?.type !== 'call') this.#finish(events);
    }
    return events;
  }

  end(): readonly ChatEvent[] {
    if (this.#isOver) return [];
    const events: ChatEvent[] = [];
    if (this.#next > 0 || this.#usage.isMeasured) this.#finish(events);
    else {
      this.#isOver = true;
      events.push({
        type: 'error',
        code: 'upstream_stream_cut',
        message: 'The provider closed the stream before it answered.',
      });
    }
    return events;
  }

  #start(events: ChatEvent[]): void {
    if (this.#hasStarted) return;
    this.#hasStarted = true;
    events.push({ type: 'start' });
  }

  #fail(type: string, data: string): ChatEvent[] {
    this.#isOver = true;
    return [errorEvent(type, data)];
  }

  #text(type: 'text' | 'reasoning', text: string, events: ChatEvent[]): void {
    if (text === '') return;
    this.#usage.add(text);
    if (this.#open?.type !== type) {
      this.#close(events);
      this.#open = { type, index: this.#take() };
      const part = type === 'text' ? ({ type } as const) : ({ type, form: 'full' } as const);
      events.push({ type: 'part-start', index: this.#open.index, part });
    }
    events.push({ type: 'part-delta', index: this.#open.index, text });
  }

  /** `{toolUseId, name, input, stop}`: the input comes in pieces of text, or at once as an object. */
  #call(body: JsonObject, events: ChatEvent[]): void {
    const id = asString(body['toolUseId']) ?? '';
    const name = asString(body['name']) ?? '';
    if (id === '' || (name === '' && !this.#isOpenCall(id))) return;
    if (!this.#isOpenCall(id)) {
      this.#close(events);
      this.#open = { type: 'call', index: this.#take(), id, hasInput: false };
      this.#hasCalls = true;
      events.push({
        type: 'part-start',
        index: this.#open.index,
        part: { type: 'tool-call', id, name, kind: 'function' },
      });
    }
    this.#input(body['input'], events);
    if (body['stop'] === true) this.#close(events);
  }

  #input(input: JsonValue | undefined, events: ChatEvent[]): void {
    if (this.#open?.type !== 'call') return;
    const isWhole = isObject(input) && Object.keys(input).length > 0;
    const text = typeof input === 'string' ? input : isWhole ? JSON.stringify(input) : '';
    if (text === '') return;
    this.#open.hasInput = true;
    this.#usage.add(text);
    events.push({ type: 'part-delta', index: this.#open.index, text });
  }

  #isOpenCall(id: string): boolean {
    return this.#open?.type === 'call' && this.#open.id === id;
  }

  #finish(events: ChatEvent[]): void {
    this.#isOver = true;
    this.#start(events);
    this.#close(events);
    const usage = this.#usage.usage();
    events.push({ type: 'finish', reason: this.#hasCalls ? 'tool-calls' : 'stop', ...(usage && { usage }) });
  }

  /** A call without input is one with an empty object, which every client expects as JSON. */
  #close(events: ChatEvent[]): void {
    const open = this.#open;
    if (open === undefined) return;
    if (open.type === 'call' && !open.hasInput) events.push({ type: 'part-delta', index: open.index, text: '{}' });
    events.push({ type: 'part-end', index: open.index });
    this.#open = undefined;
  }

  #take(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}
