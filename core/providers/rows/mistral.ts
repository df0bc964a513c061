/** Mistral: https://docs.mistral.ai/api. Its server refuses whatever field it does not know (422 `extra_forbidden`). */
import { chat, defineProvider } from '../define-provider.ts';
import { mistralToolIds } from '../quirks/mistral-tool-ids.ts';
import {
  developerAsSystem,
  renamedField,
  withoutEmptyTools,
  withoutMessageFields,
  withoutPlatformFields,
} from '../quirks/openai-only-fields.ts';
import { maxTokens } from '../quirks/token-limit-name.ts';

export const mistral = defineProvider({
  id: 'mistral',
  alias: 'mistral',
  name: 'Mistral',
  tier: 'api-key',
  hosts: { api: 'https://api.mistral.ai' },
  endpoints: [chat('/v1/chat/completions')],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  embeddings: { path: '/v1/embeddings' },
  quirks: [
    mistralToolIds,
    developerAsSystem('https://docs.mistral.ai/api'),
    maxTokens('https://github.com/editor-code-assistant/eca/issues/231'),
    renamedField('https://docs.mistral.ai/api', 'seed', 'random_seed'),
    withoutPlatformFields('https://github.com/Gitlawb/openclaude/issues/739', ['store']),
    withoutMessageFields('https://github.com/charmbracelet/crush/issues/1590', ['reasoning_content', 'refusal']),
    withoutEmptyTools('https://github.com/partITech/php-mistral/issues/76'),
  ],
  keyUrl: 'https://console.mistral.ai/api-keys',
  models: [
    { id: 'mistral-large-latest', aliases: ['mistral-large-2501'] },
    {
      id: 'codestral-2501',
      name: 'Codestral 25.01',
      contextTokens: 256_000,
      capabilities: { tools: true },
      price: { input: 0.3, output: 0.9, asOf: '2026-02-26' },
      // https://docs.mistral.ai/getting-started/models
      retiredOn: '2025-11-30',
      replacedBy: 'codestral-2508',
    },
    { id: 'mistral-embed', name: 'Mistral Embed', type: 'embedding', contextTokens: 8_192 },
  ],
});
