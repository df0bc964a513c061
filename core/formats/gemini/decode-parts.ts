/**
 * The parts of a client's `contents` (https://ai.google.dev/api/caching#Part). Thought signatures come back to us as the
 * upstream made them, or as an envelope in which another protocol's data travelled through this client.
 */

import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { refuse } from '../../base/member-reader.ts';
import type { CallIds } from '../../model/call-ids.ts';
import { kindOfMediaType, normalMediaType } from '../../model/data-url.ts';
import { type Ext, openExt } from '../../model/ext.ts';
import type { MediaPart, MediaSource, Part, ToolCallPart, ToolResultPart } from '../../model/part.ts';
import { FILE_DATA, Fields, INNER, ownExt, PART_NOTES } from './wire.ts';

/** A part of a request. Throws `invalid_request` for a known field of the wrong type; unknown kinds become opaque. */
export function decodePart(value: JsonValue, path: string, calls: CallIds): Part {
  const fields = new Fields(value, path);
  if (fields.has('functionCall')) return functionCall(fields, calls);
  if (fields.has('functionResponse')) return functionResponse(fields, calls);
  if (fields.has('inlineData')) return media(fields, inlineSource(fields.fields('inlineData')));
  if (fields.has('fileData')) return media(fields, fileSource(fields.fields('fileData')));
  if (!fields.has('text')) {
    const label = isObject(value) ? unknownKind(value) : undefined;
    if (label !== undefined && isObject(value)) {
      return { type: 'opaque', label, ext: { origin: 'gemini', data: value } };
    }
  }
  const text = fields.string('text') ?? '';
  if (fields.boolean('thought') !== true) return { type: 'text', text, ...carried(fields) };
  return { type: 'reasoning', text, form: 'summary', ext: partExt(fields) ?? { origin: 'gemini', data: {} } };
}

/** The field that makes a part something this format has no word for: `executableCode`. */
export function unknownKind(part: JsonObject): string | undefined {
  return Object.keys(part).find((key) => {
    const name = key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return !PART_NOTES.includes(name) && name !== 'thought' && name !== 'text';
  });
}

function partExt(fields: Fields, marks: JsonObject = {}): Ext | undefined {
  const signature = fields.string('thoughtSignature');
  const opened = openExt(signature);
  if (opened !== undefined) return opened;
  return ownExt({ ...marks, ...fields.rest(), ...(signature !== undefined && { thoughtSignature: signature }) });
}

function carried(fields: Fields, marks: JsonObject = {}): { ext?: Ext } {
  const ext = partExt(fields, marks);
  return ext === undefined ? {} : { ext };
}

function inner(fields: Fields): JsonObject {
  const rest = fields.rest();
  return Object.keys(rest).length === 0 ? {} : { [INNER]: rest };
}

function functionCall(fields: Fields, calls: CallIds): ToolCallPart {
  const call = fields.fields('functionCall') ?? refuse(fields.at('functionCall'), 'an object');
  const name = call.string('name') ?? refuse(call.at('name'), 'a string');
  const id = calls.call(name, call.string('id'));
  const input = JSON.stringify(call.object('args') ?? {});
  return { type: 'tool-call', id, name, kind: 'function', input, ...carried(fields, inner(call)) };
}

/**
 * `response` is an object: `output` (or `result`, as many clients write) holds what the tool said, `error` what went
 * wrong; anything else counts as a whole. The object comes back as it was to an upstream of this protocol.
 */
function functionResponse(fields: Fields, calls: CallIds): ToolResultPart {
  const result = fields.fields('functionResponse') ?? refuse(fields.at('functionResponse'), 'an object');
  const name = result.string('name');
  const callId = calls.answer(name, result.string('id'));
  const response = result.object('response');
  const said = response === undefined ? undefined : readResponse(response);
  const mediaParts = (result.list('parts') ?? []).map((part, index) =>
    resultMedia(part, `${result.at('parts')}[${index}]`),
  );
  const marks = { ...said?.marks, ...(mediaParts.length > 0 && { '#parts': true }), ...inner(result) };
  return {
    type: 'tool-result',
    callId,
    ...(name !== undefined && { name }),
    content: [...(said?.text === undefined ? [] : [{ type: 'text' as const, text: said.text }]), ...mediaParts],
    ...(said?.isError === true && { isError: true }),
    ...carried(fields, marks),
  };
}

