/** An answer that says nothing and does not say why: some hosts send it when they are overloaded or out of quota. */
import { OmniError } from '../base/errors.ts';
import type { ChatEvent, FinishEvent } from '../model/event.ts';

/** The model ended its turn, or calls tools, as if there were something. */
const UNEXPLAINED: readonly FinishEvent['reason'][] = ['stop', 'tool-calls'];

/** Is there no text, tool call, reasoning, media or item of the provider, though nothing explains that? */
export function isEmptyAnswer(events: readonly ChatEvent[]): boolean {
  const last = events.at(-1);
  return last?.type === 'finish' && UNEXPLAINED.includes(last.reason) && !events.some(saysSomething);
}

function saysSomething(event: ChatEvent): boolean {
  switch (event.type) {
    case 'part-delta':
      return event.text !== '';
    case 'part-start': {
      const { part } = event;
      return part.type !== 'text' && (part.type !== 'reasoning' || part.ext !== undefined);
    }
    case 'part-end':
      return event.ext !== undefined;
    default:
      return false;
  }
}

export function emptyAnswer(): OmniError {
  return new OmniError('upstream_empty', 'The provider sent an answer without any content.');
}
