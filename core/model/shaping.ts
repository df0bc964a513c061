/** What the user's own settings do to a request before it is read: a prompt for all, a budget for thinking (facts.md E.9, E.10). */
import { asArray, asObject, asString, type JsonObject, type JsonValue } from '../base/json.ts';

/** Works on a client's own body, so that both lanes see the change; each returns the same object when nothing changes. */
export interface RequestShaper {
  /** Puts the prompt before what the client says as system; once, also when the body comes a second time. */
  withSystemPrompt(body: JsonObject, prompt: string): JsonObject;
  /** Replaces what the client says about thinking, in words that the model bears. */
  withThinking(body: JsonObject, choice: ThinkingChoice, model: ThinkingModel): JsonObject;
  measure(body: JsonObject): RequestMeasure;
}

/** `remove`: the provider decides. `budget`: tokens; 0 switches thinking off. */
export type ThinkingChoice = { readonly kind: 'remove' } | { readonly kind: 'budget'; readonly tokens: number };

/** What is known of the model that the request goes to first. */
export interface ThinkingModel {
  readonly id: string;
  /** It thinks, also if the client says nothing. */
  readonly isHinted: boolean;
  /** How it is told, where its protocol has two ways; some models refuse the other one. */
  readonly style?: 'effort' | 'budget';
  readonly maxOutputTokens?: number;
}

export interface RequestMeasure {
  readonly messages: number;
  readonly tools: number;
  /** Of the last message of the user. */
  readonly lastUserCharacters: number;
}

const LOW_TOKENS = 1_024;
const MEDIUM_TOKENS = 10_240;

/** The effort that stands for a budget (facts.md E.9). */
export function effortOf(tokens: number): 'low' | 'medium' | 'high' {
  if (tokens <= LOW_TOKENS) return 'low';
  return tokens <= MEDIUM_TOKENS ? 'medium' : 'high';
}

/** The body without some members; the same object when it has none of them. */
export function without(body: JsonObject, names: readonly string[]): JsonObject {
  if (!names.some((name) => name in body)) return body;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !names.includes(name)));
}

/** The prompt before a text; the text itself when the prompt stands there already. */
export function prefixed(text: string, prompt: string): string {
  if (text.startsWith(prompt)) return text;
  return text === '' ? prompt : `${prompt}\n\n${text}`;
}

/** Messages of the form `{role, content}`, content being text or blocks with `text`. */
export function measureMessages(list: JsonValue | undefined, tools: JsonValue | undefined): RequestMeasure {
  const messages = asArray(list);
  const last = messages.findLast((message) => asObject(message)?.['role'] === 'user');
  return {
    messages: messages.length,
    tools: asArray(tools).length,
    lastUserCharacters: textLength(asObject(last)?.['content'] ?? asObject(last)?.['parts']),
  };
}

export function textLength(content: JsonValue | undefined): number {
  if (typeof content === 'string') return content.length;
  return asArray(content).reduce<number>((sum, block) => sum + (asString(asObject(block)?.['text']) ?? '').length, 0);
}

/** Chat and Ollama: the first message, if it is the system's, else a new one before all others. */
export function withSystemMessage(body: JsonObject, prompt: string): JsonObject {
  const messages = asArray(body['messages']);
  const [first, ...rest] = messages;
  const message = asObject(first);
  if (message === undefined || (message['role'] !== 'system' && message['role'] !== 'developer'))
    return { ...body, messages: [{ role: 'system', content: prompt }, ...messages] };
  const { content } = message;
  if (typeof content === 'string' || content === undefined || content === null) {
    const text = prefixed(content ?? '', prompt);
    return text === content ? body : { ...body, messages: [{ ...message, content: text }, ...rest] };
  }
  const blocks = withTextBlock(content, prompt);
  return blocks === content ? body : { ...body, messages: [{ ...message, content: blocks }, ...rest] };
}

/** Blocks with `text`: the prompt as a block of its own, first, unless it is there. */
export function withTextBlock(content: JsonValue, prompt: string): JsonValue {
  const blocks = asArray(content);
  const first = asString(asObject(blocks[0])?.['text']);
  return first?.startsWith(prompt) === true ? content : [{ type: 'text', text: prompt }, ...blocks];
}