function readResponse(response: JsonObject): { text?: string; isError?: boolean; marks?: JsonObject } {
  const [key, ...others] = Object.keys(response);
  if (key === undefined) return {};
  const isError = key === 'error' && others.length === 0;
  const value = response[key];
  if (others.length === 0 && (isError || key === 'output' || key === 'result')) {
    if (typeof value !== 'string') {
      return { text: JSON.stringify(value), ...(isError && { isError }), marks: { '#response': response } };
    }
    return { text: value, ...(isError && { isError }), ...(key === 'result' && { marks: { '#key': key } }) };
  }
  return { text: JSON.stringify(response), marks: { '#response': response } };
}

function resultMedia(value: JsonValue, path: string): Part {
  const fields = new Fields(value, path);
  if (fields.has('inlineData')) return media(fields, inlineSource(fields.fields('inlineData')));
  if (fields.has('fileData')) return media(fields, fileSource(fields.fields('fileData')));
  const data = isObject(value) ? value : {};
  return { type: 'opaque', label: unknownKind(data) ?? 'part', ext: { origin: 'gemini', data } };
}

interface Source {
  readonly source: MediaSource;
  readonly mediaType: string;
  readonly marks: JsonObject;
  readonly filename?: string;
}

function media(fields: Fields, { source, mediaType, marks, filename }: Source): MediaPart {
  return {
    type: 'media',
    kind: kindOfMediaType(mediaType),
    source,
    ...(filename !== undefined && { filename }),
    ...carried(fields, marks),
  };
}

function inlineSource(blob: Fields | undefined): Source {
  if (blob === undefined) return refuse('inlineData', 'an object');
  const mediaType = normalMediaType(blob.string('mimeType') ?? refuse(blob.at('mimeType'), 'a string'));
  const data = blob.string('data') ?? refuse(blob.at('data'), 'a base64 string');
  const filename = blob.string('displayName');
  const rest = filename === undefined ? blob.rest() : { ...blob.rest(), displayName: filename };
  const marks: JsonObject = Object.keys(rest).length === 0 ? {} : { [INNER]: rest };
  return {
    source: { type: 'base64', mediaType, data: standardBase64(data) },
    mediaType,
    marks,
    ...(filename !== undefined && { filename }),
  };
}

/** Protobuf takes both alphabets for bytes; everyone else wants the standard one. */
function standardBase64(data: string): string {
  return data.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
}

function fileSource(file: Fields | undefined): Source {
  if (file === undefined) return refuse('fileData', 'an object');
  const uri = file.string('fileUri') ?? refuse(file.at('fileUri'), 'a string');
  const given = file.string('mimeType');
  const mediaType = given === undefined ? undefined : normalMediaType(given);
  const rest = file.rest();
  const type = mediaType === undefined ? {} : { mediaType };
  return {
    source: isOwnFile(uri) ? { type: 'file-id', id: uri, ...type } : { type: 'url', url: uri, ...type },
    mediaType: mediaType ?? (isVideoSite(uri) ? 'video/*' : 'image/*'),
    marks: { [FILE_DATA]: true, ...(Object.keys(rest).length > 0 && { [INNER]: rest }) },
  };
}

/** Files of Google's own storage, and the video site whose addresses only Gemini can watch. */
function isOwnFile(uri: string): boolean {
  return !/^https?:/i.test(uri) || /^https:\/\/generativelanguage\.googleapis\.com\//i.test(uri) || isVideoSite(uri);
}
function isVideoSite(uri: string): boolean {
  return /^https?:\/\/((www|m)\.)?(youtube\.com|youtu\.be)\//i.test(uri);
}
