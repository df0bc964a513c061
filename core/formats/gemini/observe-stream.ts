/**
 * Reads a stream on the side while its bytes pass. Gemini repeats its counters in every chunk, so the last chunk that
 * has some is remembered as text and read only when the summary is asked for. A search for a field's name in quotes
 * cannot be fooled by the answer's text: quotes inside a JSON string are escaped.
 */
import type { Frame } from '../../base/framing.ts';
import { asObject, asString, type JsonObject, objectsOf, parseJson } from '../../base/json.ts';
import type { UpstreamErrorBody } from '../../model/upstream-error.ts';
import type { FrameMeaning, StreamObserver, StreamSummary } from '../format.ts';
import { errorIn } from './errors.ts';
import { decodeUsage } from './usage.ts';

const COUNTERS = ['"promptTokenCount"', '"candidatesTokenCount"', '"thoughtsTokenCount"'];

export class GeminiObserver implements StreamObserver {
  #sawContent = false;
  #ended = false;
  #model: string | undefined;
  #error: UpstreamErrorBody | undefined;
  #usageText: string | undefined;
  #contentLength = 0;
  /** Characters of a content frame that are not content, measured on frames that were parsed. */
  #envelopeLength = 0;

  push({ data }: Frame): FrameMeaning {
    if (COUNTERS.some((name) => data.includes(name))) this.#usageText = data;
    const telling = data.includes('"finishReason"') || data.includes('"error"') || data.includes('"blockReason"');
    if (this.#sawContent && !telling) {
      this.#contentLength += Math.max(0, data.length - this.#envelopeLength);
      return 'content';
    }
    return this.#read(asObject(parseJson(data)), data.length);
  }

  summary(): StreamSummary {
    const chunk = this.#usageText === undefined ? undefined : open(asObject(parseJson(this.#usageText)));
    const usage = decodeUsage(asObject(chunk?.['usageMetadata']));
    return {
      ended: this.#ended,
      ...(usage !== undefined && { usage }),
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#error !== undefined && { error: this.#error }),
      contentLength: this.#contentLength,
    };
  }

  #read(value: JsonObject | undefined, length: number): FrameMeaning {
    const chunk = open(value);
    if (chunk === undefined) return 'prelude';
    const error = errorIn(chunk) ?? (value === undefined ? undefined : errorIn(value));
    if (error !== undefined) {
      this.#error ??= error;
      return 'error';
    }
    this.#model ??= asString(chunk['modelVersion']);
    const candidates = objectsOf(chunk['candidates']);
    const content = candidates.reduce((sum, candidate) => sum + lengthOf(candidate), 0);
    this.#contentLength += content;
    if (content > 0) {
      this.#sawContent = true;
      this.#envelopeLength = length - content;
    }
    const finished = candidates.some((candidate) => isWord(candidate['finishReason']));
    if (finished || isWord(asObject(chunk['promptFeedback'])?.['blockReason'])) {
      this.#ended = true;
      return 'end';
    }
    return content > 0 ? 'content' : 'prelude';
  }
}

function open(value: JsonObject | undefined): JsonObject | undefined {
  return asObject(value?.['response']) ?? value;
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && value !== 'FINISH_REASON_UNSPECIFIED';
}

/** Characters of a candidate's parts; a part that is no text counts as it is written. */
function lengthOf(candidate: JsonObject): number {
  return objectsOf(asObject(candidate['content'])?.['parts']).reduce((sum, part) => {
    const { text, thought: _thought, thoughtSignature: _signature, ...other } = part;
    return sum + (typeof text === 'string' ? text.length : 0) + otherLength(other);
  }, 0);
}

function otherLength(other: JsonObject): number {
  return Object.keys(other).length === 0 ? 0 : JSON.stringify(other).length;
}
