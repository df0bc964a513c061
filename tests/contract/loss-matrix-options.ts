/** The loss matrix's features of options: limits, sampling, output, reasoning, the caller's account. */
import type { JsonObject } from '../../core/base/json.ts';
import {
  anthropic,
  chat,
  type Feature,
  gemini,
  geminiConfig,
  ollama,
  ollamaOptions,
  responses,
  SCHEMA,
} from './loss-matrix-bodies.ts';

/** As long as Claude Code's, which OpenAI refuses. */
const LONG_ID = `user_${'0123456789abcdef'.repeat(8)}`;

/** One number that formats hold under different names. */
interface Names {
  readonly chat?: string;
  readonly responses?: string;
  readonly anthropic?: string;
  readonly gemini?: string;
  readonly ollama?: string;
}

function option(name: string, value: JsonObject[string], names: Names): Feature {
  return {
    name,
    bodies: {
      ...(names.chat !== undefined && { 'openai-chat': chat({ [names.chat]: value }) }),
      ...(names.responses !== undefined && { 'openai-responses': responses({ [names.responses]: value }) }),
      ...(names.anthropic !== undefined && { 'anthropic-messages': anthropic({ [names.anthropic]: value }) }),
      ...(names.gemini !== undefined && { gemini: geminiConfig({ [names.gemini]: value }) }),
      ...(names.ollama !== undefined && { 'ollama-chat': ollamaOptions({ [names.ollama]: value }) }),
    },
  };
}

export const OPTION_FEATURES: readonly Feature[] = [
  option('limit of the answer', 500, {
    chat: 'max_tokens',
    responses: 'max_output_tokens',
    anthropic: 'max_tokens',
    gemini: 'maxOutputTokens',
    ollama: 'num_predict',
  }),
  option('limit under its newer name', 500, { chat: 'max_completion_tokens' }),
  option('temperature', 0.5, {
    chat: 'temperature',
    responses: 'temperature',
    anthropic: 'temperature',
    gemini: 'temperature',
    ollama: 'temperature',
  }),
  option('temperature above 1', 1.5, {
    chat: 'temperature',
    responses: 'temperature',
    gemini: 'temperature',
    ollama: 'temperature',
  }),
  option('top_p', 0.9, {
    chat: 'top_p',
    responses: 'top_p',
    anthropic: 'top_p',
    gemini: 'topP',
    ollama: 'top_p',
  }),
  option('top_k', 40, { chat: 'top_k', anthropic: 'top_k', gemini: 'topK', ollama: 'top_k' }),
  option('min_p', 0.1, { chat: 'min_p', ollama: 'min_p' }),
  option('seed', 7, { chat: 'seed', gemini: 'seed', ollama: 'seed' }),
  option('presence penalty', 0.5, {
    chat: 'presence_penalty',
    gemini: 'presencePenalty',
    ollama: 'presence_penalty',
  }),
  option('frequency penalty', 0.5, {
    chat: 'frequency_penalty',
    gemini: 'frequencyPenalty',
    ollama: 'frequency_penalty',
  }),
  option('logit bias', { '50256': -100 }, { chat: 'logit_bias' }),
  option('stop sequences', ['END', 'STOP'], {
    chat: 'stop',
    anthropic: 'stop_sequences',
    gemini: 'stopSequences',
    ollama: 'stop',
  }),
  option('stop sequence of white space', ['\n\n'], { chat: 'stop', gemini: 'stopSequences', ollama: 'stop' }),
  option('several choices', 2, { chat: 'n', gemini: 'candidateCount' }),
  {
    name: 'log-probabilities',
    bodies: {
      'openai-chat': chat({ logprobs: true, top_logprobs: 3 }),
      'openai-responses': responses({ include: ['message.output_text.logprobs'], top_logprobs: 3 }),
      gemini: geminiConfig({ responseLogprobs: true, logprobs: 3 }),
      'ollama-chat': ollama({ logprobs: true, top_logprobs: 3 }),
    },
  },
  {
    name: 'JSON mode',
    bodies: {
      'openai-chat': chat({ response_format: { type: 'json_object' } }),
      'openai-responses': responses({ text: { format: { type: 'json_object' } } }),
      gemini: geminiConfig({ responseMimeType: 'application/json' }),
      'ollama-chat': ollama({ format: 'json' }),
    },
  },
  {
    name: 'JSON schema',
    bodies: {
      'anthropic-messages': anthropic({ output_config: { format: { type: 'json_schema', schema: SCHEMA } } }),
      gemini: geminiConfig({ responseMimeType: 'application/json', responseSchema: SCHEMA }),
      'ollama-chat': ollama({ format: SCHEMA }),
    },
  },
  {
    name: 'JSON schema, named and strict',
    bodies: {
      'openai-chat': chat({
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'place', description: 'A place', schema: SCHEMA, strict: true },
        },
      }),
      'openai-responses': responses({
        text: {
          format: { type: 'json_schema', name: 'place', description: 'A place', schema: SCHEMA, strict: true },
        },
      }),
    },
  },
  {
    name: 'stream with usage',
    bodies: {
      'openai-chat': chat({ stream: true, stream_options: { include_usage: true } }),
      'openai-responses': responses({ stream: true }),
      'anthropic-messages': anthropic({ stream: true }),
      'ollama-chat': ollama({ stream: true }),
    },
  },
  {
    name: 'id of the end user',
    bodies: {
      'openai-chat': chat({ user: 'u1' }),
      'openai-responses': responses({ user: 'u1' }),
      'anthropic-messages': anthropic({ metadata: { user_id: 'u1' } }),
    },
  },
  {
    name: 'long id of the end user',
    bodies: {
      'openai-chat': chat({ user: LONG_ID }),
      'anthropic-messages': anthropic({ metadata: { user_id: LONG_ID } }),
    },
  },
  option('metadata', { project: 'x' }, { chat: 'metadata', responses: 'metadata', anthropic: 'metadata' }),
  option('store: true', true, { chat: 'store', responses: 'store' }),
  option('store: false', false, { chat: 'store', responses: 'store' }),
  option('service tier: flex', 'flex', { chat: 'service_tier', responses: 'service_tier' }),
  option('service tier: default', 'default', { chat: 'service_tier', responses: 'service_tier' }),
  option('service tier: standard_only', 'standard_only', { anthropic: 'service_tier' }),
  option('prompt cache key', 'k1', { chat: 'prompt_cache_key', responses: 'prompt_cache_key' }),
  {
    name: 'unknown field',
    bodies: {
      'openai-chat': chat({ hologram: { beam: 1 } }),
      'openai-responses': responses({ hologram: { beam: 1 } }),
      'anthropic-messages': anthropic({ hologram: { beam: 1 } }),
      gemini: gemini({ hologram: { beam: 1 } }),
      'ollama-chat': ollama({ hologram: { beam: 1 } }),
    },
  },
  {
    name: 'unknown option',
    bodies: {
      'openai-chat': chat({ stream: true, stream_options: { hologram: true } }),
      'openai-responses': responses({ text: { verbosity: 'low' }, reasoning: { hologram: true } }),
      'anthropic-messages': anthropic({ output_config: { hologram: true } }),
      gemini: geminiConfig({ mediaResolution: 'MEDIA_RESOLUTION_LOW' }),
      'ollama-chat': ollamaOptions({ num_ctx: 8192 }),
    },
  },
  {
    name: 'automatic cache mark',
    bodies: { 'anthropic-messages': anthropic({ cache_control: { type: 'ephemeral' } }) },
  },
];

