/** Kimi (Moonshot AI): https://platform.kimi.ai/docs/api/overview, for both protocols. */
import { BEARER, chat, defineProvider, messages } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';
import { developerAsSystem } from '../quirks/openai-only-fields.ts';

export const kimi = defineProvider({
  id: 'kimi',
  alias: 'kimi',
  name: 'Kimi (Moonshot)',
  tier: 'cheap',
  hosts: { api: 'https://api.moonshot.ai' },
  endpoints: [chat('/v1/chat/completions'), messages('/anthropic/v1/messages', { auth: BEARER })],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  quirks: [noBillingLine, developerAsSystem('https://github.com/openclaw/openclaw/pull/22194')],
  keyUrl: 'https://platform.moonshot.ai/console/api-keys',
  models: [
    {
      id: 'kimi-latest',
      name: 'Kimi Latest',
      contextTokens: 131_072,
      capabilities: { tools: true, vision: true },
      note: 'Moonshot no longer listed this model on 2026-11-10.',
      replacedBy: 'kimi-k2.6',
    },
  ],
});
