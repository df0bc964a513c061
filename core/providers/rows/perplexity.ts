/** Perplexity: https://docs.perplexity.ai/api-reference. It lists no models over its API. */
import { chat, defineProvider } from '../define-provider.ts';
import { developerAsSystem } from '../quirks/openai-only-fields.ts';
import { maxTokens } from '../quirks/token-limit-name.ts';

export const perplexity = defineProvider({
  id: 'perplexity',
  alias: 'pplx',
  name: 'Perplexity',
  tier: 'api-key',
  hosts: { api: 'https://api.perplexity.ai' },
  endpoints: [chat('/chat/completions')],
  key: 'required',
  quirks: [
    developerAsSystem('https://docs.perplexity.ai/api-reference/chat-completions-post'),
    maxTokens('https://docs.perplexity.ai/api-reference/chat-completions-post'),
  ],
  keyUrl: 'https://www.perplexity.ai/account/api',
  // https://docs.perplexity.ai/getting-started/pricing; the fee per search is not a price per token and is not here.
  models: [
    { id: 'sonar', name: 'Sonar', contextTokens: 128_000, price: { input: 1, output: 1, asOf: '2026-09-23' } },
    {
      id: 'sonar-pro',
      name: 'Sonar Pro',
      contextTokens: 200_000,
      maxOutputTokens: 8_000,
      price: { input: 3, output: 15, asOf: '2026-09-23' },
    },
    {
      id: 'sonar-reasoning-pro',
      name: 'Sonar Reasoning Pro',
      contextTokens: 128_000,
      capabilities: { reasoning: true },
      price: { input: 2, output: 8, asOf: '2026-09-23' },
    },
    {
      id: 'sonar-deep-research',
      name: 'Sonar Deep Research',
      contextTokens: 128_000,
      capabilities: { reasoning: true },
      price: { input: 2, output: 8, reasoning: 3, asOf: '2026-09-23' },
    },
  ],
});
