/**
 * A client's stream: a chunk with the role, chunks with pieces, one with each choice's finish reason, one with usage
 * where the client asked for it, and `[DONE]`. A failed stream ends with an error chunk and no `[DONE]`, which SDKs
 * raise as an exception. https://platform.openai.com/docs/api-reference/chat/streaming
 */
import type { Frame } from '../../base/framing.ts';
import { asObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type {
  ChatEvent,
  FinishEvent,
  PartDeltaEvent,
  PartEndEvent,
  PartStartEvent,
  StartEvent,
} from '../../model/event.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import { type Loss, LossList } from '../../model/loss.ts';
import type { ReplyContext, StreamEncoder } from '../format.ts';
import { DONE } from './decode-stream.ts';
import { choiceEnd } from './encode-reply.ts';
import { encodeErrorEvent } from './errors.ts';
import { callExtras, callWire, citationsWire, mediaWire, opaqueWire, reasoningOf, reportStart } from './reply-parts.ts';
import { encodeUsage } from './usage.ts';
import { FORMAT, ownData } from './wire.ts';

interface OpenPart {
  readonly choice: number;
  readonly head: PartStartEvent['part'];
  /** Of a tool call: its place among the choice's calls. */
  readonly call: number;
}

/** Fields OpenAI repeats on every chunk; others of the start event stand on the first alone. */
const REPEATED = ['system_fingerprint', 'service_tier'];

class ChunkWriter implements StreamEncoder {
  readonly #context: ReplyContext;
  readonly #losses = new LossList();
  readonly #parts = new Map<number, OpenPart>();
  /** Calls told so far, by choice; a choice in it has been given its role. */
  readonly #calls = new Map<number, number>();
  #base: JsonObject = {};
  #first: JsonObject = {};
  #isOver = false;

  constructor(context: ReplyContext) {
    this.#context = context;
    this.#setBase({ type: 'start' });
  }

  push(event: ChatEvent): readonly Frame[] {
    if (this.#isOver) return [];
    switch (event.type) {
      case 'start':
        this.#setBase(event);
        return this.#role(0);
      case 'part-start':
        return [...this.#role(event.choice ?? 0), ...this.#start(event)];
      case 'part-delta':
        return this.#delta(event);
      case 'part-end':
        return this.#end(event);
      case 'finish':
        this.#isOver = true;
        return [...this.#role(0), ...this.#finish(event)];
      case 'error':
        this.#isOver = true;
        return [frame(encodeErrorEvent(event))];
    }
  }

  losses(): readonly Loss[] {
    return this.#losses.list();
  }

  #setBase(start: StartEvent): void {
    const { id, createdAtS, model, request } = this.#context;
    reportStart(start, this.#losses);
    const extras = Object.entries(ownData(start.ext));
    this.#first = Object.fromEntries(extras.filter(([key]) => !REPEATED.includes(key)));
    this.#base = {
      ...Object.fromEntries(extras.filter(([key]) => REPEATED.includes(key))),
      id: start.id ?? `chatcmpl-${id}`,
      object: 'chat.completion.chunk',
      created: start.createdAtS ?? createdAtS,
      model: start.model ?? model,
      ...(request.includeUsage === true && { usage: null }),
    };
  }

  #role(choice: number): Frame[] {
    if (this.#calls.has(choice)) return [];
    this.#calls.set(choice, 0);
    const extras = this.#first;
    this.#first = {};
    return [this.#chunk(choice, { role: 'assistant', content: '' }, { top: extras })];
  }

  #start(event: PartStartEvent): Frame[] {
    const { part, index, choice = 0 } = event;
    const call = this.#calls.get(choice) ?? 0;
    this.#parts.set(index, { choice, head: part, call });
    switch (part.type) {
      case 'tool-call': {
        this.#calls.set(choice, call + 1);
        return [
          this.#chunk(choice, { tool_calls: [{ index: call, ...callWire({ ...part, input: '' }, this.#losses) }] }),
        ];
      }
      case 'media': {
        const { images, audio } = mediaWire(part, this.#losses);
        if (images !== undefined) return [this.#chunk(choice, { images })];
        return audio === undefined ? [] : [this.#chunk(choice, { audio })];
      }
      default:
        return [];
    }
  }

  #delta({ index, text, citations, logprobs }: PartDeltaEvent): Frame[] {
    const open = this.#parts.get(index);
    if (open === undefined) return [];
    const { head, choice, call } = open;
    switch (head.type) {
      case 'text': {
        const annotations = citationsWire(citations ?? [], this.#losses);
        if (text === '' && annotations.length === 0 && logprobs === undefined) return [];
        const isRefusal = head.refusal === true;
        const delta: JsonObject = {
          ...((text !== '' || logprobs !== undefined) && { [isRefusal ? 'refusal' : 'content']: text }),
          ...(annotations.length > 0 && { annotations }),
        };
        if (logprobs === undefined) return [this.#chunk(choice, delta)];
        const entries = [...logprobs];
        const told = isRefusal ? { content: null, refusal: entries } : { content: entries, refusal: null };
        return [this.#chunk(choice, delta, { logprobs: told })];
      }
      case 'reasoning': {
        if (text === '') return [];
        const { block, field } = reasoningOf({ ...head, text }, this.#losses);
        if (block !== undefined) return [this.#chunk(choice, { content: [block] })];
        // Thoughts that stand in details alone come whole when the part ends.
        return field === undefined ? [] : [this.#chunk(choice, { [field]: text })];
      }
      case 'tool-call': {
        if (text === '') return [];
        const piece = head.kind === 'custom' ? { custom: { input: text } } : { function: { arguments: text } };
        return [this.#chunk(choice, { tool_calls: [{ index: call, ...piece }] })];
      }
      case 'media':
      case 'opaque':
        return [];
    }
  }

  #end({ index, ext }: PartEndEvent): Frame[] {
    const open = this.#parts.get(index);
    this.#parts.delete(index);
    if (open === undefined) return [];
    const { head, choice, call } = open;
    switch (head.type) {
      case 'reasoning':
        return this.#reasoningEnd(choice, ext ?? head.ext);
      case 'tool-call': {
        if (ext === undefined || JSON.stringify(ext) === JSON.stringify(head.ext)) return [];
        const extras = callExtras(ext, this.#losses);
        return Object.keys(extras).length === 0
          ? []
          : [this.#chunk(choice, { tool_calls: [{ index: call, ...extras }] })];
      }
      case 'opaque': {
        const block = opaqueWire({ ...head, ext: ext ?? head.ext }, this.#losses);
        return block === undefined ? [] : [this.#chunk(choice, { content: [block] })];
      }
      case 'text':
        loseForeignFields(ext ?? head.ext, { format: FORMAT, path: 'parts', losses: this.#losses });
        return [];
      case 'media':
        return [];
    }
  }

  #reasoningEnd(choice: number, ext: PartEndEvent['ext']): Frame[] {
    const { block, details } = reasoningOf({ ...(ext !== undefined && { ext }) }, this.#losses);
    if (block !== undefined && Object.keys(block).length > 2) return [this.#chunk(choice, { content: [block] })];
    return details.length === 0 ? [] : [this.#chunk(choice, { reasoning_details: [...details] })];
  }

  #finish(event: FinishEvent): Frame[] {
    const frames: Frame[] = [];
    let top = asObject(ownData(event.ext)['fields']) ?? {};
    const numbers = new Set([...this.#calls.keys(), ...(event.choices ?? []).map(({ choice }) => choice)]);
    for (const number of [...numbers].sort((a, b) => a - b)) {
      const { rest, messageRest, reason } = choiceEnd(event, number, this.#losses);
      frames.push(this.#chunk(number, messageRest, { top, rest, finish_reason: reason }));
      top = {};
    }
    if (this.#context.request.includeUsage === true && event.usage !== undefined) {
      frames.push(frame({ ...this.#base, choices: [], usage: encodeUsage(event.usage) }));
    }
    return [...frames, { data: DONE }];
  }

  #chunk(index: number, delta: JsonObject, more: ChunkExtras = {}): Frame {
    const { top, rest, logprobs = null, finish_reason = null } = more;
    return frame({ ...this.#base, ...top, choices: [{ index, delta, ...rest, logprobs, finish_reason }] });
  }
}

interface ChunkExtras {
  readonly top?: JsonObject;
  readonly rest?: JsonObject;
  readonly logprobs?: JsonObject;
  readonly finish_reason?: string;
}

function frame(body: JsonValue): Frame {
  return { data: JSON.stringify(body) };
}

/** An encoder for one stream. */
export function encodeStream(context: ReplyContext): StreamEncoder {
  return new ChunkWriter(context);
}
