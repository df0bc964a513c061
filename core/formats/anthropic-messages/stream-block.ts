/**
 * One open content block of an upstream's stream: it collects what the finished block needs and turns deltas into
 * events. Opaque blocks are put together here, so that the finished item can travel in `part-end`.
 */
import { asArray, asObject, asString, isObject, type JsonObject, parseJson } from '../../base/json.ts';
import type { ChatEvent, PartHead } from '../../model/event.ts';
import { readCitation, readCitations } from './citations.ts';
import { type BlockKind, inputText, kindOfBlock, reasoningExt, textExt, toolCallExt } from './reply-blocks.ts';
import { ORIGIN } from './wire.ts';

/** Which kind of block a delta belongs to; undefined where any block may have it. */
export function kindOfDelta(type: string): BlockKind | undefined {
  if (type === 'text_delta' || type === 'citations_delta') return 'text';
  return type === 'thinking_delta' || type === 'signature_delta' ? 'reasoning' : undefined;
}

export class StreamBlock {
  readonly kind: BlockKind;
  /** The part's index in the hub. */
  readonly index: number;
  readonly #block: JsonObject;
  readonly #issuer: string;
  #json = '';

  /** `block` as `content_block_start` gave it. */
  constructor(block: JsonObject, index: number, issuer: string) {
    this.kind = kindOfBlock(asString(block['type']) ?? 'unknown');
    this.index = index;
    this.#block = { ...block };
    this.#issuer = issuer;
  }

  /** The opening events: the head, and what the block already held. */
  open(): ChatEvent[] {
    const events: ChatEvent[] = [{ type: 'part-start', index: this.index, part: this.#head() }];
    const text = this.kind === 'text' ? asString(this.#block['text']) : asString(this.#block['thinking']);
    const citations = this.kind === 'text' ? readCitations(this.#block) : undefined;
    if (this.kind !== 'opaque' && ((text ?? '') !== '' || citations !== undefined)) {
      events.push({ type: 'part-delta', index: this.index, text: text ?? '', ...(citations && { citations }) });
    }
    return events;
  }

  delta(delta: JsonObject): ChatEvent[] {
    const { index } = this;
    if (this.kind === 'opaque') {
      this.#collect(delta);
      return [];
    }
    switch (delta['type']) {
      case 'text_delta':
        return this.#text(asString(delta['text']));
      case 'thinking_delta':
        return this.#text(asString(delta['thinking']));
      case 'input_json_delta':
        this.#json += asString(delta['partial_json']) ?? '';
        return this.#text(asString(delta['partial_json']));
      case 'signature_delta':
        this.#block['signature'] = (asString(this.#block['signature']) ?? '') + (asString(delta['signature']) ?? '');
        return [];
      case 'citations_delta': {
        const citation = asObject(delta['citation']);
        return citation === undefined
          ? []
          : [{ type: 'part-delta', index, text: '', citations: [readCitation(citation)] }];
      }
      default:
        return [];
    }
  }

  /** The closing events. Arguments that came only with the block's start are given here (pitfall 5). */
  close(): ChatEvent[] {
    const { index } = this;
    switch (this.kind) {
      case 'text':
        return [{ type: 'part-end', index }];
      case 'reasoning':
        return [{ type: 'part-end', index, ext: reasoningExt(this.#block, this.#issuer) }];
      case 'tool-call': {
        const late: ChatEvent[] =
          this.#json === '' ? [{ type: 'part-delta', index, text: inputText(this.#block['input']) }] : [];
        return [...late, { type: 'part-end', index }];
      }
      case 'opaque': {
        const input = this.#json === '' ? undefined : asObject(parseJson(this.#json));
        const data = input === undefined ? this.#block : { ...this.#block, input };
        return [{ type: 'part-end', index, ext: { origin: ORIGIN, data } }];
      }
    }
  }

  #text(text: string | undefined): ChatEvent[] {
    return text === undefined || text === '' ? [] : [{ type: 'part-delta', index: this.index, text }];
  }

  #head(): PartHead {
    const block = this.#block;
    switch (this.kind) {
      case 'text':
        return { type: 'text', ...textExt(block) };
      case 'reasoning':
        return asString(block['data']) === undefined
          ? { type: 'reasoning', form: 'full' }
          : { type: 'reasoning', form: 'full', ext: reasoningExt(block, this.#issuer) };
      case 'tool-call':
        return {
          type: 'tool-call',
          id: asString(block['id']) ?? '',
          name: asString(block['name']) ?? '',
          kind: 'function',
          ...toolCallExt(block),
        };
      case 'opaque':
        return {
          type: 'opaque',
          label: asString(block['type']) ?? 'unknown',
          ext: { origin: ORIGIN, data: openingForm(block) },
        };
    }
  }

  /** Deltas of an item we do not know: text grows, lists grow, other members are replaced. */
  #collect(delta: JsonObject): void {
    const block = this.#block;
    for (const [key, value] of Object.entries(delta)) {
      if (key === 'type') continue;
      if (key === 'partial_json') this.#json += asString(value) ?? '';
      else if (key === 'citation') block['citations'] = [...asArray(block['citations']), value];
      else if (typeof value === 'string' && ['text', 'thinking', 'content'].includes(key)) {
        block[key] = (asString(block[key]) ?? '') + value;
      } else if (value !== null) block[key] = value;
    }
  }
}

/** A finished item as it stands in `content_block_start`: its input and its compacted text follow as deltas. */
export function openingForm(block: JsonObject): JsonObject {
  const opening: JsonObject = { ...block };
  if (isObject(block['input'])) opening['input'] = {};
  if (block['type'] === 'compaction') Object.assign(opening, { content: null, encrypted_content: null });
  return opening;
}
