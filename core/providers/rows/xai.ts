/** xAI: https://docs.x.ai/docs/api-reference. Responses is its primary interface, chat the legacy one; its Messages layer is switched off. */
import { chat, defineProvider, responses } from '../define-provider.ts';

/**
 * https://docs.x.ai/developers/migration/may-15-retirement announced an end; since then grok-4.3 answers under the old
 * names, at its own price: https://github.com/RouteWorks/RouterArena/pull/172
 */
const REDIRECTED = { input: 1.25, output: 2.5, asOf: '2026-05-15' };

export const xai = defineProvider({
  id: 'xai',
  alias: 'xai',
  name: 'xAI (Grok)',
  tier: 'api-key',
  hosts: { api: 'https://api.x.ai' },
  endpoints: [
    responses('/v1/responses', { keepsAnswers: true }),
    chat('/v1/chat/completions', { exceptModels: ['*multi-agent*'] }),
  ],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  keyUrl: 'https://console.x.ai',
  models: [
    { id: 'grok-3', price: REDIRECTED, retiredOn: '2026-05-15', replacedBy: 'grok-4.3' },
    { id: 'grok-4', price: REDIRECTED, retiredOn: '2026-05-15', replacedBy: 'grok-4.3' },
    { id: 'grok-4-0709', price: REDIRECTED, retiredOn: '2026-05-15', replacedBy: 'grok-4.3' },
    {
      id: 'grok-4-fast-reasoning',
      name: 'Grok 4 Fast',
      contextTokens: 2_000_000,
      maxOutputTokens: 30_000,
      capabilities: { tools: true, vision: true, reasoning: true },
      price: REDIRECTED,
      retiredOn: '2026-05-15',
      replacedBy: 'grok-4.3',
      // A name that xAI never had; this is the nearest.
      aliases: ['grok-4-0709-fast-reasoning'],
    },
    {
      id: 'grok-code-fast-1',
      price: REDIRECTED,
      retiredOn: '2026-05-15',
      replacedBy: 'grok-4.3',
      aliases: ['grok-code-mini', 'grok-code-fast'],
    },
  ],
});
