/** Claude Code (Pro and Max): Anthropic's Messages with an account's token. https://code.claude.com/docs */
import { BEARER, defineProvider, messages } from '../define-provider.ts';
import { claudeFixedSampling } from '../quirks/sampling.ts';

export const claude = defineProvider({
  id: 'claude',
  alias: 'cc',
  name: 'Claude Code',
  tier: 'subscription',
  hosts: { api: 'https://api.anthropic.com' },
  endpoints: [
    messages('/v1/messages?beta=true', { auth: BEARER, countTokensPath: '/v1/messages/count_tokens?beta=true' }),
  ],
  key: 'required',
  modelList: { path: '/v1/models', shape: 'anthropic' },
  catalogId: 'anthropic',
  quirks: [claudeFixedSampling],
  note: 'Signs in with a Claude account (Pro, Max, Team or Enterprise) and uses its subscription.',
  terms: {
    sentence:
      "Anthropic's Consumer Terms apply (Commercial Terms for Team and Enterprise). They allow this sign-in for Claude Code and Claude's own apps only: in other tools Anthropic may refuse it, bill extra usage or close the account.",
    url: 'https://code.claude.com/docs/en/legal-and-compliance',
  },
});
