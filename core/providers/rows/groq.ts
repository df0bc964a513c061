/** Groq: https://console.groq.com/docs/openai and https://console.groq.com/docs/responses-api. Its server refuses whatever field it does not know. */
import { chat, defineProvider, responses } from '../define-provider.ts';
import { reasoningAsReasoning, withoutMessageFields, withoutPlatformFields } from '../quirks/openai-only-fields.ts';

export const groq = defineProvider({
  id: 'groq',
  alias: 'groq',
  name: 'Groq',
  tier: 'api-key',
  hosts: { api: 'https://api.groq.com/openai' },
  endpoints: [chat('/v1/chat/completions'), responses('/v1/responses')],
  key: 'required',
  refusesLongAnswers: true,
  modelList: { path: '/v1/models', shape: 'openai' },
  quirks: [
    // Only models that reason take the thoughts back: https://github.com/vercel/ai/pull/8057
    reasoningAsReasoning('https://github.com/janhq/jan/issues/8136', ['openai/gpt-oss*', 'qwen/*']),
    withoutMessageFields('https://github.com/janhq/jan/issues/8136', ['reasoning_content']),
    withoutPlatformFields('https://console.groq.com/docs/api-reference#chat-create', ['store', 'metadata']),
  ],
  keyUrl: 'https://console.groq.com/keys',
  models: [
    // https://console.groq.com/docs/deprecations; contracts with committed spend are exempt.
    { id: 'llama-3.3-70b-versatile', retiredOn: '2026-08-16', replacedBy: 'openai/gpt-oss-120b' },
    { id: 'llama-3.1-8b-instant', retiredOn: '2026-08-16', replacedBy: 'openai/gpt-oss-20b' },
    {
      id: 'meta-llama/llama-4-maverick-17b-128e-instruct',
      aliases: ['llama-4-maverick-17b-128e-instruct'],
      note: 'Groq no longer listed this model on 2026-11-10.',
    },
  ],
});
