/** Together AI: https://docs.together.ai/docs/openai-api-compatibility. */
import { chat, defineProvider } from '../define-provider.ts';
import { developerAsSystem } from '../quirks/openai-only-fields.ts';
import { maxTokens } from '../quirks/token-limit-name.ts';

export const together = defineProvider({
  id: 'together',
  alias: 'together',
  name: 'Together AI',
  tier: 'api-key',
  hosts: { api: 'https://api.together.ai' },
  endpoints: [chat('/v1/chat/completions')],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  embeddings: { path: '/v1/embeddings' },
  quirks: [
    developerAsSystem('https://docs.together.ai/reference/chat-completions-1'),
    maxTokens('https://docs.together.ai/reference/chat-completions-1'),
  ],
  keyUrl: 'https://api.together.ai/settings/api-keys',
  models: [
    {
      id: 'meta-llama/Llama-3.3-70B-Instruct-Turbo',
      note: 'Together AI no longer listed this model on 2026-11-10.',
    },
    { id: 'BAAI/bge-large-en-v1.5', name: 'BGE Large EN v1.5', type: 'embedding', contextTokens: 512 },
    {
      id: 'togethercomputer/m2-bert-80M-8k-retrieval',
      name: 'M2-BERT 80M 8K',
      type: 'embedding',
      contextTokens: 8_192,
    },
  ],
});
