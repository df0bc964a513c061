/** Mistral takes tool-call ids of exactly nine letters and digits. */
import { createHash } from 'node:crypto';
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Quirk } from '../provider.ts';
import { mapMessages } from './body.ts';

const ALLOWED = /^[a-zA-Z0-9]{9}$/;

/**
 * Rewrites the ids of calls and their results in a chat's history. The same id always gives the same nine characters,
 * so a call and its result still belong together, in this request and in later ones.
 */
export const mistralToolIds: Quirk = {
  name: 'mistral-tool-ids',
  why: 'https://github.com/mistralai/mistral-common/blob/main/src/mistral_common/protocol/instruct/validator.py',
  formats: ['openai-chat'],
  needsText: ['"tool_calls"', '"tool_call_id"'],
  request: (body) => mapMessages(body, withShortIds),
};

function withShortIds(message: JsonObject): JsonObject {
  const resultOf = message['tool_call_id'];
  if (typeof resultOf === 'string' && !ALLOWED.test(resultOf)) return { ...message, tool_call_id: shortId(resultOf) };
  const calls = message['tool_calls'];
  if (!Array.isArray(calls)) return message;
  const changed = calls.map(withShortId);
  return changed.every((call, index) => call === calls[index]) ? message : { ...message, tool_calls: changed };
}

function withShortId(call: JsonValue): JsonValue {
  if (!isObject(call)) return call;
  const id = call['id'];
  return typeof id === 'string' && !ALLOWED.test(id) ? { ...call, id: shortId(id) } : call;
}

/** Nine hexadecimal digits of the id's SHA-256: 36 bits, so two calls of one chat practically never meet. */
function shortId(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 9);
}
