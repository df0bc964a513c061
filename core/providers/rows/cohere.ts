/** Cohere through its compatibility interface: https://docs.cohere.com/docs/compatibility-api. Its own /v2/chat has another shape. */
import { chat, defineProvider } from '../define-provider.ts';
import { withoutPlatformFields } from '../quirks/openai-only-fields.ts';
import { maxTokens } from '../quirks/token-limit-name.ts';

export const cohere = defineProvider({
  id: 'cohere',
  alias: 'cohere',
  name: 'Cohere',
  tier: 'api-key',
  hosts: { api: 'https://api.cohere.ai/compatibility' },
  endpoints: [chat('/v1/chat/completions')],
  key: 'required',
  refusesLongAnswers: true,
  embeddings: { path: '/v1/embeddings' },
  quirks: [
    maxTokens('https://docs.cohere.com/docs/compatibility-api#supported-parameters'),
    withoutPlatformFields('https://docs.cohere.com/docs/compatibility-api#unsupported-parameters', [
      'store',
      'metadata',
      'service_tier',
    ]),
  ],
  keyUrl: 'https://dashboard.cohere.com/api-keys',
  // https://docs.cohere.com/docs/models and https://cohere.com/pricing
  models: [
    {
      id: 'command-a-03-2025',
      name: 'Command A',
      contextTokens: 256_000,
      maxOutputTokens: 8_000,
      capabilities: { tools: true, structuredOutput: true },
      price: { input: 2.5, output: 10, asOf: '2026-09-23' },
    },
    {
      id: 'command-r-plus-08-2024',
      name: 'Command R+ 08-2024',
      contextTokens: 128_000,
      maxOutputTokens: 4_000,
      capabilities: { tools: true, structuredOutput: true },
      price: { input: 2.5, output: 10, asOf: '2026-09-23' },
      aliases: ['command-r-plus'],
    },
    {
      id: 'command-r-08-2024',
      name: 'Command R 08-2024',
      contextTokens: 128_000,
      maxOutputTokens: 4_000,
      capabilities: { tools: true, structuredOutput: true },
      price: { input: 0.15, output: 0.6, asOf: '2026-09-23' },
      aliases: ['command-r'],
    },
    {
      id: 'command-r7b-12-2024',
      name: 'Command R7B',
      contextTokens: 128_000,
      maxOutputTokens: 4_000,
      capabilities: { tools: true, structuredOutput: true },
      price: { input: 0.0375, output: 0.15, asOf: '2026-09-23' },
    },
    {
      id: 'embed-v4.0',
      name: 'Embed v4',
      type: 'embedding',
      contextTokens: 128_000,
      price: { input: 0.12, output: 0, asOf: '2026-09-23' },
    },
  ],
});
