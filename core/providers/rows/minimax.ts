/** MiniMax: https://platform.minimax.io/docs/api-reference/text-anthropic-api and …/text-openai-api. */
import { chat, defineProvider, messages, responses } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';
import { developerAsSystem } from '../quirks/openai-only-fields.ts';

export const minimax = defineProvider({
  id: 'minimax',
  alias: 'minimax',
  name: 'MiniMax',
  tier: 'cheap',
  hosts: { api: 'https://api.minimax.io' },
  endpoints: [messages('/anthropic/v1/messages'), chat('/v1/chat/completions'), responses('/v1/responses')],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'openai' },
  quirks: [noBillingLine, developerAsSystem('https://github.com/openclaw/openclaw/issues/3022')],
  keyUrl: 'https://platform.minimax.io/user-center/basic-information/interface-key',
});
