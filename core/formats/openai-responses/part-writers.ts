/**
 * The events of one part of a reply: text and refusals, reasoning, tool calls. The many small delta events are put
 * together as text from pieces serialised once.
 */
import { asObject, type JsonObject } from '../../base/json.ts';
import type { PartHead } from '../../model/event.ts';
import { type Ext, sealExt } from '../../model/ext.ts';
import type { LossList } from '../../model/loss.ts';
import { encodeAnnotation } from './annotations.ts';
import type { EventSink, PartWriter } from './output-writer.ts';
import { reasoningItem } from './reasoning.ts';
import { ownData, restOf } from './wire.ts';

/** Where an item stands in the output. */
export interface ItemPlace {
  /** `output_index`. */
  readonly at: number;
  readonly id: string;
}

type Head<T extends PartHead['type']> = Extract<PartHead, { type: T }>;

interface TextPlace extends ItemPlace {
  /** `content_index`. */
  readonly content: number;
  readonly sink: EventSink;
  readonly losses: LossList;
  readonly path: string;
}

/** A text or refusal part inside a message item; `done` gets the finished content block. */
export function writeText(head: Head<'text'>, place: TextPlace, done: (block: JsonObject) => void): PartWriter {
  const { sink, losses, path } = place;
  const refusal = head.refusal === true;
  const own = asObject(ownData(head.ext)?.['part']) ?? {};
  const where = { item_id: place.id, output_index: place.at, content_index: place.content };
  const prefix = `${JSON.stringify(where).slice(1, -1)},"delta":`;
  const annotations: JsonObject[] = [];
  const logprobs: JsonObject[] = [];
  let text = '';
  const block = (): JsonObject =>
    refusal
      ? { type: 'refusal', refusal: text, ...own }
      : { type: 'output_text', annotations: [...annotations], logprobs: [...logprobs], text, ...own };
  sink.emit('response.content_part.added', { ...where, part: block() });
  return {
    delta: (event) => {
      text += event.text;
      if (event.logprobs !== undefined) logprobs.push(...event.logprobs);
      if (refusal) sink.raw('response.refusal.delta', prefix + JSON.stringify(event.text));
      else if (event.text !== '' || event.logprobs !== undefined) {
        const tokens = event.logprobs === undefined ? '[]' : JSON.stringify(event.logprobs);
        sink.raw('response.output_text.delta', `${prefix}${JSON.stringify(event.text)},"logprobs":${tokens}`);
      }
      for (const citation of event.citations ?? []) {
        const annotation = refusal ? undefined : encodeAnnotation(citation, text.length);
        if (annotation === undefined) losses.add('citations', path, 'A citation without a URL is left out.');
        else {
          const members = { ...where, annotation_index: annotations.length, annotation };
          annotations.push(annotation);
          sink.emit('response.output_text.annotation.added', members);
        }
      }
    },
    end: () => {
      if (refusal) sink.emit('response.refusal.done', { ...where, refusal: text });
      else sink.emit('response.output_text.done', { ...where, text, logprobs: [...logprobs] });
      sink.emit('response.content_part.done', { ...where, part: block() });
      done(block());
    },
  };
}

interface ReasoningPlace extends ItemPlace {
  /** Thoughts of another protocol are shown as a summary, which is what clients display. */
  readonly form: 'summary' | 'full';
  /** The client asked for reasoning it can send back. */
  readonly replayable: boolean;
  readonly sink: EventSink;
}

const REASONING_EVENTS = {
  summary: {
    index: 'summary_index',
    added: 'response.reasoning_summary_part.added',
    delta: 'response.reasoning_summary_text.delta',
    textDone: 'response.reasoning_summary_text.done',
    done: 'response.reasoning_summary_part.done',
    piece: 'summary_text',
  },
  full: {
    index: 'content_index',
    added: 'response.content_part.added',
    delta: 'response.reasoning_text.delta',
    textDone: 'response.reasoning_text.done',
    done: 'response.content_part.done',
    piece: 'reasoning_text',
  },
} as const;

/** A reasoning item; `done` gets it finished, with its maker's encrypted content or our envelope. */
export function writeReasoning(
  head: Head<'reasoning'>,
  place: ReasoningPlace,
  done: (item: JsonObject) => void,
): PartWriter {
  const { sink, form } = place;
  const names = REASONING_EVENTS[form];
  const where = { item_id: place.id, output_index: place.at, [names.index]: 0 };
  const prefix = `${JSON.stringify(where).slice(1, -1)},"delta":`;
  let text = '';
  return {
    delta: (event) => {
      if (event.text === '') return;
      if (text === '') sink.emit(names.added, { ...where, part: { type: names.piece, text: '' } });
      text += event.text;
      sink.raw(names.delta, prefix + JSON.stringify(event.text));
    },
    end: (ext) => {
      if (text !== '') {
        sink.emit(names.textDone, { ...where, text });
        sink.emit(names.done, { ...where, part: { type: names.piece, text } });
      }
      const last = ext ?? head.ext;
      const own = ownData(last);
      const sealed = own === undefined && place.replayable ? { encrypted_content: envelope(last) } : {};
      done(reasoningItem({ text, form }, { ...(own ?? sealed), id: place.id }));
    },
  };
}

/** What the client sends back so that the maker gets its own: the part's `ext`, whichever protocol it is of. */
function envelope(ext: Ext | undefined): string {
  return sealExt(ext ?? { origin: 'openai-chat', data: {} });
}

interface CallPlace extends ItemPlace {
  readonly sink: EventSink;
}

/** A function or free-text call. Clients parse the arguments as JSON, so no arguments become `{}`. */
export function writeCall(
  head: Head<'tool-call'>,
  place: CallPlace,
  { added, done }: { added(item: JsonObject): void; done(item: JsonObject): void },
): PartWriter {
  const { sink } = place;
  const custom = head.kind === 'custom';
  const event = custom ? 'response.custom_tool_call_input' : 'response.function_call_arguments';
  const where = { item_id: place.id, output_index: place.at };
  const prefix = `${JSON.stringify(where).slice(1, -1)},"delta":`;
  let input = '';
  const item = (status: string, ext: Ext | undefined): JsonObject => ({
    id: place.id,
    type: custom ? 'custom_tool_call' : 'function_call',
    status,
    ...restOf(ownData(ext) ?? {}, ['id']),
    call_id: head.id,
    name: head.name,
    ...(head.namespace !== undefined && { namespace: head.namespace }),
    ...(custom ? { input } : { arguments: input }),
  });
  added(item('in_progress', head.ext));
  const piece = (text: string): void => {
    input += text;
    sink.raw(`${event}.delta`, prefix + JSON.stringify(text));
  };
  return {
    delta: ({ text }) => {
      if (text !== '') piece(text);
    },
    end: (ext) => {
      if (input === '' && !custom) piece('{}');
      sink.emit(`${event}.done`, { ...where, ...(custom ? { input } : { arguments: input, name: head.name }) });
      done(item('completed', ext ?? head.ext));
    },
  };
}
