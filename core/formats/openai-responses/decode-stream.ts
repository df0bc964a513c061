/**
 * An upstream's event stream as hub events. Events are known by the `type` in their data; the SSE event name is not
 * relied on. https://platform.openai.com/docs/api-reference/responses-streaming
 */
import type { Frame } from '../../base/framing.ts';
import { asNumber, asObject, asString, type JsonObject, objectsOf } from '../../base/json.ts';
import type { ChatEvent } from '../../model/event.ts';
import type { DecodeSource, StreamDecoder } from '../format.ts';
import { finishEvent, isFailed, startEvent } from './decode-reply.ts';
import { errorEvent } from './errors.ts';
import { ReplyReader } from './reply-reader.ts';
import { readEvent } from './wire.ts';

/** A decoder for one stream. */
export function decodeStream(source: DecodeSource): StreamDecoder {
  return new ResponsesDecoder(source.issuer);
}

class ResponsesDecoder implements StreamDecoder {
  readonly #reader: ReplyReader;
  #started = false;
  #over = false;

  constructor(issuer: string) {
    this.#reader = new ReplyReader(issuer);
  }

  push(frame: Frame): readonly ChatEvent[] {
    if (this.#over) return [];
    const data = readEvent(frame);
    if (data === undefined) return [];
    const type = asString(data['type']) ?? frame.event ?? '';
    switch (type) {
      case 'response.created':
      case 'response.in_progress':
      case 'response.queued':
        return this.#start(asObject(data['response']) ?? {});
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
      case 'response.cancelled':
        return this.#finish(type, asObject(data['response']) ?? {});
      case 'error':
        return this.#fail(data);
    }
    if (type === '' && data['error'] !== undefined) return this.#fail(data);
    this.#read(type, data);
    const events = this.#reader.take();
    return events.length === 0 ? events : [...this.#start({}), ...events];
  }

  end(): readonly ChatEvent[] {
    if (this.#over) return [];
    this.#over = true;
    return [
      {
        type: 'error',
        code: 'upstream_stream_cut',
        message: 'The provider closed the stream before the end of the answer.',
      },
    ];
  }

  #start(response: JsonObject): ChatEvent[] {
    if (this.#started) return [];
    this.#started = true;
    return [startEvent(response)];
  }

  #finish(type: string, response: JsonObject): ChatEvent[] {
    if (type === 'response.failed' || isFailed(response)) return this.#fail(response);
    const events = this.#start(response);
    this.#reader.output(response['output']);
    events.push(...this.#reader.take());
    const status = asString(response['status']) ?? type.slice('response.'.length);
    events.push(finishEvent({ ...response, status }, this.#reader.called));
    this.#over = true;
    return events;
  }

  #fail(body: JsonObject): ChatEvent[] {
    this.#over = true;
    return [errorEvent(body)];
  }

  #read(type: string, data: JsonObject): void {
    READERS[type]?.(this.#reader, {
      at: asNumber(data['output_index']) ?? 0,
      content: asNumber(data['content_index']) ?? 0,
      delta: asString(data['delta']) ?? '',
      data,
    });
  }
}

interface Piece {
  readonly at: number;
  readonly content: number;
  readonly delta: string;
  readonly data: JsonObject;
}

const READERS: Readonly<Record<string, (reader: ReplyReader, piece: Piece) => void>> = {
  'response.output_item.added': (reader, { at, data }) => reader.itemAdded(at, asObject(data['item']) ?? {}),
  'response.output_item.done': (reader, { at, data }) => reader.itemDone(at, asObject(data['item']) ?? {}),
  'response.content_part.added': (reader, { at, content, data }) =>
    reader.contentAdded(at, content, asObject(data['part']) ?? {}),
  'response.output_text.delta': (reader, { at, content, delta, data }) =>
    reader.textDelta(at, content, { type: 'text', text: delta, logprobs: objectsOf(data['logprobs']) }),
  'response.refusal.delta': (reader, { at, content, delta }) =>
    reader.textDelta(at, content, { type: 'text', text: delta, refusal: true }),
  'response.output_text.annotation.added': (reader, { at, content, data }) =>
    reader.textDelta(at, content, { type: 'text', text: '', annotation: asObject(data['annotation']) }),
  'response.output_text.done': (reader, { at, content, data }) =>
    reader.textDone(at, content, { text: asString(data['text']), logprobs: data['logprobs'], ended: false }),
  'response.refusal.done': (reader, { at, content, data }) =>
    reader.textDone(at, content, { text: asString(data['refusal']), ended: false }),
  'response.content_part.done': (reader, { at, content, data }) => {
    const part = asObject(data['part']) ?? {};
    const text = asString(part['text']) ?? asString(part['refusal']);
    reader.textDone(at, content, { text, annotations: part['annotations'], logprobs: part['logprobs'], ended: true });
  },
  'response.function_call_arguments.delta': (reader, { at, delta }) => reader.callDelta(at, { text: delta }),
  'response.custom_tool_call_input.delta': (reader, { at, delta }) => reader.callDelta(at, { text: delta }),
  'response.function_call_arguments.done': (reader, { at, data }) =>
    reader.callDelta(at, { final: asString(data['arguments']) }),
  'response.custom_tool_call_input.done': (reader, { at, data }) =>
    reader.callDelta(at, { final: asString(data['input']) }),
  'response.reasoning_summary_text.delta': (reader, { at, delta, data }) =>
    reader.reasoningDelta(at, asNumber(data['summary_index']) ?? 0, { form: 'summary', text: delta }),
  'response.reasoning_text.delta': (reader, { at, content, delta }) =>
    reader.reasoningDelta(at, content, { form: 'full', text: delta }),
};
