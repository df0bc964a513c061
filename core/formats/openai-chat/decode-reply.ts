/** An upstream's whole answer as events: read like a stream of one chunk. https://platform.openai.com/docs/api-reference/chat/object */
import { asString, isObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { ChatEvent } from '../../model/event.ts';
import type { DecodeSource } from '../format.ts';
import { ChunkReader } from './decode-stream.ts';
import { decodeError } from './errors.ts';

/** The events of a body that came with status 2xx. An error in it, or no choices, yields an error event. */
export function decodeReply(body: JsonValue, source: DecodeSource): ChatEvent[] {
  const choices = isObject(body) ? objectsOf(body['choices']) : [];
  const reader = new ChunkReader(source);
  const isReadable =
    isObject(body) && (choices.length > 0 || body['error'] || body['base_resp'] || body['object'] === 'error');
  if (!isReadable) {
    const message = `The provider's answer holds no choices. ${decodeError(body).message}`;
    return [{ type: 'error', code: 'upstream_bad_response', message }];
  }
  const events = reader.read({ ...body, choices: choices.map(finished) });
  return [...events, ...reader.end()];
}

/** A whole answer is complete even where a host leaves its finish reason out. */
function finished(choice: JsonObject, position: number): JsonObject {
  const word = asString(choice['finish_reason']) ?? '';
  return { ...choice, index: choice['index'] ?? position, finish_reason: word === '' ? 'stop' : word };
}
