/**
 * Messages of the client. Top-level `system` comes first; a user turn that opens with tool results becomes a `tool`
 * message and a user message; consecutive turns of one role are marked, so that they can be written back apart.
 */
import { compact, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Part } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import { decodeContent } from './decode-blocks.ts';
import { extOf, ORIGIN, objectAt, optionalArray, refuse, restOf } from './wire.ts';

/** All messages of the body, system text included. Throws `invalid_request`. */
export function decodeMessages(body: JsonObject): Message[] {
  const messages = systemMessage(body['system']);
  const list = optionalArray(body, 'messages') ?? refuse('messages', 'is missing.');
  let before: JsonValue | undefined;
  list.forEach((entry, at) => {
    const path = `messages[${at}]`;
    const message = objectAt(entry, path);
    const role = message['role'];
    const rest = restOf(message, ['role', 'content']);
    if (role === 'system') messages.push(inlineSystem(message, rest, path));
    else if (role === 'user' || role === 'assistant') {
      if (role === 'user' && message['content'] === undefined) refuse(`${path}.content`, 'is missing.');
      const parts = decodeContent(message['content'], `${path}.content`, role);
      const marked: JsonObject = role === before ? { ...rest, separate: true } : rest;
      messages.push(...(role === 'user' ? userMessages(parts, marked) : [{ role, parts, ...extOf(marked) } as const]));
    } else refuse(`${path}.role`, 'must be user, assistant or system.');
    before = role;
  });
  return messages;
}

function systemMessage(system: JsonValue | undefined): Message[] {
  const parts = decodeContent(system, 'system', 'system');
  return parts.length === 0 ? [] : [{ role: 'system', parts }];
}

/** Claude Code puts system text into `messages` too; it stays where it is for an upstream of this protocol. */
function inlineSystem(message: JsonObject, rest: JsonObject, path: string): Message {
  return {
    role: 'system',
    parts: decodeContent(message['content'], `${path}.content`, 'system'),
    ext: { origin: ORIGIN, data: { ...rest, inline: true } },
  };
}

/** One message for each run of tool results and of other parts; the first carries what was marked. */
function userMessages(parts: readonly Part[], marked: JsonObject): Message[] {
  const runs: { role: 'user' | 'tool'; parts: Part[] }[] = [];
  for (const part of parts) {
    const role = part.type === 'tool-result' ? 'tool' : 'user';
    const last = runs.at(-1);
    if (last?.role === role) last.parts.push(part);
    else runs.push({ role, parts: [part] });
  }
  if (runs.length === 0) runs.push({ role: 'user', parts: [] });
  return runs.map((run, index) => ({ ...run, ...compact(index === 0 ? extOf(marked) : {}) }));
}
