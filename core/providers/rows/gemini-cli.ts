/** Gemini CLI with a Google account: Code Assist, whose requests wrap Gemini's in an envelope. https://geminicli.com/docs */
import { codeAssistCall } from '../account-calls/code-assist.ts';
import { BEARER, defineProvider } from '../define-provider.ts';
import { codeAssistQuota } from '../quotas/code-assist.ts';

export const geminiCli = defineProvider({
  id: 'gemini-cli',
  alias: 'gc',
  name: 'Gemini CLI',
  tier: 'subscription',
  hosts: {
    api: 'https://cloudcode-pa.googleapis.com',
    account: 'https://www.googleapis.com',
    authorize: 'https://accounts.google.com',
    token: 'https://oauth2.googleapis.com',
  },
  oauth: {
    clientId: '681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com',
    scope:
      'https://www.googleapis.com/auth/cloud-platform https://www.googleapis.com/auth/userinfo.email https://www.googleapis.com/auth/userinfo.profile',
  },
  endpoints: [{ format: 'gemini', path: '/v1internal:{action}', auth: BEARER }],
  key: 'required',
  accountCall: codeAssistCall,
  ownClient: {
    name: 'Gemini CLI',
    userAgent: /^GeminiCLI\b/,
    passes: ['user-agent', 'x-goog-api-client', 'client-metadata'],
    identity: {
      'user-agent': 'GeminiCLI/0.31.0 (linux; x64)',
      'x-goog-api-client': 'google-genai-sdk/1.41.0 gl-node/v22.19.0',
    },
  },
  quota: codeAssistQuota,
  refusals: [
    {
      says: /violat\w+ of (?:the )?terms|terms of service/i,
      sentence:
        "Google's terms forbid this sign-in in other software than its own. Use a key of Google AI Studio instead (provider Gemini).",
    },
    {
      says: /no longer (?:available|supported)|not eligible|UNSUPPORTED_(?:LOCATION|CLIENT)/i,
      sentence:
        'Google ended this offer for individual accounts on 2026-06-18. Use a key of Google AI Studio instead (provider Gemini).',
      code: 'upstream_permission',
    },
  ],
  // https://developers.google.com/gemini-code-assist/docs/deprecations
  note: 'Signs in with a Google account. Google ended it for individual, AI Pro and Ultra accounts on 2026-06-18; organisations keep it.',
  terms: {
    sentence:
      "Google's terms for Gemini Code Assist apply. They forbid the use of Gemini CLI's sign-in by third-party software, and Google has suspended accounts for it; for individual accounts the offer ended on 2026-06-18.",
    url: 'https://geminicli.com/docs/resources/tos-privacy/',
  },
  models: [
    { id: 'gemini-3-flash-preview', aliases: ['gemini-3-flash'] },
    {
      id: 'gemini-3-pro-preview',
      aliases: ['gemini-3-pro'],
      retiredOn: '2026-03-09',
      replacedBy: 'gemini-3.1-pro-preview',
    },
  ],
});
