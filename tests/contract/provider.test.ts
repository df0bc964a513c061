/** One suite for every row of the table: what routing and sending rely on, and the addresses as the vendors document them. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/base/json.ts';
import { SENDS_IDENTITY } from '../../core/providers/account-call.ts';
import { openCatalog } from '../../core/providers/catalog/index.ts';
import { endpointServes } from '../../core/providers/define-provider.ts';
import { findProvider, PROVIDERS } from '../../core/providers/table.ts';
import { endpointFor } from '../../core/routing/resolve.ts';
import { callHeaders } from '../../core/upstream/address.ts';

/** By provider: format and full URL of each endpoint, in order of preference. */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  claude: ['anthropic-messages https://api.anthropic.com/v1/messages?beta=true'],
  codex: ['openai-responses https://chatgpt.com/backend-api/codex/responses'],
  'gemini-cli': ['gemini https://cloudcode-pa.googleapis.com/v1internal:{action}'],
  github: [
    'anthropic-messages https://api.githubcopilot.com/v1/messages',
    'openai-chat https://api.githubcopilot.com/chat/completions',
    'openai-responses https://api.githubcopilot.com/responses',
  ],
  openai: [
    'openai-responses https://api.openai.com/v1/responses',
    'openai-chat https://api.openai.com/v1/chat/completions',
    'openai-responses https://api.openai.com/v1/responses',
  ],
  anthropic: ['anthropic-messages https://api.anthropic.com/v1/messages'],
  gemini: [
    'gemini https://generativelanguage.googleapis.com/v1beta/models/{model}:{action}',
    'openai-chat https://generativelanguage.googleapis.com/v1beta/openai/chat/completions',
  ],
  openrouter: [
    'openai-chat https://openrouter.ai/api/v1/chat/completions',
    'anthropic-messages https://openrouter.ai/api/v1/messages',
    'openai-responses https://openrouter.ai/api/v1/responses',
  ],
  deepseek: [
    'openai-chat https://api.deepseek.com/v1/chat/completions',
    'anthropic-messages https://api.deepseek.com/anthropic/v1/messages',
  ],
  groq: [
    'openai-chat https://api.groq.com/openai/v1/chat/completions',
    'openai-responses https://api.groq.com/openai/v1/responses',
  ],
  xai: ['openai-responses https://api.x.ai/v1/responses', 'openai-chat https://api.x.ai/v1/chat/completions'],
  mistral: ['openai-chat https://api.mistral.ai/v1/chat/completions'],
  perplexity: ['openai-chat https://api.perplexity.ai/chat/completions'],
  together: ['openai-chat https://api.together.ai/v1/chat/completions'],
  fireworks: [
    'openai-chat https://api.fireworks.ai/inference/v1/chat/completions',
    'anthropic-messages https://api.fireworks.ai/inference/v1/messages',
    'openai-responses https://api.fireworks.ai/inference/v1/responses',
  ],
  cerebras: ['openai-chat https://api.cerebras.ai/v1/chat/completions'],
  cohere: ['openai-chat https://api.cohere.ai/compatibility/v1/chat/completions'],
  nvidia: ['openai-chat https://integrate.api.nvidia.com/v1/chat/completions'],
  glm: [
    'anthropic-messages https://api.z.ai/api/anthropic/v1/messages',
    'openai-chat https://api.z.ai/api/coding/paas/v4/chat/completions',
  ],
  minimax: [
    'anthropic-messages https://api.minimax.io/anthropic/v1/messages',
    'openai-chat https://api.minimax.io/v1/chat/completions',
    'openai-responses https://api.minimax.io/v1/responses',
  ],
  kimi: [
    'openai-chat https://api.moonshot.ai/v1/chat/completions',
    'anthropic-messages https://api.moonshot.ai/anthropic/v1/messages',
  ],
  iflow: ['openai-chat https://apis.iflow.cn/v1/chat/completions'],
  qwen: ['openai-chat https://portal.qwen.ai/v1/chat/completions'],
  kiro: ['codewhisperer https://codewhisperer.{region}.amazonaws.com/generateAssistantResponse'],
  ollama: [
    'ollama-chat http://127.0.0.1:11434/api/chat',
    'openai-chat http://127.0.0.1:11434/v1/chat/completions',
    'openai-responses http://127.0.0.1:11434/v1/responses',
    'anthropic-messages http://127.0.0.1:11434/v1/messages',
  ],
  lmstudio: [
    'openai-chat http://127.0.0.1:1234/v1/chat/completions',
    'openai-responses http://127.0.0.1:1234/v1/responses',
    'anthropic-messages http://127.0.0.1:1234/v1/messages',
  ],
  vllm: [
    'openai-chat http://127.0.0.1:8000/v1/chat/completions',
    'openai-responses http://127.0.0.1:8000/v1/responses',
    'anthropic-messages http://127.0.0.1:8000/v1/messages',
  ],
};

