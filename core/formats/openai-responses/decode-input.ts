/**
 * The `input` of a request as messages. Items are flat here, so consecutive items of the model's turn (reasoning, text,
 * calls, provider-run items) gather into one assistant message and consecutive outputs into one tool message, in order.
 * What cannot be said in the hub stays whole in an opaque part: in assistant and tool messages such a part is an item,
 * in all others a content block. https://platform.openai.com/docs/api-reference/responses/create
 */
import { asString, isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Part, TextPart, ToolCallPart, ToolResultPart } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import { decodeContent } from './content.ts';
import { imagePart } from './image-item.ts';
import { decodeRequestReasoning } from './reasoning.ts';
import { FORMAT, isMadeId, optional, ownExt, refuse, required, restOf, under, withExt } from './wire.ts';

type Role = Message['role'];

/** The items of `input` (a string is one user message) as messages. Throws `invalid_request` with the item's path. */
export function decodeInput(input: JsonValue | undefined): Message[] {
  if (input === undefined || input === null) return [];
  if (typeof input === 'string') return [{ role: 'user', parts: [{ type: 'text', text: input }] }];
  if (!Array.isArray(input)) return refuse('input', '"input" must be a string or an array of items.');
  const out: (Omit<Message, 'parts'> & { readonly parts: Part[] })[] = [];
  const gather = (role: 'assistant' | 'tool', parts: readonly Part[]): void => {
    const last = out.at(-1);
    if (last?.role === role) last.parts.push(...parts);
    else out.push({ role, parts: [...parts] });
  };
  for (const [index, item] of input.entries()) {
    const path = `input[${index}]`;
    if (!isObject(item)) return refuse(path, `"${path}" must be an object.`);
    if ((item['type'] ?? 'message') !== 'message') {
      gather(roleOfItem(item, path), [decodeItem(item, path)]);
      continue;
    }
    const role = roleOfMessage(item, path);
    if (role === 'assistant') {
      gather(role, assistantParts(item, path));
      continue;
    }
    const ext = ownExt(messageFields(item));
    const parts = decodeContent(item['content'], under(path, 'content'));
    out.push({ role, parts, ...(ext !== undefined && { ext }) });
  }
  return out;
}

function roleOfMessage(item: JsonObject, path: string): Exclude<Role, 'tool'> {
  const role = item['role'];
  if (role === 'user' || role === 'assistant' || role === 'system' || role === 'developer') return role;
  return refuse(under(path, 'role'), `"${under(path, 'role')}" must be user, assistant, system or developer.`);
}

/** The fields of a message item beside its content; ids made here are of no use to an upstream. */
function messageFields(item: JsonObject): JsonObject {
  const fields = restOf(item, ['type', 'role', 'content']);
  return withoutMadeId(fields);
}

function withoutMadeId(fields: JsonObject): JsonObject {
  const id = asString(fields['id']);
  return id !== undefined && isMadeId(id) ? restOf(fields, ['id']) : fields;
}

/** Text of the model; `joined` tells that a part stood in the same item as the one before it. */
function assistantParts(item: JsonObject, path: string): Part[] {
  const fields = messageFields(item);
  return decodeContent(item['content'], under(path, 'content')).map((part, index): Part => {
    if (part.type === 'opaque')
      return { ...part, ext: { origin: FORMAT, data: { ...item, content: [part.ext.data] } } };
    if (part.type === 'text') return textOfItem(part, fields, { joined: index > 0 });
    return part;
  });
}

/** A text part that knows its item: `{item?, joined?, part?}` in its `ext`. */
export function textOfItem(
  part: TextPart,
  item: JsonObject,
  { joined, issuer }: { readonly joined: boolean; readonly issuer?: string },
): TextPart {
  const { ext, ...text } = part;
  const data: JsonObject = {
    ...(joined ? { joined: true } : Object.keys(item).length > 0 && { item }),
    ...ext?.data,
  };
  return { ...text, ...withExt(data, issuer) };
}

/** Outputs and answers come from the client's side; every other item is the model's. */
function roleOfItem(item: JsonObject, path: string): 'assistant' | 'tool' {
  return /_(output|response)$/.test(required(item, under(path, 'type'))) ? 'tool' : 'assistant';
}

function decodeItem(item: JsonObject, path: string): Part {
  switch (item['type']) {
    case 'reasoning':
      return decodeRequestReasoning(item);
    case 'function_call':
    case 'custom_tool_call':
      return decodeCall(item, path);
    case 'function_call_output':
    case 'custom_tool_call_output':
      return decodeOutput(item, path);
    case 'image_generation_call': {
      const image = imagePart(item);
      if (image !== undefined) return image;
      break;
    }
  }
  return { type: 'opaque', label: asString(item['type']) ?? 'item', ext: { origin: FORMAT, data: item } };
}

function decodeCall(item: JsonObject, path: string): ToolCallPart {
  const custom = item['type'] === 'custom_tool_call';
  const argument = custom ? 'input' : 'arguments';
  const namespace = optional(item, under(path, 'namespace'), 'string');
  const input = optional(item, under(path, argument), 'string') ?? '';
  return {
    type: 'tool-call',
    id: required(item, under(path, 'call_id')),
    name: required(item, under(path, 'name')),
    ...(namespace !== undefined && { namespace }),
    kind: custom ? 'custom' : 'function',
    input: input === '' && !custom ? '{}' : input,
    ...withExt(withoutMadeId(restOf(item, ['type', 'call_id', 'name', 'namespace', argument]))),
  };
}

function decodeOutput(item: JsonObject, path: string): ToolResultPart {
  const at = under(path, 'output');
  const content = item['output'] === '' ? [] : decodeContent(item['output'], at);
  return {
    type: 'tool-result',
    callId: required(item, under(path, 'call_id')),
    content,
    ...(item['type'] === 'custom_tool_call_output' && { kind: 'custom' as const }),
    ...withExt(withoutMadeId(restOf(item, ['type', 'call_id', 'output']))),
  };
}
