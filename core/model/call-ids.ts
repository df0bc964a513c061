/**
 * Ids for tool calls of protocols that need none (Gemini, Ollama): there a result finds its call by name and order. The
 * hub pairs by id, so a call without one gets an id made of its position and name. Such ids are recognisable and are
 * left out again where the protocol does without; ids a client or an upstream gave are kept as they are.
 */
import { createHash } from 'node:crypto';

const PREFIX = 'anon_';

interface Call {
  readonly id: string;
  readonly name: string;
  answered: boolean;
}

export class CallIds {
  readonly #seed: string;
  readonly #calls: Call[] = [];
  #orphans = 0;

  /**
   * `seed` keeps the ids of one reply apart from those of the conversation's other replies: anything that differs
   * between them, such as the reply's id. Absent for a whole conversation, where the position is enough.
   */
  constructor(seed?: string) {
    this.#seed = seed === undefined ? '' : `${createHash('sha256').update(seed).digest('hex').slice(0, 10)}_`;
  }

  /** The id of the next call: its own where it has one. */
  call(name: string, id?: string): string {
    const own = id === undefined || id === '' ? this.#make(`${this.#calls.length}`, name) : id;
    this.#calls.push({ id: own, name, answered: false });
    return own;
  }

  /**
   * The id of the call that a result answers: the call with its id, else the first unanswered call of its name (or of
   * any name when it tells none), else an id that no call has.
   */
  answer(name?: string, id?: string): string {
    const call =
      this.#calls.find((known) => known.id === id) ??
      this.#calls.find((known) => !known.answered && (name === undefined || known.name === name));
    if (call !== undefined) {
      call.answered = true;
      return call.id;
    }
    if (id !== undefined && id !== '') return id;
    this.#orphans += 1;
    return this.#make(`orphan${this.#orphans}`, name ?? '');
  }

  #make(position: string, name: string): string {
    return `${PREFIX}${this.#seed}${position}_${name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 32)}`;
  }
}

/** Was this id made here, so that the protocol's own side never gave one? */
export function isMadeCallId(id: string): boolean {
  return id.startsWith(PREFIX);
}
