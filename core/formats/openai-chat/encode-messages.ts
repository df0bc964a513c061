/**
 * The hub's messages for an upstream. Each tool result becomes a message of its own directly after the turn that called;
 * media of a tool result follows the run of results in a user message, since tool messages hold text only.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
 */
import type { JsonObject, JsonValue } from '../../base/json.ts';
import type { MediaPart, Part, ToolResultPart } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import { withSystemFirst } from '../../model/system-first.ts';
import { arrangeToolResults } from '../../model/tool-results.ts';
import { encodeAssistant } from './encode-assistant.ts';
import {
  cacheOf,
  encodeBlock,
  joinTexts,
  PartPaths,
  reportForeignExt,
  shortest,
  textContent,
} from './encode-content.ts';
import type { Writing } from './encode-request.ts';
import { callId } from './tool-call-id.ts';
import { ownData } from './wire.ts';

/** The messages on the wire. */
export function encodeMessages(writing: Writing): JsonObject[] {
  const paths = new PartPaths(writing.request.messages);
  const arranged = arrangeToolResults(writing.request.messages, writing.losses);
  const messages = writing.isOwn ? arranged : withSystemFirst(arranged, writing.losses);
  return messages.flatMap((message) => encodeMessage(message, paths, writing));
}

function encodeMessage(message: Message, paths: PartPaths, writing: Writing): JsonObject[] {
  const { role, parts } = message;
  reportForeignExt(message, paths.ofMessage(message), writing);
  switch (role) {
    case 'system':
    case 'developer':
      return [{ role, content: textContent(parts, paths, writing), ...extras(message) }];
    case 'user':
      return [{ role, content: userContent(parts, paths, writing), ...extras(message) }];
    case 'assistant': {
      const turn = encodeAssistant(message, paths, writing);
      return isLeftEmpty(message, turn) ? [] : [{ ...turn, ...extras(message) }];
    }
    case 'tool':
      return toolMessages(message, paths, writing);
  }
}

/** Of a turn that held only what another maker's model may read, nothing remains: hosts refuse an empty message. */
function isLeftEmpty({ parts }: Message, turn: JsonObject): boolean {
  const isSilent = parts.length > 0 && parts.every((part) => part.type !== 'text');
  return isSilent && !turn['content'] && Object.keys(turn).length === 2;
}

function extras({ name, ext }: Message): JsonObject {
  return { ...(name !== undefined && { name }), ...ownData(ext) };
}

function userContent(parts: readonly Part[], paths: PartPaths, writing: Writing): JsonValue {
  return shortest(parts.flatMap((part) => encodeBlock(part, paths, writing)));
}

function toolMessages(message: Message, paths: PartPaths, writing: Writing): JsonObject[] {
  const media: JsonObject[] = [];
  const others: Part[] = [];
  const messages: JsonObject[] = [];
  for (const part of message.parts) {
    if (part.type === 'tool-result') messages.push(toolMessage(part, { paths, writing, media }));
    else others.push(part);
  }
  const beside = others.flatMap((part) => encodeBlock(part, paths, writing));
  if (beside.length > 0) messages.push({ role: 'user', content: shortest(beside) });
  if (media.length > 0) messages.push({ role: 'user', content: media });
  return messages;
}

interface ResultWriting {
  readonly paths: PartPaths;
  readonly writing: Writing;
  /** Collects what cannot stand in a tool message. */
  readonly media: JsonObject[];
}

function toolMessage(result: ToolResultPart, { paths, writing, media }: ResultWriting): JsonObject {
  const { losses, isOwn } = writing;
  const path = paths.of(result);
  if (result.isError === true) {
    losses.add('tool-result-error', path, 'Chat Completions has no mark for a failed tool; its text is sent as it is.');
  }
  reportForeignExt(result, path, writing);
  const cache = cacheOf(result, path, writing);
  const head: JsonObject = { role: 'tool', tool_call_id: callId(result.callId, path, losses) };
  const tail = { ...cache, ...ownData(result.ext, writing.target.issuer) };
  if (isOwn) return { ...head, content: userContent(result.content, paths, writing), ...tail };
  const blocks = result.content.flatMap((part): JsonObject[] => {
    if (part.type !== 'media' || isTextDocument(part)) return [];
    losses.add('tool-result-media', path, 'Media of a tool result is sent in a user message after it.');
    return encodeBlock(part, paths, writing);
  });
  media.push(...blocks);
  const texts = result.content.flatMap((part) => {
    if (part.type === 'text') return [part];
    if (part.type === 'media') {
      return isTextDocument(part) ? [{ type: 'text' as const, text: part.source.text }] : [];
    }
    losses.add('opaque', path, 'A block of the tool result that only another API knows is left out.');
    return [];
  });
  return { ...head, content: joinTexts(texts), ...tail };
}

function isTextDocument(part: MediaPart): part is MediaPart & { readonly source: { type: 'text'; text: string } } {
  return part.source.type === 'text';
}
