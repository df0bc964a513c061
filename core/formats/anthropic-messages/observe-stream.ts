/**
 * Reads a stream that passes through byte for byte: usage, the end, an error. Once content flows, a frame that can only
 * hold more of it is recognised by its event name or a search in its text and is not parsed.
 */
import type { Frame } from '../../base/framing.ts';
import { asNumber, asObject, asString, type JsonObject, objectsOf, parseJson } from '../../base/json.ts';
import type { UpstreamErrorBody } from '../../model/upstream-error.ts';
import type { FrameMeaning, StreamObserver, StreamSummary } from '../format.ts';
import { decodeError } from './errors.ts';
import { decodeUsage, mergeUsage } from './usage.ts';

export function observeStream(): StreamObserver {
  const observer = new MessageStreamObserver();
  return { push: (frame) => observer.push(frame), summary: () => observer.summary() };
}

const DELTA_FIELDS = ['text', 'thinking', 'partial_json', 'content'];

class MessageStreamObserver {
  #usage: JsonObject | undefined;
  #model: string | undefined;
  #error: UpstreamErrorBody | undefined;
  /** `message_start` counts the input; of the output it tells the first token alone. */
  #isOutputCounted = false;
  #sawStop = false;
  #over = false;
  #hasContent = false;
  #contentLength = 0;
  /** Characters of a delta's frame that are not content; unknown until one was measured. */
  #envelope: number | undefined;

  push(frame: Frame): FrameMeaning {
    if (this.#hasContent && !this.#over && this.#envelope !== undefined && isPlainDelta(frame)) {
      this.#contentLength += Math.max(0, frame.data.length - this.#envelope);
      return 'content';
    }
    const data = asObject(parseJson(frame.data));
    if (data === undefined || this.#over) return 'prelude';
    return this.#read(asString(data['type']) ?? frame.event, data, frame.data.length);
  }

  summary(): StreamSummary {
    const usage = decodeUsage(this.#usage);
    return {
      ended: this.#error === undefined && (this.#sawStop || this.#over),
      contentLength: this.#contentLength,
      ...(usage && { usage, ...(!this.#isOutputCounted && { isOutputOpen: true }) }),
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#error && { error: this.#error }),
    };
  }

  #read(type: string | undefined, data: JsonObject, length: number): FrameMeaning {
    if (type === 'error' || asObject(data['error']) !== undefined) {
      this.#over = true;
      this.#error = decodeError(data);
      return 'error';
    }
    switch (type) {
      case 'message_start': {
        const message = asObject(data['message']);
        this.#usage = mergeUsage(this.#usage, asObject(message?.['usage']));
        this.#model ??= asString(message?.['model']);
        return this.#content(objectsOf(message?.['content']).length > 0);
      }
      case 'content_block_start':
        return this.#content(opensContent(asObject(data['content_block']) ?? {}));
      case 'content_block_delta':
        return this.#content(this.#measure(asObject(data['delta']) ?? {}, length));
      case 'message_delta':
        this.#usage = mergeUsage(this.#usage, asObject(data['usage']));
        this.#isOutputCounted ||= asNumber(asObject(data['usage'])?.['output_tokens']) !== undefined;
        if (asString(asObject(data['delta'])?.['stop_reason']) !== undefined) this.#sawStop = true;
        return 'prelude';
      case 'message_stop':
        this.#over = true;
        return 'end';
      default:
        return 'prelude';
    }
  }

  #content(is: boolean): FrameMeaning {
    if (!is) return 'prelude';
    this.#hasContent = true;
    return 'content';
  }

  #measure(delta: JsonObject, length: number): boolean {
    const text = DELTA_FIELDS.map((field) => asString(delta[field]) ?? '').join('');
    if (text !== '') this.#envelope = length - JSON.stringify(text).length + 2;
    this.#contentLength += text.length;
    return text !== '' || ['signature_delta', 'citations_delta', 'compaction_delta'].includes(String(delta['type']));
  }
}

/** An empty text or thinking block is only announced; a tool call or an item of the provider is there. */
function opensContent(block: JsonObject): boolean {
  const type = block['type'];
  if (type !== 'text' && type !== 'thinking') return true;
  return (asString(block['text']) ?? asString(block['thinking']) ?? '') !== '';
}

function isPlainDelta({ event, data }: Frame): boolean {
  if (event !== undefined && event !== 'message') return event === 'content_block_delta';
  return data.includes('"content_block_delta"') && !data.includes('"usage"') && !data.includes('"error"');
}
