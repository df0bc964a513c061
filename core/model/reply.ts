/** A whole reply, folded from its events, and the way back. */
import { OmniError } from '../base/errors.ts';
import type { ChatEvent, ErrorEvent, FinishEvent, PartEndEvent, PartHead, StartEvent } from './event.ts';
import type { Ext } from './ext.ts';
import type { Citation, Part } from './part.ts';

export interface Reply {
  readonly start: StartEvent;
  readonly parts: readonly ReplyPart[];
  /** Absent when the reply ended in an error or was cut. */
  readonly finish?: FinishEvent;
  readonly error?: ErrorEvent;
}

export interface ReplyPart {
  readonly choice: number;
  readonly part: Part;
}

interface OpenPart {
  readonly choice: number;
  readonly head: PartHead;
  text: string;
  citations: Citation[];
  logprobs: NonNullable<Extract<Part, { type: 'text' }>['logprobs']>[number][];
  ext: Ext | undefined;
}

/** Folds events to a reply. Throws `internal` on events outside the grammar of `event.ts`. */
export function foldReply(events: Iterable<ChatEvent>): Reply {
  let start: StartEvent = { type: 'start' };
  const parts: OpenPart[] = [];
  let finish: FinishEvent | undefined;
  let error: ErrorEvent | undefined;
  for (const event of events) {
    switch (event.type) {
      case 'start':
        start = event;
        break;
      case 'part-start':
        if (event.index !== parts.length) throw new OmniError('internal', `Part ${event.index} opened out of order`);
        parts.push({
          choice: event.choice ?? 0,
          head: event.part,
          text: '',
          citations: [],
          logprobs: [],
          ext: event.part.ext,
        });
        break;
      case 'part-delta': {
        const open = openPart(parts, event.index);
        open.text += event.text;
        if (event.citations) open.citations.push(...event.citations);
        if (event.logprobs) open.logprobs.push(...event.logprobs);
        break;
      }
      case 'part-end':
        closePart(openPart(parts, event.index), event);
        break;
      case 'finish':
        finish = event;
        break;
      case 'error':
        error = event;
        break;
    }
  }
  const reply: Reply = { start, parts: parts.map((open) => ({ choice: open.choice, part: wholePart(open) })) };
  return { ...reply, ...(finish && { finish }), ...(error && { error }) };
}

function openPart(parts: readonly OpenPart[], index: number): OpenPart {
  const open = parts[index];
  if (open === undefined) throw new OmniError('internal', `Part ${index} was never opened`);
  return open;
}

function closePart(open: OpenPart, event: PartEndEvent): void {
  if (event.ext !== undefined) open.ext = event.ext;
}

function wholePart({ head, text, citations, logprobs, ext }: OpenPart): Part {
  const carried = ext === undefined ? {} : { ext };
  switch (head.type) {
    case 'text':
      return {
        ...head,
        text,
        ...(citations.length > 0 && { citations }),
        ...(logprobs.length > 0 && { logprobs }),
        ...carried,
      };
    case 'reasoning':
      return { ...head, text, ...carried };
    case 'tool-call':
      return { ...head, input: text, ...carried };
    case 'media':
      return { ...head, ...carried };
    case 'opaque':
      return { ...head, ext: ext ?? head.ext };
  }
}

/** A reply as events again: each part comes as start, at most one delta, end. */
export function replyEvents(reply: Reply): ChatEvent[] {
  const events: ChatEvent[] = [reply.start];
  reply.parts.forEach(({ choice, part }, index) => {
    const where = choice === 0 ? { index } : { index, choice };
    const end: PartEndEvent =
      part.ext === undefined ? { type: 'part-end', index } : { type: 'part-end', index, ext: part.ext };
    switch (part.type) {
      case 'text': {
        const { text, citations, logprobs, ...head } = part;
        events.push({ type: 'part-start', ...where, part: head });
        if (text !== '' || citations || logprobs)
          events.push({
            type: 'part-delta',
            index,
            text,
            ...(citations && { citations }),
            ...(logprobs && { logprobs }),
          });
        break;
      }
      case 'reasoning': {
        const { text, ...head } = part;
        events.push({ type: 'part-start', ...where, part: head });
        if (text !== '') events.push({ type: 'part-delta', index, text });
        break;
      }
      case 'tool-call': {
        const { input, ...head } = part;
        events.push({ type: 'part-start', ...where, part: head });
        if (input !== '') events.push({ type: 'part-delta', index, text: input });
        break;
      }
      case 'media':
      case 'opaque':
        events.push({ type: 'part-start', ...where, part });
        break;
      case 'tool-result':
        throw new OmniError('internal', 'A reply holds no tool result');
    }
    events.push(end);
  });
  if (reply.error) events.push(reply.error);
  else if (reply.finish) events.push(reply.finish);
  return events;
}
