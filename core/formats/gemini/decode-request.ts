/** A Gemini client's body as the hub's request (https://ai.google.dev/api/generate-content). */

import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { refuse } from '../../base/member-reader.ts';
import { CallIds } from '../../model/call-ids.ts';
import type { Part } from '../../model/part.ts';
import type { ChatRequest, Message } from '../../model/request.ts';
import type { RequestAddress } from '../format.ts';
import { decodeConfig } from './decode-config.ts';
import { decodePart } from './decode-parts.ts';
import { decodeToolChoice, decodeTools } from './decode-tools.ts';
import { Fields, ownExt } from './wire.ts';

/**
 * Reads a body of `generateContent` or `streamGenerateContent`. The model and whether to stream stand in the URL, so
 * `address` tells both; without it the body's `model` counts and nothing streams. A body of `countTokens` may hold the
 * whole request in `generateContentRequest` (https://ai.google.dev/api/tokens). Throws `invalid_request` with a path.
 */
export function decodeRequest(body: JsonObject, address: RequestAddress = {}): ChatRequest {
  const counted = body['contents'] === undefined ? body['generateContentRequest'] : undefined;
  const fields = isObject(counted) ? new Fields(counted, 'generateContentRequest') : new Fields(body, '');
  const calls = new CallIds();
  const named = fields.string('model')?.replace(/^models\//, '');
  const messages = [...system(fields, calls), ...contents(fields, calls)];
  const tools = decodeTools(fields);
  const choice = decodeToolChoice(fields.fields('toolConfig'));
  const config = decodeConfig(fields.fields('generationConfig'));
  const ext = ownExt({ ...fields.rest(), ...choice.rest, ...config.rest });
  return {
    model: address.model ?? named ?? '',
    stream: address.stream ?? false,
    messages,
    ...(tools !== undefined && { tools }),
    ...(choice.toolChoice !== undefined && { toolChoice: choice.toolChoice }),
    ...config.options,
    ...(ext !== undefined && { ext }),
  };
}

function system(fields: Fields, calls: CallIds): Message[] {
  const value = fields.take('systemInstruction');
  if (value === undefined) return [];
  if (typeof value === 'string') return [{ role: 'system', parts: [{ type: 'text', text: value }] }];
  const content = new Fields(value, 'systemInstruction');
  content.take('role');
  return [{ role: 'system', parts: parts(content, calls), ...messageExt(content) }];
}

function contents(fields: Fields, calls: CallIds): Message[] {
  const list = fields.list('contents') ?? refuse(fields.at('contents'), 'an array');
  const out: Message[] = [];
  list.forEach((value, index) => {
    const content = new Fields(value, `contents[${index}]`);
    const role = roleOf(content);
    const all = parts(content, calls);
    const ext = messageExt(content);
    if (all.length === 0) out.push({ role, parts: all, ...ext });
    for (const [at, run] of runs(all).entries()) addRun(out, run, { role, ...(at === 0 ? ext : {}) });
  });
  return out;
}

function roleOf(content: Fields): 'user' | 'assistant' {
  const role = content.string('role') ?? 'user';
  if (role === 'model') return 'assistant';
  // `function` is what the first version of the API called the role of results.
  if (role === 'user' || role === 'function' || role === 'tool' || role === '') return 'user';
  return refuse(content.at('role'), '"user" or "model"');
}

function parts(content: Fields, calls: CallIds): Part[] {
  const list: JsonValue[] = content.list('parts') ?? [];
  return list.map((part, index) => decodePart(part, partPath(content, list.length, index), calls));
}

function partPath(content: Fields, count: number, index: number): string {
  return count === 0 ? content.at('parts') : `${content.at('parts')}[${index}]`;
}

function messageExt(content: Fields): Pick<Message, 'ext'> {
  const rest = content.rest();
  const ext = isObject(rest) ? ownExt(rest) : undefined;
  return ext === undefined ? {} : { ext };
}

/** The parts in runs of tool results and of anything else. */
function runs(all: readonly Part[]): Part[][] {
  const out: Part[][] = [];
  for (const part of all) {
    const last = out.at(-1);
    const isResult = part.type === 'tool-result';
    if (last !== undefined && (last[0]?.type === 'tool-result') === isResult) last.push(part);
    else out.push([part]);
  }
  return out;
}

/** Results of one turn stand in one message, also where the client spread them over several contents. */
function addRun(out: Message[], run: Part[], head: Omit<Message, 'parts'>): void {
  if (run[0]?.type !== 'tool-result') {
    out.push({ ...head, parts: run });
    return;
  }
  const last = out.at(-1);
  if (last?.role === 'tool' && head.ext === undefined)
    out[out.length - 1] = { ...last, parts: [...last.parts, ...run] };
  else out.push({ ...head, role: 'tool', parts: run });
}
