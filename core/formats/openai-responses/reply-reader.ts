/**
 * Output items as hub events, for streams and whole answers alike: a whole answer is read as items that come finished.
 * Items are found by `output_index`, since some upstreams change an item's id between its events. What `…done` events
 * and finished items hold beyond the deltas is added at the end, because some upstreams send no deltas at all.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
import { asString, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { ChatEvent, PartHead } from '../../model/event.ts';
import type { Ext } from '../../model/ext.ts';
import type { TextPart } from '../../model/part.ts';
import { decodeAnnotation } from './annotations.ts';
import { textOfItem } from './decode-input.ts';
import { imagePart } from './image-item.ts';
import { type FinalText, type OpenPart, PartEvents } from './part-events.ts';
import { decodeReplyReasoning, PIECE_BREAK } from './reasoning.ts';
import { FORMAT, restOf, withExt } from './wire.ts';

interface OpenItem {
  readonly added: JsonObject;
  /** By content index; calls, reasoning and opaque items have one, at 0. */
  readonly parts: Map<number, OpenPart>;
  /** The piece of reasoning the last delta belonged to. */
  piece: number;
  form?: 'summary' | 'full';
  done: boolean;
}

export class ReplyReader {
  readonly #issuer: string;
  readonly #items = new Map<number, OpenItem>();
  readonly #parts = new PartEvents();
  /** A tool call was read, so the turn ended to have tools run. */
  called = false;

  constructor(issuer: string) {
    this.#issuer = issuer;
  }

  /** The events since the last time. */
  take(): ChatEvent[] {
    return this.#parts.take();
  }

  itemAdded(at: number, item: JsonObject): void {
    const before = this.#items.get(at);
    if (before !== undefined) this.#close(before);
    const open: OpenItem = { added: item, parts: new Map(), piece: 0, done: false };
    this.#items.set(at, open);
    switch (item['type']) {
      case 'message':
      case 'reasoning':
      case 'image_generation_call':
        return;
      case 'function_call':
      case 'custom_tool_call':
        this.#call(open, item);
        return;
      default:
        this.#open(open, 0, { type: 'opaque', label: labelOf(item), ext: this.#ext(item) });
    }
  }

  contentAdded(at: number, content: number, part: JsonObject): void {
    const open = this.#items.get(at);
    if (open === undefined || open.added['type'] !== 'message') return;
    if (part['type'] === 'output_text' || part['type'] === 'refusal') this.#text(open, content, part);
  }

  /** A piece of a message's text or refusal. */
  textDelta(at: number, content: number, delta: TextPart & { readonly annotation?: JsonObject | undefined }): void {
    const open = this.#items.get(at);
    if (open === undefined || open.done) return;
    const part = this.#text(open, content, delta.refusal === true ? { type: 'refusal' } : {});
    const citations = delta.annotation === undefined ? [] : [decodeAnnotation(delta.annotation)];
    this.#parts.delta(part, { text: delta.text, citations, logprobs: delta.logprobs ?? [] });
  }

  textDone(at: number, content: number, final: FinalText & { readonly ended: boolean }): void {
    const open = this.#items.get(at);
    const part = open?.parts.get(content);
    if (part === undefined || open?.added['type'] !== 'message') return;
    this.#parts.topUp(part, final);
    if (final.ended) this.#parts.end(part, undefined);
  }

