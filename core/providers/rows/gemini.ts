/** Google AI Studio: https://ai.google.dev/api and, for chat clients, https://ai.google.dev/gemini-api/docs/openai. */
import { chat, defineProvider, X_GOOG_API_KEY } from '../define-provider.ts';
import { withoutPlatformFields } from '../quirks/openai-only-fields.ts';

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
  refusesLongAnswers: true,
  modelList: { path: '/v1beta/models', shape: 'gemini' },
  embeddings: { path: '/v1beta/openai/embeddings' },
  quirks: [withoutPlatformFields('https://github.com/liliMozi/openhanako/issues/394', ['store'])],
  keyUrl: 'https://aistudio.google.com/apikey',
  // https://ai.google.dev/gemini-api/docs/deprecations
  models: [
    { id: 'gemini-2.5-pro', retiredOn: '2026-12-01', replacedBy: 'gemini-3.8-flash' },
    { id: 'gemini-2.5-flash', retiredOn: '2026-12-01', replacedBy: 'gemini-3.5-flash-lite' },
    {
      id: 'gemini-3-pro-preview',
      aliases: ['gemini-3-pro'],
      retiredOn: '2026-03-09',
      replacedBy: 'gemini-3.1-pro-preview',
    },
  ],
});
