/** GitHub Copilot: https://docs.github.com/en/copilot/reference/ai-models/supported-models. Each model is served by one or two of its three endpoints. */
import { copilotCall } from '../account-calls/copilot.ts';
import { ANTHROPIC_VERSION, BEARER, chat, defineProvider, messages, responses } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';
import { textAndImageParts } from '../quirks/plain-parts.ts';
import { openaiFixedSampling, openaiSamplingWithEffort } from '../quirks/sampling.ts';
import { maxCompletionTokens } from '../quirks/token-limit-name.ts';
import { copilotQuota } from '../quotas/copilot.ts';

/** Every call names an editor and the integration that the sign-in was made with; without them it is answered with 400. */
const EDITOR = {
  'user-agent': 'OmniRoute',
  'copilot-integration-id': 'vscode-chat',
  'editor-version': 'vscode/1.110.0',
  'editor-plugin-version': 'copilot-chat/0.38.0',
  'openai-intent': 'conversation-panel',
  'x-github-api-version': '2025-04-01',
};

export const github = defineProvider({
  id: 'github',
  alias: 'gh',
  name: 'GitHub Copilot',
  tier: 'subscription',
  hosts: {
    api: 'https://api.githubcopilot.com',
    account: 'https://api.github.com',
    device: 'https://github.com',
    token: 'https://github.com',
  },
  oauth: { clientId: 'Iv1.b507a08c87ecfe98', scope: 'read:user' },
  endpoints: [
    messages('/v1/messages', { auth: BEARER, headers: { ...ANTHROPIC_VERSION, ...EDITOR }, models: ['claude-*'] }),
    chat('/chat/completions', {
      headers: EDITOR,
      elsewhere: { says: /not accessible via the \/chat\/completions/i, format: 'openai-responses' },
      exceptModels: ['*codex*', 'gpt-5.4*', 'gpt-5.5*', 'gpt-5.6*', 'gpt-6*', 'grok-4*', 'mai-*'],
    }),
    responses('/responses', { headers: EDITOR, models: ['gpt-5*', 'gpt-6*', 'grok-4*', 'mai-*'] }),
  ],
  key: 'required',
  accountCall: copilotCall,
  quirks: [
    noBillingLine,
    maxCompletionTokens,
    openaiFixedSampling,
    openaiSamplingWithEffort,
    textAndImageParts(
      'https://github.com/ericc-ch/copilot-api/blob/master/src/services/copilot/create-chat-completions.ts',
    ),
  ],
  quota: copilotQuota,
  refusals: [
    {
      says: /model_not_supported|requested model is not supported/i,
      sentence:
        'The plan of this Copilot account does not have the model, or it is not switched on at github.com/settings/copilot.',
      code: 'upstream_model_not_found',
    },
    {
      says: /access to this endpoint is forbidden|not (?:licensed|authorized) to use Copilot/i,
      sentence: 'This GitHub account has no Copilot subscription that allows it. See github.com/settings/copilot.',
    },
  ],
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
