/** Reading of Ollama's wire objects, with a path for what is wrong. Go writes absent fields as null; both mean nothing. */
import { OmniError } from '../../base/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Ext } from '../../model/ext.ts';

/** Refuses the request: `path` is not what the protocol says. */
export function refuse(path: string, expected: string): never {
  throw new OmniError('invalid_request', `${path} must be ${expected}.`, { path });
}

export function needObject(value: JsonValue | undefined, path: string): JsonObject {
  return isObject(value) ? value : refuse(path, 'an object');
}
export function optionalString(value: JsonValue | undefined, path: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : refuse(path, 'a string');
}
export function optionalNumber(value: JsonValue | undefined, path: string): number | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' ? value : refuse(path, 'a number');
}
export function optionalBoolean(value: JsonValue | undefined, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'boolean' ? value : refuse(path, 'true or false');
}
/** A list; absent is an empty one. */
export function listOf(value: JsonValue | undefined, path: string): JsonValue[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : refuse(path, 'an array');
}

/** `data` as this format's ext; undefined when there is nothing to carry. */
export function ownExt(data: JsonObject): Ext | undefined {
  return Object.keys(data).length === 0 ? undefined : { origin: 'ollama-chat', data };
}

/** The members that are not null, but for those named. */
export function restOf(value: JsonObject, known: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key, member]) => !known.includes(key) && member !== null));
}
