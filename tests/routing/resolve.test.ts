import { describe, expect, it } from 'vitest';
import type { Account } from '../../core/accounts/accounts.ts';
import type { OmniError } from '../../core/base/errors.ts';
import { Secret } from '../../core/base/secret.ts';
import type { FormatId } from '../../core/model/format-id.ts';
import type { Provider } from '../../core/providers/provider.ts';
import { resolve } from '../../core/routing/resolve.ts';
import {
  buildSnapshot,
  type ModelCatalog,
  NO_RULES,
  type Snapshot,
  type SnapshotSource,
} from '../../core/routing/snapshot.ts';
import type { ComboRecord } from '../../core/store/records.ts';

function provider(id: string, alias: string, options: Partial<Provider> = {}): Provider {
  return {
    id,
    alias,
    name: id,
    tier: 'api-key',
    hosts: { api: `https://${id}.test` },
    endpoints: [
      { format: 'openai-chat', path: '/v1/chat/completions', auth: { header: 'authorization', prefix: 'Bearer ' } },
    ],
    key: 'required',
    ...options,
  };
}
function account(id: string, providerId: string, options: Partial<Account> = {}): Account {
  return { id, provider: providerId, name: id, priority: 1, isActive: true, key: new Secret('k'), ...options };
}
function combo(name: string, ...models: string[]): ComboRecord {
  return {
    id: name,
    name,
    strategy: 'priority',
    models: models.map((model) => ({ model })),
    createdAtMs: 0,
    updatedAtMs: 0,
  };
}
const OFFERED: Readonly<Record<string, readonly string[]>> = {
  deepseek: ['deepseek-chat', 'shared'],
  groq: ['shared', 'llama'],
  openai: ['gpt'],
};
const catalog: ModelCatalog = {
  find: (id, model) => (OFFERED[id]?.includes(model) ? { id: model } : undefined),
  list: (id) => (OFFERED[id] ?? []).map((model) => ({ id: model })),
  resolve: (_id, asked) => (asked === 'old' ? { id: 'new', note: 'old is retired' } : { id: asked }),
  providersOf: (model) => Object.keys(OFFERED).filter((id) => OFFERED[id]?.includes(model)),
};
function snapshot(change: Partial<SnapshotSource> = {}): Snapshot {
  return buildSnapshot({
    providers: [
      provider('deepseek', 'ds'),
      provider('groq', 'groq'),
      provider('openai', 'openai'),
      provider('n1', 'mine', { custom: true, key: 'optional' }),
    ],
    combos: [],
    aliases: [],
    accounts: [account('d1', 'deepseek')],
    catalog,
    ...change,
  });
}
const route = (model: string, at: Snapshot, format: FormatId = 'openai-chat'): string[] =>
  resolve(model, format, at).legs.flatMap(({ provider: { id }, model: name, accounts }) =>
    accounts.length === 0 ? [`${id}/${name}@-`] : accounts.map((one) => `${id}/${name}@${one.id}`),
  );
const refusal = (model: string, at: Snapshot): OmniError => {
  try {
    resolve(model, 'openai-chat', at);
  } catch (error) {
    return error as OmniError;
  }
  throw new Error('nothing was thrown');
};

describe('model strings, in the order of facts C.6', () => {
  it('0: refuses traversal and control characters', () => {
    for (const model of ['../etc/passwd', 'a/../../b', 'a\u0000b', '', 'x'.repeat(301)])
      expect(refusal(model, snapshot()).code).toBe('invalid_request');
  });
  it('1: a combo wins over everything with its name (D.15-25)', () => {
    expect(route('ds/deepseek-chat', snapshot({ combos: [combo('ds/deepseek-chat', 'mine/x')] }))).toEqual(['n1/x@-']);
  });
  it('2: a custom node wins over a provider with the same prefix', () => {
    const providers = [provider('deepseek', 'ds'), provider('n2', 'ds', { custom: true, key: 'optional' })];
    expect(route('ds/m', snapshot({ providers }))).toEqual(['n2/m@-']);
  });
  it('3: alias and id of a provider both work, the rest may hold slashes', () => {
    expect(route('ds/deepseek-chat', snapshot())).toEqual(['deepseek/deepseek-chat@d1']);
    expect(route('deepseek/org/model', snapshot())).toEqual(['deepseek/org/model@d1']);
  });
  it('4 and 5: exact aliases before wildcards, the most specific wildcard first', () => {
    const aliases = [
      ['gpt-*', 'ds/star'],
      ['gpt-5', 'ds/exact'],
      ['gpt-5-*', 'ds/longer'],
      ['g?t-x', 'ds/one'],
    ] as const;
    const at = snapshot({ aliases });
    expect(route('gpt-5', at)).toEqual(['deepseek/exact@d1']);
    expect(route('gpt-5-mini', at)).toEqual(['deepseek/longer@d1']);
    expect(route('GPT-4', at)).toEqual(['deepseek/star@d1']);
  });
  it('6: a bare id that one connected provider offers', () => {
    expect(route('deepseek-chat', snapshot())).toEqual(['deepseek/deepseek-chat@d1']);
    expect(route('shared', snapshot())).toEqual(['deepseek/shared@d1']);
  });
  it('6: several connected providers are a 400 that lists the candidates', () => {
    const error = refusal('shared', snapshot({ accounts: [account('d1', 'deepseek'), account('g1', 'groq')] }));
    expect(error).toMatchObject({ code: 'ambiguous_model', status: 400 });
    expect(error.message).toContain('ds/shared, groq/shared');
  });
  it('nothing falls silently to one vendor', () => {
    expect(refusal('unheard-of', snapshot())).toMatchObject({ code: 'model_not_found', status: 404 });
  });
  it('a name the catalog knows as another goes out under the id that is served', () => {
    const [target] = resolve('ds/old', 'openai-chat', snapshot()).legs;
    expect(target).toMatchObject({ model: 'new', note: 'old is retired' });
  });
  it('a bare prefix takes the default model of its first account that has one', () => {
    expect(route('ds', snapshot({ accounts: [account('d1', 'deepseek', { defaultModel: 'deepseek-chat' })] }))).toEqual(
      ['deepseek/deepseek-chat@d1'],
    );
  });
  it('aliases that lead in a circle end in an error', () => {
    expect(
      refusal(
        'a',
        snapshot({
          aliases: [
            ['a', 'b'],
            ['b', 'a'],
          ],
        }),
      ),
    ).toMatchObject({ code: 'invalid_request' });
  });
});

