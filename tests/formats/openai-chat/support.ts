/** What the tests of this format share: contexts, and short ways through a stream. */
import type { Frame } from '../../../core/base/framing.ts';
import { asObject, type JsonObject, type JsonValue, parseJson } from '../../../core/base/json.ts';
import type { ReplyContext } from '../../../core/formats/format.ts';
import { openaiChat } from '../../../core/formats/openai-chat/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { foldReply, type Reply } from '../../../core/model/reply.ts';
import type { ChatRequest, Message } from '../../../core/model/request.ts';

export const SOURCE = { issuer: 'maker' };
export const TARGET = { model: 'upstream-model', issuer: 'maker' };

export function context(request: Partial<ChatRequest> = {}): ReplyContext {
  const asked: ChatRequest = { model: 'asked', stream: true, messages: [], ...request };
  return { id: 'abcdefghijklmnopqrstuvwx', model: 'asked', createdAtS: 1_700_000_000, request: asked, body: {} };
}

/** A request as another protocol's decoder would hand it on. */
export function foreign(messages: readonly Message[], more: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'm', stream: false, messages, ext: { origin: 'anthropic-messages', data: {} }, ...more };
}

export function chunk(delta: JsonObject, more: JsonObject = {}): Frame {
  const { finish_reason = null, index = 0, ...top } = more;
  const choices = [{ index, delta, finish_reason }];
  return {
    data: JSON.stringify({ id: 'c1', object: 'chat.completion.chunk', created: 5, model: 'm', choices, ...top }),
  };
}

export const DONE: Frame = { data: '[DONE]' };
export const STOP = chunk({}, { finish_reason: 'stop' });

export function decode(frames: readonly Frame[]): ChatEvent[] {
  const decoder = openaiChat.decodeStream(SOURCE);
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

export function fold(frames: readonly Frame[]): Reply {
  return foldReply(decode(frames));
}

export function encode(events: readonly ChatEvent[], request: Partial<ChatRequest> = {}): Frame[] {
  const encoder = openaiChat.encodeStream(context(request));
  return events.flatMap((event) => encoder.push(event));
}

/** Frames as parsed bodies; `[DONE]` stays a string. */
export function bodies(frames: readonly Frame[]): JsonValue[] {
  return frames.map(({ data }) => parseJson(data) ?? data);
}

/** Whole answer with one choice. */
export function answer(message: JsonObject, more: JsonObject = {}): JsonObject {
  const { finish_reason = 'stop', ...top } = more;
  const choices = [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }];
  return { id: 'c1', object: 'chat.completion', created: 5, model: 'm', choices, ...top };
}

export function parts(reply: Reply): Reply['parts'][number]['part'][] {
  return reply.parts.map(({ part }) => part);
}

/** The wire messages of an encoded request. */
export function wireMessages(request: ChatRequest): JsonValue {
  return openaiChat.encodeRequest(request, TARGET).body['messages'] ?? null;
}

export function lossesOf(request: ChatRequest): string[] {
  return openaiChat.encodeRequest(request, TARGET).losses.map(({ feature }) => feature);
}

export function firstChoice(body: JsonObject): JsonObject {
  const { choices } = body;
  return asObject(Array.isArray(choices) ? choices[0] : undefined) ?? {};
}
