/**
 * The hub's messages as `contents` (https://ai.google.dev/api/caching#Content). Signatures go back only to their maker
 * (https://ai.google.dev/gemini-api/docs/thought-signatures); what Gemini cannot take is a loss.
 */
import { isObject, type JsonObject } from '../../base/json.ts';
import { callArguments } from '../../model/call-arguments.ts';
import { isMadeCallId } from '../../model/call-ids.ts';
import { extBelongsTo } from '../../model/ext.ts';
import { loseForeignFields, type Reader } from '../../model/foreign-fields.ts';
import type { LossList } from '../../model/loss.ts';
import type { MediaPart, Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import type { ToolNames } from '../../model/tool-names.ts';
import type { EncodeTarget } from '../format.ts';
import { FILE_DATA, INNER, isGemini3, notesOf } from './wire.ts';

export interface PartContext {
  readonly target: EncodeTarget;
  readonly names: ToolNames;
  readonly losses: LossList;
  /** The wire names of the calls in the conversation, by call id. */
  readonly calls: ReadonlyMap<string, string>;
}

/** Google's documented stand-in for a signature that is not to be had. */
const SKIP_SIGNATURE = 'skip_thought_signature_validator';

/** One message as contents: one, two where media of tool results stands apart, none where nothing is left to say. */
export function encodeMessage(message: Message, path: string, context: PartContext): JsonObject[] {
  if (message.name !== undefined) {
    context.losses.add('participant-name', path, 'Gemini has no names of participants; the name is left out.');
  }
  loseForeignFields(message.ext, readerOf(path, context));
  const media: JsonObject[] = [];
  const parts = message.parts.flatMap((part, index) => encodePart(part, `${path}.parts[${index}]`, context, media));
  if (message.role === 'assistant') signFirstCall(parts, context.target.model);
  const notes = extBelongsTo(message.ext, 'gemini') ? notesOf(message.ext.data) : {};
  const role = message.role === 'assistant' ? 'model' : 'user';
  if (parts.length === 0 && message.parts.length === 0) {
    context.losses.add('empty-text', path, 'Gemini takes no empty message; it is left out.');
  }
  return [
    ...(parts.length > 0 ? [{ role, parts, ...notes }] : []),
    ...(media.length > 0 ? [{ role: 'user', parts: media }] : []),
  ];
}

/** From generation 3 on, the first call of a model turn must carry a signature. */
function signFirstCall(parts: JsonObject[], model: string): void {
  const call = parts.find((part) => part['functionCall'] !== undefined);
  if (call !== undefined && call['thoughtSignature'] === undefined && isGemini3(model)) {
    call['thoughtSignature'] = SKIP_SIGNATURE;
  }
}

function encodePart(part: Part, path: string, context: PartContext, media: JsonObject[]): JsonObject[] {
  if (part.cache !== undefined) {
    context.losses.add('cache-mark', path, 'Gemini caches by itself; the cache mark is left out.');
  }
  switch (part.type) {
    case 'text':
      return encodeText(part, path, context);
    case 'reasoning':
      return encodeReasoning(part, path, context);
    case 'media':
      return encodeMedia(part, path, context);
    case 'tool-call':
      return [encodeCall(part, path, context)];
    case 'tool-result':
      return [encodeResult(part, path, context, media)];
    case 'opaque':
      if (extBelongsTo(part.ext, 'gemini', context.target.issuer)) return [part.ext.data];
      context.losses.add('opaque', path, `The ${part.label} item of another protocol is left out.`);
      return [];
  }
}

function readerOf(path: string, { target, losses }: PartContext): Reader {
  return { format: 'gemini', issuer: target.issuer, path, losses };
}

/** The part's own wire fields, where the upstream may have them back. */
function notes(part: Part, path: string, context: PartContext): JsonObject {
  const { ext } = part;
  loseForeignFields(ext, readerOf(path, context));
  return extBelongsTo(ext, 'gemini', context.target.issuer) ? notesOf(ext.data) : {};
}

function inner(part: Part): JsonObject {
  const value = extBelongsTo(part.ext, 'gemini') ? part.ext.data[INNER] : undefined;
  return isObject(value) ? value : {};
}

function encodeText(part: TextPart, path: string, context: PartContext): JsonObject[] {
  const carried = notes(part, path, context);
  if (part.citations !== undefined) {
    context.losses.add('citations', path, 'Gemini takes no citations in a request; the text goes without them.');
  }
  if (part.refusal === true) context.losses.add('refusal', path, 'The refusal is sent as plain text.');
  if (part.text === '' && Object.keys(carried).length === 0) {
    context.losses.add('empty-text', path, 'Gemini takes no empty text; the part is left out.');
    return [];
  }
  return [{ text: part.text, ...carried }];
}

function encodeReasoning(part: ReasoningPart, path: string, context: PartContext): JsonObject[] {
  if (extBelongsTo(part.ext, 'gemini', context.target.issuer)) {
    return [{ text: part.text, thought: true, ...notes(part, path, context) }];
  }
  context.losses.add('reasoning', path, 'The thoughts were not made by this provider and are left out.');
  return [];
}

function encodeMedia(part: MediaPart, path: string, context: PartContext): JsonObject[] {
  const carried = { ...inner(part) };
  const around = notes(part, path, context);
  const own = extBelongsTo(part.ext, 'gemini') && part.ext.data[FILE_DATA] === true;
  if (part.detail !== undefined) context.losses.add('image-detail', path, 'Gemini has no detail setting of this kind.');
  if (part.filename !== undefined && carried['displayName'] === undefined && !own) {
    context.losses.add('filename', path, 'Gemini takes no file names; the name is left out.');
  }
  const { source } = part;
  switch (source.type) {
    case 'base64':
      return [{ inlineData: { mimeType: source.mediaType, data: source.data, ...(own ? {} : carried) }, ...around }];
    case 'text': {
      const data = Buffer.from(source.text).toString('base64');
      return [{ inlineData: { mimeType: 'text/plain', data }, ...around }];
    }
    case 'file-id':
    case 'url': {
      const fileUri = source.type === 'url' ? source.url : source.id;
      const known = own || (source.type === 'file-id' && /^(https|gs):\/\//.test(fileUri));
      if (known) {
        const type = source.mediaType === undefined ? {} : { mimeType: source.mediaType };
        return [{ fileData: { fileUri, ...type, ...carried }, ...around }];
      }
      const feature = source.type === 'file-id' ? 'file-id' : part.kind;
      context.losses.add(feature, path, 'Gemini takes media inline or from its own storage; this one is left out.');
      return [];
    }
  }
}

function encodeCall(part: ToolCallPart, path: string, context: PartContext): JsonObject {
  const call = {
    ...(isMadeCallId(part.id) ? {} : { id: part.id }),
    name: context.names.wire(part.name, part.namespace),
    args: callArguments(part, path, context.losses),
    ...inner(part),
  };
  return { functionCall: call, ...notes(part, path, context) };
}

function encodeResult(part: ToolResultPart, path: string, context: PartContext, apart: JsonObject[]): JsonObject {
  const inside: JsonObject[] = [];
  const texts: string[] = [];
  const data = extBelongsTo(part.ext, 'gemini') ? part.ext.data : {};
  part.content.forEach((piece, index) => {
    const at = `${path}.content[${index}]`;
    if (piece.type === 'text') texts.push(piece.text);
    else if (piece.type !== 'media') inside.push(...encodePart(piece, at, context, apart));
    else if (data['#parts'] === true || mayStandInside(piece, context.target.model)) {
      inside.push(...encodeMedia(piece, at, context));
    } else {
      context.losses.add('tool-result-media', at, 'The media of the tool result follows it as a user message.');
      apart.push(...encodeMedia(piece, at, context));
    }
  });
  const result = {
    ...(isMadeCallId(part.callId) ? {} : { id: part.callId }),
    name: context.calls.get(part.callId) ?? context.names.wire(part.name ?? ''),
    response: responseOf(part, texts, data),
    ...(inside.length > 0 && { parts: inside }),
    ...inner(part),
  };
  return { functionResponse: result, ...notes(part, path, context) };
}

/** From generation 3 on, images and documents may stand in a tool's result. */
function mayStandInside(part: MediaPart, model: string): boolean {
  return isGemini3(model) && (part.kind === 'image' || part.kind === 'file') && part.source.type !== 'url';
}

function responseOf(part: ToolResultPart, texts: readonly string[], data: JsonObject): JsonObject {
  const whole = data['#response'];
  if (isObject(whole)) return whole;
  const text = texts.join('\n');
  if (part.isError === true) return { error: text };
  if (texts.length === 0) return {};
  return data['#key'] === 'result' ? { result: text } : { output: text };
}
