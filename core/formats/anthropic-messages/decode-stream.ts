/**
 * An upstream's stream as events: https://docs.anthropic.com/en/docs/build-with-claude/streaming. Compatible servers
 * bend the grammar: a second `message_start`, thinking inside a text block, deltas without a start, no stop of a block.
 * All of that is read; nothing is passed on that the hub's own grammar forbids.
 */
import type { Frame } from '../../base/framing.ts';
import { asNumber, asObject, asString, type JsonObject, objectsOf, parseJson } from '../../base/json.ts';
import type { ChatEvent } from '../../model/event.ts';
import type { DecodeSource, StreamDecoder } from '../format.ts';
import { decodeFinish, decodeStart, MESSAGE_FIELDS } from './decode-reply.ts';
import { errorEvent } from './errors.ts';
import { toolCallExt } from './reply-blocks.ts';
import { isDirectCall } from './stop-reason.ts';
import { kindOfDelta, StreamBlock } from './stream-block.ts';
import { decodeUsage, mergeUsage } from './usage.ts';
import { extOf, filledRestOf } from './wire.ts';

export function decodeStream(source: DecodeSource): StreamDecoder {
  const decoder = new MessageStreamDecoder(source.issuer);
  return { push: (frame) => decoder.push(frame), end: () => decoder.end() };
}

class MessageStreamDecoder {
  readonly #issuer: string;
  /** By the wire's index; undefined for a block that is left out. */
  readonly #open = new Map<number, StreamBlock | undefined>();
  #nextIndex = 0;
  #started = false;
  #over = false;
  #sawStop = false;
  #usage: JsonObject | undefined;
  /** `stop_reason`, `stop_sequence` and the further members that close the message. */
  #closing: JsonObject = {};
  #rest: JsonObject = {};
  #calls = { passed: 0, direct: 0, dropped: 0 };

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  push(frame: Frame): readonly ChatEvent[] {
    if (this.#over) return [];
    const data = asObject(parseJson(frame.data));
    if (data === undefined) return [];
    const type = asString(data['type']) ?? frame.event;
    if (type === 'error' || asObject(data['error']) !== undefined) {
      this.#over = true;
      return [errorEvent(data)];
    }
    switch (type) {
      case 'message_start':
        return this.#start(asObject(data['message']) ?? {});
      case 'content_block_start':
        return this.#after(this.#openBlock(wireIndex(data), asObject(data['content_block']) ?? {}));
      case 'content_block_delta':
        return this.#after(this.#delta(wireIndex(data), asObject(data['delta']) ?? {}));
      case 'content_block_stop':
        return this.#closeBlock(wireIndex(data));
      case 'message_delta':
        this.#close(data);
        return this.#after([]);
      case 'message_stop':
        return this.#after(this.#finish());
      default:
        return [];
    }
  }

  end(): readonly ChatEvent[] {
    if (this.#over) return [];
    if (this.#sawStop) return this.#finish();
    this.#over = true;
    const message = 'The provider closed the stream before the end of the answer.';
    return [{ type: 'error', code: 'upstream_stream_cut', message }];
  }

  /** The events, after the start that a server may have left out. */
  #after(events: ChatEvent[]): ChatEvent[] {
    if (this.#started) return events;
    this.#started = true;
    return [{ type: 'start' }, ...events];
  }

  /** A second start only tells usage (pitfall 4). Blocks in it are those of a turn that goes on after a tool result. */
  #start(message: JsonObject): ChatEvent[] {
    this.#usage = mergeUsage(this.#usage, asObject(message['usage']));
    if (this.#started) return [];
    this.#started = true;
    if (asString(message['stop_reason']) !== undefined) this.#closing['stop_reason'] = message['stop_reason'] ?? null;
    const usage = decodeUsage(this.#usage);
    const blocks = objectsOf(message['content']).flatMap((block, at) => [
      ...this.#openBlock(-1 - at, block),
      ...this.#closeBlock(-1 - at),
    ]);
    return [
      { ...decodeStart(message), ...(usage && { usage }), ...extOf(filledRestOf(message, MESSAGE_FIELDS)) },
      ...blocks,
    ];
  }

  #openBlock(at: number, block: JsonObject): ChatEvent[] {
    const before = this.#closeBlock(at);
    if (block['type'] === 'tool_use' && (asString(block['name']) ?? '') === '') {
      this.#calls.dropped += 1;
      this.#open.set(at, undefined);
      return before;
    }
    const opened = new StreamBlock(block, this.#nextIndex, this.#issuer);
    this.#nextIndex += 1;
    if (opened.kind === 'tool-call') {
      this.#calls.passed += 1;
      if (isDirectCall(toolCallExt(block).ext)) this.#calls.direct += 1;
    }
    this.#open.set(at, opened);
    return [...before, ...opened.open()];
  }

  /** A delta that does not fit its block, or has none, opens the block it belongs to (pitfalls 4 and 6). */
  #delta(at: number, delta: JsonObject): ChatEvent[] {
    const kind = kindOfDelta(asString(delta['type']) ?? '');
    const current = this.#open.get(at);
    const fits = this.#open.has(at)
      ? current === undefined || kind === undefined || current.kind === 'opaque' || current.kind === kind
      : kind === undefined;
    if (fits) return current?.delta(delta) ?? [];
    const block: JsonObject = kind === 'text' ? { type: 'text', text: '' } : { type: 'thinking', thinking: '' };
    return [...this.#openBlock(at, block), ...(this.#open.get(at)?.delta(delta) ?? [])];
  }

  #closeBlock(at: number): ChatEvent[] {
    const block = this.#open.get(at);
    this.#open.delete(at);
    return block?.close() ?? [];
  }

  #close(event: JsonObject): void {
    this.#usage = mergeUsage(this.#usage, asObject(event['usage']));
    const delta = asObject(event['delta']) ?? {};
    if (asString(delta['stop_reason']) !== undefined) this.#sawStop = true;
    this.#closing = { ...this.#closing, ...filledRestOf(delta, []) };
    this.#rest = { ...this.#rest, ...filledRestOf(event, ['type', 'delta', 'usage']) };
  }

  #finish(): ChatEvent[] {
    this.#over = true;
    const closed = [...this.#open.keys()].flatMap((at) => this.#closeBlock(at));
    const closing: JsonObject = { ...this.#closing, ...(this.#usage && { usage: this.#usage }) };
    const rest = { ...filledRestOf(this.#closing, MESSAGE_FIELDS), ...this.#rest };
    return [...closed, decodeFinish(closing, this.#calls, rest)];
  }
}

function wireIndex(data: JsonObject): number {
  return asNumber(data['index']) ?? 0;
}
