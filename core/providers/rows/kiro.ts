/** Kiro with an AWS, Google or GitHub account. Its wire is AWS's event stream, none of our formats: https://kiro.dev/docs */
import { BEARER, defineProvider, messages } from '../define-provider.ts';

export const kiro = defineProvider({
  id: 'kiro',
  alias: 'kr',
  name: 'Kiro AI',
  tier: 'free',
  hosts: { api: 'https://codewhisperer.us-east-1.amazonaws.com' },
  endpoints: [messages('/generateAssistantResponse', { auth: BEARER })],
  key: 'required',
  note: 'Signs in with an AWS Builder ID, a company account (IAM Identity Center), Google or GitHub.',
  terms: {
    sentence:
      "The AWS Service Terms and Kiro's licence apply. They forbid the use of the sign-in through proxies and other tools, and AWS may suspend the account; the free tier holds 50 credits a month.",
    url: 'https://kiro.dev/license/',
  },
  models: [
    {
      id: 'claude-sonnet-4.5',
      name: 'Claude Sonnet 4.5',
      contextTokens: 200_000,
      maxOutputTokens: 64_000,
      capabilities: { tools: true, vision: true },
      price: { input: 0, output: 0 },
    },
    {
      id: 'claude-haiku-4.5',
      name: 'Claude Haiku 4.5',
      contextTokens: 200_000,
      maxOutputTokens: 64_000,
      capabilities: { tools: true, vision: true },
      price: { input: 0, output: 0 },
    },
  ],
});
