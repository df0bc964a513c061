/** Fireworks AI: https://docs.fireworks.ai/tools-sdks/openai-compatibility and …/anthropic-compatibility. Ids are `accounts/fireworks/models/…`. */
import { BEARER, chat, defineProvider, messages, responses } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';
import { developerAsSystem, withoutPlatformFields, withoutToolFields } from '../quirks/openai-only-fields.ts';

export const fireworks = defineProvider({
  id: 'fireworks',
  alias: 'fireworks',
  name: 'Fireworks AI',
  tier: 'api-key',
  hosts: { api: 'https://api.fireworks.ai/inference' },
  endpoints: [chat('/v1/chat/completions'), messages('/v1/messages', { auth: BEARER }), responses('/v1/responses')],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  embeddings: { path: '/v1/embeddings' },
  quirks: [
    noBillingLine,
    developerAsSystem('https://docs.fireworks.ai/api-reference/post-chatcompletions'),
    withoutPlatformFields('https://docs.fireworks.ai/api-reference/post-chatcompletions', ['store']),
    // Hints only: neither changes what is asked.
    withoutToolFields('https://docs.fireworks.ai/tools-sdks/anthropic-compatibility', [
      'cache_control',
      'eager_input_streaming',
    ]),
  ],
  keyUrl: 'https://app.fireworks.ai/settings/users/api-keys',
  models: [
    {
      id: 'accounts/fireworks/models/deepseek-v3p1',
      name: 'DeepSeek V3.1',
      contextTokens: 163_840,
      capabilities: { tools: true, reasoning: true },
      price: { input: 0.56, output: 1.68, asOf: '2026-02-26' },
      note: 'Fireworks no longer listed this model on 2026-11-10.',
    },
    { id: 'nomic-ai/nomic-embed-text-v1.5', name: 'Nomic Embed Text v1.5', type: 'embedding', contextTokens: 8_192 },
  ],
});
