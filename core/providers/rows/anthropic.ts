/** Anthropic: https://docs.anthropic.com/en/api/messages. Its chat layer is for trying out only, by its own words, so it is not listed. */
import { defineProvider, messages } from '../define-provider.ts';
import { claudeAlwaysThinks } from '../quirks/always-thinks.ts';
import { claudeFixedSampling } from '../quirks/sampling.ts';

export const anthropic = defineProvider({
  id: 'anthropic',
  alias: 'anthropic',
  name: 'Anthropic',
  tier: 'api-key',
  hosts: { api: 'https://api.anthropic.com' },
  endpoints: [messages('/v1/messages', { countTokensPath: '/v1/messages/count_tokens' })],
  key: 'required',
  refusesLongAnswers: true,
  modelList: { path: '/v1/models', shape: 'anthropic' },
  quirks: [claudeAlwaysThinks, claudeFixedSampling],
  keyUrl: 'https://console.anthropic.com/settings/keys',
});
