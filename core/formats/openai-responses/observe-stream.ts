/**
 * Reads a Responses stream while its bytes pass through. Once content has come, only the last events are parsed; all
 * others are told apart by their type, which stands in the SSE event name or near the start of the data.
 */
import type { Frame } from '../../base/framing.ts';
import { asObject, asString, type JsonObject, objectsOf } from '../../base/json.ts';
import type { UpstreamErrorBody } from '../../model/upstream-error.ts';
import type { Usage } from '../../model/usage.ts';
import type { FrameMeaning, StreamObserver, StreamSummary } from '../format.ts';
import { isFailed } from './decode-reply.ts';
import { decodeError } from './errors.ts';
import { decodeUsage } from './usage.ts';
import { readEvent } from './wire.ts';

const TYPE = /"type"\s*:\s*"((?:response\.|error)[a-z_.]*)"/;
const DELTAS = new Set([
  'response.output_text.delta',
  'response.refusal.delta',
  'response.reasoning_summary_text.delta',
  'response.reasoning_text.delta',
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
]);
const ENDS = new Set(['response.completed', 'response.incomplete', 'response.failed', 'response.cancelled']);
/** Events that may bring the first content whole. */
const WHOLES = new Set([
  'response.output_item.added',
  'response.output_item.done',
  'response.output_text.done',
  'response.refusal.done',
]);

/** An observer for one stream. */
export function observeStream(): StreamObserver {
  return new ResponsesObserver();
}

class ResponsesObserver implements StreamObserver {
  #ended = false;
  #over = false;
  #content = false;
  #length = 0;
  #model: string | undefined;
  #usage: Usage | undefined;
  #error: UpstreamErrorBody | undefined;

  push(frame: Frame): FrameMeaning {
    if (this.#over) return 'prelude';
    const type = typeOf(frame);
    if (DELTAS.has(type)) return this.#delta(frame.data);
    if (ENDS.has(type)) return this.#end(type, frame);
    if (type === 'error' || (type === '' && frame.data.includes('"error"'))) return this.#fail(readEvent(frame));
    if (WHOLES.has(type)) return this.#whole(frame);
    if (this.#model === undefined && type === 'response.created') {
      this.#model = asString(asObject(readEvent(frame)?.['response'])?.['model']);
    }
    return 'prelude';
  }

  summary(): StreamSummary {
    return {
      ended: this.#ended,
      contentLength: this.#length,
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#error !== undefined && { error: this.#error }),
    };
  }

  #delta(data: string): FrameMeaning {
    const length = deltaLength(data);
    this.#length += length;
    if (length === 0 && !this.#content) return 'prelude';
    this.#content = true;
    return 'content';
  }

  #whole(frame: Frame): FrameMeaning {
    if (this.#content) return 'content';
    const length = wholeLength(readEvent(frame) ?? {});
    if (length === undefined) return 'prelude';
    this.#length += length;
    this.#content = true;
    return 'content';
  }

  #end(type: string, frame: Frame): FrameMeaning {
    const event = readEvent(frame);
    if (event === undefined) return 'prelude';
    const response = asObject(event['response']) ?? {};
    this.#usage = decodeUsage(response['usage']) ?? this.#usage;
    this.#model ??= asString(response['model']);
    this.#ended = true;
    if (type === 'response.failed' || isFailed(response)) return this.#fail(response);
    this.#over = true;
    if (!this.#content) this.#length += outputLength(response);
    return 'end';
  }

  #fail(body: JsonObject | undefined): FrameMeaning {
    if (body === undefined) return 'prelude';
    this.#over = true;
    this.#error = decodeError(body);
    return 'error';
  }
}

function typeOf(frame: Frame): string {
  if (frame.event !== undefined && frame.event !== 'message') return frame.event;
  return TYPE.exec(frame.data)?.[1] ?? '';
}

/** Length of the JSON string after `"delta":`; upstreams pad events with further fields, so the frame's does not do. */
function deltaLength(data: string): number {
  const key = data.indexOf('"delta"');
  const open = key < 0 ? -1 : data.indexOf('"', key + 7);
  if (open < 0) return 0;
  let close = data.indexOf('"', open + 1);
  while (close > 0 && escaped(data, close)) close = data.indexOf('"', close + 1);
  return close < 0 ? 0 : close - open - 1;
}

function escaped(data: string, at: number): boolean {
  let slashes = 0;
  while (data[at - 1 - slashes] === '\\') slashes += 1;
  return slashes % 2 === 1;
}

/** Characters of content in an event that carries it whole; undefined when it holds none. */
function wholeLength(event: JsonObject): number | undefined {
  const item = asObject(event['item']);
  if (item === undefined) {
    const text = asString(event['text']) ?? asString(event['refusal']) ?? '';
    return text === '' ? undefined : text.length;
  }
  return itemLength(item);
}

/** Messages and reasoning count by their text; a call or any other item is content by being there. */
function itemLength(item: JsonObject): number | undefined {
  const type = item['type'];
  if (type === 'message' || type === 'reasoning') {
    const pieces = [...objectsOf(item['content']), ...objectsOf(item['summary'])];
    const texts = pieces.map((piece) => asString(piece['text']) ?? asString(piece['refusal']) ?? '');
    const length = texts.reduce((sum, text) => sum + text.length, 0);
    return length === 0 ? undefined : length;
  }
  if ((type === 'function_call' || type === 'custom_tool_call') && (asString(item['name']) ?? '') === '')
    return undefined;
  return asString(item['arguments'])?.length ?? asString(item['input'])?.length ?? 0;
}

function outputLength(response: JsonObject): number {
  return objectsOf(response['output']).reduce((sum, item) => sum + (itemLength(item) ?? 0), 0);
}
