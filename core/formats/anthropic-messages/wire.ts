/**
 * What the codecs of this format share: readers that name the JSON path of what is wrong, the `ext` of unknown fields,
 * cache marks and tool ids. Protocol: https://docs.anthropic.com/en/api/messages.
 */
import { createHash } from 'node:crypto';
import { OmniError } from '../../base/errors.ts';
import { asObject, isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { type Ext, extBelongsTo } from '../../model/ext.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import type { LossList } from '../../model/loss.ts';
import type { CacheMark } from '../../model/part.ts';
import type { ToolNameRule, ToolNames } from '../../model/tool-names.ts';
import type { EncodeTarget } from '../format.ts';

export const ORIGIN = 'anthropic-messages';

/** Tool names match `^[a-zA-Z0-9_-]{1,128}$`; there are neither groups nor free-text tools. */
export const TOOL_NAME_RULE: ToolNameRule = {
  refused: /[^a-zA-Z0-9_-]/g,
  maxLength: 128,
  custom: false,
  namespace: false,
};

/** What the encoders of one request hand around. */
export interface EncodeContext {
  readonly target: EncodeTarget;
  readonly losses: LossList;
  readonly names: ToolNames;
}

/** Throws `invalid_request` for the place `path` of the client's body. */
export function refuse(path: string, sentence: string): never {
  throw new OmniError('invalid_request', `${path}: ${sentence}`, { path });
}

/** A member that may be absent or null; of any other type than `type` it is refused. */
export function optionalString(from: JsonObject, key: string, path = key): string | undefined {
  const value = from[key];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : refuse(path, 'must be a string.');
}
export function optionalNumber(from: JsonObject, key: string, path = key): number | undefined {
  const value = from[key];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'number' ? value : refuse(path, 'must be a number.');
}
export function optionalBoolean(from: JsonObject, key: string, path = key): boolean | undefined {
  const value = from[key];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'boolean' ? value : refuse(path, 'must be true or false.');
}
export function optionalObject(from: JsonObject, key: string, path = key): JsonObject | undefined {
  const value = from[key];
  if (value === undefined || value === null) return undefined;
  return isObject(value) ? value : refuse(path, 'must be an object.');
}
export function optionalArray(from: JsonObject, key: string, path = key): JsonValue[] | undefined {
  const value = from[key];
  if (value === undefined || value === null) return undefined;
  return Array.isArray(value) ? value : refuse(path, 'must be an array.');
}
export function requiredString(from: JsonObject, key: string, path: string): string {
  return optionalString(from, key, path) ?? refuse(path, 'is missing.');
}
export function objectAt(value: JsonValue | undefined, path: string): JsonObject {
  return isObject(value) ? value : refuse(path, 'must be an object.');
}

/** The members of `from` that are not in `known`, verbatim. */
export function restOf(from: JsonObject, known: readonly string[]): JsonObject {
  const rest: JsonObject = {};
  for (const [key, value] of Object.entries(from)) if (!known.includes(key)) rest[key] = value;
  return rest;
}

/** As `restOf`, without members that are null: answers name every field they do not use. */
export function filledRestOf(from: JsonObject, known: readonly string[]): JsonObject {
  const rest = restOf(from, known);
  for (const [key, value] of Object.entries(rest)) if (value === null) delete rest[key];
  return rest;
}

/** `{ext}` for unknown fields, or nothing where there are none: meant to be spread. */
export function extOf(data: JsonObject): { readonly ext?: Ext } {
  return Object.keys(data).length === 0 ? {} : { ext: { origin: ORIGIN, data } };
}

/** Is `ext` ours, and made by `issuer` where both are known? */
export function isOwn(ext: Ext | undefined, issuer?: string): boolean {
  return extBelongsTo(ext, ORIGIN, issuer);
}

/** Our own fields of `ext`, to be spread over what was written; empty for another protocol's or another maker's. */
export function ownFields(ext: Ext | undefined, issuer?: string): JsonObject {
  return extBelongsTo(ext, ORIGIN, issuer) ? ext.data : {};
}

/**
 * A cache mark and, where `cache_control` says more than the hub has words for, the raw value as `extra`
 * (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching).
 */
export function readCache(block: JsonObject): { readonly cache?: CacheMark; readonly extra: JsonObject } {
  const control = asObject(block['cache_control']);
  if (control === undefined) return { extra: {} };
  const ttl = control['ttl'];
  const known = ttl === '5m' || ttl === '1h';
  const plain = control['type'] === 'ephemeral' && (known || ttl === undefined);
  const extra: JsonObject =
    plain && Object.keys(control).every((key) => key === 'type' || key === 'ttl') ? {} : { cache_control: control };
  return { cache: known ? { ttl } : {}, extra };
}

/** `{cache_control}` for a mark, or nothing: meant to be spread. */
export function writeCache(cache: CacheMark | undefined): JsonObject {
  if (cache === undefined) return {};
  return { cache_control: { type: 'ephemeral', ...(cache.ttl !== undefined && { ttl: cache.ttl }) } };
}

const ACCEPTED_ID = /^[a-zA-Z0-9_-]{1,64}$/;

/** A tool id that the API accepts; another one becomes a hash of itself, the same in the call and in its result. */
export function wireToolId(id: string, path: string, losses: LossList): string {
  if (ACCEPTED_ID.test(id)) return id;
  const wire = `toolu_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
  losses.add('tool-id', path, `The tool id "${id}" is sent as "${wire}".`);
  return wire;
}

/** Declares what a part or message carries for another protocol and cannot be sent along. */
export function loseForeignExt(ext: Ext | undefined, path: string, losses: LossList, issuer?: string): void {
  loseForeignFields(ext, { format: ORIGIN, path, losses, ...(issuer !== undefined && { issuer }) });
}
