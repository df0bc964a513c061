/** Content of a client's message: a string, or a list of blocks. https://platform.openai.com/docs/api-reference/chat/create */

import { asObject, asString, type JsonObject, type JsonValue } from '../../base/json.ts';
import { refuse } from '../../base/member-reader.ts';
import type { CacheMark, Part } from '../../model/part.ts';
import { decodeMedia } from './media.ts';
import { decodeThinking, THINKING } from './reasoning.ts';
import { Fields, FORMAT, withExt } from './wire.ts';

/** The parts of `content`; none for null or an absent one. Throws `invalid_request` on another type. */
export function decodeContent(content: JsonValue | undefined, path: string): Part[] {
  if (content === undefined || content === null) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) return refuse(path, 'a string or an array of content parts');
  return content.map((block, index) => decodeBlock(block, `${path}[${index}]`));
}

function decodeBlock(value: JsonValue, path: string): Part {
  const whole = asObject(value) ?? refuse(path, 'an object');
  const block = new Fields(whole, path);
  const type = block.requiredString('type');
  if (type === THINKING) return decodeThinking(whole);
  const cache = takeCache(block);
  if (type === 'text') {
    const text = block.requiredString('text');
    return { type: 'text', text, ...cache, ...withExt(block.rest()) };
  }
  if (type === 'refusal') {
    const text = block.requiredString('refusal');
    return { type: 'text', text, refusal: true, ...cache, ...withExt(block.rest()) };
  }
  const media = decodeMedia(type, block);
  if (media !== undefined) return { ...media, ...cache };
  return { type: 'opaque', label: type, ext: { origin: FORMAT, data: whole } };
}

/** `cache_control`, which OpenRouter and Qwen take over from Anthropic; an unknown form stays among the rest. */
export function takeCache(fields: Fields): { readonly cache?: CacheMark } {
  const mark = fields.take('cache_control');
  if (mark === undefined) return {};
  const object = asObject(mark);
  const ttl = asString(object?.['ttl']);
  const isKnown =
    object?.['type'] === 'ephemeral' && Object.keys(object).every((key) => key === 'type' || key === 'ttl');
  if (isKnown && object['ttl'] === undefined) return { cache: {} };
  if (isKnown && (ttl === '5m' || ttl === '1h')) return { cache: { ttl } };
  fields.keep('cache_control', mark);
  return {};
}

/** A cache mark as `cache_control`. */
export function cacheControl(cache: CacheMark | undefined): JsonObject {
  return cache === undefined ? {} : { cache_control: { type: 'ephemeral', ...cache } };
}
