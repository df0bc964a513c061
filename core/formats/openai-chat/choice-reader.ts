/**
 * One choice of an upstream's answer. A whole message is read as one large delta, so both ways of answering yield the
 * same parts: thoughts, text, refusal, media, tool calls, with text and thoughts opening and closing as they alternate.
 */
import { asObject, asString, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import { sourceFromUrl } from '../../model/data-url.ts';
import type { ChatEvent, PartHead } from '../../model/event.ts';
import { decodeAnnotations } from './annotations.ts';
import { AudioReader } from './audio.ts';
import {
  DETAILS,
  detailsText,
  mergeDetails,
  reasoningExt,
  reasoningString,
  THINKING,
  thinkingRest,
  thinkingText,
} from './reasoning.ts';
import { ToolDeltas, type ToolDeltasOptions } from './tool-deltas.ts';
import { FORMAT, withExt } from './wire.ts';

interface OpenPart {
  readonly kind: 'text' | 'refusal' | 'reasoning';
  readonly index: number;
  /** Of reasoning: where its text stands. */
  readonly field: string;
  readonly details: JsonObject[];
  block: JsonObject;
}

export class ChoiceReader {
  readonly #options: ToolDeltasOptions;
  readonly #tools: ToolDeltas;
  readonly #audio: AudioReader;
  #open: OpenPart | undefined;
  /** Details repeat what a string field already told. */
  #hasReasoningString = false;
  #hasCalls = false;

  constructor(options: ToolDeltasOptions) {
    this.#options = options;
    this.#tools = new ToolDeltas(options);
    this.#audio = new AudioReader();
  }

  /** Did the model call a tool? */
  get hasCalls(): boolean {
    return this.#hasCalls;
  }

  /** The events of one delta, or of a whole message. `logprobs` is the choice's. */
  read(delta: JsonObject, logprobs: JsonObject | undefined): ChatEvent[] {
    const events: ChatEvent[] = [];
    this.#readReasoning(delta, events);
    this.#readContent(delta['content'], objectsOf(logprobs?.['content']), events);
    const refusal = asString(delta['refusal']) ?? '';
    this.#readText('refusal', refusal, objectsOf(logprobs?.['refusal']), events);
    this.#readAnnotations(delta['annotations'], events);
    this.#readMedia(delta, events);
    this.#readCalls(delta, events);
    return events;
  }

  /** The choice is complete: ends every part that is open. */
  close(): ChatEvent[] {
    const events: ChatEvent[] = [];
    this.#closeOpen(events);
    const audio = this.#audio.take();
    if (audio !== undefined) this.#single(audio, events);
    const calls = this.#tools.close();
    this.#hasCalls ||= calls.length > 0;
    return [...events, ...calls];
  }

  #start(part: PartHead, events: ChatEvent[]): number {
    const index = this.#options.nextIndex();
    const { choice } = this.#options;
    events.push({ type: 'part-start', index, ...(choice !== 0 && { choice }), part });
    return index;
  }

  #single(part: Extract<PartHead, { type: 'media' | 'opaque' }>, events: ChatEvent[]): void {
    this.#closeOpen(events);
    events.push({ type: 'part-end', index: this.#start(part, events) });
  }

  #closeOpen(events: ChatEvent[]): void {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    const { kind, index, field, details, block } = open;
    const { issuer } = this.#options;
    events.push({
      type: 'part-end',
      index,
      ...(kind === 'reasoning' && reasoningExt(field, { details, block, issuer })),
    });
  }

  /** The open part of this kind (and field), opened now if another or none is open. */
  #ensure(kind: OpenPart['kind'], field: string, events: ChatEvent[]): OpenPart {
    if (this.#open?.kind === kind && this.#open.field === field) return this.#open;
    this.#closeOpen(events);
    const { issuer } = this.#options;
    const head: PartHead =
      kind === 'reasoning'
        ? { type: 'reasoning', form: 'full', ...reasoningExt(field, { issuer }) }
        : { type: 'text', ...(kind === 'refusal' && { refusal: true }) };
    const open: OpenPart = { kind, index: this.#start(head, events), field, details: [], block: {} };
    this.#open = open;
    return open;
  }

  #readReasoning(delta: JsonObject, events: ChatEvent[]): void {
    const string = reasoningString(delta);
    const details = objectsOf(delta[DETAILS]);
    if (string !== undefined) {
      this.#hasReasoningString = true;
      const { index } = this.#ensure('reasoning', string.field, events);
      events.push({ type: 'part-delta', index, text: string.text });
    }
    if (details.length === 0) return;
    const open = this.#open?.kind === 'reasoning' ? this.#open : this.#ensure('reasoning', DETAILS, events);
    mergeDetails(open.details, details);
    const text = this.#hasReasoningString ? '' : detailsText(details);
    if (text !== '') events.push({ type: 'part-delta', index: open.index, text });
  }

  #readContent(content: JsonValue | undefined, logprobs: readonly JsonObject[], events: ChatEvent[]): void {
    this.#readText('text', asString(content) ?? '', logprobs, events);
    for (const block of objectsOf(content)) this.#readBlock(block, events);
  }

  #readBlock(block: JsonObject, events: ChatEvent[]): void {
    const text = asString(block['text']);
    if (block['type'] === THINKING) this.#readThinking(block, events);
    else if (block['type'] === 'text' && text !== undefined) this.#readText('text', text, [], events);
    else {
      const label = asString(block['type']) ?? 'block';
      const { issuer } = this.#options;
      this.#single({ type: 'opaque', label, ext: { origin: FORMAT, issuer, data: block } }, events);
    }
  }

  #readThinking(block: JsonObject, events: ChatEvent[]): void {
    const open = this.#ensure('reasoning', THINKING, events);
    open.block = { ...open.block, ...thinkingRest(block) };
    const text = thinkingText(block);
    if (text !== '') events.push({ type: 'part-delta', index: open.index, text });
  }

  #readText(kind: 'text' | 'refusal', text: string, logprobs: readonly JsonObject[], events: ChatEvent[]): void {
    if (text === '' && (logprobs.length === 0 || this.#open?.kind !== kind)) return;
    const { index } = this.#ensure(kind, '', events);
    events.push({ type: 'part-delta', index, text, ...(logprobs.length > 0 && { logprobs }) });
  }

  #readAnnotations(annotations: JsonValue | undefined, events: ChatEvent[]): void {
    const citations = decodeAnnotations(annotations);
    if (citations.length === 0) return;
    const { index } = this.#ensure('text', '', events);
    events.push({ type: 'part-delta', index, text: '', citations });
  }

  #readMedia(delta: JsonObject, events: ChatEvent[]): void {
    const audio = asObject(delta['audio']);
    if (audio !== undefined) this.#audio.push(audio);
    for (const image of objectsOf(delta['images'])) {
      const url = asString(asObject(image['image_url'])?.['url']);
      if (url === undefined) continue;
      const rest = Object.fromEntries(Object.entries(image).filter(([key]) => key !== 'type' && key !== 'image_url'));
      this.#single({ type: 'media', kind: 'image', source: sourceFromUrl(url), ...withExt(rest) }, events);
    }
  }

  #readCalls(delta: JsonObject, events: ChatEvent[]): void {
    const calls = objectsOf(delta['tool_calls']);
    const old = asObject(delta['function_call']);
    if (old !== undefined) calls.push({ index: -1, function: old });
    const added = calls.flatMap((call) => this.#tools.push(call));
    // A piece that tells nothing new is no border between two parts.
    if (added.length === 0) return;
    this.#closeOpen(events);
    this.#hasCalls = true;
    events.push(...added);
  }
}