/** Where models are listed, embeddings are made and tokens are counted. */
const FURTHER: Readonly<Record<string, readonly (string | undefined)[]>> = {
  openai: ['https://api.openai.com/v1/models', 'https://api.openai.com/v1/embeddings'],
  anthropic: ['https://api.anthropic.com/v1/models', undefined, 'https://api.anthropic.com/v1/messages/count_tokens'],
  gemini: [
    'https://generativelanguage.googleapis.com/v1beta/models',
    'https://generativelanguage.googleapis.com/v1beta/openai/embeddings',
    'https://generativelanguage.googleapis.com/v1beta/models/{model}:countTokens',
  ],
  mistral: ['https://api.mistral.ai/v1/models', 'https://api.mistral.ai/v1/embeddings'],
  together: ['https://api.together.ai/v1/models', 'https://api.together.ai/v1/embeddings'],
  fireworks: ['https://api.fireworks.ai/inference/v1/models', 'https://api.fireworks.ai/inference/v1/embeddings'],
  nvidia: ['https://integrate.api.nvidia.com/v1/models', 'https://integrate.api.nvidia.com/v1/embeddings'],
  perplexity: [undefined, undefined],
  ollama: ['http://127.0.0.1:11434/api/tags', 'http://127.0.0.1:11434/v1/embeddings'],
};

/** A body that is as the provider wants it, where that is not any body of the protocol. */
const IN_ORDER: Readonly<Record<string, JsonObject>> = {
  claude: { model: 'm', system: [{ type: 'text', text: "You are Claude Code, Anthropic's official CLI for Claude." }] },
  codex: {
    ...{ model: 'm', instructions: 'Be brief.', stream: true, store: false, reasoning: { effort: 'low' } },
    input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hi' }] }],
    include: ['reasoning.encrypted_content'],
  },
  qwen: {
    model: 'm',
    messages: [{ role: 'system', content: [{ type: 'text', text: 'x', cache_control: { type: 'ephemeral' } }] }],
  },
};

