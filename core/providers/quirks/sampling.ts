/** Reasoning models that answer 400 when a sampling parameter is set. */
import { isObject } from '../../base/json.ts';
import type { Quirk } from '../provider.ts';
import { withoutFields } from './body.ts';

const OPENAI_SAMPLING = ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty', 'logprobs', 'top_logprobs'];

/** OpenAI's o-series and the first GPT-5 models: sampling is fixed whatever the effort. */
export const openaiFixedSampling: Quirk = {
  name: 'openai-fixed-sampling',
  why: 'https://platform.openai.com/docs/guides/latest-model#gpt-5-parameter-compatibility',
  formats: ['openai-chat', 'openai-responses'],
  models: ['o1*', 'o3*', 'o4*', 'gpt-5', 'gpt-5-2025*', 'gpt-5-mini*', 'gpt-5-nano*', 'gpt-5-pro*', 'gpt-5-codex*'],
  request: (body) => withoutFields(body, OPENAI_SAMPLING),
};

/** From GPT-5.1 on: sampling may be set only at effort `none`. Without an effort the model's default decides. */
export const openaiSamplingWithEffort: Quirk = {
  name: 'openai-sampling-with-effort',
  why: 'https://platform.openai.com/docs/guides/latest-model#gpt-5-parameter-compatibility',
  formats: ['openai-chat', 'openai-responses'],
  models: ['gpt-5.*', 'gpt-6*'],
  request: (body) => {
    const reasoning = body['reasoning'];
    const effort = body['reasoning_effort'] ?? (isObject(reasoning) ? reasoning['effort'] : undefined);
    return effort === undefined || effort === null || effort === 'none' ? body : withoutFields(body, OPENAI_SAMPLING);
  },
};

/** Claude Opus 4.7 and the models after it have no sampling parameters. */
export const claudeFixedSampling: Quirk = {
  name: 'claude-fixed-sampling',
  why: 'https://platform.claude.com/docs/en/about-claude/models/whats-new-claude-4-7#sampling-parameters-removed',
  formats: ['anthropic-messages'],
  models: [
    'claude-opus-4-7*',
    'claude-opus-4-8*',
    'claude-opus-5*',
    'claude-sonnet-5*',
    'claude-haiku-5*',
    'claude-fable-*',
    'claude-mythos-*',
  ],
  request: (body) => withoutFields(body, ['temperature', 'top_p', 'top_k']),
};
