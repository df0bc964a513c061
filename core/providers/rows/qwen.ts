/** Qwen Code with a Qwen account. The host of an account may differ: it stands in its token. https://qwenlm.github.io/qwen-code-docs */
import { qwenCall } from '../account-calls/qwen.ts';
import { chat, defineProvider } from '../define-provider.ts';
import { withoutEmptyTools } from '../quirks/openai-only-fields.ts';
import { qwenCachedSystem, qwenToolChoice, streamOptionsOnlyWithStream } from '../quirks/qwen.ts';

export const qwen = defineProvider({
  id: 'qwen',
  alias: 'qw',
  name: 'Qwen Code',
  tier: 'free',
  hosts: { api: 'https://portal.qwen.ai', device: 'https://chat.qwen.ai', token: 'https://chat.qwen.ai' },
  oauth: { clientId: 'f0304373b74a44d2b584a3fb70ca9e56', scope: 'openid profile email model.completion' },
  endpoints: [
    chat('/v1/chat/completions', {
      headers: { 'x-dashscope-authtype': 'qwen-oauth', 'x-dashscope-cachecontrol': 'enable' },
    }),
  ],
  key: 'required',
  accountCall: qwenCall,
  quirks: [
    withoutEmptyTools('https://github.com/QwenLM/qwen-code/issues/131'),
    qwenToolChoice,
    streamOptionsOnlyWithStream,
    qwenCachedSystem,
  ],
  ownClient: {
    name: 'Qwen Code',
    userAgent: /^QwenCode\//,
    passes: ['user-agent', 'x-dashscope-useragent'],
    identity: {
      'user-agent': 'QwenCode/0.12.3 (linux; x64)',
      'x-dashscope-useragent': 'QwenCode/0.12.3 (linux; x64)',
    },
  },
  modelList: { path: '/v1/models', shape: 'openai' },
  note: 'Signs in with a Qwen account. Qwen ended the free offer behind it on 2026-04-15.',
  terms: {
    sentence:
      "Qwen's Terms of Service apply. Qwen ended the free use by sign-in on 2026-04-15, so a login may not work.",
    url: 'https://qwenlm.github.io/qwen-code-docs/en/users/support/tos-privacy/',
  },
  models: [
    {
      id: 'qwen3-coder-plus',
      name: 'Qwen3 Coder Plus',
      contextTokens: 1_000_000,
      maxOutputTokens: 65_536,
      capabilities: { tools: true },
      price: { input: 0, output: 0 },
      retiredOn: '2026-04-15',
    },
    {
      id: 'qwen3-coder-flash',
      name: 'Qwen3 Coder Flash',
      contextTokens: 1_000_000,
      maxOutputTokens: 65_536,
      capabilities: { tools: true },
      price: { input: 0, output: 0 },
      retiredOn: '2026-04-15',
    },
    {
      id: 'vision-model',
      name: 'Qwen Vision',
      contextTokens: 128_000,
      maxOutputTokens: 32_768,
      capabilities: { tools: true, vision: true },
      price: { input: 0, output: 0 },
      retiredOn: '2026-04-15',
    },
  ],
});
