/**
 * Tool calls of one choice, put together from deltas as vendors really send them: without an index, with one index for
 * all, with the id or the name late or repeated, or the whole call at once. A call opens as soon as its name and id are
 * known; one that never gets a name is left out.
 */
import { asNumber, asObject, asString, isObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import type { ChatEvent } from '../../model/event.ts';
import type { Ext } from '../../model/ext.ts';
import { callExt } from './decode-messages.ts';
import { madeCallId } from './wire.ts';

interface Call {
  readonly wireIndex: number | undefined;
  kind: 'function' | 'custom';
  id: string;
  name: string;
  input: string;
  ext: Ext | undefined;
  /** The hub's index once the call is open. */
  index: number | undefined;
  /** The `ext` told by part-start. */
  toldExt: Ext | undefined;
}

export interface ToolDeltasOptions {
  readonly issuer: string;
  readonly choice: number;
  /** Keeps made ids of one reply apart from those of others. */
  readonly seed: string;
  /** Takes the next part index of the reply. */
  nextIndex(): number;
}

export class ToolDeltas {
  readonly #options: ToolDeltasOptions;
  #calls: Call[] = [];
  #made = 0;

  constructor(options: ToolDeltasOptions) {
    this.#options = options;
  }

  push(delta: JsonObject): ChatEvent[] {
    const custom = asObject(delta['custom']);
    const inner = custom ?? asObject(delta['function']) ?? {};
    const id = asString(delta['id']) ?? '';
    const name = asString(inner['name']) ?? '';
    const call = this.#find(asNumber(delta['index']), id, name);
    if (custom !== undefined || delta['type'] === 'custom') call.kind = 'custom';
    if (call.id === '') call.id = id;
    if (call.name === '') call.name = name;
    const ext = callExt(
      delta['extra_content'],
      restOf(delta, OUTER),
      restOf(inner, INNER_KNOWN),
      this.#options.issuer,
    ).ext;
    if (ext !== undefined) call.ext = ext;
    const text = inputText(inner[custom === undefined ? 'arguments' : 'input']);
    call.input += text;
    if (call.index !== undefined) return text === '' ? [] : [{ type: 'part-delta', index: call.index, text }];
    return call.id !== '' && call.name !== '' ? this.#open(call) : [];
  }

  /** The choice is complete: opens what waited for an id, ends all calls. */
  close(): ChatEvent[] {
    const waiting = this.#calls.filter((call) => call.index === undefined && call.name !== '');
    const opened = waiting.flatMap((call) => {
      if (call.id === '') call.id = this.#madeId(call.name);
      return this.#open(call);
    });
    const ended = this.#calls.flatMap(({ index, ext, toldExt }): ChatEvent[] => {
      if (index === undefined) return [];
      return [{ type: 'part-end', index, ...(ext !== undefined && ext !== toldExt && { ext }) }];
    });
    this.#calls = [];
    return [...opened, ...ended];
  }

  #madeId(name: string): string {
    const { seed, choice } = this.#options;
    this.#made += 1;
    return madeCallId(seed, choice, this.#made, name);
  }

  #open(call: Call): ChatEvent[] {
    const index = this.#options.nextIndex();
    call.index = index;
    call.toldExt = call.ext;
    const { id, name, kind, ext } = call;
    const { choice } = this.#options;
    const part = { type: 'tool-call' as const, id, name, kind, ...(ext !== undefined && { ext }) };
    const start: ChatEvent = { type: 'part-start', index, ...(choice !== 0 && { choice }), part };
    return call.input === '' ? [start] : [start, { type: 'part-delta', index, text: call.input }];
  }

  #find(wireIndex: number | undefined, id: string, name: string): Call {
    const known = wireIndex === undefined ? this.#unindexed(id, name) : this.#indexed(wireIndex, id, name);
    return known ?? this.#add(wireIndex);
  }

  /** Hosts that give every call index 0 tell them apart by id; a repeated id or a piece without a name belongs on. */
  #indexed(wireIndex: number, id: string, name: string): Call | undefined {
    const last = this.#calls.findLast((call) => call.wireIndex === wireIndex);
    const isOther = last !== undefined && id !== '' && last.id !== '' && id !== last.id && name !== '';
    return isOther ? this.#calls.find((call) => call.id === id && call.wireIndex === wireIndex) : last;
  }

  /** Without an index: the call of that id, else the last one, unless this piece begins another. */
  #unindexed(id: string, name: string): Call | undefined {
    const last = this.#calls.at(-1);
    if (id !== '') {
      const same = this.#calls.find((call) => call.id === id);
      return same ?? (last?.id === '' && (name === '' || last.name === '') ? last : undefined);
    }
    const begins = name !== '' && last !== undefined && last.name !== '' && isWhole(last.input, last.name !== name);
    return begins ? undefined : last;
  }

  #add(wireIndex: number | undefined): Call {
    const blank = { id: '', name: '', input: '', ext: undefined, index: undefined, toldExt: undefined };
    const call: Call = { wireIndex, kind: 'function', ...blank };
    this.#calls.push(call);
    return call;
  }
}

/** Has this call got all of its arguments? Another name after it begins another call in any case. */
function isWhole(input: string, isOtherName: boolean): boolean {
  return isOtherName || parseJson(input) !== undefined;
}

const OUTER = ['index', 'id', 'type', 'function', 'custom', 'extra_content'];
const INNER_KNOWN = ['name', 'arguments', 'input'];

function restOf(object: JsonObject, known: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => value !== null && !known.includes(key)));
}

/** Arguments as text; some hosts send them as an object. */
function inputText(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value;
  return isObject(value) ? JSON.stringify(value) : '';
}
