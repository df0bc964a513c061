/**
 * Clients of each protocol in a conversation with tools, as their SDKs do it: whatever the answer held is sent back
 * verbatim in the next turn, with the results after it.
 */
import { asArray, asObject, asString, type JsonObject, objectsOf } from '../../core/base/json.ts';

export interface Conversation {
  readonly name: string;
  readonly path: string;
  /** The body of the next turn. */
  body(): JsonObject;
  /** Takes an answer into the history; returns the names of the calls in it. */
  take(answer: JsonObject): string[];
  /** Answers the calls of the last turn, in order. */
  reply(results: readonly string[]): void;
}

const SCHEMA = { type: 'object', properties: { city: { type: 'string' } } };

export function chatConversation(model: string, question: string): Conversation {
  const messages: JsonObject[] = [{ role: 'user', content: question }];
  let ids: string[] = [];
  return {
    name: 'openai-chat',
    path: '/v1/chat/completions',
    body: () => ({ model, messages, tools: [{ type: 'function', function: { name: 'weather', parameters: SCHEMA } }] }),
    take(answer) {
      const message = asObject(objectsOf(answer['choices'])[0]?.['message']) ?? {};
      messages.push(message);
      const calls = objectsOf(message['tool_calls']);
      ids = calls.map((call) => asString(call['id']) ?? '');
      return calls.map((call) => asString(asObject(call['function'])?.['name']) ?? '');
    },
    reply: (results) =>
      results.forEach((content, index) => {
        messages.push({ role: 'tool', tool_call_id: ids[index] ?? '', content });
      }),
  };
}

export function responsesConversation(model: string, question: string): Conversation {
  const input: JsonObject[] = [{ type: 'message', role: 'user', content: question }];
  let ids: string[] = [];
  return {
    name: 'openai-responses',
    path: '/v1/responses',
    body: () => ({
      model,
      input,
      tools: [{ type: 'function', name: 'weather', parameters: SCHEMA, strict: false }],
      include: ['reasoning.encrypted_content'],
      store: false,
    }),
    take(answer) {
      const items = objectsOf(answer['output']);
      input.push(...items);
      const calls = items.filter((item) => item['type'] === 'function_call');
      ids = calls.map((call) => asString(call['call_id']) ?? '');
      return calls.map((call) => asString(call['name']) ?? '');
    },
    reply: (results) =>
      results.forEach((output, index) => {
        input.push({ type: 'function_call_output', call_id: ids[index] ?? '', output });
      }),
  };
}

export function messagesConversation(model: string, question: string): Conversation {
  const messages: JsonObject[] = [{ role: 'user', content: question }];
  let ids: string[] = [];
  return {
    name: 'anthropic-messages',
    path: '/v1/messages',
    body: () => ({ model, max_tokens: 2_000, messages, tools: [{ name: 'weather', input_schema: SCHEMA }] }),
    take(answer) {
      const content = asArray(answer['content']);
      messages.push({ role: 'assistant', content });
      const calls = objectsOf(content).filter((block) => block['type'] === 'tool_use');
      ids = calls.map((call) => asString(call['id']) ?? '');
      return calls.map((call) => asString(call['name']) ?? '');
    },
    reply(results) {
      const blocks = results.map((content, index) => ({ type: 'tool_result', tool_use_id: ids[index] ?? '', content }));
      messages.push({ role: 'user', content: blocks });
    },
  };
}

export function geminiConversation(model: string, question: string): Conversation {
  const contents: JsonObject[] = [{ role: 'user', parts: [{ text: question }] }];
  let calls: JsonObject[] = [];
  return {
    name: 'gemini',
    path: `/v1beta/models/${model}:generateContent`,
    body: () => ({ contents, tools: [{ functionDeclarations: [{ name: 'weather', parameters: SCHEMA }] }] }),
    take(answer) {
      const content = asObject(objectsOf(answer['candidates'])[0]?.['content']) ?? {};
      contents.push(content);
      calls = objectsOf(content['parts'])
        .map((part) => asObject(part['functionCall']))
        .filter((call) => call !== undefined);
      return calls.map((call) => asString(call['name']) ?? '');
    },
    reply(results) {
      const parts = results.map((output, index) => {
        const id = asString(calls[index]?.['id']);
        return { functionResponse: { ...(id !== undefined && { id }), name: 'weather', response: { output } } };
      });
      contents.push({ role: 'user', parts });
    },
  };
}

export function ollamaConversation(model: string, question: string): Conversation {
  const messages: JsonObject[] = [{ role: 'user', content: question }];
  return {
    name: 'ollama-chat',
    path: '/api/chat',
    body: () => ({
      model,
      messages,
      stream: false,
      tools: [{ type: 'function', function: { name: 'weather', parameters: SCHEMA } }],
    }),
    take(answer) {
      const message = asObject(answer['message']) ?? {};
      messages.push(message);
      return objectsOf(message['tool_calls']).map((call) => asString(asObject(call['function'])?.['name']) ?? '');
    },
    reply: (results) =>
      results.forEach((content) => {
        messages.push({ role: 'tool', tool_name: 'weather', content });
      }),
  };
}

export const CONVERSATIONS = [
  chatConversation,
  responsesConversation,
  messagesConversation,
  geminiConversation,
  ollamaConversation,
];
