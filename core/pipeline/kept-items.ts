/**
 * Output items of recent answers, for clients of the Responses API that name an item instead of sending it again
 * (`item_reference`; the AI SDK does so by default, for every call and text of the turns before). Where another protocol
 * answered, no upstream knows these items, so the gateway itself keeps what it made: in memory, up to a limit, the
 * oldest first to go. https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
 */
import { LRUCache } from 'lru-cache';
import { asObject, asString, isObject, type JsonObject, objectsOf, parseJson } from '../base/json.ts';
import type { StreamEncoder } from '../formats/format.ts';
import type { ClientCodec } from './exchange.ts';

/** About 16 MB of text: hundreds of long conversations. */
const LIMIT_CHARACTERS = 8_000_000;

export interface ItemShelf {
  put(owner: string, item: JsonObject): void;
  get(owner: string, id: string): JsonObject | undefined;
}

/** An empty shelf. What one owner put there, no other gets. */
export function createItemShelf(limitCharacters: number = LIMIT_CHARACTERS): ItemShelf {
  const kept = new LRUCache<string, string>({
    maxSize: limitCharacters,
    sizeCalculation: (text, key) => text.length + key.length,
  });
  const keyOf = (owner: string, id: string): string => `${owner}\n${id}`;
  return {
    put: (owner, item) => {
      const id = asString(item['id']);
      if (id !== undefined) kept.set(keyOf(owner, id), JSON.stringify(item));
    },
    get: (owner, id) => asObject(parseJson(kept.get(keyOf(owner, id)) ?? 'null')),
  };
}

/**
 * The Responses codec for one caller: items of its answers go on the shelf unless `store` is false, and references to
 * them in `input` are replaced by the items. References to unknown items stay as they are.
 */
export function keepingCodec(codec: ClientCodec, shelf: ItemShelf, owner: string): ClientCodec {
  return {
    encodeError: (error) => codec.encodeError(error),
    decodeRequest: (body, address) => codec.decodeRequest(withItems(body, shelf, owner), address),
    encodeReply: (events, context) => {
      const reply = codec.encodeReply(events, context);
      if (context.body['store'] !== false) for (const item of objectsOf(reply.body['output'])) shelf.put(owner, item);
      return reply;
    },
    encodeStream: (context) => {
      const encoder = codec.encodeStream(context);
      return context.body['store'] === false ? encoder : keepingEncoder(encoder, shelf, owner);
    },
  };
}

function keepingEncoder(encoder: StreamEncoder, shelf: ItemShelf, owner: string): StreamEncoder {
  return {
    losses: () => encoder.losses(),
    push: (event) => {
      const frames = encoder.push(event);
      for (const frame of frames) {
        if (frame.event !== 'response.output_item.done') continue;
        const item = asObject(asObject(parseJson(frame.data))?.['item']);
        if (item !== undefined) shelf.put(owner, item);
      }
      return frames;
    },
  };
}

function withItems(body: JsonObject, shelf: ItemShelf, owner: string): JsonObject {
  const { input } = body;
  if (!Array.isArray(input) || !input.some(isReference)) return body;
  return {
    ...body,
    input: input.map((item) => (isReference(item) && shelf.get(owner, asString(item['id']) ?? '')) || item),
  };
}

/** `type` may be left out: an item with nothing but an id is a reference too. */
function isReference(item: unknown): item is JsonObject {
  if (!isObject(item) || typeof item['id'] !== 'string') return false;
  return item['type'] === 'item_reference' || (item['type'] == null && item['role'] === undefined);
}
