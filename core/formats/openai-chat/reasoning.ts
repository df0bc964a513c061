/**
 * The model's thoughts, for which the protocol has no official field. Vendors use `reasoning_content` (DeepSeek, Qwen,
 * Moonshot, xAI), `reasoning` (Groq, OpenRouter, vLLM), `reasoning_text` (Copilot), `reasoning_details` (OpenRouter,
 * with signatures and encrypted blocks) and content blocks of type `thinking` (Mistral).
 * https://api-docs.deepseek.com/guides/thinking_mode, https://openrouter.ai/docs/use-cases/reasoning-tokens,
 * https://docs.mistral.ai/capabilities/reasoning. `<think>` in content is left as it stands.
 *
 * A part's `ext.data` says where its text stood: `field` (absent: `reasoning_content`), `details`, and for a thinking
 * block its further members in `block`.
 */
import { asObject, asString, isObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { ReasoningPart } from '../../model/part.ts';
import { withExt } from './wire.ts';

export const STRING_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_text'] as const;
export const DEFAULT_FIELD = 'reasoning_content';
export const THINKING = 'thinking';
/** In `ext.data.field`: the text stands in `reasoning_details` alone. */
export const DETAILS = 'reasoning_details';

/** The first string field of a message or delta that holds text. */
export function reasoningString(message: JsonObject): { readonly field: string; readonly text: string } | undefined {
  for (const field of STRING_FIELDS) {
    const text = asString(message[field]);
    if (text !== undefined && text !== '') return { field, text };
  }
  return undefined;
}

/** The readable text of reasoning details. */
export function detailsText(details: readonly JsonObject[]): string {
  return details.map((detail) => asString(detail['text']) ?? asString(detail['summary']) ?? '').join('');
}

/** The text of a `thinking` block, whose `thinking` is a list of text blocks or a string. */
export function thinkingText(block: JsonObject): string {
  const value = block[THINKING];
  if (typeof value === 'string') return value;
  return objectsOf(value)
    .map((item) => asString(item['text']) ?? '')
    .join('');
}

/** A `thinking` block without its text: what else it says (`signature`, `closed`). */
export function thinkingRest(block: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(block).filter(([key, value]) => value !== null && key !== 'type' && key !== THINKING),
  );
}

/** Where reasoning stood, as `ext`; nothing for plain `reasoning_content`. */
export function reasoningExt(
  field: string,
  extra: { readonly details?: readonly JsonObject[]; readonly block?: JsonObject; readonly issuer?: string },
): Pick<ReasoningPart, 'ext'> {
  const { details = [], block = {}, issuer } = extra;
  const data: JsonObject = {
    ...(field !== DEFAULT_FIELD && { field }),
    ...(details.length > 0 && { details: [...details] }),
    ...(Object.keys(block).length > 0 && { block }),
  };
  return withExt(data, issuer);
}

/**
 * Appends streamed details: pieces of one text or summary (same type and index, one after the other) become one entry,
 * as OpenRouter asks for when they are sent back.
 */
export function mergeDetails(details: JsonObject[], added: readonly JsonObject[]): void {
  for (const detail of added) {
    const last = details.at(-1);
    const isPiece = detail['type'] === 'reasoning.text' || detail['type'] === 'reasoning.summary';
    if (last === undefined || !isPiece || last['type'] !== detail['type'] || last['index'] !== detail['index']) {
      details.push({ ...detail });
      continue;
    }
    for (const [key, value] of Object.entries(detail)) last[key] = joined(key, last[key], value);
  }
}

function joined(key: string, before: JsonValue | undefined, value: JsonValue): JsonValue {
  if (value === null) return before ?? null;
  const isText = (key === 'text' || key === 'summary') && typeof before === 'string' && typeof value === 'string';
  return isText ? before + value : value;
}

/** Reasoning of a message in a client's history. Thinking blocks in the content are not among them. */
export function decodeReasoning(message: JsonObject): ReasoningPart[] {
  const details = objectsOf(message[DETAILS]);
  const string = reasoningString(message);
  if (string === undefined && details.length === 0) return [];
  const field = string?.field ?? DETAILS;
  const text = string?.text ?? detailsText(details);
  return [{ type: 'reasoning', form: 'full', text, ...reasoningExt(field, { details }) }];
}

/** A thinking block of a client's history. */
export function decodeThinking(block: JsonObject): ReasoningPart {
  return {
    type: 'reasoning',
    form: 'full',
    text: thinkingText(block),
    ...reasoningExt(THINKING, { block: thinkingRest(block) }),
  };
}

/** Reasoning as wire members: a content block, or fields of the message or delta. */
export interface ReasoningWire {
  readonly block?: JsonObject;
  readonly field?: string;
  readonly details: readonly JsonObject[];
}

/** Where a part's text goes by its own `ext.data`. */
export function reasoningWire(data: JsonObject, text: string): ReasoningWire {
  const field = asString(data['field']) ?? DEFAULT_FIELD;
  const details = objectsOf(data['details']);
  if (field === THINKING) return { block: thinkingBlock(data, text), details };
  if (field === DETAILS) return { details };
  return { field, details };
}

function thinkingBlock(data: JsonObject, text: string): JsonObject {
  const block = isObject(data['block']) ? data['block'] : {};
  return { type: THINKING, [THINKING]: text === '' ? [] : [{ type: 'text', text }], ...asObject(block) };
}
