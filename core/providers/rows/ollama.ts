/** Ollama on this machine: https://docs.ollama.com/api, …/openai-compatibility and …/anthropic-compatibility. Its own interface comes first: it alone
 * takes a context size and keeps thoughts apart in every version. */
import { BEARER, chat, defineProvider, messages, responses } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';
import { systemFirst } from '../quirks/system-first.ts';
import { maxTokens } from '../quirks/token-limit-name.ts';

export const ollama = defineProvider({
  id: 'ollama',
  alias: 'ollama',
  name: 'Ollama',
  tier: 'local',
  hosts: { api: 'http://127.0.0.1:11434' },
  endpoints: [
    { format: 'ollama-chat', path: '/api/chat', auth: BEARER },
    chat('/v1/chat/completions'),
    responses('/v1/responses'),
    messages('/v1/messages', { auth: BEARER }),
  ],
  key: 'optional',
  modelList: { path: '/api/tags', shape: 'ollama' },
  embeddings: { path: '/v1/embeddings' },
  quirks: [
    noBillingLine,
    systemFirst,
    maxTokens('https://docs.ollama.com/api/openai-compatibility#v1-chat-completions'),
  ],
});
