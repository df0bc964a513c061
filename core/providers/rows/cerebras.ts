/** Cerebras: https://inference-docs.cerebras.ai/resources/openai. Its server refuses whatever field it does not know (`wrong_api_format`). */
import { chat, defineProvider } from '../define-provider.ts';
import { reasoningAsReasoning, withoutPlatformFields } from '../quirks/openai-only-fields.ts';

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
    withoutPlatformFields('https://github.com/Gitlawb/openclaude/issues/740', ['store', 'metadata']),
    reasoningAsReasoning('https://github.com/Kilo-Org/kilocode/issues/10375'),
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
      // https://inference-docs.cerebras.ai/support/deprecation
      retiredOn: '2026-02-16',
      replacedBy: 'gpt-oss-120b',
    },
  ],
});
