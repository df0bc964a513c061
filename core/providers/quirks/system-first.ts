/** For local servers, where a model's template decides what it takes: Qwen's refuses system text anywhere but first. */
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { asReminder } from '../../model/system-first.ts';
import type { Quirk } from '../provider.ts';

/**
 * Claude Code writes system text into `messages`, and these servers hand it to the template as it stands. It becomes the
 * user's at its place; `system` itself stays first.
 */
export const systemFirst: Quirk = {
  name: 'system-first',
  why: 'https://github.com/ollama/ollama/issues/17774',
  formats: ['anthropic-messages'],
  needsText: ['"system"'],
  request: (body) => {
    const { messages } = body;
    if (!Array.isArray(messages) || !messages.some(isSystem)) return body;
    return { ...body, messages: messages.map((message) => (isSystem(message) ? asUsers(message) : message)) };
  },
};

function isSystem(message: JsonValue): message is JsonObject {
  return isObject(message) && message['role'] === 'system';
}

function asUsers(message: JsonObject): JsonObject {
  const { content = null } = message;
  const said =
    typeof content === 'string' ? asReminder(content) : Array.isArray(content) ? content.map(asUsersBlock) : [];
  return { ...message, role: 'user', content: said };
}

function asUsersBlock(block: JsonValue): JsonValue {
  if (!isObject(block) || typeof block['text'] !== 'string') return block;
  return { ...block, text: asReminder(block['text']) };
}
