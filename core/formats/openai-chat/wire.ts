/**
 * Small things shared by both directions of the Chat Completions format: reading of wire objects with a path for every
 * refusal, and `ext` of this format. Null means "not set" in this API, so null members count as absent.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
import { createHash } from 'node:crypto';
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { MemberReader, refuse } from '../../base/member-reader.ts';
import { type Ext, extBelongsTo } from '../../model/ext.ts';

export const FORMAT = 'openai-chat';

/** Key in a part's `ext.data` for unknown members of the object inside the block (`image_url`, `function`). */
export const INNER = '#inner';

/** Reads the members of this API's objects. */
export class Fields extends MemberReader {
  requiredString(name: string): string {
    return this.string(name) ?? refuse(this.at(name), 'a string');
  }
  /** The member as `Fields`; an absent or wrong one is refused. */
  fields(name: string): Fields {
    return new Fields(this.take(name), this.at(name));
  }
  array(name: string): JsonValue[] | undefined {
    const value = this.take(name);
    return value === undefined || Array.isArray(value) ? value : refuse(this.at(name), 'an array');
  }
}

/** `{ ext }` of this format to spread; empty when there is nothing to carry. */
export function withExt(data: JsonObject, issuer?: string): { readonly ext?: Ext } {
  if (Object.keys(data).length === 0) return {};
  return { ext: issuer === undefined ? { origin: FORMAT, data } : { origin: FORMAT, issuer, data } };
}

/** A block's unknown members, with those of the object inside it under `INNER`. */
export function restWithInner(outer: JsonObject, inner: JsonObject): JsonObject {
  return Object.keys(inner).length === 0 ? outer : { ...outer, [INNER]: inner };
}

/** What an `ext` holds for this format and, where it is known, this maker; without the marks kept for ourselves. */
export function ownData(ext: Ext | undefined, issuer?: string): JsonObject {
  if (!extBelongsTo(ext, FORMAT, issuer)) return {};
  return Object.fromEntries(Object.entries(ext.data).filter(([key]) => !key.startsWith('#')));
}

/** The unknown members kept under `INNER`. */
export function innerData(ext: Ext | undefined): JsonObject {
  const inner = extBelongsTo(ext, FORMAT) ? ext.data[INNER] : undefined;
  return isObject(inner) ? inner : {};
}

/** An id for a tool call that came without one: the same for the same bytes, different for different replies. */
export function madeCallId(...seed: readonly (string | number)[]): string {
  return `call_${createHash('sha256').update(seed.join('\u0000')).digest('hex').slice(0, 24)}`;
}
