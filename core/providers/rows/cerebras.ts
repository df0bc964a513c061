/** Cerebras: https://inference-docs.cerebras.ai/resources/openai. */
import { chat, defineProvider } from '../define-provider.ts';
import { developerAsSystem, withoutPlatformFields } from '../quirks/openai-only-fields.ts';

export const cerebras = defineProvider({
  id: 'cerebras',
  alias: 'cerebras',
  name: 'Cerebras',
  tier: 'api-key',
  hosts: { api: 'https://api.cerebras.ai' },
  endpoints: [chat('/v1/chat/completions')],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  quirks: [
    developerAsSystem('https://inference-docs.cerebras.ai/resources/openai'),
    withoutPlatformFields('https://inference-docs.cerebras.ai/resources/openai', ['store', 'metadata']),
  ],
  keyUrl: 'https://cloud.cerebras.ai',
  models: [
    {
      id: 'llama-3.3-70b',
      name: 'Llama 3.3 70B',
      contextTokens: 128_000,
      maxOutputTokens: 65_536,
      capabilities: { tools: true },
      price: { input: 0.85, output: 1.2, asOf: '2026-09-23' },
      note: 'Cerebras no longer listed this model on 2026-11-10.',
    },
  ],
});
