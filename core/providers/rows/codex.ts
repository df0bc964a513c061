/** OpenAI Codex with a ChatGPT account: https://developers.openai.com/codex. */
import { codexCall } from '../account-calls/codex.ts';
import { defineProvider, responses } from '../define-provider.ts';
import { codexQuirks, EFFORT_SUFFIXES } from '../quirks/codex.ts';
import { codexQuota } from '../quotas/codex.ts';

export const codex = defineProvider({
  id: 'codex',
  alias: 'cx',
  name: 'OpenAI Codex',
  tier: 'subscription',
  hosts: {
    api: 'https://chatgpt.com/backend-api/codex',
    account: 'https://chatgpt.com',
    authorize: 'https://auth.openai.com',
    token: 'https://auth.openai.com',
  },
  oauth: { clientId: 'app_EMoamEEZ73f0CkXaXp7hrann', scope: 'openid profile email offline_access' },
  endpoints: [
    responses('/responses', {
      headers: { accept: 'text/event-stream', 'openai-beta': 'responses=experimental', originator: 'omniroute' },
      compactPath: '/responses/compact',
      alwaysStreams: true,
      inlineMedia: true,
    }),
  ],
  key: 'required',
  accountCall: codexCall,
  quirks: codexQuirks,
  modelSuffixes: EFFORT_SUFFIXES,
  ownClient: {
    name: 'Codex',
    userAgent: /^codex[_-]/i,
    passes: [
      ...['user-agent', 'originator', 'version', 'session_id', 'session-id', 'thread_id', 'conversation_id'],
      'x-codex-*',
    ],
    identity: {
      'user-agent': 'codex_cli_rs/0.162.1',
      originator: 'codex_cli_rs',
      version: '0.162.1',
    },
  },
  quota: codexQuota,
  refusals: [
    {
      says: /not supported when using Codex with a ChatGPT account|requires a newer version of Codex/i,
      sentence:
        "OpenAI serves this model to other plans or to its own client only. Choose another model, or an API key of OpenAI's.",
      code: 'upstream_model_not_found',
    },
    {
      says: /instructions are not valid/i,
      sentence:
        "OpenAI takes the instructions of its own client only for this model. Use Codex through OmniRoute, or an API key of OpenAI's.",
    },
  ],
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
