/** Numbers the parts of a reply over all its candidates, and makes the ids of calls that came without one. */
import { CallIds } from '../../model/call-ids.ts';
import type { ChatEvent, PartHead } from '../../model/event.ts';

export class PartWriter {
  readonly #ids: CallIds;
  #next = 0;

  /** `seed` is what tells this reply from the conversation's others. */
  constructor(seed: string) {
    this.#ids = new CallIds(seed);
  }

  callId(name: string, id: string | undefined): string {
    return this.#ids.call(name, id);
  }

  /** Opens a part of a candidate. */
  open(choice: number, part: PartHead): { index: number; event: ChatEvent } {
    const index = this.#next;
    this.#next += 1;
    return { index, event: { type: 'part-start', index, ...(choice > 0 && { choice }), part } };
  }

  /** A part that comes at once, with its text if it has one. */
  whole(choice: number, part: PartHead, text = ''): ChatEvent[] {
    const { index, event } = this.open(choice, part);
    const delta: ChatEvent[] = text === '' ? [] : [{ type: 'part-delta', index, text }];
    return [event, ...delta, { type: 'part-end', index }];
  }
}
