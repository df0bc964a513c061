/**
 * Legacy completions (https://platform.openai.com/docs/api-reference/completions), the client's half only: a prompt
 * becomes a chat with one user message, and the reply's text comes back as `text`. What a chat cannot do is refused.
 */
import { OmniError } from '../../base/errors.ts';
import type { Frame } from '../../base/framing.ts';
import { compact, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ChatEvent, FinishReason } from '../../model/event.ts';
import { foldReply } from '../../model/reply.ts';
import type { ChatRequest } from '../../model/request.ts';
import type { Usage } from '../../model/usage.ts';
import type { EncodedReply, ReplyContext, StreamEncoder } from '../format.ts';
import { openaiChat } from '../openai-chat/index.ts';

export const openaiCompletions = {
  decodeRequest,
  encodeReply,
  encodeStream,
  encodeError: openaiChat.encodeError,
};

/** Members a chat request knows by the same name. */
const SHARED = [
  'model',
  'stream',
  'stream_options',
  'max_tokens',
  'temperature',
  'top_p',
  'n',
  'stop',
  'seed',
  'user',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
];

function decodeRequest(body: JsonObject): ChatRequest {
  for (const [name, neutral] of [
    ['suffix', null],
    ['best_of', 1],
    ['echo', false],
    ['logprobs', null],
  ] as const) {
    const value = body[name];
    if (value !== undefined && value !== null && value !== neutral) {
      throw new OmniError(
        'unsupported_parameter',
        `${name} is not supported: completions are served through chat. Leave it out.`,
        { path: name },
      );
    }
  }
  const shared = Object.fromEntries(SHARED.flatMap((name) => (body[name] === undefined ? [] : [[name, body[name]]])));
  return openaiChat.decodeRequest({ ...shared, messages: [{ role: 'user', content: promptOf(body['prompt']) }] });
}

function promptOf(prompt: JsonValue | undefined): string {
  const single = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  if (typeof single === 'string') return single;
  throw new OmniError('invalid_request', 'prompt must be one string: lists and token ids are not supported here.', {
    path: 'prompt',
  });
}

function encodeReply(events: Iterable<ChatEvent>, context: ReplyContext): EncodedReply {
  const { parts, finish, start } = foldReply(events);
  const numbers = [...new Set([0, ...parts.map(({ choice }) => choice)])];
  const choices = numbers.map((index): JsonObject => {
    const text = parts
      .flatMap(({ choice, part }) => (choice === index && part.type === 'text' ? part.text : []))
      .join('');
    const reason = finish?.choices?.find(({ choice }) => choice === index)?.reason ?? finish?.reason;
    return { text, index, logprobs: null, finish_reason: finishWord(reason ?? 'stop') };
  });
  return {
    body: compact({ ...head(context, start.model), choices, usage: finish?.usage && usageOf(finish.usage) }),
    losses: [],
  };
}

function encodeStream(context: ReplyContext): StreamEncoder {
  const chatErrors = openaiChat.encodeStream(context);
  const choiceOf = new Map<number, number>();
  let model: string | undefined;
  const chunk = (choices: JsonObject[], usage?: JsonObject): Frame => ({
    data: JSON.stringify(compact({ ...head(context, model), choices, usage })),
  });
  return {
    push(event) {
      switch (event.type) {
        case 'start':
          model = event.model;
          return [];
        case 'part-start':
          if (event.part.type === 'text') choiceOf.set(event.index, event.choice ?? 0);
          return [];
        case 'part-delta': {
          const index = choiceOf.get(event.index);
          return index === undefined || event.text === ''
            ? []
            : [chunk([{ text: event.text, index, logprobs: null, finish_reason: null }])];
        }
        case 'finish': {
          const reasons = [{ choice: 0, reason: event.reason }, ...(event.choices ?? [])];
          const ends = reasons.map(({ choice, reason }) =>
            chunk([{ text: '', index: choice, logprobs: null, finish_reason: finishWord(reason) }]),
          );
          const counted = context.request.includeUsage === true && event.usage ? [chunk([], usageOf(event.usage))] : [];
          return [...ends, ...counted, { data: '[DONE]' }];
        }
        case 'error':
          return chatErrors.push(event);
        case 'part-end':
          return [];
      }
    },
    losses: () => [],
  };
}

function head(context: ReplyContext, model: string | undefined): JsonObject {
  return {
    id: `cmpl-${context.id}`,
    object: 'text_completion',
    created: context.createdAtS,
    model: model ?? context.model,
  };
}

function finishWord(reason: FinishReason): string {
  if (reason === 'length') return 'length';
  return reason === 'refusal' ? 'content_filter' : 'stop';
}

function usageOf({ inputTokens, outputTokens }: Usage): JsonObject {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}
