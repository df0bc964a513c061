/** Answers for an Ollama client, whole or as JSON lines (https://github.com/ollama/ollama/blob/main/docs/api.md). */
import type { Frame } from '../../base/framing.ts';
import { asObject, asString, type JsonObject, objectsOf } from '../../base/json.ts';
import { callArguments } from '../../model/call-arguments.ts';
import { isMadeCallId } from '../../model/call-ids.ts';
import type { ChatEvent, ErrorEvent, FinishEvent, PartEndEvent, PartHead, StartEvent } from '../../model/event.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import { LossList } from '../../model/loss.ts';
import type { EncodedReply, ReplyContext, StreamEncoder } from '../format.ts';
import { encodeUsage } from './usage.ts';

interface OpenPart {
  readonly head: PartHead;
  /** The tool input so far. */
  input: string;
}

/** Writes one line for each piece; a tool call waits until its arguments are complete. */
export class OllamaStreamEncoder implements StreamEncoder {
  readonly #context: ReplyContext;
  readonly #losses = new LossList();
  readonly #open = new Map<number, OpenPart>();
  #start: StartEvent = { type: 'start' };
  #envelope: JsonObject;
  #calls = 0;
  #done = false;

  constructor(context: ReplyContext) {
    this.#context = context;
    this.#envelope = envelope(this.#start, context);
  }

  push(event: ChatEvent): readonly Frame[] {
    return this.pieces(event).map((piece) => ({ data: JSON.stringify(piece) }));
  }

  losses(): ReturnType<StreamEncoder['losses']> {
    return this.#losses.list();
  }

  /** The objects for one event. */
  pieces(event: ChatEvent): JsonObject[] {
    if (this.#done) return [];
    switch (event.type) {
      case 'start':
        this.#start = event;
        this.#envelope = envelope(event, this.#context);
        return [];
      case 'part-start':
        this.#begin(event.index, event.choice ?? 0, event.part);
        return [];
      case 'part-delta': {
        const open = this.#open.get(event.index);
        if (open === undefined) return [];
        if (event.citations !== undefined) {
          this.#losses.add('citations', `parts[${event.index}]`, 'Ollama has no citations.');
        }
        if (open.head.type === 'tool-call') open.input += event.text;
        if (open.head.type !== 'text' && open.head.type !== 'reasoning') return [];
        const logprobs = event.logprobs === undefined ? {} : { logprobs: [...event.logprobs] };
        if (event.text === '' && event.logprobs === undefined) return [];
        const field = open.head.type === 'text' ? { content: event.text } : { content: '', thinking: event.text };
        return [this.#line(field, logprobs)];
      }
      case 'part-end':
        return this.#end(event);
      case 'finish':
        this.#done = true;
        return [this.#last(event)];
      case 'error':
        this.#done = true;
        return [errorBody(event)];
    }
  }

  #begin(index: number, choice: number, head: PartHead): void {
    const path = `parts[${index}]`;
    if (choice > 0) {
      this.#losses.add('choices', 'choices', 'Ollama answers with one choice; the others are left out.');
      return;
    }
    if (head.type === 'media') this.#losses.add(head.kind, path, 'Ollama answers hold no media.');
    if (head.type === 'opaque') this.#losses.add('opaque', path, `The ${head.label} item is left out.`);
    if (head.type === 'text' && head.refusal === true)
      this.#losses.add('refusal', path, 'The refusal is sent as text.');
    this.#open.set(index, { head, input: '' });
  }

  #end({ index, ext }: PartEndEvent): JsonObject[] {
    const open = this.#open.get(index);
    this.#open.delete(index);
    const carried = ext ?? open?.head.ext;
    if (open?.head.type === 'reasoning' && carried !== undefined && Object.keys(carried.data).length > 0) {
      this.#losses.add('reasoning-signature', `parts[${index}]`, 'Ollama has no place for a signature of thoughts.');
    }
    if (open?.head.type === 'text' || open?.head.type === 'tool-call') {
      loseForeignFields(carried, { format: 'ollama-chat', path: `parts[${index}]`, losses: this.#losses });
    }
    if (open?.head.type !== 'tool-call') return [];
    const { id, name, kind } = open.head;
    if (kind === 'custom') {
      this.#losses.add('tool-custom', `parts[${index}]`, 'The free-text call is sent with one string.');
    }
    const args = callArguments({ kind, input: open.input }, `parts[${index}]`, this.#losses);
    const call = { ...(isMadeCallId(id) ? {} : { id }), function: { index: this.#calls, name, arguments: args } };
    this.#calls += 1;
    return [this.#line({ content: '', tool_calls: [call] })];
  }

  #last(finish: FinishEvent): JsonObject {
    const own = finish.ext?.origin === 'ollama-chat' ? finish.ext.data : {};
    const { reason } = finish;
    if (own['done_reason'] === undefined && !['stop', 'length', 'tool-calls'].includes(reason)) {
      this.#losses.add('finish-reason', 'finish', `Ollama has no word for "${reason}"; the answer ends with "stop".`);
    }
    return {
      ...this.#envelope,
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: reason === 'length' ? 'length' : 'stop',
      ...encodeUsage(finish.usage ?? this.#start.usage, this.#losses),
      ...own,
    };
  }

  #line(message: JsonObject, more: JsonObject = {}): JsonObject {
    return { ...this.#envelope, message: { role: 'assistant', ...message }, done: false, ...more };
  }
}

function envelope(start: StartEvent, context: ReplyContext): JsonObject {
  const own = start.ext?.origin === 'ollama-chat' ? start.ext.data['created_at'] : undefined;
  const created = new Date((start.createdAtS ?? context.createdAtS) * 1000).toISOString();
  return { model: start.model ?? context.model, created_at: own ?? created };
}

function errorBody(error: ErrorEvent): JsonObject {
  return { error: error.message };
}

/** A whole answer is its lines in one object. */
export function encodeReply(events: Iterable<ChatEvent>, context: ReplyContext): EncodedReply {
  const encoder = new OllamaStreamEncoder(context);
  const lines = [...events].flatMap((event) => encoder.pieces(event));
  const last = lines.at(-1) ?? {};
  if (last['error'] !== undefined) return { body: last, losses: encoder.losses() };
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: JsonObject[] = [];
  const logprobs: JsonObject[] = [];
  for (const line of lines) {
    const message = asObject(line['message']);
    texts.push(asString(message?.['content']) ?? '');
    thoughts.push(asString(message?.['thinking']) ?? '');
    calls.push(...objectsOf(message?.['tool_calls']));
    logprobs.push(...objectsOf(line['logprobs']));
  }
  const thinking = thoughts.join('');
  const message: JsonObject = {
    role: 'assistant',
    content: texts.join(''),
    ...(thinking !== '' && { thinking }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  const body = { ...last, message, done: true, ...(logprobs.length > 0 && { logprobs }) };
  return { body, losses: encoder.losses() };
}
