/** GitHub Copilot: https://docs.github.com/en/copilot/reference/ai-models/supported-models. Each model is served by one or two of its three endpoints. */
import { BEARER, chat, defineProvider, messages, responses } from '../define-provider.ts';
import { openaiFixedSampling, openaiSamplingWithEffort } from '../quirks/sampling.ts';
import { maxCompletionTokens } from '../quirks/token-limit-name.ts';

export const github = defineProvider({
  id: 'github',
  alias: 'gh',
  name: 'GitHub Copilot',
  tier: 'subscription',
  hosts: { api: 'https://api.githubcopilot.com' },
  endpoints: [
    messages('/v1/messages', { auth: BEARER, models: ['claude-*'] }),
    chat('/chat/completions', {
      exceptModels: ['*codex*', 'gpt-5.4*', 'gpt-5.5*', 'gpt-5.6*', 'gpt-6*', 'grok-4*', 'mai-*'],
    }),
    responses('/responses', { models: ['gpt-5*', 'gpt-6*', 'grok-4*', 'mai-*'] }),
  ],
  key: 'required',
  quirks: [maxCompletionTokens, openaiFixedSampling, openaiSamplingWithEffort],
  note: 'Signs in with a GitHub account that has Copilot.',
  terms: {
    sentence:
      "GitHub's terms for Copilot apply. They allow its use through GitHub's own integrations; excessive automated use by other tools can lead to a warning and to suspension.",
    url: 'https://docs.github.com/en/site-policy/github-terms/github-terms-for-additional-products-and-features#github-copilot',
  },
  models: [
    {
      id: 'claude-sonnet-4.5',
      aliases: ['claude-4.5-sonnet'],
      note: 'Copilot no longer listed this model on 2026-11-10.',
      replacedBy: 'claude-sonnet-4.6',
    },
    { id: 'claude-haiku-4.5', aliases: ['claude-4.5-haiku'] },
    {
      id: 'claude-opus-4.5',
      aliases: ['claude-4.5-opus', 'claude-opus-4-5-20251101'],
      note: 'Copilot no longer listed this model on 2026-11-10.',
      replacedBy: 'claude-opus-4.8',
    },
    // https://docs.github.com/en/copilot/reference/ai-models/supported-models#model-retirement-history. A successor named
    // there that is gone as well is left out.
    { id: 'gemini-3-pro-preview', aliases: ['gemini-3-pro'], retiredOn: '2026-03-26' },
    {
      id: 'gemini-3-flash-preview',
      aliases: ['gemini-3-flash'],
      note: 'Copilot no longer listed this model on 2026-11-10.',
    },
    { id: 'gpt-5', retiredOn: '2026-02-17' },
    { id: 'gpt-5.1', retiredOn: '2026-04-15', replacedBy: 'gpt-5.3-codex' },
    { id: 'gpt-5.1-codex', retiredOn: '2026-04-01', replacedBy: 'gpt-5.3-codex' },
    { id: 'gpt-5.1-codex-max', retiredOn: '2026-04-01', replacedBy: 'gpt-5.3-codex' },
    { id: 'gpt-5.1-codex-mini', retiredOn: '2026-04-01', replacedBy: 'gpt-5.3-codex' },
    { id: 'oswe-vscode-prime', name: 'Raptor mini', aliases: ['raptor-mini'] },
  ],
});
