/** Reasoning models that answer 400 when a sampling parameter is set. */
import { isObject } from '../../base/json.ts';
import type { Quirk } from '../provider.ts';
import { withoutFields } from './body.ts';

const OPENAI_WITH_EFFORT = ['temperature', 'top_p', 'logprobs', 'top_logprobs'];
const OPENAI_FIXED = [...OPENAI_WITH_EFFORT, 'presence_penalty', 'frequency_penalty'];
const CLAUDE_FIXED = ['temperature', 'top_p', 'top_k'];
const LOST: NonNullable<Quirk['loses']> = {
  ...{ temperature: 'temperature', top_p: 'top-p', top_k: 'top-k', logprobs: 'logprobs', top_logprobs: 'logprobs' },
  ...{ presence_penalty: 'presence-penalty', frequency_penalty: 'frequency-penalty' },
};

/** OpenAI's o-series and the first GPT-5 models: sampling is fixed whatever the effort. */
export const openaiFixedSampling: Quirk = {
  name: 'openai-fixed-sampling',
  why: 'https://platform.openai.com/docs/guides/latest-model#gpt-5-parameter-compatibility',
  formats: ['openai-chat', 'openai-responses'],
  models: ['o1*', 'o3*', 'o4*', 'gpt-5', 'gpt-5-2025*', 'gpt-5-mini*', 'gpt-5-nano*', 'gpt-5-pro*', 'gpt-5-codex*'],
  needs: OPENAI_FIXED,
  loses: LOST,
  request: (body) => withoutFields(body, OPENAI_FIXED),
};

/** From GPT-5.1 on: sampling may be set only at effort `none`. Without an effort the model's default decides. */
export const openaiSamplingWithEffort: Quirk = {
  name: 'openai-sampling-with-effort',
  why: 'https://platform.openai.com/docs/guides/latest-model#gpt-5-parameter-compatibility',
  formats: ['openai-chat', 'openai-responses'],
  models: ['gpt-5.*', 'gpt-6*'],
  needs: OPENAI_WITH_EFFORT,
  loses: LOST,
  request: (body) => {
    const reasoning = body['reasoning'];
    const effort = body['reasoning_effort'] ?? (isObject(reasoning) ? reasoning['effort'] : undefined);
    return effort === undefined || effort === null || effort === 'none'
      ? body
      : withoutFields(body, OPENAI_WITH_EFFORT);
  },
};

/** Claude Opus 4.7 and the models after it answer 400 to any sampling parameter that is not at its default. */
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
  ],
  needs: CLAUDE_FIXED,
  loses: LOST,
  request: (body) => withoutFields(body, CLAUDE_FIXED),
};
