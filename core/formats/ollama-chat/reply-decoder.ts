/**
 * An upstream's answer, chunk by chunk; a whole answer is a stream of one chunk. A chunk with `done: true` ends it and
 * holds the counters (https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion).
 */
import {
  asObject,
  asString,
  isObject,
  type JsonObject,
  type JsonValue,
  objectsOf,
  parseJson,
} from '../../base/json.ts';
import { CallIds } from '../../model/call-ids.ts';
import type { ChatEvent, FinishReason, PartHead } from '../../model/event.ts';
import { classifyUpstreamError } from '../../model/upstream-error.ts';
import type { DecodeSource, StreamDecoder } from '../format.ts';
import { errorIn } from './errors.ts';
import { decodeUsage } from './usage.ts';
import { ownExt, restOf } from './wire.ts';

const KNOWN = ['model', 'created_at', 'message', 'done', 'done_reason', 'logprobs', 'prompt_eval_count', 'eval_count'];

export class ReplyDecoder {
  #ids: CallIds | undefined;
  #open: { readonly index: number; readonly type: 'text' | 'reasoning' } | undefined;
  #next = 0;
  #hasCalls = false;
  #ended = false;

  push(chunk: JsonObject): ChatEvent[] {
    if (this.#ended) return [];
    const error = errorIn(chunk);
    if (error !== undefined) {
      this.#ended = true;
      const upstreamCode = error.code ?? error.type;
      const code = classifyUpstreamError(error);
      return [{ type: 'error', code, message: error.message, ...(upstreamCode !== undefined && { upstreamCode }) }];
    }
    const message = asObject(chunk['message']) ?? {};
    const events: ChatEvent[] = [];
    const ids = this.#start(chunk, events);
    this.#text('reasoning', asString(message['thinking']) ?? '', events);
    this.#text('text', asString(message['content']) ?? '', events, objectsOf(chunk['logprobs']));
    for (const call of objectsOf(message['tool_calls'])) this.#call(call, ids, events);
    if (chunk['done'] === true) this.#finish(chunk, events);
    return events;
  }

  /** The upstream closed; `whole` answers may go without a last sign. */
  end(whole: boolean): ChatEvent[] {
    if (this.#ended) return [];
    const events: ChatEvent[] = [];
    if (whole) this.#finish({}, events);
    else {
      this.#ended = true;
      const message = 'The provider closed the stream before the end of the answer.';
      events.push({ type: 'error', code: 'upstream_stream_cut', message });
    }
    return events;
  }

  #start(chunk: JsonObject, events: ChatEvent[]): CallIds {
    if (this.#ids !== undefined) return this.#ids;
    const model = asString(chunk['model']);
    const created = asString(chunk['created_at']);
    const createdMs = created === undefined ? Number.NaN : Date.parse(created);
    events.push({
      type: 'start',
      ...(model !== undefined && { model }),
      ...(Number.isFinite(createdMs) && { createdAtS: Math.floor(createdMs / 1000) }),
      ...(created !== undefined && { ext: { origin: 'ollama-chat' as const, data: { created_at: created } } }),
    });
    this.#ids = new CallIds(created ?? `${model} ${JSON.stringify(chunk['prompt_eval_count'])}`);
    return this.#ids;
  }

  #text(type: 'text' | 'reasoning', text: string, events: ChatEvent[], logprobs: JsonObject[] = []): void {
    if (text === '' && (logprobs.length === 0 || this.#open?.type !== type)) return;
    if (this.#open?.type !== type) {
      this.#close(events);
      const ext = { origin: 'ollama-chat' as const, data: {} };
      const part: PartHead = type === 'text' ? { type } : { type, form: 'full', ext };
      this.#open = { index: this.#take(), type };
      events.push({ type: 'part-start', index: this.#open.index, part });
    }
    const { index } = this.#open;
    events.push({ type: 'part-delta', index, text, ...(logprobs.length > 0 && { logprobs }) });
  }

  #call(call: JsonObject, ids: CallIds, events: ChatEvent[]): void {
    const inside = asObject(call['function']);
    const name = asString(inside?.['name']) ?? '';
    if (name === '') return;
    this.#close(events);
    this.#hasCalls = true;
    const index = this.#take();
    const given = inside?.['arguments'];
    const text = typeof given === 'string' ? given : JSON.stringify(given ?? {});
    const part: PartHead = { type: 'tool-call', id: ids.call(name, asString(call['id'])), name, kind: 'function' };
    events.push({ type: 'part-start', index, part }, { type: 'part-delta', index, text }, { type: 'part-end', index });
  }

  #finish(chunk: JsonObject, events: ChatEvent[]): void {
    this.#ended = true;
    this.#close(events);
    const word = asString(chunk['done_reason']) ?? 'stop';
    const known = word === 'stop' || word === 'length' || word === '';
    const ext = ownExt({ ...restOf(chunk, KNOWN), ...(known ? {} : { done_reason: word }) });
    const usage = decodeUsage(chunk);
    events.push({
      type: 'finish',
      reason: reasonOf(word, this.#hasCalls),
      ...(usage !== undefined && { usage }),
      ...(ext !== undefined && { ext }),
    });
  }

  #close(events: ChatEvent[]): void {
    if (this.#open !== undefined) events.push({ type: 'part-end', index: this.#open.index });
    this.#open = undefined;
  }
  #take(): number {
    this.#next += 1;
    return this.#next - 1;
  }
}

function reasonOf(word: string, hasCalls: boolean): FinishReason {
  if (word === 'length') return 'length';
  if (word !== 'stop' && word !== '') return 'other';
  return hasCalls ? 'tool-calls' : 'stop';
}

/** Reads a whole answer or an error. */
export function decodeReply(body: JsonValue, _source: DecodeSource): ChatEvent[] {
  const decoder = new ReplyDecoder();
  if (isObject(body) && (isObject(body['message']) || body['done'] !== undefined || errorIn(body) !== undefined)) {
    return [...decoder.push(body), ...decoder.end(true)];
  }
  const message = 'The provider answered with something that is no Ollama response.';
  return [{ type: 'error', code: 'upstream_bad_response', message }];
}

/** Reads a stream of JSON lines; lines that are no objects are ignored. */
export function decodeStream(_source: DecodeSource): StreamDecoder {
  const decoder = new ReplyDecoder();
  return {
    push: ({ data }) => {
      const chunk = asObject(parseJson(data));
      return chunk === undefined ? [] : decoder.push(chunk);
    },
    end: () => decoder.end(false),
  };
}
