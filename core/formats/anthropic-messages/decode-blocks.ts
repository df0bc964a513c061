/**
 * The content blocks of a client's messages as parts. Blocks that only this protocol knows become opaque parts, so that
 * a new block type is carried and not refused.
 */
import { asObject, asString, compact, isObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import { normalMediaType } from '../../model/data-url.ts';
import { type Ext, openExt } from '../../model/ext.ts';
import type { MediaPart, Part, ReasoningPart, ToolCallPart, ToolResultPart } from '../../model/part.ts';
import { readCitation } from './citations.ts';
import {
  extOf,
  ORIGIN,
  objectAt,
  optionalArray,
  optionalBoolean,
  optionalObject,
  optionalString,
  readCache,
  refuse,
  requiredString,
  restOf,
} from './wire.ts';

/** Where content stands: tool calls belong to the assistant, tool results to the user. */
export type ContentPlace = 'user' | 'assistant' | 'system' | 'tool-result';

/** `content` as a string or as blocks. Absent is empty; an empty string too. Throws `invalid_request`. */
export function decodeContent(content: JsonValue | undefined, path: string, place: ContentPlace): Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return refuse(path, 'must be a string or an array of content blocks.');
  return content.map((block, index) => decodeBlock(objectAt(block, `${path}[${index}]`), `${path}[${index}]`, place));
}

function decodeBlock(block: JsonObject, path: string, place: ContentPlace): Part {
  const type = requiredString(block, 'type', `${path}.type`);
  switch (type) {
    case 'text':
      return textPart(block, path);
    case 'image':
      return imagePart(block, path);
    case 'document':
      return documentPart(block, path);
    case 'search_result':
      return searchResultPart(block, path);
    case 'thinking':
      return thinkingPart(block, path);
    case 'redacted_thinking':
      return redactedPart(block, path);
    case 'tool_use':
      if (place !== 'assistant') return refuse(path, 'a tool_use block belongs in an assistant message.');
      return toolCallPart(block, path);
    case 'tool_result':
      if (place !== 'user') return refuse(path, 'a tool_result block belongs in a user message.');
      return toolResultPart(block, path);
    default:
      return { type: 'opaque', label: type, ext: { origin: ORIGIN, data: block } };
  }
}

function textPart(block: JsonObject, path: string): Part {
  const { cache, extra } = readCache(block);
  const citations = optionalArray(block, 'citations', `${path}.citations`)?.filter(isObject).map(readCitation);
  return {
    type: 'text',
    text: requiredString(block, 'text', `${path}.text`),
    ...(citations !== undefined && citations.length > 0 && { citations }),
    ...compact({ cache }),
    ...extOf({ ...restOf(block, ['type', 'text', 'citations', 'cache_control']), ...extra }),
  };
}

function imagePart(block: JsonObject, path: string): Part {
  const { cache, extra } = readCache(block);
  const source = objectAt(block['source'], `${path}.source`);
  const rest = { ...restOf(block, ['type', 'source', 'cache_control']), ...extra };
  return { ...mediaOf('image', source, rest, `${path}.source`), ...compact({ cache }) };
}

/** https://docs.anthropic.com/en/docs/build-with-claude/pdf-support and …/citations for the document sources. */
function documentPart(block: JsonObject, path: string): Part {
  const { cache, extra } = readCache(block);
  const source = objectAt(block['source'], `${path}.source`);
  const filename = optionalString(block, 'title', `${path}.title`);
  const rest = { ...restOf(block, ['type', 'source', 'title', 'cache_control']), ...extra };
  if (source['type'] !== 'content') {
    return { ...mediaOf('file', source, rest, `${path}.source`), ...compact({ filename, cache }) };
  }
  const text = textOf(source['content']);
  if (text === undefined) return { type: 'opaque', label: 'document', ext: { origin: ORIGIN, data: block } };
  return {
    type: 'media',
    kind: 'file',
    source: { type: 'text', text },
    ...compact({ filename, cache }),
    ...extOf({ ...rest, source }),
  };
}

function searchResultPart(block: JsonObject, path: string): Part {
  const { cache, extra } = readCache(block);
  const filename = optionalString(block, 'title', `${path}.title`);
  const text = textOf(block['content']);
  if (text === undefined) return refuse(`${path}.content`, 'must be an array of text blocks.');
  return {
    type: 'media',
    kind: 'file',
    source: { type: 'text', text },
    ...compact({ filename, cache }),
    ...extOf({ ...restOf(block, ['cache_control']), ...extra }),
  };
}

