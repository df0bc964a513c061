/**
 * Copilot bills a turn that a person began and not the ones a tool loop adds, so each call says which it is; images are
 * announced. https://docs.github.com/en/copilot/concepts/billing/copilot-requests; the headers are those of
 * https://github.com/microsoft/vscode-copilot-chat.
 */
import { asArray, asObject, isObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { AccountCall } from '../account-call.ts';

export const copilotCall: AccountCall = {
  headers: ({ callId, body }) => {
    const sent = body();
    return {
      'x-request-id': callId,
      'x-initiator': isPersonsTurn(sent) ? 'user' : 'agent',
      ...(holdsImage(sent) && { 'copilot-vision-request': 'true' }),
    };
  },
};

/** Is the last message the user's own? A tool's result travels in a user message too (Messages), or as an item (Responses). */
function isPersonsTurn(body: JsonObject): boolean {
  if (typeof body['input'] === 'string') return true;
  const last = asObject(asArray(body['messages'] ?? body['input']).at(-1));
  if (last?.['role'] !== 'user') return false;
  const blocks = objectsOf(last['content']);
  return blocks.length === 0 || blocks.some(({ type }) => type !== 'tool_result');
}

const IMAGES = new Set<JsonValue | undefined>(['image_url', 'image', 'input_image']);

/** In any message, a tool's result included. */
function holdsImage(body: JsonObject): boolean {
  return objectsOf(body['messages'] ?? body['input']).some((message) => isOrHoldsImage(message));
}

function isOrHoldsImage(value: JsonValue): boolean {
  if (!isObject(value)) return false;
  if (IMAGES.has(value['type'])) return true;
  return [...asArray(value['content']), ...asArray(value['output'])].some(isOrHoldsImage);
}
