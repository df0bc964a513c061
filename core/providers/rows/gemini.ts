/** Google AI Studio: https://ai.google.dev/api and, for chat clients, https://ai.google.dev/gemini-api/docs/openai. */
import { chat, defineProvider, X_GOOG_API_KEY } from '../define-provider.ts';

export const gemini = defineProvider({
  id: 'gemini',
  alias: 'gemini',
  name: 'Gemini (AI Studio)',
  tier: 'api-key',
  hosts: { api: 'https://generativelanguage.googleapis.com' },
  endpoints: [
    {
      format: 'gemini',
      path: '/v1beta/models/{model}:{action}',
      auth: X_GOOG_API_KEY,
      countTokensPath: '/v1beta/models/{model}:countTokens',
    },
    chat('/v1beta/openai/chat/completions'),
  ],
  key: 'required',
  modelList: { path: '/v1beta/models', shape: 'gemini' },
  embeddings: { path: '/v1beta/openai/embeddings' },
  keyUrl: 'https://aistudio.google.com/apikey',
  models: [
    {
      id: 'gemini-3-pro-preview',
      aliases: ['gemini-3-pro'],
      retiredOn: '2026-03-09',
      replacedBy: 'gemini-3.1-pro-preview',
    },
  ],
});