  /** A piece of a tool call's arguments or input; `final` is all of it. */
  callDelta(at: number, delta: { readonly text?: string; readonly final?: string | undefined }): void {
    const part = this.#items.get(at)?.parts.get(0);
    if (part === undefined || this.#items.get(at)?.added['type'] === 'reasoning') return;
    this.#parts.delta(part, { text: delta.text ?? '' });
    this.#parts.topUp(part, { text: delta.final });
  }

  /** A piece of a summary or of raw thoughts; `piece` counts the pieces of one item. */
  reasoningDelta(at: number, piece: number, delta: { readonly form: 'summary' | 'full'; readonly text: string }): void {
    const open = this.#items.get(at);
    if (open === undefined || open.added['type'] !== 'reasoning' || open.done || delta.text === '') return;
    const known = open.parts.get(0);
    const part = known ?? this.#openReasoning(open, delta.form);
    const gap = known !== undefined && piece !== open.piece ? PIECE_BREAK : '';
    open.piece = piece;
    this.#parts.delta(part, { text: gap + delta.text });
  }

  itemDone(at: number, item: JsonObject): void {
    const known = this.#items.get(at);
    if (known === undefined || known.done) {
      if (known?.done === true && known.added['id'] === item['id']) return;
      this.itemAdded(at, item['type'] === 'message' ? { ...item, content: [] } : item);
    }
    const open = this.#items.get(at);
    if (open === undefined) return;
    switch (item['type']) {
      case 'message':
        this.#finishMessage(open, item);
        break;
      case 'reasoning':
        this.#finishReasoning(open, item);
        break;
      case 'function_call':
      case 'custom_tool_call':
        this.#finishCall(open, item);
        break;
      case 'image_generation_call':
        this.#wholeImage(open, item);
        break;
      default: {
        const part = open.parts.get(0);
        if (part !== undefined) this.#parts.end(part, this.#ext(item));
      }
    }
    this.#close(open);
  }

  /** Every item the final response lists that no event told of, and the end of those still open. */
  output(value: JsonValue | undefined): void {
    const ids = new Set([...this.#items.values()].map((open) => open.added['id']));
    objectsOf(value).forEach((item, at) => {
      const open = this.#items.get(at);
      if (open === undefined ? !ids.has(item['id'] ?? '') : !open.done) this.itemDone(at, item);
    });
    for (const open of this.#items.values()) this.#close(open);
  }

  #ext(data: JsonObject): Ext {
    return { origin: FORMAT, issuer: this.#issuer, data };
  }

  #open(item: OpenItem, content: number, head: PartHead): OpenPart {
    for (const earlier of item.parts.values()) this.#parts.end(earlier, undefined);
    const part = this.#parts.open(head);
    item.parts.set(content, part);
    return part;
  }

  #text(item: OpenItem, content: number, block: JsonObject): OpenPart {
    const known = item.parts.get(content);
    if (known !== undefined) return known;
    const fields = restOf(item.added, ['type', 'role', 'content', 'status']);
    const rest = restOf(block, ['type', 'text', 'refusal', 'annotations', 'logprobs']);
    const head = textOfItem(
      { type: 'text', text: '', ...(block['type'] === 'refusal' && { refusal: true }), ...this.#partExt(rest) },
      fields,
      { joined: item.parts.size > 0, issuer: this.#issuer },
    );
    const { text: _text, ...withoutText } = head;
    return this.#open(item, content, withoutText);
  }

  #partExt(rest: JsonObject): { readonly ext?: Ext } {
    return withExt(Object.keys(rest).length === 0 ? {} : { part: rest });
  }

  /** A call without a name cannot be answered and crashes clients; it is taken up once its name is known, if ever. */
  #call(item: OpenItem, call: JsonObject): OpenPart | undefined {
    const name = asString(call['name']) ?? '';
    if (name === '') return undefined;
    const namespace = asString(call['namespace']);
    this.called = true;
    const part = this.#open(item, 0, {
      type: 'tool-call',
      id: asString(call['call_id']) || asString(call['id']) || `call_${this.#parts.count}`,
      name,
      ...(namespace !== undefined && { namespace }),
      kind: call['type'] === 'custom_tool_call' ? 'custom' : 'function',
      ...this.#callExt(call),
    });
    this.#parts.delta(part, { text: inputOf(call) });
    return part;
  }

  #callExt(call: JsonObject): { readonly ext?: Ext } {
    const known = ['type', 'call_id', 'name', 'namespace', 'status', 'arguments', 'input'];
    return withExt(restOf(call, known), this.#issuer);
  }

  #openReasoning(item: OpenItem, form: 'summary' | 'full'): OpenPart {
    const rest = restOf(item.added, ['type', 'summary', 'content']);
    item.form = form;
    return this.#open(item, 0, { type: 'reasoning', form, ...withExt(rest, this.#issuer) });
  }

  #finishMessage(open: OpenItem, item: JsonObject): void {
    objectsOf(item['content']).forEach((block, content) => {
      const { type } = block;
      if (type === 'output_text' || type === 'refusal') {
        const part = this.#text(open, content, block);
        this.#parts.topUp(part, {
          text: asString(block['text']) ?? asString(block['refusal']),
          annotations: block['annotations'],
          logprobs: block['logprobs'],
        });
        this.#parts.end(part, undefined);
      } else if (!open.parts.has(content)) {
        const data = { ...item, content: [block] };
        this.#parts.end(
          this.#open(open, content, { type: 'opaque', label: labelOf(block), ext: this.#ext(data) }),
          undefined,
        );
      }
    });
  }

  #finishReasoning(open: OpenItem, item: JsonObject): void {
    const whole = decodeReplyReasoning(item, this.#issuer);
    const part = open.parts.get(0) ?? this.#openReasoning(open, whole.form);
    this.#parts.topUp(part, { text: whole.text });
    // Summary and thoughts in one item: the part shows what streamed first, its `ext` keeps both.
    const both = open.form !== whole.form;
    this.#parts.end(part, both ? this.#ext(restOf(item, ['type'])) : whole.ext);
  }

  #finishCall(open: OpenItem, item: JsonObject): void {
    const part = open.parts.get(0) ?? this.#call(open, item);
    if (part === undefined) return;
    const final = inputOf(item);
    const empty = part.text === '' && final === '' && item['type'] === 'function_call';
    this.#parts.topUp(part, { text: empty ? '{}' : final });
    this.#parts.end(part, this.#callExt(item).ext);
  }

  #wholeImage(open: OpenItem, item: JsonObject): void {
    const image = imagePart(item, this.#issuer);
    const head: PartHead = image ?? { type: 'opaque', label: labelOf(item), ext: this.#ext(item) };
    this.#parts.end(this.#open(open, 0, head), undefined);
  }

  #close(open: OpenItem): void {
    open.done = true;
    for (const part of open.parts.values()) this.#parts.end(part, undefined);
  }
}

function labelOf(item: JsonObject): string {
  return asString(item['type']) ?? 'item';
}
function inputOf(call: JsonObject): string {
  return asString(call[call['type'] === 'custom_tool_call' ? 'input' : 'arguments']) ?? '';
}
