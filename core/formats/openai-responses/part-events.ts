/** The parts of a reply that is being read: their events, and how much of each has been told. */
import { type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { ChatEvent, PartHead } from '../../model/event.ts';
import type { Ext } from '../../model/ext.ts';
import type { Citation } from '../../model/part.ts';
import { decodeAnnotation } from './annotations.ts';

export interface OpenPart {
  readonly index: number;
  text: string;
  citations: number;
  logprobs: number;
  ended: boolean;
}

/** What a done event, content part or item says of a text. */
export interface FinalText {
  readonly text?: string | undefined;
  readonly annotations?: JsonValue | undefined;
  readonly logprobs?: JsonValue | undefined;
}

interface Delta {
  readonly text: string;
  readonly citations?: readonly Citation[];
  readonly logprobs?: readonly JsonObject[];
}

export class PartEvents {
  #events: ChatEvent[] = [];
  /** Parts opened so far. */
  count = 0;

  /** The events since the last time. */
  take(): ChatEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }

  open(head: PartHead): OpenPart {
    const part: OpenPart = { index: this.count, text: '', citations: 0, logprobs: 0, ended: false };
    this.count += 1;
    this.#events.push({ type: 'part-start', index: part.index, part: head });
    return part;
  }

  delta(part: OpenPart, { text, citations = [], logprobs = [] }: Delta): void {
    if (part.ended || (text === '' && citations.length === 0 && logprobs.length === 0)) return;
    part.text += text;
    part.citations += citations.length;
    part.logprobs += logprobs.length;
    this.#events.push({
      type: 'part-delta',
      index: part.index,
      text,
      ...(citations.length > 0 && { citations }),
      ...(logprobs.length > 0 && { logprobs }),
    });
  }

  /** Adds what the final word on a part holds beyond the deltas. A text that differs from them is not believed. */
  topUp(part: OpenPart, final: FinalText): void {
    const text = final.text?.startsWith(part.text) === true ? final.text.slice(part.text.length) : '';
    const citations = objectsOf(final.annotations).slice(part.citations).map(decodeAnnotation);
    this.delta(part, { text, citations, logprobs: objectsOf(final.logprobs).slice(part.logprobs) });
  }

  end(part: OpenPart, ext: Ext | undefined): void {
    if (part.ended) return;
    part.ended = true;
    this.#events.push({ type: 'part-end', index: part.index, ...(ext !== undefined && { ext }) });
  }
}