/** The guide's models: as asked, as sent, and what a person must be told. */
const GUIDE: [asked: string, sent: string, note?: string][] = [
  ['cc/claude-opus-4-6', 'claude-opus-4-6'],
  ['cc/claude-sonnet-4-5-20250929', 'claude-sonnet-4-5-20250929'],
  ['cc/claude-haiku-4-5-20251001', 'claude-haiku-4-5-20251001'],
  ['cx/gpt-5.2-codex', 'gpt-5.2-codex', 'retired "gpt-5.2-codex" on 2026-04-14'],
  ['cx/gpt-5.1-codex-max', 'gpt-5.1-codex-max', 'retired "gpt-5.1-codex-max" on 2026-04-14'],
  ['gc/gemini-3-flash-preview', 'gemini-3-flash-preview'],
  ['gc/gemini-3-flash', 'gemini-3-flash-preview', 'in its place'],
  ['gc/gemini-2.5-pro', 'gemini-2.5-pro'],
  ['gh/gpt-5', 'gpt-5', 'retired "gpt-5" on 2026-02-17'],
  ['gh/claude-4.5-sonnet', 'claude-sonnet-4.5', 'in its place'],
  ['gh/gemini-3-pro', 'gemini-3-pro-preview', 'retired "gemini-3-pro-preview" on 2026-03-26'],
  ['gh/gpt-5.1-codex', 'gpt-5.1-codex', 'retired "gpt-5.1-codex" on 2026-04-01'],
  ['glm/glm-4.7', 'glm-4.7'],
  ['minimax/MiniMax-M2.1', 'MiniMax-M2.1'],
  ['kimi/kimi-latest', 'kimi-latest', 'no longer listed'],
  ['if/kimi-k2-thinking', 'kimi-k2-thinking', 'on 2026-04-17'],
  ['if/qwen3-coder-plus', 'qwen3-coder-plus', 'on 2026-04-17'],
  ['if/glm-4.7', 'glm-4.7', 'on 2026-04-17'],
  ['if/minimax-m2', 'minimax-m2', 'on 2026-04-17'],
  ['if/minimax-m2.1', 'minimax-m2.1', 'on 2026-04-17'],
  ['if/deepseek-r1', 'deepseek-r1', 'on 2026-04-17'],
  ['qw/qwen3-coder-plus', 'qwen3-coder-plus', 'retired "qwen3-coder-plus" on 2026-04-15'],
  ['qw/qwen3-coder-flash', 'qwen3-coder-flash', 'retired "qwen3-coder-flash" on 2026-04-15'],
  ['kr/claude-sonnet-4.5', 'claude-sonnet-4.5'],
  ['kr/claude-haiku-4.5', 'claude-haiku-4.5'],
  ['ds/deepseek-chat', 'deepseek-chat', 'on 2026-07-24. Its successor is "deepseek-flash"'],
  ['ds/deepseek-reasoner', 'deepseek-reasoner', 'retired "deepseek-reasoner" on 2026-07-24'],
  ['groq/llama-3.3-70b-versatile', 'llama-3.3-70b-versatile', 'on 2026-08-16. Its successor is "openai/gpt-oss-120b"'],
  ['groq/llama-4-maverick-17b-128e-instruct', 'meta-llama/llama-4-maverick-17b-128e-instruct', 'in its place'],
  ['xai/grok-4', 'grok-4', 'retired "grok-4" on 2026-05-15'],
  ['xai/grok-4-0709-fast-reasoning', 'grok-4-fast-reasoning', 'in its place'],
  ['xai/grok-code-mini', 'grok-code-fast-1', 'in its place'],
  ['mistral/mistral-large-2501', 'mistral-large-latest', 'in its place'],
  ['mistral/codestral-2501', 'codestral-2501', 'on 2025-11-30. Its successor is "codestral-2508"'],
  ['pplx/sonar-pro', 'sonar-pro'],
  ['pplx/sonar', 'sonar'],
  ['together/meta-llama/Llama-3.3-70B-Instruct-Turbo', 'meta-llama/Llama-3.3-70B-Instruct-Turbo', 'no longer listed'],
  ['fireworks/accounts/fireworks/models/deepseek-v3p1', 'accounts/fireworks/models/deepseek-v3p1', 'no longer listed'],
  ['cerebras/llama-3.3-70b', 'llama-3.3-70b', 'on 2026-02-16. Its successor is "gpt-oss-120b"'],
  ['cohere/command-r-plus-08-2024', 'command-r-plus-08-2024'],
  ['nvidia/nvidia/llama-3.3-70b-instruct', 'meta/llama-3.3-70b-instruct', 'in its place'],
];

const catalog = openCatalog();

