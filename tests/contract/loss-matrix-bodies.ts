/**
 * The smallest body each client format can send, and what the tables of features share. Every body of the loss matrix is
 * written by hand from the protocols' references.
 */
import type { JsonObject } from '../../core/base/json.ts';
import { type Ext, sealExt } from '../../core/model/ext.ts';
import type { FormatId } from '../../core/model/format-id.ts';

/** One thing a client may ask for, in every format that can say it. */
export interface Feature {
  readonly name: string;
  readonly bodies: Readonly<Partial<Record<FormatId, JsonObject>>>;
}

export const PNG = 'iVBORw0KGgoAAAANSUhEUg==';
export const PDF = 'JVBERi0xLjQKJcfs';
export const SCHEMA: JsonObject = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

/** `openai-chat` with one user message. */
export function chat(more: JsonObject = {}): JsonObject {
  return { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...more };
}
export function chatMessages(...messages: JsonObject[]): JsonObject {
  return chat({ messages });
}

/** `openai-responses` with one user message. */
export function responses(more: JsonObject = {}): JsonObject {
  return { model: 'm', input: [{ type: 'message', role: 'user', content: 'Hi' }], ...more };
}
export function responsesInput(...input: JsonObject[]): JsonObject {
  return responses({ input });
}

/** `anthropic-messages` with one user message and the limit it demands. */
export function anthropic(more: JsonObject = {}): JsonObject {
  return { model: 'm', max_tokens: 8_000, messages: [{ role: 'user', content: 'Hi' }], ...more };
}
export function anthropicMessages(...messages: JsonObject[]): JsonObject {
  return anthropic({ messages });
}

/** `gemini` with one user content. */
export function gemini(more: JsonObject = {}): JsonObject {
  return { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }], ...more };
}
export function geminiContents(...contents: JsonObject[]): JsonObject {
  return gemini({ contents });
}
export function geminiConfig(generationConfig: JsonObject): JsonObject {
  return gemini({ generationConfig });
}

/** `ollama-chat` with one user message. */
export function ollama(more: JsonObject = {}): JsonObject {
  return { model: 'm', messages: [{ role: 'user', content: 'Hi' }], ...more };
}
export function ollamaMessages(...messages: JsonObject[]): JsonObject {
  return ollama({ messages });
}
export function ollamaOptions(options: JsonObject): JsonObject {
  return ollama({ options });
}

/** One user message that holds a text and a block, in the formats that have blocks. */
export const userBlock = {
  chat: (block: JsonObject): JsonObject =>
    chatMessages({ role: 'user', content: [{ type: 'text', text: 'Look' }, block] }),
  responses: (block: JsonObject): JsonObject =>
    responsesInput({ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Look' }, block] }),
  anthropic: (block: JsonObject): JsonObject =>
    anthropicMessages({ role: 'user', content: [{ type: 'text', text: 'Look' }, block] }),
  gemini: (part: JsonObject): JsonObject => geminiContents({ role: 'user', parts: [{ text: 'Look' }, part] }),
};

/** What another protocol's maker left with a client, as the gateway hands it out. */
export function sealed(origin: FormatId, issuer: string, data: JsonObject): string {
  const ext: Ext = { origin, issuer, data };
  return sealExt(ext);
}
