/** vLLM on this machine: https://docs.vllm.ai/en/stable/serving/online_serving/. */
import { BEARER, chat, defineProvider, messages, responses } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';
import { systemFirst } from '../quirks/system-first.ts';

export const vllm = defineProvider({
  id: 'vllm',
  alias: 'vllm',
  name: 'vLLM',
  tier: 'local',
  hosts: { api: 'http://127.0.0.1:8000' },
  endpoints: [
    chat('/v1/chat/completions'),
    responses('/v1/responses'),
    messages('/v1/messages', { auth: BEARER, countTokensPath: '/v1/messages/count_tokens' }),
  ],
  key: 'optional',
  modelList: { path: '/v1/models', shape: 'openai' },
  embeddings: { path: '/v1/embeddings' },
  quirks: [noBillingLine, systemFirst],
});
