/** One content block on its way to a client: its start, its deltas and its stop, as payloads of SSE frames. */
import { isObject, type JsonObject } from '../../base/json.ts';
import type { PartDeltaEvent, PartEndEvent, PartHead, PartStartEvent } from '../../model/event.ts';
import type { Ext } from '../../model/ext.ts';
import type { LossList } from '../../model/loss.ts';
import { CUSTOM_INPUT } from '../../model/tool-names.ts';
import { writeCitationForClient } from './citations.ts';
import { toolInput } from './encode-blocks.ts';
import {
  encodeReplyBlock,
  loseCallDetails,
  loseTextDetails,
  redactedBlock,
  signatureOf,
  textHead,
  toolCallHead,
} from './reply-blocks.ts';
import { openingForm } from './stream-block.ts';
import { ORIGIN } from './wire.ts';

export class StreamBlockWriter {
  /** The part's index in the hub. */
  readonly part: number;
  /** False for a part the protocol has no block for. */
  readonly written: boolean;
  readonly #head: PartHead;
  readonly #opening: JsonObject | undefined;
  readonly #index: number;
  readonly #losses: LossList;
  /** The input of a call: free text waits here until it can be wrapped. */
  #held = '';

  constructor({ index, part }: PartStartEvent, block: number, losses: LossList) {
    this.part = index;
    this.#head = part;
    this.#index = block;
    this.#losses = losses;
    this.#opening = openingBlock(part, `parts[${index}]`, losses);
    this.written = this.#opening !== undefined;
  }

  start(): JsonObject[] {
    if (this.#opening === undefined) return [];
    return [{ type: 'content_block_start', index: this.#index, content_block: this.#opening }];
  }

  delta({ text, citations = [], logprobs }: PartDeltaEvent): JsonObject[] {
    const path = `parts[${this.part}]`;
    if (logprobs !== undefined) this.#losses.add('logprobs', path, 'Log probabilities are left out.');
    const cited = citations.flatMap((citation) => {
      const raw = writeCitationForClient(citation, path, this.#losses);
      return raw === undefined ? [] : [this.#delta({ type: 'citations_delta', citation: raw })];
    });
    return [...this.#text(text), ...cited];
  }

  end(event: PartEndEvent): JsonObject[] {
    if (!this.written) return [];
    this.#checkInput();
    return [...this.#closing(event.ext ?? this.#head.ext), { type: 'content_block_stop', index: this.#index }];
  }

  /** Pieces of the input are gone by the time it turns out to be no object. */
  #checkInput(): void {
    if (this.#head.type === 'tool-call' && this.#head.kind === 'function') {
      toolInput(this.#held, `parts[${this.part}]`, this.#losses);
    }
  }

  #text(text: string): JsonObject[] {
    if (text === '') return [];
    switch (this.#head.type) {
      case 'text':
        return [this.#delta({ type: 'text_delta', text })];
      case 'reasoning':
        return [this.#delta({ type: 'thinking_delta', thinking: text })];
      case 'tool-call':
        this.#held += text;
        if (this.#head.kind === 'custom') return [];
        return [this.#delta({ type: 'input_json_delta', partial_json: text })];
      default:
        return [];
    }
  }

  #closing(ext: Ext | undefined): JsonObject[] {
    const head = this.#head;
    if (head.type === 'reasoning' && this.#opening?.['type'] === 'thinking') {
      const { signature } = signatureOf(ext === undefined ? {} : { ext });
      return [this.#delta({ type: 'signature_delta', signature })];
    }
    if (head.type === 'tool-call' && head.kind === 'custom') {
      const partial = JSON.stringify({ [CUSTOM_INPUT]: this.#held });
      return [this.#delta({ type: 'input_json_delta', partial_json: partial })];
    }
    if (head.type !== 'opaque' || ext?.origin !== ORIGIN) return [];
    if (ext.data['type'] === 'compaction') {
      const { content = null, encrypted_content = null } = ext.data;
      return [this.#delta({ type: 'compaction_delta', content, encrypted_content })];
    }
    const input = ext.data['input'];
    if (!isObject(input)) return [];
    return [this.#delta({ type: 'input_json_delta', partial_json: JSON.stringify(input) })];
  }

  #delta(delta: JsonObject): JsonObject {
    return { type: 'content_block_delta', index: this.#index, delta };
  }
}

function openingBlock(head: PartHead, path: string, losses: LossList): JsonObject | undefined {
  switch (head.type) {
    case 'text':
      loseTextDetails(head, path, losses);
      return textHead(head);
    case 'reasoning':
      return redactedBlock(head.ext) ?? { type: 'thinking', thinking: '', signature: '' };
    case 'tool-call':
      loseCallDetails(head, path, losses);
      return toolCallHead(head);
    case 'media':
    case 'opaque': {
      const block = encodeReplyBlock(head, path, losses);
      return block === undefined ? undefined : openingForm(block);
    }
  }
}
