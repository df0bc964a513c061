/**
 * A client's messages. The deprecated `function` role and `function_call` become tool results and calls; their missing
 * ids are made of the position. https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
 */

import { asString, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import { refuse } from '../../base/member-reader.ts';
import { type Ext, openExt } from '../../model/ext.ts';
import type { Part, ToolCallPart } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import { decodeContent, takeCache } from './decode-content.ts';
import { DETAILS, decodeReasoning, STRING_FIELDS } from './reasoning.ts';
import { Fields, madeCallId, restWithInner, withExt } from './wire.ts';

/** The messages in the hub's words. Throws `invalid_request` with the path of what is wrong. */
export function decodeMessages(values: readonly JsonValue[]): Message[] {
  const legacy = new LegacyCalls();
  return values.map((value, index) => decodeMessage(new Fields(value, `messages[${index}]`), legacy));
}

function decodeMessage(fields: Fields, legacy: LegacyCalls): Message {
  const role = fields.requiredString('role');
  switch (role) {
    case 'system':
    case 'developer':
    case 'user':
      return named(fields, { role, parts: decodeContent(fields.take('content'), fields.at('content')) });
    case 'assistant':
      return named(fields, { role, parts: assistantParts(fields, legacy) });
    case 'tool':
      return toolMessage(fields, fields.requiredString('tool_call_id'));
    case 'function':
      return toolMessage(fields, legacy.answer(asString(fields.take('name')) ?? ''));
    default:
      return refuse(fields.at('role'), 'one of system, developer, user, assistant, tool');
  }
}

function named(fields: Fields, message: Message): Message {
  const name = fields.string('name');
  return { ...message, ...(name !== undefined && { name }), ...withExt(fields.rest()) };
}

function toolMessage(fields: Fields, callId: string): Message {
  const content = decodeContent(fields.take('content'), fields.at('content'));
  const cache = takeCache(fields);
  const rest = fields.rest();
  const name = asString(rest['name']);
  // The client's own `name` stays in ext too: only then is it written back.
  const result = { callId, content, ...(name !== undefined && { name }), ...cache, ...withExt(rest) };
  return { role: 'tool', parts: [{ type: 'tool-result', ...result }] };
}

function assistantParts(fields: Fields, legacy: LegacyCalls): Part[] {
  const thoughts = takeReasoning(fields);
  const content = decodeContent(fields.take('content'), fields.at('content'));
  const refusal = fields.string('refusal');
  const images = fields.take('images');
  const pictures = images === undefined ? [] : decodeContent(images, fields.at('images'));
  const calls = (fields.array('tool_calls') ?? []).map((call, index) =>
    decodeCall(new Fields(call, `${fields.at('tool_calls')}[${index}]`)),
  );
  const old = fields.object('function_call');
  if (old !== undefined) calls.push(legacy.call(new Fields(old, fields.at('function_call'))));
  return [
    ...thoughts,
    ...content,
    ...(refusal === undefined ? [] : [{ type: 'text' as const, text: refusal, refusal: true }]),
    ...pictures,
    ...calls,
  ];
}

function takeReasoning(fields: Fields): Part[] {
  const found: JsonObject = {};
  for (const field of STRING_FIELDS) found[field] = fields.string(field) ?? null;
  found[DETAILS] = objectsOf(fields.array(DETAILS));
  return decodeReasoning(found);
}

function decodeCall(call: Fields): ToolCallPart {
  const id = call.requiredString('id');
  const kind = call.string('type') === 'custom' ? 'custom' : 'function';
  call.take('index');
  const inner = call.fields(kind);
  const name = inner.requiredString('name');
  const input = inner.string(kind === 'custom' ? 'input' : 'arguments') ?? '';
  return {
    type: 'tool-call',
    id,
    name,
    kind,
    input,
    ...callExt(call.take('extra_content'), call.rest(), inner.rest()),
  };
}

/**
 * What travels with a call. Google's compatible endpoint puts Gemini's thought signature into
 * `extra_content.google.thought_signature` (https://ai.google.dev/gemini-api/docs/thought-signatures): that one is
 * Gemini's `ext`, or the one sealed in it by us; anything else is this format's own.
 */
export function callExt(
  extra: JsonValue | undefined,
  rest: JsonObject,
  inner: JsonObject,
  issuer?: string,
): { readonly ext?: Ext } {
  const signature = googleSignature(extra);
  if (signature !== undefined) {
    const data = { thoughtSignature: signature };
    const raw: Ext = issuer === undefined ? { origin: 'gemini', data } : { origin: 'gemini', issuer, data };
    return { ext: openExt(signature) ?? raw };
  }
  const outer = extra === undefined || extra === null ? rest : { ...rest, extra_content: extra };
  return withExt(restWithInner(outer, inner), issuer);
}

function googleSignature(extra: JsonValue | undefined): string | undefined {
  const [object] = objectsOf(extra === undefined ? [] : [extra]);
  const [google] = objectsOf(object === undefined ? [] : [object['google'] ?? null]);
  return asString(google?.['thought_signature']);
}

/** Deprecated calls have no ids: a result answers the oldest open call of its name. */
class LegacyCalls {
  #count = 0;
  readonly #open: { readonly id: string; readonly name: string }[] = [];

  call(fields: Fields): ToolCallPart {
    const name = fields.requiredString('name');
    const input = fields.string('arguments') ?? '';
    const id = madeCallId('function_call', this.#count, name);
    this.#count += 1;
    this.#open.push({ id, name });
    return { type: 'tool-call', id, name, kind: 'function', input };
  }

  answer(name: string): string {
    const at = this.#open.findIndex((call) => call.name === name);
    const [call] = at < 0 ? [] : this.#open.splice(at, 1);
    return call?.id ?? madeCallId('function', this.#count, name);
  }
}