describe('the table', () => {
  it('has each id and alias once, and no alias that is another provider', () => {
    const prefixes = PROVIDERS.flatMap(({ id, alias }) => [...new Set([id, alias])]);
    expect(prefixes.filter((prefix, index) => prefixes.indexOf(prefix) !== index)).toEqual([]);
    for (const prefix of prefixes) expect(prefix).toMatch(/^[a-z0-9][a-z0-9-]*$/);
  });

  it('has the providers that the addresses below are of', () => {
    expect(PROVIDERS.map(({ id }) => id).sort()).toEqual(Object.keys(DOCUMENTED).sort());
  });

  it('is found by id and by alias', () => {
    expect(findProvider('ds')).toBe(findProvider('deepseek'));
    expect(findProvider('constructor')).toBeUndefined();
  });
});

describe.each(PROVIDERS.map((row) => [row.id, row] as const))('%s', (id, row) => {
  it('has hosts that are origins with a path at most, encrypted unless local, a region left open where it has several', () => {
    for (const host of Object.values(row.hosts)) {
      const url = new URL(host);
      expect(`${url.origin}${url.pathname}`.replace(/\/$/, '')).toBe(host);
      const isLocal = row.tier === 'local';
      expect(url.protocol).toBe(isLocal ? 'http:' : 'https:');
      if (isLocal) expect(url.hostname).toBe('127.0.0.1');
    }
  });

  it('is called at the documented addresses', () => {
    expect(row.endpoints.map(({ format, path }) => `${format} ${row.hosts.api}${path}`)).toEqual(DOCUMENTED[id]);
    const further = FURTHER[id];
    if (further === undefined) return;
    const count = row.endpoints.find(({ countTokensPath }) => countTokensPath !== undefined)?.countTokensPath;
    const paths = [row.modelList?.path, row.embeddings?.path, count];
    expect(paths.slice(0, further.length).map((path) => path && row.hosts.api + path)).toEqual(further);
  });

  it('sends the key in a header, and the version that Messages demands', () => {
    for (const { auth, headers = {}, format } of row.endpoints) {
      expect(['authorization', 'x-api-key', 'x-goog-api-key']).toContain(auth.header);
      expect(auth.prefix).toBe(auth.header === 'authorization' ? 'Bearer ' : undefined);
      if (format === 'anthropic-messages') expect(headers['anthropic-version']).toBe('2023-06-01');
      for (const name of Object.keys(headers)) expect(name).toBe(name.toLowerCase());
    }
  });

  it('demands a key unless local', () => {
    expect(row.key).toBe(row.tier === 'local' ? 'optional' : 'required');
  });

  it('has quirks that name their reason and leave a body they do not mean alone', () => {
    for (const quirk of row.quirks ?? []) {
      expect(URL.canParse(quirk.why), quirk.name).toBe(true);
      const body = IN_ORDER[id] ?? { model: 'm', messages: [{ role: 'user', content: 'hi' }], stream: true };
      if (quirk.request !== undefined) expect(quirk.request(body)).toBe(body);
    }
    const names = row.quirks?.map(({ name }) => name) ?? [];
    expect(new Set(names).size).toBe(names.length);
  });

  it('serves every model it lists at one endpoint at least', () => {
    const lost = catalog
      .list(id)
      .filter((model) => !row.endpoints.some((endpoint) => endpointServes(endpoint, model.id)));
    expect(lost.map((model) => model.id)).toEqual([]);
  });
});

