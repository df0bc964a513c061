/**
 * Reads a stream of lines on the side while its bytes pass. Only the last line has counters, and quotes inside a JSON
 * string are escaped, so a search for `"done":true` cannot be fooled by the answer's text.
 */
import type { Frame } from '../../base/framing.ts';
import { asObject, asString, type JsonObject, objectsOf, parseJson } from '../../base/json.ts';
import type { UpstreamErrorBody } from '../../model/upstream-error.ts';
import type { Usage } from '../../model/usage.ts';
import type { FrameMeaning, StreamObserver, StreamSummary } from '../format.ts';
import { errorIn } from './errors.ts';
import { decodeUsage } from './usage.ts';

const LAST = /"done"\s*:\s*true/;

export class OllamaObserver implements StreamObserver {
  #sawContent = false;
  #ended = false;
  #model: string | undefined;
  #error: UpstreamErrorBody | undefined;
  #usage: Usage | undefined;
  #contentLength = 0;
  /** Characters of a line that are not content, measured on lines that were parsed. */
  #envelopeLength = 0;

  push({ data }: Frame): FrameMeaning {
    if (this.#sawContent && !LAST.test(data) && !data.includes('"error"')) {
      this.#contentLength += Math.max(0, data.length - this.#envelopeLength);
      return 'content';
    }
    const chunk = asObject(parseJson(data));
    return chunk === undefined ? 'prelude' : this.#read(chunk, data.length);
  }

  summary(): StreamSummary {
    return {
      ended: this.#ended,
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#error !== undefined && { error: this.#error }),
      contentLength: this.#contentLength,
    };
  }

  #read(chunk: JsonObject, length: number): FrameMeaning {
    const error = errorIn(chunk);
    if (error !== undefined) {
      if (!this.#ended) this.#error ??= error;
      return 'error';
    }
    this.#model ??= asString(chunk['model']);
    const content = lengthOf(asObject(chunk['message']));
    this.#contentLength += content;
    if (content > 0) {
      this.#sawContent = true;
      this.#envelopeLength = length - content;
    }
    if (chunk['done'] === true) {
      this.#ended = true;
      this.#usage = decodeUsage(chunk);
      return 'end';
    }
    return content > 0 ? 'content' : 'prelude';
  }
}

function lengthOf(message: JsonObject | undefined): number {
  const texts = [asString(message?.['content']) ?? '', asString(message?.['thinking']) ?? ''];
  const calls = objectsOf(message?.['tool_calls']).map((call) => JSON.stringify(call));
  return [...texts, ...calls].reduce((sum, text) => sum + text.length, 0);
}
