/** LM Studio on this machine: https://lmstudio.ai/docs/developer/openai-compat and …/anthropic-compat. */
import { BEARER, chat, defineProvider, messages, responses } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';
import { systemFirst } from '../quirks/system-first.ts';
import { maxTokens } from '../quirks/token-limit-name.ts';

export const lmstudio = defineProvider({
  id: 'lmstudio',
  alias: 'lmstudio',
  name: 'LM Studio',
  tier: 'local',
  hosts: { api: 'http://127.0.0.1:1234' },
  endpoints: [chat('/v1/chat/completions'), responses('/v1/responses'), messages('/v1/messages', { auth: BEARER })],
  key: 'optional',
  modelList: { path: '/v1/models', shape: 'openai' },
  embeddings: { path: '/v1/embeddings' },
  quirks: [noBillingLine, systemFirst, maxTokens('https://lmstudio.ai/docs/developer/openai-compat/chat-completions')],
});
