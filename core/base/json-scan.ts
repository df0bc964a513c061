/**
 * Finds the members of a JSON object's top level in the bytes, without parsing what is inside, so that a large body can
 * be forwarded with one member replaced and nothing re-serialised. The scan checks that strings and brackets close; it
 * does not validate the values it steps over: they go to the upstream as the client wrote them.
 */
import { OmniError } from './errors.ts';
import { type JsonValue, parseJson } from './json.ts';

/** Byte offsets of a value, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** How far a string is stepped through byte by byte before the native search takes over. */
const STRING_STEPS = 32;

export class JsonScan {
  readonly #bytes: Buffer;
  readonly #members = new Map<string, Span>();

  /** Throws `invalid_json` when the bytes are no complete JSON object. A repeated key keeps its last value, as JSON.parse does. */
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#scan();
  }

  /** The names of the top level. */
  names(): Iterable<string> {
    return this.#members.keys();
  }
  has(name: string): boolean {
    return this.#members.has(name);
  }
  /** The value of one member, parsed; undefined when absent. Throws `invalid_json` when it is no JSON. */
  value(name: string): JsonValue | undefined {
    const span = this.#members.get(name);
    if (span === undefined) return undefined;
    const value = parseJson(this.#bytes.toString('utf8', span.start, span.end));
    if (value === undefined) throw invalid(span.start, `the value of "${name}" is not valid JSON`);
    return value;
  }
  /**
   * The bytes with one member's value replaced by JSON text, as pieces to send one after the other: a large body is not
   * copied. Throws `internal` when the member is absent.
   */
  replace(name: string, json: string): readonly [before: Buffer, value: Buffer, after: Buffer] {
    const span = this.#members.get(name);
    if (span === undefined) throw new OmniError('internal', `There is no member "${name}" to replace`);
    return [this.#bytes.subarray(0, span.start), Buffer.from(json), this.#bytes.subarray(span.end)];
  }

  #scan(): void {
    const bytes = this.#bytes;
    let at = skipSpace(bytes, bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0);
    if (bytes[at] !== OPEN_BRACE) throw invalid(at, 'a JSON object was expected');
    at = skipSpace(bytes, at + 1);
    while (bytes[at] !== CLOSE_BRACE) {
      if (bytes[at] !== QUOTE) throw invalid(at, 'a member name in double quotes was expected');
      const keyEnd = stringEnd(bytes, at);
      const key = parseJson(bytes.toString('utf8', at, keyEnd));
      if (typeof key !== 'string') throw invalid(at, 'a member name is not a valid string');
      at = skipSpace(bytes, keyEnd);
      if (bytes[at] !== COLON) throw invalid(at, `a colon after "${key}" was expected`);
      const start = skipSpace(bytes, at + 1);
      const end = valueEnd(bytes, start);
      this.#members.set(key, { start, end });
      at = skipSpace(bytes, end);
      if (bytes[at] === CLOSE_BRACE) break;
      if (bytes[at] !== COMMA) throw invalid(at, `a comma or "}" after "${key}" was expected`);
      at = skipSpace(bytes, at + 1);
      if (bytes[at] === CLOSE_BRACE) throw invalid(at, 'a comma stands before "}"');
    }
    const rest = skipSpace(bytes, at + 1);
    if (rest < bytes.length) throw invalid(rest, 'there is more after the end of the object');
  }
}

function invalid(at: number, what: string): OmniError {
  return new OmniError('invalid_json', `The request body is not valid JSON: ${what} (at byte ${at}).`);
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return at;
    at += 1;
  }
}

/** The offset after the closing quote of the string that opens at `from`. */
function stringEnd(bytes: Buffer, from: number): number {
  let at = from + 1;
  const stepLimit = Math.min(at + STRING_STEPS, bytes.length);
  while (at < stepLimit) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    at += byte === BACKSLASH ? 2 : 1;
  }
  let quote = bytes.indexOf(QUOTE, at);
  while (quote >= 0) {
    let backslashes = 0;
    while (quote - 1 - backslashes >= at && bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    quote = bytes.indexOf(QUOTE, quote + 1);
  }
  throw invalid(from, 'a string does not end');
}

function valueEnd(bytes: Buffer, from: number): number {
  const first = bytes[from];
  if (first === QUOTE) return stringEnd(bytes, from);
  if (first === OPEN_BRACE || first === OPEN_BRACKET) return containerEnd(bytes, from);
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === COMMA || byte === CLOSE_BRACE || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09)
      break;
    at += 1;
  }
  if (at === from) throw invalid(from, 'a value was expected');
  return at;
}

function containerEnd(bytes: Buffer, from: number): number {
  let depth = 0;
  let at = from;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = stringEnd(bytes, at);
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
    at += 1;
  }
  throw invalid(from, 'an object or array does not end');
}
