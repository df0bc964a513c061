/** OpenAI: https://platform.openai.com/docs/api-reference. Reasoning models are asked through Responses unless the client speaks chat: only
 * there do reasoning effort and tools go together for the newer ones, and the codex and pro models are served nowhere else. */
import { chat, defineProvider, responses } from '../define-provider.ts';
import { openaiFixedSampling, openaiSamplingWithEffort } from '../quirks/sampling.ts';
import { maxCompletionTokens } from '../quirks/token-limit-name.ts';

export const openai = defineProvider({
  id: 'openai',
  alias: 'openai',
  name: 'OpenAI',
  tier: 'api-key',
  hosts: { api: 'https://api.openai.com' },
  endpoints: [
    responses('/v1/responses', { keepsAnswers: true, models: ['o1*', 'o3*', 'o4*', 'gpt-5*', 'gpt-6*', 'codex-*'] }),
    chat('/v1/chat/completions', {
      exceptModels: [
        '*codex*',
        'o1-pro*',
        'o3-pro*',
        'gpt-5-pro*',
        'gpt-5.?-pro*',
        '*deep-research*',
        'computer-use-*',
      ],
    }),
    responses('/v1/responses', { keepsAnswers: true, compactPath: '/v1/responses/compact' }),
  ],
  key: 'required',
  refusesLongAnswers: true,
  modelList: { path: '/v1/models', shape: 'openai' },
  embeddings: { path: '/v1/embeddings' },
  quirks: [maxCompletionTokens, openaiFixedSampling, openaiSamplingWithEffort],
  keyUrl: 'https://platform.openai.com/api-keys',
  models: [
    // Codex models before 5.3 were shut down together: https://developers.openai.com/api/docs/deprecations
    { id: 'gpt-5-codex', retiredOn: '2026-07-23', replacedBy: 'gpt-5.6-sol' },
    { id: 'gpt-5.1-codex', retiredOn: '2026-07-23', replacedBy: 'gpt-5.6-sol' },
    { id: 'gpt-5.1-codex-max', retiredOn: '2026-07-23', replacedBy: 'gpt-5.6-sol' },
    { id: 'gpt-5.1-codex-mini', retiredOn: '2026-07-23', replacedBy: 'gpt-5.6-terra' },
    { id: 'gpt-5.2-codex', retiredOn: '2026-07-23', replacedBy: 'gpt-5.6-sol' },
  ],
});
