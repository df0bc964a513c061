import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { extract, render } from '../../../build/catalog.mjs';
import { openSources } from '../../../build/catalog-sources.mjs';
import { DATA_SOURCES } from '../../../core/providers/catalog/data-set.ts';
import { openCatalog } from '../../../core/providers/catalog/index.ts';
import { nodeProvider } from '../../../core/providers/node-provider.ts';
import { PROVIDERS } from '../../../core/providers/table.ts';

const catalog = openCatalog();
const DATA_FILE = new URL('../../../core/providers/catalog/data.json', import.meta.url);

describe('the data set', () => {
  it('is what its sources say', (context) => {
    const sources = openSources({ fetch: false });
    if (sources === undefined)
      return context.skip('the archives are not in node_modules/.cache/catalog; node build/catalog.mjs fetches them');
    expect(render(extract(sources.newer, sources.wider))).toBe(readFileSync(DATA_FILE, 'utf8'));
  });

  it('names its sources with version and day', () => {
    expect(DATA_SOURCES).toHaveLength(2);
    for (const source of DATA_SOURCES)
      expect(source).toMatchObject({ date: expect.stringMatching(/^2026-\d\d-\d\d$/) });
  });

  it('is of nobody whom the table does not have', () => {
    const { providers } = JSON.parse(readFileSync(DATA_FILE, 'utf8'));
    const ids = PROVIDERS.map(({ id }) => id);
    expect(Object.keys(providers).filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('is read and indexed in less than 15 ms', () => {
    const text = readFileSync(DATA_FILE, 'utf8');
    const fastest = Math.min(
      ...[1, 2, 3].map(() => {
        const startMs = performance.now();
        JSON.parse(text);
        openCatalog().providersOf('gpt-4o');
        return performance.now() - startMs;
      }),
    );
    expect(fastest).toBeLessThan(15);
  });
});

describe('find', () => {
  it('knows sizes, abilities and dated prices', () => {
    expect(catalog.find('anthropic', 'claude-opus-4-6')).toMatchObject({
      contextTokens: 1_000_000,
      maxOutputTokens: 128_000,
      capabilities: { tools: true, vision: true, reasoning: true },
      price: { input: 5, output: 25, cachedInput: 0.5, cacheWrite: 6.25, cacheWrite1h: 10, asOf: '2026-11-10' },
    });
  });

  it.each([
    ['anthropic', 'claude-opus-4-6', 'effort'],
    ['anthropic', 'claude-sonnet-4-6', 'effort'],
    ['anthropic', 'claude-opus-4-5-20251101', 'budget'],
    ['anthropic', 'claude-sonnet-4-5-20250929', 'budget'],
    ['claude', 'claude-haiku-4-5-20251001', 'budget'],
    ['gemini', 'gemini-3-flash-preview', 'effort'],
    ['gemini', 'gemini-2.5-pro', 'budget'],
    ['gemini-cli', 'gemini-3-flash-preview', 'effort'],
    ['openai', 'gpt-5', undefined],
  ])('%s/%s reasons by %s', (provider, model, style) => {
    expect(catalog.find(provider, model)).toBeDefined();
    expect(catalog.find(provider, model)?.reasoningStyle).toBe(style);
  });

  it('knows a dated name by its undated one', () => {
    expect(catalog.find('openai', 'gpt-5-2025-08-07')).toMatchObject({
      id: 'gpt-5-2025-08-07',
      contextTokens: 400_000,
    });
  });

  it("knows the sizes, not the price, of a vendor's model at a user's own node", () => {
    const node = nodeProvider({
      id: 'n1',
      type: 'anthropic-compatible',
      name: 'N',
      prefix: 'n',
      baseUrl: 'http://h.test/v1',
    });
    const own = openCatalog({ providers: [...PROVIDERS, node] });
    expect(own.find('n1', 'claude-sonnet-4-6')).toMatchObject({ id: 'claude-sonnet-4-6', maxOutputTokens: 128_000 });
    expect(own.find('n1', 'claude-sonnet-4-6')?.price).toBeUndefined();
    expect(own.list('n1')).toEqual([]);
    expect(own.find('n1', 'something-else')).toBeUndefined();
  });

  it('keeps unknown prices unknown instead of free', () => {
    expect(catalog.find('nvidia', 'meta/llama-3.3-70b-instruct')?.price).toBeUndefined();
    expect(catalog.find('iflow', 'glm-4.7')?.price).toEqual({ input: 0, output: 0 });
  });
});

describe('resolve', () => {
  it('passes an unknown id on verbatim, since the user may know a newer one', () => {
    expect(catalog.resolve('openai', 'gpt-99-ultra')).toEqual({ id: 'gpt-99-ultra' });
    expect(catalog.resolve('unknown-node', 'a/b')).toEqual({ id: 'a/b' });
  });

  it('says nothing about a model that is simply there', () => {
    expect(catalog.resolve('claude', 'claude-opus-4-6').note).toBeUndefined();
  });

  it('says when a retirement lies ahead', () => {
    const clock = { nowMs: () => Date.parse('2026-05-01') };
    expect(openCatalog({ clock }).resolve('xai', 'grok-4').note).toBe(
      'xAI (Grok) will retire "grok-4" on 2026-05-15. Its successor is "grok-4.3".',
    );
  });
});

describe("the user's overlay", () => {
  const own = openCatalog({
    customModels: [
      { provider: 'openai', modelId: 'my-tune', name: 'Mine', contextTokens: 1_000 },
      { provider: 'node7', modelId: 'local/model' },
    ],
    prices: [{ provider: 'openai', modelId: 'gpt-5', price: { input: 9, output: 9 } }],
  });

  it('adds models to providers and nodes', () => {
    expect(own.find('openai', 'my-tune')).toEqual({ id: 'my-tune', name: 'Mine', contextTokens: 1_000, custom: true });
    expect(own.list('node7')).toEqual([{ id: 'local/model', custom: true }]);
    expect(own.providersOf('local/model')).toEqual(['node7']);
  });

  it('wins over the prices of the data set, and leaves the rest', () => {
    expect(own.find('openai', 'gpt-5')).toMatchObject({ contextTokens: 400_000, price: { input: 9, output: 9 } });
    expect(own.find('openai', 'gpt-5')?.price?.cachedInput).toBeUndefined();
  });
});

describe("the user's price for a name that the data set does not hold", () => {
  const node = { id: 'n1', type: 'anthropic-compatible', name: 'N', prefix: 'n', baseUrl: 'http://h.test/v1' } as const;
  const price = { input: 9, output: 9 };
  const at = (provider: string, modelId: string) => ({ provider, modelId, price });
  const own = openCatalog({
    providers: [...PROVIDERS, nodeProvider(node)],
    prices: [
      at('n1', 'claude-sonnet-4-6'),
      at('github', 'claude-4.5-haiku'),
      at('anthropic', 'claude-opus-4-6-20260205'),
      at('openai', 'gpt-99'),
    ],
  });

  it('leaves what else is known of it: at a node, and with a date', () => {
    expect(own.find('n1', 'claude-sonnet-4-6')).toMatchObject({
      maxOutputTokens: 128_000,
      reasoningStyle: 'effort',
      price,
    });
    expect(own.list('n1')).toEqual([own.find('n1', 'claude-sonnet-4-6')]);
    expect(own.find('anthropic', 'claude-opus-4-6-20260205')).toMatchObject({ contextTokens: 1_000_000, price });
  });

  it('does not change which model another name stands for', () => {
    expect(own.resolve('github', 'claude-4.5-haiku')).toMatchObject({ id: 'claude-haiku-4.5', info: { price } });
    expect(own.find('github', 'claude-haiku-4.5')?.price).not.toEqual(price);
  });

  it('is all that is known of a new one', () => {
    expect(own.find('openai', 'gpt-99')).toEqual({ id: 'gpt-99', price });
    expect(own.providersOf('gpt-99')).toEqual(['openai']);
  });
});

it('an hour in the cache stays as many times the price of other writes when the user sets that', () => {
  const set = (price: { input: number; output: number; cacheWrite?: number }) =>
    openCatalog({ prices: [{ provider: 'anthropic', modelId: 'claude-sonnet-4-5', price }] });
  const priceOf = (own: ReturnType<typeof set>) => own.find('anthropic', 'claude-sonnet-4-5')?.price;
  expect(priceOf(set({ input: 3, output: 9, cacheWrite: 3.75 }))).toMatchObject({ output: 9, cacheWrite1h: 6 });
  expect(priceOf(set({ input: 3, output: 9, cacheWrite: 7.5 }))?.cacheWrite1h).toBe(12);
});

describe('providersOf', () => {
  it('lists all that know a name, other names included', () => {
    expect(catalog.providersOf('gpt-5')).toEqual(['github', 'openai']);
    expect(catalog.providersOf('claude-opus-4-6')).toEqual(['claude', 'anthropic']);
    expect(catalog.providersOf('kimi-latest')).toEqual(['kimi']);
    expect(catalog.providersOf('no-such-model')).toEqual([]);
  });
});