describe('accounts', () => {
  it('fill-first: by priority, inactive ones left out', () => {
    const accounts = [
      account('b', 'deepseek', { priority: 2 }),
      account('a', 'deepseek'),
      account('off', 'deepseek', { isActive: false }),
    ];
    expect(route('ds/m', snapshot({ accounts }))).toEqual(['deepseek/m@a', 'deepseek/m@b']);
  });
  it('a provider without a connection is never called, a custom node without one is', () => {
    expect(refusal('groq/llama', snapshot())).toMatchObject({ code: 'no_connection', status: 400 });
    expect(route('mine/anything', snapshot())).toEqual(['n1/anything@-']);
  });
});

describe('combos', () => {
  it('try their models in order, nested combos in place', () => {
    const combos = [combo('always-on', 'ds/one', 'inner', 'mine/last'), combo('inner', 'mine/two', 'groq/none')];
    const resolved = resolve('always-on', 'openai-chat', snapshot({ combos }));
    expect(resolved.comboName).toBe('always-on');
    expect(route('always-on', snapshot({ combos }))).toEqual(['deepseek/one@d1', 'n1/two@-', 'n1/last@-']);
  });
  it('may be what an alias stands for, asked for or inside another combo', () => {
    const combos = [combo('house', 'ds/one', 'mine/two'), combo('outer', 'mine/first', 'home')];
    const aliases = [
      ['claude-*', 'home'],
      ['home', 'house'],
    ] as const;
    const at = snapshot({ combos, aliases });
    expect(route('claude-sonnet-4-5', at)).toEqual(['deepseek/one@d1', 'n1/two@-']);
    expect(resolve('claude-sonnet-4-5', 'openai-chat', at).comboName).toBe('house');
    expect(route('outer', at)).toEqual(['n1/first@-', 'deepseek/one@d1', 'n1/two@-']);
    const rules = { ...NO_RULES, fallbackChains: { default: ['home'] } };
    expect(route('mine/x', snapshot({ combos, aliases, rules }))).toEqual(['n1/x@-', 'deepseek/one@d1', 'n1/two@-']);
  });
  it('pass over a member that a wildcard leads back by chance', () => {
    const at = snapshot({ combos: [combo('house', 'bare', 'ds/one')], aliases: [['*', 'house']] });
    expect(route('anything', at)).toEqual(['deepseek/one@d1']);
  });
  it('pass over members that resolve to nothing (pitfall 31)', () => {
    expect(route('c', snapshot({ combos: [combo('c', 'unknown-model', 'groq/unconnected', 'ds/m')] }))).toEqual([
      'deepseek/m@d1',
    ]);
  });
  it('refuse cycles and more than three levels, by name', () => {
    expect(refusal('a', snapshot({ combos: [combo('a', 'b'), combo('b', 'a')] })).message).toContain('a → b → a');
    const deep = [combo('a', 'b'), combo('b', 'c'), combo('c', 'd'), combo('d', 'ds/m')];
    expect(refusal('a', snapshot({ combos: deep })).message).toContain('deeper than 3');
  });
});

describe('endpoints', () => {
  const auth = { header: 'x-api-key' };
  const both = provider('two', 'two', {
    endpoints: [
      { format: 'anthropic-messages', path: '/m', auth },
      { format: 'openai-chat', path: '/c', auth },
      { format: 'openai-responses', path: '/r', auth, models: ['*codex*'] },
    ],
  });
  const at = snapshot({ providers: [both], accounts: [account('t', 'two')] });
  const formatOf = (model: string, client: FormatId): string | undefined =>
    resolve(model, client, at).legs[0]?.endpoint.format;

  it('prefer the format of the client, else the first of the row', () => {
    expect(formatOf('two/m', 'openai-chat')).toBe('openai-chat');
    expect(formatOf('two/m', 'gemini')).toBe('anthropic-messages');
  });
  it('serve only the models they name', () => {
    expect(formatOf('two/m', 'openai-responses')).toBe('anthropic-messages');
    expect(formatOf('two/gpt-codex', 'openai-responses')).toBe('openai-responses');
  });
});
