/** NVIDIA NIM: https://docs.api.nvidia.com/nim/reference/llm-apis. Model ids hold a slash of their own: `meta/llama-…`. */
import { chat, defineProvider } from '../define-provider.ts';

export const nvidia = defineProvider({
  id: 'nvidia',
  alias: 'nvidia',
  name: 'NVIDIA NIM',
  tier: 'api-key',
  hosts: { api: 'https://integrate.api.nvidia.com' },
  endpoints: [chat('/v1/chat/completions')],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  embeddings: { path: '/v1/embeddings' },
  keyUrl: 'https://build.nvidia.com/settings/api-keys',
  models: [
    // NVIDIA hosts Meta's model under Meta's name.
    {
      id: 'meta/llama-3.3-70b-instruct',
      aliases: ['nvidia/llama-3.3-70b-instruct'],
      note: 'NVIDIA no longer listed this model on 2026-11-10.',
    },
    { id: 'nvidia/nv-embedqa-e5-v5', name: 'NV-EmbedQA E5 v5', type: 'embedding', contextTokens: 512 },
  ],
});
