/**
 * Finds the members of a JSON object's top level in the bytes, without parsing what is inside, so that a large body can
 * be forwarded with one member replaced and nothing re-serialised. The bytes stay in the pieces the network brought: a
 * megabyte is neither joined nor copied. The scan checks that strings and brackets close; it does not validate the
 * values it steps over: they go to the upstream as the client wrote them.
 */
import { OmniError } from './errors.ts';
import { asObject, type JsonObject, type JsonValue, parseJson } from './json.ts';

/** Byte offsets over all pieces, end exclusive. */
interface Span {
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
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** How far a string is stepped through byte by byte before the native search takes over. */
const STRING_STEPS = 32;

type Expecting = 'object' | 'first-member' | 'member' | 'colon' | 'value' | 'comma' | 'nothing';

export class JsonScan {
  readonly #pieces: readonly Buffer[];
  readonly #members = new Map<string, Span>();
  readonly #repeated = new Set<string>();
  /** Bytes in all. */
  readonly length: number;

  /** Throws `invalid_json` when the bytes are no complete JSON object. A repeated name keeps its last value, as in JSON.parse. */
  constructor(pieces: readonly Buffer[]) {
    this.#pieces = pieces;
    this.length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const onMember = (name: string, span: Span): void => {
      if (this.#members.has(name)) this.#repeated.add(name);
      this.#members.set(name, span);
    };
    new Walk(onMember, (span) => this.#text(span)).over(pieces, this.length);
  }

  /** Does the name stand more than once? Readers differ in which of them they take. */
  repeats(name: string): boolean {
    return this.#repeated.has(name);
  }
  has(name: string): boolean {
    return this.#members.has(name);
  }
  /** The names of the top level. */
  names(): Iterable<string> {
    return this.#members.keys();
  }
  /** The value of one member, parsed; undefined when absent. Throws `invalid_json` when it is no JSON. */
  value(name: string): JsonValue | undefined {
    const span = this.#members.get(name);
    if (span === undefined) return undefined;
    const value = parseJson(this.#text(span));
    if (value === undefined) throw invalid(span.start, `the value of "${name}" is not valid JSON`);
    return value;
  }
  /** All of it, parsed. Throws `invalid_json`. */
  parse(): JsonObject {
    const object = asObject(parseJson(this.#text({ start: 0, end: this.length }).replace(/^\uFEFF/, '')));
    if (object === undefined) throw new OmniError('invalid_json', 'The request body is not valid JSON.');
    return object;
  }
  /** The bytes as they came. */
  pieces(): readonly Buffer[] {
    return this.#pieces;
  }
  /** The bytes with one member's value replaced by JSON text. Throws `internal` when the member is absent. */
  replace(name: string, json: string): readonly Buffer[] {
    const span = this.#members.get(name);
    if (span === undefined) throw new OmniError('internal', `There is no member "${name}" to replace`);
    return [...this.#slice(0, span.start), Buffer.from(json), ...this.#slice(span.end, this.length)];
  }
  /** Does this text stand anywhere in the bytes, also across two pieces? Plain ASCII only. */
  includes(text: string): boolean {
    const overlap = text.length - 1;
    let tail = '';
    for (const piece of this.#pieces) {
      if (piece.includes(text)) return true;
      if (tail !== '' && (tail + piece.toString('latin1', 0, overlap)).includes(text)) return true;
      tail = (tail + piece.toString('latin1', Math.max(0, piece.length - overlap))).slice(-overlap);
    }
    return false;
  }

  #text({ start, end }: Span): string {
    const [only, ...others] = this.#slice(start, end);
    if (only === undefined) return '';
    return (others.length === 0 ? only : Buffer.concat([only, ...others])).toString('utf8');
  }

  #slice(start: number, end: number): Buffer[] {
    const out: Buffer[] = [];
    let from = 0;
    for (const piece of this.#pieces) {
      if (from < end && from + piece.length > start) {
        out.push(piece.subarray(Math.max(0, start - from), Math.min(piece.length, end - from)));
      }
      from += piece.length;
    }
    return out;
  }
}

/** One walk over the pieces: what is expected next at the top level, and how deep inside a value it stands. */
class Walk {
  readonly #onMember: (name: string, span: Span) => void;
  readonly #textOf: (span: Span) => string;
  #expecting: Expecting = 'object';
  /** Offset of the piece in hand. */
  #base = 0;
  #inString = false;
  #isEscaped = false;
  #depth = 0;
  /** Where the name or value in hand began; −1 between them. */
  #start = -1;
  #name = '';

  constructor(onMember: (name: string, span: Span) => void, textOf: (span: Span) => string) {
    this.#onMember = onMember;
    this.#textOf = textOf;
  }

  over(pieces: readonly Buffer[], length: number): void {
    for (const piece of pieces) {
      this.#piece(piece);
      this.#base += piece.length;
    }
    if (this.#inString) throw invalid(this.#start, 'a string does not end');
    if (this.#depth > 0) throw invalid(this.#start, 'an object or array does not end');
    if (this.#expecting !== 'nothing')
      throw invalid(length, `it ends too early: ${wanted(this.#expecting, this.#name)}`);
  }

  #piece(piece: Buffer): void {
    let at = 0;
    while (at < piece.length) {
      if (this.#inString) {
        at = this.#stringEnd(piece, at);
        if (!this.#inString && this.#depth === 0) this.#closeString(this.#base + at);
      } else if (this.#depth > 0) at = this.#inContainer(piece, at);
      else at = this.#top(piece[at] ?? 0, at);
    }
  }

  /** One byte at the top level; the offset to go on at. */
  #top(byte: number, at: number): number {
    const offset = this.#base + at;
    if (this.#expecting === 'value' && this.#start >= 0) {
      if (!isDelimiter(byte)) return at + 1;
      this.#closeValue(offset);
      return at;
    }
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) return at + 1;
    switch (this.#expecting) {
      case 'object':
        if (byte === BYTE_ORDER_MARK[offset]) return at + 1;
        return this.#take(byte === OPEN_BRACE, 'first-member', at);
      case 'first-member':
      case 'member':
        if (byte === CLOSE_BRACE && this.#expecting === 'first-member') return this.#take(true, 'nothing', at);
        if (byte !== QUOTE) throw invalid(offset, wanted(this.#expecting, this.#name));
        this.#start = offset;
        this.#inString = true;
        return at + 1;
      case 'colon':
        return this.#take(byte === COLON, 'value', at);
      case 'value':
        return this.#openValue(byte, at);
      case 'comma':
        if (byte === CLOSE_BRACE) return this.#take(true, 'nothing', at);
        return this.#take(byte === COMMA, 'member', at);
      case 'nothing':
        throw invalid(offset, 'there is more after the end of the object');
    }
  }

  #take(isRight: boolean, next: Expecting, at: number): number {
    if (!isRight) throw invalid(this.#base + at, wanted(this.#expecting, this.#name));
    this.#expecting = next;
    return at + 1;
  }

  #openValue(byte: number, at: number): number {
    if (isDelimiter(byte)) throw invalid(this.#base + at, wanted('value', this.#name));
    this.#start = this.#base + at;
    if (byte === QUOTE) this.#inString = true;
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth = 1;
    return at + 1;
  }

  #closeString(end: number): void {
    if (this.#expecting === 'value') {
      this.#closeValue(end);
      return;
    }
    const name = parseJson(this.#textOf({ start: this.#start, end }));
    if (typeof name !== 'string') throw invalid(this.#start, 'a member name is not a valid string');
    this.#name = name;
    this.#start = -1;
    this.#expecting = 'colon';
  }

  #closeValue(end: number): void {
    this.#onMember(this.#name, { start: this.#start, end });
    this.#start = -1;
    this.#expecting = 'comma';
  }

  #inContainer(piece: Buffer, from: number): number {
    for (let at = from; at < piece.length; at += 1) {
      const byte = piece[at];
      if (byte === QUOTE) {
        this.#inString = true;
        return at + 1;
      }
      if (byte === OPEN_BRACE || byte === OPEN_BRACKET) this.#depth += 1;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        this.#depth -= 1;
        if (this.#depth === 0) {
          this.#closeValue(this.#base + at + 1);
          return at + 1;
        }
      }
    }
    return piece.length;
  }

  /** The offset after the closing quote, or the end of the piece when the string goes on in the next one. */
  #stringEnd(piece: Buffer, from: number): number {
    let at = from;
    if (this.#isEscaped) {
      this.#isEscaped = false;
      at += 1;
    }
    const stepLimit = Math.min(at + STRING_STEPS, piece.length);
    while (at < stepLimit) {
      const byte = piece[at];
      if (byte === QUOTE) {
        this.#inString = false;
        return at + 1;
      }
      at += byte === BACKSLASH ? 2 : 1;
    }
    while (at < piece.length) {
      const quote = piece.indexOf(QUOTE, at);
      const stop = quote < 0 ? piece.length : quote;
      let backslashes = 0;
      while (stop - 1 - backslashes >= at && piece[stop - 1 - backslashes] === BACKSLASH) backslashes += 1;
      if (quote < 0) {
        this.#isEscaped = backslashes % 2 === 1;
        return piece.length;
      }
      at = quote + 1;
      if (backslashes % 2 === 0) {
        this.#inString = false;
        return at;
      }
    }
    // A backslash was the last byte of the piece: what it escapes opens the next one.
    this.#isEscaped = at > piece.length;
    return piece.length;
  }
}

function isDelimiter(byte: number): boolean {
  return byte === COMMA || byte === CLOSE_BRACE || byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function wanted(expecting: Expecting, name: string): string {
  switch (expecting) {
    case 'object':
      return 'a JSON object was expected';
    case 'first-member':
    case 'member':
      return 'a member name in double quotes was expected';
    case 'colon':
      return `a colon after "${name}" was expected`;
    case 'value':
      return `a value for "${name}" was expected`;
    case 'comma':
    case 'nothing':
      return `a comma or "}" after "${name}" was expected`;
  }
}

function invalid(at: number, what: string): OmniError {
  return new OmniError('invalid_json', `The request body is not valid JSON: ${what} (at byte ${at}).`);
}
