/** OpenRouter: https://openrouter.ai/docs/api/reference/overview. Model ids are `vendor/model`. */
import { BEARER, chat, defineProvider, messages, responses } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';

export const openrouter = defineProvider({
  id: 'openrouter',
  alias: 'openrouter',
  name: 'OpenRouter',
  tier: 'api-key',
  hosts: { api: 'https://openrouter.ai/api' },
  endpoints: [chat('/v1/chat/completions'), messages('/v1/messages', { auth: BEARER }), responses('/v1/responses')],
  key: 'required',
  quirks: [noBillingLine],
  modelList: { path: '/v1/models', shape: 'openai' },
  embeddings: { path: '/v1/embeddings' },
  keyUrl: 'https://openrouter.ai/settings/keys',
  models: [{ id: 'openrouter/auto', name: 'Auto Router', aliases: ['auto'] }],
});
