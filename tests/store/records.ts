/** Records for the tests of the store: complete ones, of which a test changes what it is about. */
import type { ApiKeyRecord, ComboRecord, ConnectionRecord, NodeRecord, UsageRecord } from '../../core/store/records.ts';

export const connection: ConnectionRecord = {
  id: 'c1',
  provider: 'openai',
  authType: 'apikey',
  name: 'Work',
  email: 'me@example.com',
  priority: 1,
  isActive: true,
  displayName: 'Me',
  sealedApiKey: 'enc:v2:AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA',
  defaultModel: 'gpt-5',
  testStatus: 'error',
  lastError: 'OpenAI refused the API key (401).',
  lastErrorAtMs: 1_700_000_000_001,
  lastTestedAtMs: 1_700_000_000_002,
  lastUsedAtMs: 1_700_000_000_003,
  createdAtMs: 1_700_000_000_000,
  updatedAtMs: 1_700_000_000_000,
};

export const node: NodeRecord = {
  id: 'openai-compatible-chat-1',
  type: 'openai-compatible',
  name: 'Rack',
  prefix: 'rack',
  apiType: 'chat',
  baseUrl: 'http://127.0.0.1:9/v1',
  createdAtMs: 1_700_000_000_000,
  updatedAtMs: 1_700_000_000_000,
};

export const combo: ComboRecord = {
  id: 'k1',
  name: 'always-on',
  strategy: 'priority',
  models: [{ model: 'openai/gpt-5' }, { model: 'groq/llama', weight: 20 }],
  createdAtMs: 1_700_000_000_000,
  updatedAtMs: 1_700_000_000_000,
};

export const apiKey: ApiKeyRecord = {
  id: 'a1',
  name: 'Laptop',
  keyHash: 'ab'.repeat(32),
  hint: 'wxyz',
  scopes: ['inference'],
  allowedModels: ['openai/*'],
  isActive: true,
  createdAtMs: 1_700_000_000_000,
  lastUsedAtMs: 1_700_000_000_004,
};

export const usage: UsageRecord = {
  id: 'req_1',
  startedAtMs: 1_700_000_000_000,
  durationMs: 1_234,
  firstContentMs: 321,
  requestedModel: 'always-on',
  provider: 'openai',
  model: 'gpt-5',
  connectionId: 'c1',
  comboName: 'always-on',
  apiKeyId: 'a1',
  apiKeyName: 'Laptop',
  endpoint: '/v1/messages',
  clientFormat: 'anthropic-messages',
  targetFormat: 'openai-chat',
  stream: true,
  attempts: 2,
  status: 200,
  outcome: 'ok',
  errorCode: 'upstream_rate_limited',
  tokensInput: 100,
  tokensOutput: 20,
  tokensCacheRead: 40,
  tokensCacheCreation: 5,
  tokensReasoning: 7,
  isEstimated: false,
  costUsd: 0.5,
  losses: ['seed'],
};
