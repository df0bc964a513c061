/** Claude Code (Pro and Max): Anthropic's Messages with an account's token. https://code.claude.com/docs */
import { BEARER, defineProvider, messages, X_API_KEY } from '../define-provider.ts';
import { claudeAlwaysThinks } from '../quirks/always-thinks.ts';
import { identityPrompt } from '../quirks/client-identity.ts';
import { claudeFixedSampling } from '../quirks/sampling.ts';
import { claudeQuota } from '../quotas/claude.ts';

export const claude = defineProvider({
  id: 'claude',
  alias: 'cc',
  name: 'Claude Code',
  tier: 'subscription',
  hosts: {
    api: 'https://api.anthropic.com',
    account: 'https://api.anthropic.com',
    authorize: 'https://claude.ai',
    token: 'https://platform.claude.com',
  },
  oauth: {
    clientId: '9d1c250a-e61b-44d9-88ed-5944d1962f5e',
    scope: 'org:create_api_key user:profile user:inference user:sessions:claude_code user:mcp_servers',
  },
  endpoints: [
    messages('/v1/messages?beta=true', {
      auth: BEARER,
      keyAuth: X_API_KEY,
      // The flag that makes an account's token acceptable.
      headers: { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'oauth-2025-04-20' },
      countTokensPath: '/v1/messages/count_tokens?beta=true',
    }),
  ],
  key: 'required',
  refusesLongAnswers: true,
  modelList: { path: '/v1/models', shape: 'anthropic' },
  catalogId: 'anthropic',
  quirks: [
    claudeAlwaysThinks,
    claudeFixedSampling,
    identityPrompt(
      'https://github.com/anthropics/claude-code/issues/8046',
      "You are Claude Code, Anthropic's official CLI for Claude.",
    ),
  ],
  ownClient: {
    name: 'Claude Code',
    userAgent: /^claude-cli\//,
    passes: ['user-agent', 'x-app', 'x-stainless-*', 'x-claude-code-*', 'anthropic-dangerous-direct-browser-access'],
    identity: {
      'user-agent': 'claude-cli/2.1.220 (external, cli)',
      'x-app': 'cli',
      'anthropic-dangerous-direct-browser-access': 'true',
      'anthropic-beta': 'claude-code-20250219',
    },
  },
  quota: claudeQuota,
  refusals: [
    {
      says: /only authorized for use with Claude Code/i,
      sentence:
        "Anthropic takes this account's sign-in from Claude Code only. Use Claude Code through OmniRoute, or an API key of Anthropic's; or read the terms and turn on “Send as Claude Code” for this account.",
      code: 'upstream_permission',
    },
    {
      says: /third-party apps|extra usage/i,
      sentence:
        "Anthropic bills other tools than Claude Code to the account's extra usage. Turn that on at claude.ai, use Claude Code, or an API key of Anthropic's.",
      code: 'upstream_quota',
    },
  ],
  note: 'Signs in with a Claude account (Pro, Max, Team or Enterprise) and uses its subscription.',
  terms: {
    sentence:
      "Anthropic's Consumer Terms apply (Commercial Terms for Team and Enterprise). They allow this sign-in for Claude Code and Claude's own apps only: in other tools Anthropic may refuse it, bill extra usage or close the account.",
    url: 'https://code.claude.com/docs/en/legal-and-compliance',
  },
});
