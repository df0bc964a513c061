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
    const reader = this.#reader;
    const at = asNumber(data['output_index']) ?? 0;
    const content = asNumber(data['content_index']) ?? 0;
    const delta = asString(data['delta']) ?? '';
    switch (type) {
      case 'response.output_item.added':
        return reader.itemAdded(at, asObject(data['item']) ?? {});
      case 'response.output_item.done':
        return reader.itemDone(at, asObject(data['item']) ?? {});
      case 'response.content_part.added':
        return reader.contentAdded(at, content, asObject(data['part']) ?? {});
      case 'response.output_text.delta': {
        const logprobs = objectsOf(data['logprobs']);
        return reader.textDelta(at, content, { type: 'text', text: delta, logprobs });
      }
      case 'response.refusal.delta':
        return reader.textDelta(at, content, { type: 'text', text: delta, refusal: true });
      case 'response.output_text.annotation.added': {
        const annotation = asObject(data['annotation']);
        if (annotation === undefined) return undefined;
        return reader.textDelta(at, content, { type: 'text', text: '', annotation });
      }
      case 'response.output_text.done':
      case 'response.refusal.done': {
        const text = asString(data['text']) ?? asString(data['refusal']);
        return reader.textDone(at, content, { text, logprobs: data['logprobs'], ended: false });
      }
      case 'response.content_part.done': {
        const part = asObject(data['part']) ?? {};
        const text = asString(part['text']) ?? asString(part['refusal']);
        const { annotations, logprobs } = part;
        return reader.textDone(at, content, { text, annotations, logprobs, ended: true });
      }
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return reader.callDelta(at, { text: delta });
      case 'response.function_call_arguments.done':
        return reader.callDelta(at, { final: asString(data['arguments']) });
      case 'response.custom_tool_call_input.done':
        return reader.callDelta(at, { final: asString(data['input']) });
      case 'response.reasoning_summary_text.delta':
        return reader.reasoningDelta(at, asNumber(data['summary_index']) ?? 0, { form: 'summary', text: delta });
      case 'response.reasoning_text.delta':
        return reader.reasoningDelta(at, content, { form: 'full', text: delta });
    }
  }
}