function effort(word: string): Feature {
  return {
    name: `effort: ${word}`,
    bodies: {
      'openai-chat': chat({ reasoning_effort: word }),
      'openai-responses': responses({ reasoning: { effort: word } }),
      ...(['low', 'medium', 'high', 'max'].includes(word) && {
        'anthropic-messages': anthropic({ output_config: { effort: word } }),
        'ollama-chat': ollama({ think: word }),
      }),
      ...(['minimal', 'low', 'medium', 'high'].includes(word) && {
        gemini: geminiConfig({ thinkingConfig: { thinkingLevel: word } }),
      }),
    },
  };
}

export const REASONING_FEATURES: readonly Feature[] = [
  ...['none', 'minimal', 'low', 'high', 'xhigh', 'max'].map(effort),
  {
    name: 'budget of thoughts',
    bodies: {
      'anthropic-messages': anthropic({ thinking: { type: 'enabled', budget_tokens: 4096 } }),
      gemini: geminiConfig({ thinkingConfig: { thinkingBudget: 4096 } }),
    },
  },
  {
    name: 'budget and effort',
    bodies: {
      'anthropic-messages': anthropic({
        thinking: { type: 'enabled', budget_tokens: 4096 },
        output_config: { effort: 'low' },
      }),
      gemini: geminiConfig({ thinkingConfig: { thinkingBudget: 4096, thinkingLevel: 'low' } }),
    },
  },
  {
    name: 'thoughts on',
    bodies: { 'ollama-chat': ollama({ think: true }) },
  },
  {
    name: 'thoughts off',
    bodies: {
      'anthropic-messages': anthropic({ thinking: { type: 'disabled' } }),
      gemini: geminiConfig({ thinkingConfig: { thinkingBudget: 0 } }),
      'ollama-chat': ollama({ think: false }),
    },
  },
  {
    name: 'the model decides how much to think',
    bodies: {
      'anthropic-messages': anthropic({ thinking: { type: 'adaptive' } }),
      gemini: geminiConfig({ thinkingConfig: { thinkingBudget: -1 } }),
    },
  },
  {
    name: 'adaptive, with an effort and shown',
    bodies: {
      'anthropic-messages': anthropic({
        thinking: { type: 'adaptive', display: 'summarized' },
        output_config: { effort: 'high' },
      }),
      gemini: geminiConfig({ thinkingConfig: { thinkingLevel: 'high', includeThoughts: true } }),
    },
  },
  {
    name: 'summary of thoughts',
    bodies: { 'openai-responses': responses({ reasoning: { effort: 'high', summary: 'detailed' } }) },
  },
  {
    name: 'thoughts to be shown',
    bodies: { gemini: geminiConfig({ thinkingConfig: { includeThoughts: true } }) },
  },
  {
    name: 'thoughts not to be shown',
    bodies: {
      'anthropic-messages': anthropic({ thinking: { type: 'adaptive', display: 'omitted' } }),
      gemini: geminiConfig({ thinkingConfig: { includeThoughts: false } }),
    },
  },
  {
    name: 'thoughts to be sent back sealed',
    bodies: { 'openai-responses': responses({ include: ['reasoning.encrypted_content'], store: false }) },
  },
];
