/**
 * Reads a stream on the side while its bytes pass. Once some content has come, a chunk is parsed only if its text shows that
 * it may hold an end, usage, an error or another choice; quotes inside strings are escaped, so the search cannot be
 * fooled by what the model writes.
 */
import type { Frame } from '../../base/framing.ts';
import { asNumber, asObject, asString, isObject, type JsonObject, objectsOf, parseJson } from '../../base/json.ts';
import type { UpstreamErrorBody } from '../../model/upstream-error.ts';
import type { Usage } from '../../model/usage.ts';
import type { FrameMeaning, StreamObserver, StreamSummary } from '../format.ts';
import { choiceError, DONE } from './decode-stream.ts';
import { errorInAnswer } from './errors.ts';
import { detailsText, reasoningString, THINKING, thinkingText } from './reasoning.ts';
import { decodeUsage } from './usage.ts';

const MATTERS =
  /"(?:finish_reason|error)"\s*:\s*["{]|"usage"\s*:\s*\{|"object"\s*:\s*"error"|"base_resp"|"index"\s*:\s*[1-9]/;

/** Content chunks that are always parsed, to learn how much of a chunk is not content: the first often holds more. */
const MEASURED = 4;

class ChunkObserver implements StreamObserver {
  /** By choice number: has it got its finish reason? */
  readonly #choices = new Map<number, boolean>();
  #contentChunks = 0;
  #isOver = false;
  #ended = false;
  #usage: Usage | undefined;
  #model: string | undefined;
  #error: UpstreamErrorBody | undefined;
  #contentLength = 0;
  /** Characters of a chunk around its content, from the chunks that were parsed. */
  #envelope = Number.POSITIVE_INFINITY;

  push({ data, event }: Frame): FrameMeaning {
    if (data.startsWith('[')) return data.trim() === DONE ? this.#done() : this.#beside();
    if (this.#isOver) return this.#beside();
    if (this.#contentChunks >= MEASURED && event !== 'error' && !MATTERS.test(data)) {
      this.#contentLength += Math.max(0, data.length - this.#envelope);
      return 'content';
    }
    const parsed = asObject(parseJson(data));
    if (parsed === undefined) return this.#beside();
    return this.#read(event === 'error' && parsed['error'] === undefined ? { error: parsed } : parsed, data.length);
  }

  summary(): StreamSummary {
    return {
      ended: this.#ended || (this.#error === undefined && this.#isComplete()),
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(this.#model !== undefined && { model: this.#model }),
      ...(this.#error !== undefined && { error: this.#error }),
      contentLength: this.#contentLength,
    };
  }

  #beside(): FrameMeaning {
    return this.#contentChunks > 0 ? 'content' : 'prelude';
  }

  #isComplete(): boolean {
    return this.#choices.size > 0 && [...this.#choices.values()].every((isFinished) => isFinished);
  }

  #done(): FrameMeaning {
    if (!this.#isOver) this.#ended = this.#isComplete();
    this.#isOver = true;
    return 'end';
  }

  #read(chunk: JsonObject, length: number): FrameMeaning {
    const error = errorInAnswer(chunk) ?? choiceError(chunk);
    if (error !== undefined) {
      this.#isOver = true;
      this.#error = error;
      return 'error';
    }
    const model = asString(chunk['model']) ?? '';
    if (this.#model === undefined && model !== '') this.#model = model;
    const choices = objectsOf(chunk['choices']);
    const told = choices.find((choice) => isObject(choice['usage']))?.['usage'];
    const usage = decodeUsage(chunk['usage']) ?? decodeUsage(told) ?? decodeUsage(asObject(chunk['x_groq'])?.['usage']);
    if (usage !== undefined) this.#usage = usage;
    for (const choice of choices) this.#readChoice(choice, length);
    return this.#beside();
  }

  #readChoice(choice: JsonObject, length: number): void {
    const number = asNumber(choice['index']) ?? 0;
    // Legacy completions have a text in its place.
    const said = asObject(choice['delta']) ?? asObject(choice['message']) ?? { content: choice['text'] ?? null };
    const seen = contentLength(said);
    if (seen > 0) {
      this.#contentChunks += 1;
      this.#contentLength += seen;
      this.#envelope = Math.min(this.#envelope, length - seen);
    }
    const isFinished = (asString(choice['finish_reason']) ?? '') !== '';
    this.#choices.set(number, isFinished || this.#choices.get(number) === true);
  }
}

/** How much of an answer a delta holds, in characters; what has no text (a picture, a call's name) counts as one. */
function contentLength(delta: JsonObject): number {
  const { content } = delta;
  const text = typeof content === 'string' ? content.length : objectsOf(content).reduce(blockLength, 0);
  const thoughts = reasoningString(delta)?.text.length ?? detailsLength(delta);
  const calls = objectsOf(delta['tool_calls']).reduce((sum, call) => sum + callLength(call), 0);
  const old = asObject(delta['function_call']);
  const media = objectsOf(delta['images']).length + (isObject(delta['audio']) ? 1 : 0);
  const legacy = old === undefined ? 0 : callLength({ function: old });
  return text + (asString(delta['refusal']) ?? '').length + thoughts + calls + legacy + media;
}

function blockLength(sum: number, block: JsonObject): number {
  const text = block['type'] === THINKING ? thinkingText(block) : (asString(block['text']) ?? ' ');
  return sum + text.length;
}

function detailsLength(delta: JsonObject): number {
  const details = objectsOf(delta['reasoning_details']);
  return Math.max(details.length, detailsText(details).length);
}

function callLength(call: JsonObject): number {
  const inner = asObject(call['function']) ?? asObject(call['custom']) ?? {};
  const input = asString(inner['arguments']) ?? asString(inner['input']) ?? '';
  return (asString(inner['name']) ?? '').length + input.length;
}

/** An observer for one stream. */
export function observeStream(): StreamObserver {
  return new ChunkObserver();
}
