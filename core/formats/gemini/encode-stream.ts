/**
 * A streamed answer for a Gemini client: chunks of one candidate each, the last with the finish reason and the counters.
 * A tool call's arguments are an object, so a call waits until it is complete; several may be underway at once.
 */
import type { Frame } from '../../base/framing.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ChatEvent, FinishEvent, PartDeltaEvent, PartEndEvent, PartHead, StartEvent } from '../../model/event.ts';
import { LossList } from '../../model/loss.ts';
import type { Citation, Part } from '../../model/part.ts';
import type { ReplyContext, StreamEncoder } from '../format.ts';
import { encodeLogprobs } from './logprobs.ts';
import { candidateClosing, closing, envelope, errorBody, isBlocked } from './reply-frame.ts';
import { replyNotes, replyPart } from './reply-parts.ts';

interface OpenPart {
  readonly choice: number;
  readonly head: PartHead;
  /** The tool input so far; of texts only what citations point into. */
  text: string;
  readonly citations: Citation[];
}

export class GeminiStreamEncoder implements StreamEncoder {
  readonly #context: ReplyContext;
  readonly #losses = new LossList();
  readonly #parts: OpenPart[] = [];
  #start: StartEvent = { type: 'start' };
  #envelope: JsonObject;
  #done = false;

  constructor(context: ReplyContext) {
    this.#context = context;
    this.#envelope = envelope(this.#start, context);
  }

  push(event: ChatEvent): readonly Frame[] {
    if (this.#done) return [];
    switch (event.type) {
      case 'start':
        this.#start = event;
        this.#envelope = envelope(event, this.#context);
        return [];
      case 'part-start':
        this.#parts[event.index] = { choice: event.choice ?? 0, head: event.part, text: '', citations: [] };
        return [];
      case 'part-delta':
        return this.#delta(event);
      case 'part-end':
        return this.#end(event);
      case 'finish':
        this.#done = true;
        return this.#finish(event);
      case 'error':
        this.#done = true;
        return [frame(errorBody(event))];
    }
  }

  losses(): ReturnType<StreamEncoder['losses']> {
    return this.#losses.list();
  }

  #delta({ index, text, citations, logprobs }: PartDeltaEvent): Frame[] {
    const open = this.#parts[index];
    if (open === undefined) return [];
    const { type } = open.head;
    open.text += text;
    if (type !== 'text' && type !== 'reasoning') return [];
    open.citations.push(...(citations ?? []));
    const result = logprobs === undefined ? {} : { logprobsResult: encodeLogprobs(logprobs) };
    if (text === '' && logprobs === undefined) return [];
    return [this.#chunk(open.choice, { text, ...(type === 'reasoning' && { thought: true }) }, result)];
  }

  #end({ index, ext }: PartEndEvent): Frame[] {
    const open = this.#parts[index];
    if (open === undefined) return [];
    const { head, choice } = open;
    const carried = ext ?? head.ext;
    if (head.type === 'text' || head.type === 'reasoning') {
      if (head.type === 'text' && head.refusal === true) {
        this.#losses.add('refusal', `parts[${index}]`, 'The refusal is sent as plain text.');
      }
      const notes = replyNotes(carried);
      if (Object.keys(notes).length === 0) return [];
      return [this.#chunk(choice, { text: '', ...(head.type === 'reasoning' && { thought: true }), ...notes })];
    }
    const part = replyPart(wholePart(open, carried), `parts[${index}]`, this.#losses);
    open.text = '';
    return part === undefined ? [] : [this.#chunk(choice, part)];
  }

  #finish(finish: FinishEvent): Frame[] {
    const others = [...(finish.choices ?? [])].map(({ choice }) => choice).sort((a, b) => b - a);
    const end = closing(finish, this.#start, this.#losses);
    if (isBlocked(finish) && this.#parts.length === 0) return [frame({ ...end, ...this.#envelope })];
    return [...others, 0].map((choice) => {
      const texts = this.#parts.filter((part) => part.choice === choice && part.head.type === 'text');
      const candidate = candidateClosing(finish, { choice, texts }, this.#losses);
      return this.#chunk(choice, { text: '' }, candidate, choice === 0 ? end : {});
    });
  }

  #chunk(choice: number, part: JsonObject, candidate: JsonObject = {}, end: JsonObject = {}): Frame {
    const content = { parts: [part], role: 'model' };
    return frame({ candidates: [{ content, index: choice, ...candidate }], ...end, ...this.#envelope });
  }
}

function frame(body: JsonObject): Frame {
  return { data: JSON.stringify(body) };
}

function wholePart({ head, text }: OpenPart, ext: PartHead['ext']): Part {
  const carried = ext === undefined ? {} : { ext };
  switch (head.type) {
    case 'text':
    case 'reasoning':
      return { ...head, text, ...carried };
    case 'tool-call':
      return { ...head, input: text, ...carried };
    case 'media':
      return { ...head, ...carried };
    case 'opaque':
      return { ...head, ...carried };
  }
}
