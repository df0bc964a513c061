/** Z.ai GLM Coding Plan: https://docs.z.ai/devpack/tool/claude (Messages) and https://docs.z.ai/devpack/tool/others (chat). */
import { chat, defineProvider, messages } from '../define-provider.ts';
import { noBillingLine } from '../quirks/billing-line.ts';
import { developerAsSystem } from '../quirks/openai-only-fields.ts';
import { maxTokens } from '../quirks/token-limit-name.ts';

export const glm = defineProvider({
  id: 'glm',
  alias: 'glm',
  name: 'GLM Coding',
  tier: 'cheap',
  hosts: { api: 'https://api.z.ai/api' },
  endpoints: [messages('/anthropic/v1/messages'), chat('/coding/paas/v4/chat/completions')],
  key: 'required',
  quirks: [
    noBillingLine,
    developerAsSystem('https://github.com/openclaw/openclaw/issues/23115'),
    maxTokens('https://docs.z.ai/api-reference/llm/chat-completion'),
  ],
  keyUrl: 'https://z.ai/manage-apikey/apikey-list',
});
