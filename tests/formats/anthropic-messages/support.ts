/** Small things the tests of this format share: requests and frames by hand. */
import type { Frame } from '../../../core/base/framing.ts';
import type { JsonObject } from '../../../core/base/json.ts';
import { anthropicMessages } from '../../../core/formats/anthropic-messages/index.ts';
import type { EncodeTarget, ReplyContext } from '../../../core/formats/format.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import type { Loss } from '../../../core/model/loss.ts';
import type { ChatRequest, Message } from '../../../core/model/request.ts';

export const TARGET: EncodeTarget = { model: 'claude-x', issuer: 'anthropic' };
export const SOURCE = { issuer: 'anthropic' };

export const CONTEXT: ReplyContext = {
  id: 'abcdefghijklmnopqrstuvwx',
  model: 'asked/model',
  createdAtS: 1_780_000_000,
  request: { model: 'asked/model', stream: true, messages: [] },
  body: {},
};

/** A request with one user message, and what the test adds. */
export function request(more: Partial<ChatRequest> = {}): ChatRequest {
  return { model: 'm', stream: false, maxOutputTokens: 100, messages: [said('user', 'hi')], ...more };
}

export function said(role: Message['role'], text: string): Message {
  return { role, parts: [{ type: 'text', text }] };
}

/** The smallest body a client sends, and what the test adds. */
export function body(more: JsonObject = {}): JsonObject {
  return { model: 'm', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }], ...more };
}

export function frames(...payloads: JsonObject[]): Frame[] {
  return payloads.map((payload) => ({ event: String(payload['type']), data: JSON.stringify(payload) }));
}

export function decode(input: readonly Frame[], issuer = 'anthropic'): ChatEvent[] {
  const decoder = anthropicMessages.decodeStream({ issuer });
  return [...input.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

export function encode(events: Iterable<ChatEvent>): { readonly frames: Frame[]; readonly losses: readonly Loss[] } {
  const encoder = anthropicMessages.encodeStream(CONTEXT);
  const out: Frame[] = [];
  for (const event of events) out.push(...encoder.push(event));
  return { frames: out, losses: encoder.losses() };
}

/** Payloads of frames, for comparing with wire JSON written by hand. */
export function payloads(input: readonly Frame[]): unknown[] {
  return input.map(({ data }) => JSON.parse(data));
}

export function features(losses: readonly Loss[]): string[] {
  return losses.map(({ feature }) => feature);
}

/** `message_start` with the counts given, and a stream's usual end. */
export function start(usage: JsonObject = { input_tokens: 7, output_tokens: 1 }, more: JsonObject = {}): JsonObject {
  const head = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-x', content: [] };
  return { type: 'message_start', message: { ...head, stop_reason: null, stop_sequence: null, usage, ...more } };
}
export function blockStart(index: number, content_block: JsonObject): JsonObject {
  return { type: 'content_block_start', index, content_block };
}
export function blockDelta(index: number, delta: JsonObject): JsonObject {
  return { type: 'content_block_delta', index, delta };
}
export function blockStop(index: number): JsonObject {
  return { type: 'content_block_stop', index };
}
export function messageDelta(stop_reason: string, usage: JsonObject = { output_tokens: 5 }): JsonObject {
  return { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage };
}
export const STOP: JsonObject = { type: 'message_stop' };

/** A request encoded for Anthropic, with the features that were lost. */
export function encoded(
  more: Partial<ChatRequest>,
  target: EncodeTarget = TARGET,
): { readonly body: JsonObject; readonly lost: readonly string[] } {
  const { body: wire, losses } = anthropicMessages.encodeRequest(request(more), target);
  return { body: wire, lost: features(losses) };
}