describe('providers with a login', () => {
  const LOGINS = ['claude', 'codex', 'gemini-cli', 'github', 'qwen', 'iflow', 'kiro'];

  it.each(LOGINS)(
    '%s: sends nobody as its vendor’s own client unasked, and knows what to send where it is wanted',
    (id) => {
      const row = findProvider(id);
      if (row?.ownClient === undefined) return;
      const { userAgent, identity = {}, passes } = row.ownClient;
      expect(userAgent.test(identity['user-agent'] ?? ''), 'its own name matches').toBe(true);
      expect(userAgent.test('Mozilla/5.0 curl/8 OpenAI/JS')).toBe(false);
      for (const name of [...Object.keys(identity), ...passes]) expect(name).toBe(name.toLowerCase());
      for (const endpoint of row.endpoints) {
        const account = { id: 'a', provider: id, name: 'a', priority: 1, isActive: true };
        const unasked = callHeaders({ provider: row, endpoint, account: { ...account, data: {} } });
        expect(unasked['user-agent']).toBeUndefined();
        for (const [name, value] of Object.entries(identity)) expect(unasked[name]).not.toBe(value);
        const wanted = callHeaders({
          provider: row,
          endpoint,
          account: { ...account, data: { [SENDS_IDENTITY]: true } },
        });
        for (const [name, value] of Object.entries(identity)) expect(wanted[name]).toContain(value);
      }
    },
  );

  it('read quotas at addresses of the row, with a bounded body', () => {
    for (const { id, quota, hosts } of PROVIDERS) {
      if (quota === undefined) continue;
      expect(LOGINS).toContain(id);
      const {
        host,
        path,
        headers = {},
      } = quota.request({ data: { projectId: 'p', accountId: 'a', profileArn: 'arn' } });
      expect(URL.canParse(`${hosts[host]}${path}`), id).toBe(true);
      for (const name of Object.keys(headers)) expect(name).toBe(name.toLowerCase());
    }
  });

  it('explain what their vendors refuse in whole sentences', () => {
    for (const { refusals = [] } of PROVIDERS)
      for (const { sentence } of refusals) expect(sentence).toMatch(/^[A-Z].*[.]$/s);
  });

  it('tell whose terms apply before anyone signs in, with a link', () => {
    expect(PROVIDERS.filter(({ terms }) => terms !== undefined).map(({ id }) => id)).toHaveLength(LOGINS.length);
    for (const id of LOGINS) {
      const terms = findProvider(id)?.terms;
      expect(terms?.sentence, id).toMatch(/(?:Terms|terms|licence)\b.*\bappl(?:y|ies)\b.*\.$/);
      expect(URL.parse(terms?.url ?? '')?.protocol, id).toBe('https:');
      expect(findProvider(id)?.note).not.toMatch(/issue/);
    }
  });
});

describe("the guide's models", () => {
  it.each(GUIDE)('%s is sent as %s', (asked: string, sent: string, note?: string) => {
    const slash = asked.indexOf('/');
    const provider = findProvider(asked.slice(0, slash));
    const resolved = catalog.resolve(provider?.id ?? '', asked.slice(slash + 1));
    expect(resolved.id).toBe(sent);
    expect(resolved.info?.id).toBe(sent);
    if (note === undefined) expect(resolved.note).toBeUndefined();
    else expect(resolved.note).toContain(note);
  });

  it('are all of them', () => {
    expect(GUIDE).toHaveLength(41);
  });
});

describe('models and their endpoints', () => {
  const formats = (id: string, model: string): string[] =>
    (findProvider(id)?.endpoints ?? [])
      .filter((endpoint) => endpointServes(endpoint, model))
      .map(({ format }) => format);

  it('D.15-23: codex models are not asked through chat', () => {
    expect(formats('github', 'gpt-5.1-codex')).toEqual(['openai-responses']);
    expect(formats('openai', 'gpt-5.3-codex')).toEqual(['openai-responses', 'openai-responses']);
    expect(formats('github', 'gpt-4o')).toEqual(['openai-chat']);
  });

  it.each(['anthropic-messages', 'gemini', 'ollama-chat'] as const)(
    'a %s client reaches OpenAI where every setting of the model is known: reasoning models through Responses, others through chat',
    (client) => {
      const [openai] = PROVIDERS.filter(({ id }) => id === 'openai');
      const formatFor = (model: string): string | undefined => openai && endpointFor(openai, model, client).format;
      for (const model of ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'ft:gpt-4o-mini:org::1']) {
        expect(formatFor(model), model).toBe('openai-chat');
      }
      for (const model of ['gpt-5', 'gpt-5.2', 'gpt-6.1-sol', 'o3', 'o4-mini', 'gpt-5.3-codex', 'gpt-5.4-pro']) {
        expect(formatFor(model), model).toBe('openai-responses');
      }
    },
  );
});
