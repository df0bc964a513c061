/**
 * Events as a stream for a client: https://docs.anthropic.com/en/docs/build-with-claude/streaming. Blocks are strictly
 * sequential: events of a part that begins while another is open wait until that one has ended.
 */
import type { Frame } from '../../base/framing.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ChatEvent, FinishEvent, PartStartEvent, StartEvent } from '../../model/event.ts';
import { type Loss, LossList } from '../../model/loss.ts';
import type { ReplyContext, StreamEncoder } from '../format.ts';
import { closingFields, messageHead } from './encode-reply.ts';
import { encodeErrorEvent } from './errors.ts';
import { encodeStopReason } from './stop-reason.ts';
import { StreamBlockWriter } from './stream-block-writer.ts';
import { encodeUsage } from './usage.ts';
import { loseForeignExt, restOf } from './wire.ts';

export function encodeStream(context: ReplyContext): StreamEncoder {
  const encoder = new MessageStreamEncoder(context);
  return { push: (event) => encoder.push(event), losses: () => encoder.losses() };
}

/** Members of `message_delta` beside its `delta`; all others stand in it. */
const BESIDE_DELTA = ['context_management', 'input_transformations'];

class MessageStreamEncoder {
  readonly #context: ReplyContext;
  readonly #losses = new LossList();
  /** Events of parts that wait for their turn, by part, in the order of their start. */
  readonly #waiting = new Map<number, ChatEvent[]>();
  #current: StreamBlockWriter | undefined;
  #nextBlock = 0;
  #started = false;
  #over = false;

  constructor(context: ReplyContext) {
    this.#context = context;
  }

  losses(): readonly Loss[] {
    return this.#losses.list();
  }

  push(event: ChatEvent): readonly Frame[] {
    if (this.#over) return [];
    switch (event.type) {
      case 'start':
        return this.#start(event);
      case 'part-start':
      case 'part-delta':
      case 'part-end':
        return this.#started ? this.#part(event) : [...this.#start({ type: 'start' }), ...this.#part(event)];
      case 'finish':
        return [...this.#start({ type: 'start' }), ...this.#finish(event)];
      case 'error':
        this.#over = true;
        return [{ event: 'error', data: JSON.stringify(encodeErrorEvent(event)) }];
    }
  }

  #start(event: StartEvent): Frame[] {
    if (this.#started) return [];
    this.#started = true;
    const usage =
      event.usage === undefined ? { input_tokens: 0, output_tokens: 0 } : encodeUsage(event.usage, this.#losses);
    const message: JsonObject = {
      ...messageHead(event, this.#context),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage,
    };
    return [frame('message_start', { message })];
  }

  #part(event: Extract<ChatEvent, { index: number }>): Frame[] {
    if (event.type === 'part-start') {
      if ((event.choice ?? 0) > 0) {
        this.#losses.add('choices', 'choices', 'Only the first of several answers is given.');
        return [];
      }
      if (this.#current === undefined) return this.#open(event);
      this.#waiting.set(event.index, [event]);
      return [];
    }
    const current = this.#current;
    if (current === undefined || event.index !== current.part) {
      this.#waiting.get(event.index)?.push(event);
      return [];
    }
    if (event.type === 'part-delta') return current.delta(event).map(asFrame);
    return [...this.#end(current.end(event)), ...this.#next()];
  }

  #open(event: PartStartEvent): Frame[] {
    this.#current = new StreamBlockWriter(event, this.#nextBlock, this.#losses);
    return this.#current.start().map(asFrame);
  }

  #end(payloads: JsonObject[]): Frame[] {
    if (this.#current?.written === true) this.#nextBlock += 1;
    this.#current = undefined;
    return payloads.map(asFrame);
  }

  /** Gives the next waiting part its turn, and all that end within what has waited. */
  #next(): Frame[] {
    for (const [part, events] of this.#waiting) {
      this.#waiting.delete(part);
      return events.flatMap((event) => [...this.push(event)]);
    }
    return [];
  }

  #finish(event: FinishEvent): Frame[] {
    const frames: Frame[] = [];
    while (this.#current !== undefined) {
      const open = this.#current;
      frames.push(...this.#end(open.end({ type: 'part-end', index: open.part })), ...this.#next());
    }
    this.#over = true;
    loseForeignExt(event.ext, 'finish', this.#losses);
    const fields = closingFields(event.ext);
    const beside = restOf(
      fields,
      Object.keys(fields).filter((key) => !BESIDE_DELTA.includes(key)),
    );
    const delta: JsonObject = {
      stop_reason: encodeStopReason(event, this.#losses),
      stop_sequence: event.stopSequence ?? null,
      ...restOf(fields, BESIDE_DELTA),
    };
    const usage = event.usage === undefined ? { output_tokens: 0 } : encodeUsage(event.usage, this.#losses);
    return [...frames, frame('message_delta', { delta, usage, ...beside }), frame('message_stop', {})];
  }
}

function frame(type: string, payload: JsonObject): Frame {
  return { event: type, data: JSON.stringify({ type, ...payload }) };
}

function asFrame(payload: JsonObject): Frame {
  return { event: String(payload['type']), data: JSON.stringify(payload) };
}
