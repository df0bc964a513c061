/**
 * Messages for an upstream: system text to the top-level `system`, tool results into the user turn that follows their
 * calls, turns of one role joined (the API joins them too) unless the client of this protocol sent them apart.
 */
import type { JsonObject } from '../../base/json.ts';
import { extBelongsTo } from '../../model/ext.ts';
import type { Part } from '../../model/part.ts';
import type { ChatRequest, Message } from '../../model/request.ts';
import { arrangeToolResults } from '../../model/tool-results.ts';
import { encodeBlock, shortContent } from './encode-blocks.ts';
import { type EncodeContext, loseForeignExt, ORIGIN, ownFields, restOf } from './wire.ts';

export interface WireTurn {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: JsonObject[];
  /** Further members of the message. */
  rest: JsonObject;
}

export interface EncodedMessages {
  readonly system: JsonObject[];
  readonly turns: readonly WireTurn[];
}

/** Encodes all messages of the request. */
export function encodeMessages(request: ChatRequest, context: EncodeContext): EncodedMessages {
  const paths = partPaths(request.messages);
  const arranged = resultsFit(request.messages)
    ? request.messages
    : arrangeToolResults(request.messages, context.losses);
  const system: JsonObject[] = [];
  const turns: WireTurn[] = [];
  let conversing = false;
  arranged.forEach((message, at) => {
    const path = `messages[${at}]`;
    if (message.role === 'system' || message.role === 'developer') {
      if (extBelongsTo(message.ext, ORIGIN) && message.ext.data['inline'] === true) {
        turns.push({ role: 'system', content: encodeParts(message, 'system'), rest: ownRest(message) });
      } else system.push(...hoistedSystem(message, path, conversing, encodeParts, context));
      return;
    }
    conversing = true;
    if (message.name !== undefined) {
      context.losses.add('participant-name', path, `The name "${message.name}" of a participant is left out.`);
    }
    loseForeignExt(message.ext, path, context.losses);
    const role = message.role === 'assistant' ? 'assistant' : 'user';
    const content = encodeParts(message, role);
    if (content.length === 0) {
      if (message.parts.every((part) => part.type === 'text')) {
        context.losses.add('empty-text', path, 'A message without text is left out: the API refuses it.');
      }
      return;
    }
    addTurn(turns, { role, content, rest: ownRest(message) }, ownFields(message.ext)['separate'] === true);
  });
  return { system, turns };

  function encodeParts(message: Message, place: WireTurn['role']): JsonObject[] {
    return message.parts.flatMap((part) => {
      const block = encodeBlock(part, { path: paths.get(part) ?? 'messages', place }, context);
      return block === undefined ? [] : [block];
    });
  }
}

function hoistedSystem(
  message: Message,
  path: string,
  conversing: boolean,
  encodeParts: (message: Message, place: 'system') => JsonObject[],
  { losses }: EncodeContext,
): JsonObject[] {
  const blocks = encodeParts(message, 'system');
  if (blocks.length === 0) return [];
  if (conversing) losses.add('system-position', path, 'System text from mid-conversation was moved to the front.');
  if (message.role === 'developer') losses.add('developer-role', path, 'Developer text is sent as system text.');
  if (message.name !== undefined) losses.add('participant-name', path, 'The name of a system message is left out.');
  return blocks;
}

function addTurn(turns: WireTurn[], turn: WireTurn, separate: boolean): void {
  const last = turns.at(-1);
  if (separate || last === undefined || last.role !== turn.role) {
    turns.push(turn);
    return;
  }
  last.content.push(...turn.content);
  last.rest = { ...last.rest, ...turn.rest };
}

/** The turns as the body's `messages`. */
export function writeTurns(turns: readonly WireTurn[]): JsonObject[] {
  return turns.map(({ role, content, rest }) => ({
    role,
    ...((content.length > 0 || role !== 'system') && { content: shortContent(content) }),
    ...rest,
  }));
}

function ownRest(message: Message): JsonObject {
  return restOf(ownFields(message.ext), ['separate', 'inline']);
}

function partPaths(messages: readonly Message[]): ReadonlyMap<Part, string> {
  const paths = new Map<Part, string>();
  messages.forEach((message, at) => {
    message.parts.forEach((part, index) => {
      paths.set(part, `messages[${at}].parts[${index}]`);
    });
  });
  return paths;
}

/** Do all tool results stand directly after the assistant turn with their calls, each once? Then none is moved. */
function resultsFit(messages: readonly Message[]): boolean {
  let open = new Set<string>();
  let role: Message['role'] | undefined;
  for (const message of messages) {
    if (message.role === 'assistant') {
      if (role !== 'assistant') open = new Set();
      for (const part of message.parts) {
        if (part.type === 'tool-call') open.add(part.id);
        if (part.type === 'tool-result') return false;
      }
    } else {
      const results = message.parts.filter((part) => part.type === 'tool-result');
      if (results.some((part) => !open.delete(part.callId))) return false;
      if (results.length !== message.parts.length) open = new Set();
    }
    role = message.role;
  }
  return true;
}
