/** Content of messages for an upstream: blocks, or one string where that says the same. */
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { type Ext, extBelongsTo } from '../../model/ext.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import type { OpaquePart, Part, TextPart } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import { cacheControl } from './decode-content.ts';
import type { Writing } from './encode-request.ts';
import { encodeMedia } from './media.ts';
import { FORMAT, ownData } from './wire.ts';

/** Where the request's messages and parts stand, for losses; arranging the tool results moves them. */
export class PartPaths {
  readonly #messages = new Map<Message, string>();
  readonly #parts = new Map<Part, string>();

  constructor(messages: readonly Message[]) {
    messages.forEach((message, at) => {
      this.#messages.set(message, `messages[${at}]`);
      message.parts.forEach((part, index) => {
        const path = `messages[${at}].parts[${index}]`;
        this.#parts.set(part, path);
        if (part.type !== 'tool-result') return;
        part.content.forEach((inner, i) => {
          this.#parts.set(inner, `${path}.content[${i}]`);
        });
      });
    });
  }

  of(part: Part): string {
    const known = this.#parts.get(part);
    if (known !== undefined || part.type !== 'tool-result') return known ?? 'messages';
    // Arranging copies a result to give it its tool's name.
    for (const [own, path] of this.#parts) if (own.type === 'tool-result' && own.content === part.content) return path;
    return 'messages';
  }
  ofMessage(message: Message): string {
    return this.#messages.get(message) ?? 'messages';
  }
}

/** A part of a user message, or of another message that takes blocks. Empty where it cannot be said; then a loss. */
export function encodeBlock(part: Part, paths: PartPaths, writing: Writing): JsonObject[] {
  const { losses, isOwn } = writing;
  const path = paths.of(part);
  switch (part.type) {
    case 'text':
      reportForeignExt(part, path, writing);
      if (part.citations !== undefined) losses.add('citations', path, 'A request has no place for citations.');
      return [{ ...textBlock(part), ...cacheOf(part, path, writing), ...ownData(part.ext, writing.target.issuer) }];
    case 'media': {
      reportForeignExt(part, path, writing);
      const media = encodeMedia(part, isOwn);
      if ('block' in media) {
        if (part.source.type === 'text') losses.add('file', path, 'A text document is sent as plain text.');
        return [{ ...media.block, ...cacheOf(part, path, writing) }];
      }
      losses.add(media.feature, path, media.detail);
      return [];
    }
    case 'opaque':
      return opaqueBlock(part, path, writing);
    default:
      losses.add('opaque', path, `A ${part.type} cannot stand in a message of this role and is left out.`);
      return [];
  }
}

function opaqueBlock({ ext, label }: OpaquePart, path: string, { target, losses }: Writing): JsonObject[] {
  const { origin, data } = ext;
  if (extBelongsTo(ext, FORMAT, target.issuer)) return [data];
  losses.add('opaque', path, `"${label}" is known only to ${origin} or its maker and is left out.`);
  return [];
}

function textBlock({ text, refusal }: TextPart): JsonObject {
  return refusal === true ? { type: 'refusal', refusal: text } : { type: 'text', text };
}

/** `cache_control` for those who know it; for others a loss. */
export function cacheOf(part: Part, path: string, { isOwn, losses }: Writing): JsonObject {
  if (part.cache === undefined || isOwn) return cacheControl(part.cache);
  losses.add('cache-mark', path, 'Chat Completions has no cache marks; hosts cache by themselves.');
  return {};
}

/**
 * Content of a message that holds text: one string where the request came from another protocol, for the many hosts
 * that take nothing else; as it stood where the client wrote blocks.
 */
export function textContent(parts: readonly Part[], paths: PartPaths, writing: Writing): JsonValue {
  const blocks = parts.flatMap((part) => encodeBlock(part, paths, writing));
  const texts = parts.filter((part) => part.type === 'text');
  if (!writing.isOwn && texts.length === blocks.length) return joinTexts(texts);
  return shortest(blocks);
}

/** Blocks as content: a string where they are one plain text, or nothing. */
export function shortest(blocks: readonly JsonObject[]): JsonValue {
  const [only] = blocks;
  if (only === undefined) return '';
  const isPlain = blocks.length === 1 && only['type'] === 'text' && Object.keys(only).length === 2;
  return isPlain ? (only['text'] ?? '') : [...blocks];
}

/** Texts as one string, a line each; pieces of one text that was cut for its citations are put together again. */
export function joinTexts(texts: readonly TextPart[]): string {
  return texts.reduce((joined, part, index) => {
    const isPiece = part.citations !== undefined || texts[index - 1]?.citations !== undefined;
    return index === 0 ? part.text : `${joined}${isPiece ? '' : '\n'}${part.text}`;
  }, '');
}

/** Declares what another protocol put on a part, message or tool and this one cannot carry. */
export function reportForeignExt({ ext }: { readonly ext?: Ext }, path: string, { losses, target }: Writing): void {
  loseForeignFields(ext, { format: FORMAT, issuer: target.issuer, path, losses });
}
