/** OpenAI Codex with a ChatGPT account: https://developers.openai.com/codex. */
import { defineProvider, responses } from '../define-provider.ts';
import { openaiFixedSampling, openaiSamplingWithEffort } from '../quirks/sampling.ts';

export const codex = defineProvider({
  id: 'codex',
  alias: 'cx',
  name: 'OpenAI Codex',
  tier: 'subscription',
  hosts: { api: 'https://chatgpt.com/backend-api/codex' },
  endpoints: [responses('/responses')],
  key: 'required',
  quirks: [openaiFixedSampling, openaiSamplingWithEffort],
  note: 'Signs in with a ChatGPT account (Plus, Pro, Business, Edu or Enterprise) and uses its plan.',
  terms: {
    sentence:
      "OpenAI's Terms of Use apply to the ChatGPT account. They promise its use in OpenAI's own apps; OpenAI may limit or end it in other tools.",
    url: 'https://openai.com/policies/row-terms-of-use/',
  },
  models: [
    // Taken from ChatGPT sign-in: https://developers.openai.com/codex/changelog; successors: https://developers.openai.com/api/docs/deprecations
    { id: 'gpt-5.1-codex', retiredOn: '2026-04-14', replacedBy: 'gpt-5.6-sol' },
    { id: 'gpt-5.1-codex-max', retiredOn: '2026-04-14', replacedBy: 'gpt-5.6-sol' },
    { id: 'gpt-5.1-codex-mini', retiredOn: '2026-04-14', replacedBy: 'gpt-5.6-terra' },
    { id: 'gpt-5.2-codex', retiredOn: '2026-04-14', replacedBy: 'gpt-5.6-sol' },
  ],
});
