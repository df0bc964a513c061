/** Kiro with an AWS, Google or GitHub account. Its wire is AWS's event stream: https://kiro.dev/docs */
import { kiroCall } from '../account-calls/kiro.ts';
import { BEARER, defineProvider } from '../define-provider.ts';
import { kiroQuota } from '../quotas/kiro.ts';

export const kiro = defineProvider({
  id: 'kiro',
  alias: 'kr',
  name: 'Kiro AI',
  tier: 'free',
  hosts: {
    api: 'https://codewhisperer.{region}.amazonaws.com',
    account: 'https://codewhisperer.{region}.amazonaws.com',
    authorize: 'https://prod.us-east-1.auth.desktop.kiro.dev',
    device: 'https://oidc.{region}.amazonaws.com',
    token: 'https://oidc.{region}.amazonaws.com',
  },
  oauth: {
    clientName: 'kiro-oauth-client',
    issuerUrl: 'https://identitycenter.amazonaws.com/ssoins-722374e8c3c8e6c6',
    startUrl: 'https://view.awsapps.com/start',
    scope: 'codewhisperer:completions codewhisperer:analysis codewhisperer:conversations',
  },
  endpoints: [
    {
      format: 'codewhisperer',
      path: '/generateAssistantResponse',
      auth: BEARER,
      alwaysStreams: true,
      headers: {
        accept: 'application/vnd.amazon.eventstream',
        'x-amz-target': 'AmazonCodeWhispererStreamingService.GenerateAssistantResponse',
        'amz-sdk-request': 'attempt=1; max=3',
      },
    },
  ],
  accountCall: kiroCall,
  ownClient: {
    name: 'Kiro',
    userAgent: /kiro-?ide|^KiroIDE/i,
    passes: ['user-agent', 'x-amz-user-agent', 'x-amzn-kiro-*'],
    identity: { 'user-agent': 'AWS-SDK-JS/3.0.0 kiro-ide/1.0.0' },
  },
  quota: kiroQuota,
  refusals: [
    {
      says: /suspended|TEMPORARILY_SUSPENDED/i,
      sentence:
        "AWS has suspended the account, which Kiro's licence allows it to do for use through other tools. Sign in at kiro.dev to see why.",
    },
    {
      says: /MONTHLY_REQUEST_COUNT|reached (?:the|your) (?:monthly )?limit/i,
      sentence: "The account's credits of this month are used up. See app.kiro.dev/account/usage.",
      code: 'upstream_quota',
    },
  ],
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
