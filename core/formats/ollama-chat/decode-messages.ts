/** The messages of an Ollama client (https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion). */
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { CallIds } from '../../model/call-ids.ts';
import { sourceFromUrl } from '../../model/data-url.ts';
import type { MediaPart, Part, ToolCallPart, ToolResultPart } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import { listOf, needObject, optionalString, ownExt, refuse, restOf } from './wire.ts';

const KNOWN = ['role', 'content', 'thinking', 'images', 'tool_calls', 'tool_name', 'tool_call_id'];

/** Reads all messages. Results find their call by `tool_call_id`, else by `tool_name` and order. */
export function decodeMessages(list: readonly JsonValue[]): Message[] {
  const calls = new CallIds();
  const out: Message[] = [];
  list.forEach((value, index) => {
    const path = `messages[${index}]`;
    const message = needObject(value, path);
    const role = (optionalString(message['role'], `${path}.role`) ?? refuse(`${path}.role`, 'a string')).toLowerCase();
    const ext = ownExt(restOf(message, KNOWN));
    if (role === 'tool') {
      addResult(out, { ...decodeResult(message, path, calls), ...(ext !== undefined && { ext }) });
      return;
    }
    if (role !== 'system' && role !== 'user' && role !== 'assistant') {
      refuse(`${path}.role`, '"system", "user", "assistant" or "tool"');
    }
    out.push({ role, parts: decodeParts(message, path, calls), ...(ext !== undefined && { ext }) });
  });
  return out;
}

function decodeParts(message: JsonObject, path: string, calls: CallIds): Part[] {
  const content = optionalString(message['content'], `${path}.content`) ?? '';
  const thinking = optionalString(message['thinking'], `${path}.thinking`) ?? '';
  const images = decodeImages(message, path);
  const toolCalls = listOf(message['tool_calls'], `${path}.tool_calls`).map((call, index) =>
    decodeCall(call, { path: `${path}.tool_calls[${index}]`, index, calls }),
  );
  const others = [...images, ...toolCalls];
  const parts: Part[] = [];
  if (thinking !== '') {
    parts.push({ type: 'reasoning', text: thinking, form: 'full', ext: { origin: 'ollama-chat', data: {} } });
  }
  if (content !== '' || (others.length === 0 && parts.length === 0)) parts.push({ type: 'text', text: content });
  return [...parts, ...others];
}

function decodeCall(
  value: JsonValue,
  { path, index, calls }: { readonly path: string; readonly index: number; readonly calls: CallIds },
): ToolCallPart {
  const call = needObject(value, path);
  const inside = needObject(call['function'], `${path}.function`);
  const name = optionalString(inside['name'], `${path}.function.name`) ?? refuse(`${path}.function.name`, 'a string');
  const input = inside['arguments'] ?? {};
  const id = calls.call(name, optionalString(call['id'], `${path}.id`));
  const own = inside['index'] === index ? {} : restOf({ index: inside['index'] ?? null }, []);
  const ext = ownExt({ ...restOf(call, ['id', 'function', 'type']), ...own });
  return {
    type: 'tool-call',
    id,
    name,
    kind: 'function',
    input: JSON.stringify(needObject(input, `${path}.function.arguments`)),
    ...(ext !== undefined && { ext }),
  };
}

function decodeResult(message: JsonObject, path: string, calls: CallIds): ToolResultPart {
  const name = optionalString(message['tool_name'], `${path}.tool_name`);
  const id = optionalString(message['tool_call_id'], `${path}.tool_call_id`);
  const text = optionalString(message['content'], `${path}.content`) ?? '';
  return {
    type: 'tool-result',
    callId: calls.answer(name, id),
    ...(name !== undefined && { name }),
    content: [{ type: 'text', text }, ...decodeImages(message, path)],
  };
}

/** Results of one turn stand in one message. */
function addResult(out: Message[], result: ToolResultPart): void {
  const last = out.at(-1);
  if (last?.role === 'tool') out[out.length - 1] = { ...last, parts: [...last.parts, result] };
  else out.push({ role: 'tool', parts: [result] });
}

function decodeImages(message: JsonObject, path: string): MediaPart[] {
  return listOf(message['images'], `${path}.images`).map((image, index) => {
    const text =
      optionalString(image, `${path}.images[${index}]`) ?? refuse(`${path}.images[${index}]`, 'a base64 string');
    const source = sourceFromUrl(text);
    if (source.type === 'base64') return { type: 'media', kind: 'image', source };
    const data = text.replace(/\s+/g, '');
    return { type: 'media', kind: 'image', source: { type: 'base64', mediaType: imageType(data), data } };
  });
}

const BEGINNINGS: readonly (readonly [base64: string, mediaType: string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['Qk', 'image/bmp'],
];

/** Ollama's images tell no type: it is read from their first bytes, and is PNG where these say nothing. */
function imageType(base64: string): string {
  return BEGINNINGS.find(([beginning]) => base64.startsWith(beginning))?.[1] ?? 'image/png';
}
