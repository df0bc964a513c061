/**
 * Small things shared by both directions of the Responses format: `ext` of this format, ids made here, and readers that
 * refuse a wrong type with its path. Upstream reference: https://platform.openai.com/docs/api-reference/responses
 */
import { OmniError } from '../../base/errors.ts';
import type { Frame } from '../../base/framing.ts';
import { asObject, isObject, type JsonObject, type JsonValue, parseJson } from '../../base/json.ts';
import { type Ext, extBelongsTo, MADE_HERE } from '../../model/ext.ts';

export const FORMAT = 'openai-responses';

/** Data of this format as `ext`; undefined when there is nothing to carry. */
export function ownExt(data: JsonObject, issuer?: string): Ext | undefined {
  if (Object.keys(data).length === 0) return undefined;
  return issuer === undefined ? { origin: FORMAT, data } : { origin: FORMAT, issuer, data };
}

/** `{ ext }` to spread into a part; empty when there is nothing to carry. */
export function withExt(data: JsonObject, issuer?: string): { readonly ext?: Ext } {
  const ext = ownExt(data, issuer);
  return ext === undefined ? {} : { ext };
}

/** What an `ext` holds for this format and, where it is known, this maker. */
export function ownData(ext: Ext | undefined, issuer?: string): JsonObject | undefined {
  return extBelongsTo(ext, FORMAT, issuer) ? ext.data : undefined;
}

/** The object without the named members and without nulls, which this API reads as "not set". */
export function restOf(object: JsonObject, known: readonly string[]): JsonObject {
  const out: JsonObject = {};
  for (const [key, value] of Object.entries(object)) if (value !== null && !known.includes(key)) out[key] = value;
  return out;
}

/** An id for an output item: `msg_omr<reply id>0`. */
export function madeId(prefix: string, replyId: string, count: number): string {
  return `${prefix}_${MADE_HERE}${replyId}${count}`;
}

/** Was this item id made here (`madeId`), so that no upstream knows it? */
export function isMadeId(id: string): boolean {
  return id.slice(id.indexOf('_') + 1).startsWith(MADE_HERE);
}

/** Throws `invalid_request` at a path of the client's body. */
export function refuse(path: string, sentence: string): never {
  throw new OmniError('invalid_request', sentence, { path });
}

type Kinds = { string: string; number: number; boolean: boolean };

/** An optional member of a given type. Null counts as absent; another type throws `invalid_request`. */
export function optional<K extends keyof Kinds>(object: JsonObject, path: string, kind: K): Kinds[K] | undefined {
  const key = path.slice(path.lastIndexOf('.') + 1);
  const value = object[key];
  if (value === undefined || value === null) return undefined;
  if (!isKind(value, kind)) return refuse(path, `"${path}" must be a ${kind}.`);
  return value;
}

function isKind<K extends keyof Kinds>(value: JsonValue, kind: K): value is Kinds[K] & JsonValue {
  return typeof value === kind;
}

/** An optional object member, with the rules of `optional`. */
export function optionalObject(object: JsonObject, path: string): JsonObject | undefined {
  const value = object[path.slice(path.lastIndexOf('.') + 1)];
  if (value === undefined || value === null) return undefined;
  return isObject(value) ? value : refuse(path, `"${path}" must be an object.`);
}

/** A required string, with the rules of `optional`. */
export function required(object: JsonObject, path: string): string {
  return optional(object, path, 'string') ?? refuse(path, `"${path}" is missing; it must be a string.`);
}

/** `base` with `text` put behind a dot: `input[2]` and `name` make `input[2].name`. */
export function under(base: string, name: string): string {
  return base === '' ? name : `${base}.${name}`;
}

/**
 * The event in a frame; undefined for what is none (`[DONE]`, a comment). An end whose last brace got lost is read all
 * the same: such streams were recorded, and the alternative is to call a whole answer cut.
 */
export function readEvent(frame: Frame): JsonObject | undefined {
  const event = asObject(parseJson(frame.data));
  if (event !== undefined || !frame.data.includes('"response.completed"')) return event;
  return asObject(parseJson(`${frame.data}}`));
}
