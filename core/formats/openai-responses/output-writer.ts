/**
 * Hub parts as output items and their events, in the grammar of the protocol: an item is added, its pieces come, it is
 * done, each with an `output_index` of its own. Whole answers are written the same way with the events thrown away.
 * https://platform.openai.com/docs/api-reference/responses-streaming
 */
import { asObject, asString, type JsonObject } from '../../base/json.ts';
import type { PartDeltaEvent, PartEndEvent, PartHead, PartStartEvent } from '../../model/event.ts';
import type { Ext } from '../../model/ext.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import type { LossList } from '../../model/loss.ts';
import type { MediaPart, OpaquePart } from '../../model/part.ts';
import type { ReplyContext } from '../format.ts';
import { imageItem, imageItemFields, newImageFields } from './image-item.ts';
import { type ItemPlace, writeCall, writeReasoning, writeText } from './part-writers.ts';
import { FORMAT, madeId, ownData, restOf } from './wire.ts';

/** Where events go. `raw` is for the many small ones: `members` is the inside of a JSON object as text. */
export interface EventSink {
  emit(type: string, members: JsonObject): void;
  raw(type: string, members: string): void;
}

/** One part being written. */
export interface PartWriter {
  delta(event: PartDeltaEvent): void;
  end(ext: Ext | undefined): void;
}

/** A message item whose content is done but which a further part of the same item may still join. */
interface Message extends ItemPlace {
  readonly fields: JsonObject;
  readonly content: JsonObject[];
}

type Head<T extends PartHead['type']> = Extract<PartHead, { type: T }>;

export class OutputWriter {
  readonly #context: ReplyContext;
  readonly #losses: LossList;
  readonly #sink: EventSink;
  readonly #writers = new Map<number, PartWriter>();
  readonly #done: JsonObject[] = [];
  #next = 0;
  #waiting: Message | undefined;

  constructor(context: ReplyContext, losses: LossList, sink: EventSink) {
    this.#context = context;
    this.#losses = losses;
    this.#sink = sink;
  }

  push(event: PartStartEvent | PartDeltaEvent | PartEndEvent): void {
    switch (event.type) {
      case 'part-start': {
        const writer = this.#start(event);
        if (writer !== undefined) this.#writers.set(event.index, writer);
        return;
      }
      case 'part-delta':
        this.#writers.get(event.index)?.delta(event);
        return;
      case 'part-end':
        this.#writers.get(event.index)?.end(event.ext);
        this.#writers.delete(event.index);
    }
  }

  /** The finished items in the order of their `output_index`; ends a message that waited for a further part. */
  finish(): JsonObject[] {
    this.#release();
    return this.#done.filter((item) => item !== undefined);
  }

  #start({ index, choice = 0, part }: PartStartEvent): PartWriter | undefined {
    const path = `parts[${index}]`;
    if (choice > 0) {
      this.#losses.add('choices', `choices[${choice}]`, 'A further choice is left out: the protocol has one.');
      return undefined;
    }
    if (part.type !== 'text') this.#release();
    switch (part.type) {
      case 'text':
        return this.#text(part, path);
      case 'reasoning':
        return this.#reasoning(part);
      case 'tool-call':
        return this.#call(part, path);
      case 'media':
        return this.#media(part, path);
      case 'opaque':
        return this.#opaque(part, path);
    }
  }

  /** The place of a new item: its own id where it has one of this protocol. */
  #place(prefix: string, ownId: unknown): ItemPlace {
    const at = this.#next;
    this.#next += 1;
    return { at, id: asString(ownId) ?? madeId(prefix, this.#context.id, at) };
  }

  #added(place: ItemPlace, item: JsonObject): void {
    this.#sink.emit('response.output_item.added', { output_index: place.at, item });
  }

  #finished(place: ItemPlace, item: JsonObject): void {
    this.#done[place.at] = item;
    this.#sink.emit('response.output_item.done', { output_index: place.at, item });
  }

  #release(): void {
    const message = this.#waiting;
    this.#waiting = undefined;
    if (message !== undefined) this.#finished(message, messageItem(message, 'completed'));
  }

  #text(part: Head<'text'>, path: string): PartWriter {
    loseForeignFields(part.ext, { format: FORMAT, path, losses: this.#losses });
    const own = ownData(part.ext);
    const joined = own?.['joined'] === true ? this.#waiting : undefined;
    if (joined === undefined) this.#release();
    this.#waiting = undefined;
    const message = joined ?? this.#openMessage(asObject(own?.['item']) ?? {});
    const content = message.content.length;
    const losses = this.#losses;
    return writeText(part, { ...message, content, sink: this.#sink, losses, path }, (block) => {
      message.content.push(block);
      this.#release();
      this.#waiting = message;
      if (own === undefined) this.#release();
    });
  }

  #openMessage(fields: JsonObject): Message {
    const place = this.#place('msg', fields['id']);
    const message = { ...place, fields: restOf(fields, ['id']), content: [] };
    this.#added(place, messageItem(message, 'in_progress'));
    return message;
  }

  #reasoning(part: Head<'reasoning'>): PartWriter {
    const place = this.#place('rs', ownData(part.ext)?.['id']);
    const form = ownData(part.ext) === undefined ? 'summary' : part.form;
    this.#added(place, { id: place.id, type: 'reasoning', summary: [], ...(form === 'full' && { content: [] }) });
    const replayable = this.#context.request.reasoning?.replayable === true;
    return writeReasoning(part, { ...place, form, replayable, sink: this.#sink }, (item) =>
      this.#finished(place, item),
    );
  }

  #call(part: Head<'tool-call'>, path: string): PartWriter {
    const own = ownData(part.ext);
    loseForeignFields(part.ext, { format: FORMAT, path, losses: this.#losses });
    const place = this.#place(part.kind === 'custom' ? 'ctc' : 'fc', own?.['id']);
    return writeCall(
      part,
      { ...place, sink: this.#sink },
      {
        added: (item) => this.#added(place, item),
        done: (item) => this.#finished(place, item),
      },
    );
  }

  #media(part: MediaPart, path: string): PartWriter | undefined {
    const own = imageItemFields(part);
    if (part.kind !== 'image' || part.source.type !== 'base64') {
      this.#losses.add(part.kind, path, `The protocol has no output item for this ${part.kind}; it is left out.`);
      return undefined;
    }
    const place = this.#place('ig', own?.['id']);
    const item = imageItem(part, own ?? newImageFields(part, place.id));
    this.#added(place, { id: place.id, type: 'image_generation_call', status: 'in_progress', result: null });
    return { delta: ignore, end: () => this.#finished(place, item ?? {}) };
  }

  #opaque(part: OpaquePart, path: string): PartWriter | undefined {
    const own = ownData(part.ext);
    if (own === undefined) {
      this.#losses.add('opaque', path, `"${part.label}" of another protocol is left out.`);
      return undefined;
    }
    const place = this.#place('item', own['id']);
    this.#added(place, own['status'] === undefined ? own : { ...own, status: 'in_progress' });
    return { delta: ignore, end: (ext) => this.#finished(place, ownData(ext) ?? own) };
  }
}

const ignore = (): undefined => undefined;

function messageItem({ id, fields, content }: Message, status: string): JsonObject {
  return { id, type: 'message', status, ...fields, role: 'assistant', content: [...content] };
}
