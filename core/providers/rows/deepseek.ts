/** DeepSeek: https://api-docs.deepseek.com and https://api-docs.deepseek.com/guides/anthropic_api. */
import { chat, defineProvider, messages } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';
import { developerAsSystem } from '../quirks/openai-only-fields.ts';
import { maxTokens } from '../quirks/token-limit-name.ts';

export const deepseek = defineProvider({
  id: 'deepseek',
  alias: 'ds',
  name: 'DeepSeek',
  tier: 'api-key',
  hosts: { api: 'https://api.deepseek.com' },
  endpoints: [chat('/v1/chat/completions'), messages('/anthropic/v1/messages')],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  quirks: [
    noBillingLine,
    developerAsSystem('https://api-docs.deepseek.com/api/create-chat-completion'),
    maxTokens('https://api-docs.deepseek.com/api/create-chat-completion'),
  ],
  keyUrl: 'https://platform.deepseek.com/api_keys',
  models: [
    // https://api-docs.deepseek.com/updates: both names pointed to V4 Flash before they were switched off; that is `deepseek-flash` today.
    {
      id: 'deepseek-chat',
      name: 'DeepSeek Chat',
      contextTokens: 1_000_000,
      maxOutputTokens: 384_000,
      capabilities: { tools: true, reasoning: false },
      price: { input: 0.28, output: 0.42, cachedInput: 0.028, asOf: '2026-04-23' },
      retiredOn: '2026-07-24',
      replacedBy: 'deepseek-flash',
    },
    {
      id: 'deepseek-reasoner',
      name: 'DeepSeek Reasoner',
      contextTokens: 1_000_000,
      maxOutputTokens: 384_000,
      capabilities: { tools: true, reasoning: true },
      price: { input: 0.28, output: 0.42, cachedInput: 0.028, asOf: '2026-04-23' },
      retiredOn: '2026-07-24',
      replacedBy: 'deepseek-flash',
    },
  ],
});