/** The text of a string or of text blocks; undefined where other blocks stand among them. */
function textOf(content: JsonValue | undefined): string | undefined {
  if (typeof content === 'string') return content;
  const texts = objectsOf(content).map((block) => asString(block['text']));
  if (!Array.isArray(content) || texts.length !== content.length) return undefined;
  return texts.every((text) => text !== undefined) ? texts.join('\n') : undefined;
}

function mediaOf(kind: 'image' | 'file', source: JsonObject, rest: JsonObject, path: string): MediaPart {
  const mediaType = optionalString(source, 'media_type', `${path}.media_type`);
  switch (source['type']) {
    case 'base64': {
      const data = requiredString(source, 'data', `${path}.data`).replace(/\s+/g, '');
      if (mediaType === undefined) return refuse(`${path}.media_type`, 'is missing.');
      return {
        type: 'media',
        kind,
        source: { type: 'base64', mediaType: normalMediaType(mediaType), data },
        ...extOf(rest),
      };
    }
    case 'url':
      return {
        type: 'media',
        kind,
        source: { type: 'url', url: requiredString(source, 'url', `${path}.url`) },
        ...extOf(rest),
      };
    case 'text': {
      const text = requiredString(source, 'data', `${path}.data`);
      return { type: 'media', kind, source: { type: 'text', text }, ...extOf(rest) };
    }
    case 'file': {
      const id = requiredString(source, 'file_id', `${path}.file_id`);
      return { type: 'media', kind, source: { type: 'file-id', id }, ext: { origin: ORIGIN, data: rest } };
    }
    default:
      return refuse(`${path}.type`, 'must be base64, url, text, content or file.');
  }
}

/** A signature that is an envelope gives back whatever it holds; another one is Anthropic's own. */
function thinkingPart(block: JsonObject, path: string): ReasoningPart {
  const text = requiredString(block, 'thinking', `${path}.thinking`);
  const signature = optionalString(block, 'signature', `${path}.signature`);
  const rest = restOf(block, ['type', 'thinking', 'signature']);
  const signed: JsonObject = signature === undefined || signature === '' ? rest : { ...rest, signature };
  return { type: 'reasoning', text, ...heldReasoning(openExt(signature), { origin: ORIGIN, data: signed }) };
}

function redactedPart(block: JsonObject, path: string): ReasoningPart {
  const data = requiredString(block, 'data', `${path}.data`);
  return {
    type: 'reasoning',
    text: '',
    ...heldReasoning(openExt(data), { origin: ORIGIN, data: restOf(block, ['type']) }),
  };
}

function heldReasoning(opened: Ext | undefined, own: Ext): Pick<ReasoningPart, 'form'> & { readonly ext: Ext } {
  const ext = opened ?? own;
  return { form: ext.origin === 'openai-responses' ? 'summary' : 'full', ext };
}

function toolCallPart(block: JsonObject, path: string): ToolCallPart {
  const { cache, extra } = readCache(block);
  return {
    type: 'tool-call',
    id: requiredString(block, 'id', `${path}.id`),
    name: requiredString(block, 'name', `${path}.name`),
    kind: 'function',
    input: JSON.stringify(optionalObject(block, 'input', `${path}.input`) ?? {}),
    ...compact({ cache }),
    ...extOf({ ...restOf(block, ['type', 'id', 'name', 'input', 'cache_control']), ...extra }),
  };
}

function toolResultPart(block: JsonObject, path: string): ToolResultPart {
  const { cache, extra } = readCache(block);
  return {
    type: 'tool-result',
    callId: requiredString(block, 'tool_use_id', `${path}.tool_use_id`),
    content: decodeContent(block['content'], `${path}.content`, 'tool-result'),
    ...compact({ isError: optionalBoolean(block, 'is_error', `${path}.is_error`), cache }),
    ...extOf({ ...restOf(block, ['type', 'tool_use_id', 'content', 'is_error', 'cache_control']), ...extra }),
  };
}

/** True for a part whose ext marks it as redacted thinking of this protocol. */
export function redactedData(ext: Ext | undefined): string | undefined {
  return ext?.origin === ORIGIN ? asString(asObject(ext.data)?.['data']) : undefined;
}
