/** What the Gemini tests share: contexts, and the recorded traffic where it is at hand. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { type JsonObject, type JsonValue, parseJson } from '../../../core/base/json.ts';
import type { EncodeTarget, ReplyContext } from '../../../core/formats/format.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import type { ChatRequest } from '../../../core/model/request.ts';

export const SOURCE = { issuer: 'google' };
export const TARGET: EncodeTarget = { model: 'gemini-2.5-flash', issuer: 'google' };
export const GEMINI_3: EncodeTarget = { model: 'gemini-3-pro-preview', issuer: 'google' };
export const REQUEST: ChatRequest = { model: 'gemini-2.5-flash', stream: true, messages: [] };
export const CONTEXT: ReplyContext = {
  id: 'a1b2c3d4e5f6a1b2c3d4e5f6',
  model: 'gemini-2.5-flash',
  createdAtS: 1_760_000_000,
  request: REQUEST,
  body: {},
};

export function decode(body: JsonObject): ChatRequest {
  return gemini.decodeRequest(body, { model: 'gemini-2.5-flash', stream: false });
}
export function encode(request: Partial<ChatRequest>, target = TARGET): JsonObject {
  return gemini.encodeRequest({ model: 'm', stream: false, messages: [], ...request }, target).body;
}
export function losses(request: Partial<ChatRequest>, target = TARGET): string[] {
  const { losses: list } = gemini.encodeRequest({ model: 'm', stream: false, messages: [], ...request }, target);
  return list.map(({ feature, path }) => `${feature} @ ${path}`);
}
/** The events of a stream whose chunks are given as values or as JSON text. */
export function streamed(chunks: readonly (JsonValue | string)[]): ChatEvent[] {
  const decoder = gemini.decodeStream(SOURCE);
  const events = chunks.flatMap((chunk) =>
    decoder.push({ data: typeof chunk === 'string' ? chunk : JSON.stringify(chunk) }),
  );
  return [...events, ...decoder.end()];
}
export function encodedStream(events: readonly ChatEvent[]): JsonValue[] {
  const encoder = gemini.encodeStream(CONTEXT);
  return events.flatMap((event) => encoder.push(event)).map((frame) => parseJson(frame.data) ?? null);
}

const RECORDED = new URL('../../../../shared/fixtures/recorded/google/', import.meta.url);
export const recordedExists = existsSync(RECORDED);
if (!recordedExists) console.info(`Skipped: recorded traffic is not at hand (${RECORDED.pathname}).`);

export function recorded(suffix: string): { name: string; text: string }[] {
  if (!recordedExists) return [];
  return readdirSync(RECORDED)
    .filter((name) => name.endsWith(suffix))
    .map((name) => ({ name, text: readFileSync(new URL(name, RECORDED), 'utf8') }));
}

/** One chunk of candidate 0. */
export const chunk = (parts: JsonValue[], more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  modelVersion: 'gemini-2.5-flash',
  responseId: 'r1',
});
