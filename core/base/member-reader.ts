/**
 * Reads a wire object member by member: each is taken by its name, its type is checked with a path for every refusal,
 * and what nobody took is kept, so that nothing unknown is lost. Null counts as absent.
 */
import { OmniError } from './errors.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';

/** Throws `invalid_request`: the value at `path` is not what the protocol says. */
export function refuse(path: string, expected: string): never {
  const what = path === '' ? 'The body' : `"${path}"`;
  throw new OmniError('invalid_request', `${what} must be ${expected}.`, { ...(path !== '' && { path }) });
}

export class MemberReader {
  readonly path: string;
  readonly #rest: JsonObject;

  /** Throws `invalid_request` when the value is no object. */
  constructor(value: JsonValue | undefined, path: string) {
    this.path = path;
    this.#rest = isObject(value) ? { ...value } : refuse(path, 'an object');
  }

  /** The names under which the protocol knows a member. */
  protected spellings(name: string): readonly string[] {
    return [name];
  }
  /** The path of a member, for messages. */
  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }
  /** The member without looking at its type. */
  take(name: string): JsonValue | undefined {
    let taken: JsonValue | undefined;
    for (const spelling of this.spellings(name)) {
      taken ??= this.#rest[spelling];
      delete this.#rest[spelling];
    }
    return taken ?? undefined;
  }
  has(name: string): boolean {
    return this.spellings(name).some((spelling) => (this.#rest[spelling] ?? undefined) !== undefined);
  }
  /** Puts a taken member back among the rest. */
  keep(name: string, value: JsonValue): void {
    this.#rest[name] = value;
  }
  string(name: string): string | undefined {
    const value = this.take(name);
    return value === undefined || typeof value === 'string' ? value : refuse(this.at(name), 'a string');
  }
  number(name: string): number | undefined {
    const value = this.take(name);
    return value === undefined || typeof value === 'number' ? value : refuse(this.at(name), 'a number');
  }
  boolean(name: string): boolean | undefined {
    const value = this.take(name);
    return value === undefined || typeof value === 'boolean' ? value : refuse(this.at(name), 'a boolean');
  }
  object(name: string): JsonObject | undefined {
    const value = this.take(name);
    return value === undefined || isObject(value) ? value : refuse(this.at(name), 'an object');
  }
  /** What nobody took, verbatim, without nulls. */
  rest(): JsonObject {
    return Object.fromEntries(Object.entries(this.#rest).filter(([, value]) => value !== null));
  }
}
