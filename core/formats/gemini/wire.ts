/**
 * Reading of Gemini's wire objects. The API is protobuf over JSON: every field may be written in camelCase or in
 * snake_case, and null means absent (https://protobuf.dev/programming-guides/json/). `Fields` takes the known fields of
 * an object by their camelCase name, checks their type, and keeps the rest so that nothing unknown is lost.
 */
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { MemberReader, refuse } from '../../base/member-reader.ts';
import type { Ext } from '../../model/ext.ts';

/** Fields that say something about a part besides what it holds. */
export const PART_NOTES: readonly string[] = [
  'thoughtSignature',
  'partMetadata',
  'mediaResolution',
  'videoMetadata',
  'mediaProcessing',
  'audioTranscription',
  'speechMetadata',
];

/** The key in a part's `ext.data` for fields of the object inside the part (`functionCall`, `inlineData`). */
export const INNER = '#inner';
/** The key in a part's `ext.data` that marks media given by `fileData`. */
export const FILE_DATA = '#fileData';

export class Fields extends MemberReader {
  protected override spellings(name: string): readonly string[] {
    return [name, snakeCase(name)];
  }
  fields(name: string): Fields | undefined {
    const value = this.object(name);
    return value === undefined ? undefined : new Fields(value, this.at(name));
  }
  /** A repeated field; a single object counts as a list of one, as the API takes it. */
  list(name: string): JsonValue[] | undefined {
    const value = this.take(name);
    if (value === undefined || Array.isArray(value)) return value;
    return isObject(value) ? [value] : refuse(this.at(name), 'an array');
  }
  strings(name: string): string[] | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) return refuse(this.at(name), 'an array of strings');
    return value.map((item, index) =>
      typeof item === 'string' ? item : refuse(`${this.at(name)}[${index}]`, 'a string'),
    );
  }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** `data` as this format's ext; undefined when there is nothing to carry. */
export function ownExt(data: JsonObject, issuer?: string): Ext | undefined {
  if (Object.keys(data).length === 0) return undefined;
  return issuer === undefined ? { origin: 'gemini', data } : { origin: 'gemini', issuer, data };
}

/** The wire fields in a part's ext: without the marks this format keeps for itself. */
export function notesOf(data: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(data).filter(([key]) => !key.startsWith('#')));
}

/** A Gemini model of generation 3 or later, which checks thought signatures and takes media in tool results. */
export function isGemini3(model: string): boolean {
  const generation = /gemini-(\d+)/i.exec(model)?.[1];
  return generation === undefined ? /gemini-.*-latest$/i.test(model) : Number(generation) >= 3;
}
