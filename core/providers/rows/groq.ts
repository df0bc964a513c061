/** Groq: https://console.groq.com/docs/openai and https://console.groq.com/docs/responses-api. */
import { chat, defineProvider, responses } from '../define-provider.ts';
import { withoutMessageFields, withoutPlatformFields } from '../quirks/openai-only-fields.ts';

export const groq = defineProvider({
  id: 'groq',
  alias: 'groq',
  name: 'Groq',
  tier: 'api-key',
  hosts: { api: 'https://api.groq.com/openai' },
  endpoints: [chat('/v1/chat/completions'), responses('/v1/responses')],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  quirks: [
    withoutMessageFields('https://console.groq.com/docs/openai#currently-unsupported-openai-features', ['name']),
    withoutPlatformFields('https://console.groq.com/docs/api-reference#chat-create', ['store', 'metadata']),
  ],
  keyUrl: 'https://console.groq.com/keys',
  models: [
    {
      id: 'meta-llama/llama-4-maverick-17b-128e-instruct',
      aliases: ['llama-4-maverick-17b-128e-instruct'],
      note: 'Groq no longer listed this model on 2026-11-10.',
    },
  ],
});
