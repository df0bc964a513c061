import { describe, expect, it } from 'vitest';
import { type OrderInputs, orderCombo } from '../../core/routing/combo-order.ts';
import { IN_ORDER } from '../../core/routing/expand.ts';
import { resolve } from '../../core/routing/resolve.ts';
import type { ComboModel, ComboStrategy } from '../../core/store/records.ts';
import { combo, counted, seeded, world } from './fixtures.ts';

const ABC = [{ model: 'a' }, { model: 'b' }, { model: 'c' }];

function orders(strategy: ComboStrategy, models: readonly ComboModel[], change: Partial<OrderInputs> = {}): string[] {
  let turn = 0;
  const inputs = {
    random: seeded(),
    turnOf: () => {
      turn += 1;
      return turn - 1;
    },
    usesOf: () => 0,
    priceOf: () => undefined,
    ...change,
  };
  return Array.from({ length: 1_000 }, () =>
    orderCombo({ name: 'c', strategy, models }, inputs)
      .map(({ model }) => model)
      .join(''),
  );
}
const firsts = (all: readonly string[]): Record<string, number> => counted(all.map((order) => order.charAt(0)));

describe('the order of a combo over 1,000 requests', () => {
  it('priority: the list, always', () => {
    expect(counted(orders('priority', ABC))).toEqual({ abc: 1_000 });
  });
  it('weighted: the first in proportion, the others by falling weight', () => {
    const all = orders('weighted', [
      { model: 'a', weight: 10 },
      { model: 'b', weight: 70 },
      { model: 'c', weight: 20 },
    ]);
    expect(Object.keys(counted(all)).sort()).toEqual(['abc', 'bca', 'cba']);
    const { a = 0, b = 0, c = 0 } = firsts(all);
    expect(Math.abs(a - 100)).toBeLessThan(40);
    expect(Math.abs(b - 700)).toBeLessThan(60);
    expect(Math.abs(c - 200)).toBeLessThan(50);
  });
  it('weighted: an entry of weight 0 never goes first while another has weight', () => {
    expect(
      firsts(
        orders('weighted', [
          { model: 'a', weight: 0 },
          { model: 'b', weight: 1 },
        ]),
      ),
    ).toEqual({ b: 1_000 });
  });
  it('weighted without any weight: all alike', () => {
    for (const count of Object.values(firsts(orders('weighted', ABC)))) expect(Math.abs(count - 333)).toBeLessThan(60);
  });
  it('round-robin: each starts in turn, the rest follow in order', () => {
    expect(counted(orders('round-robin', ABC))).toEqual({ abc: 334, bca: 333, cab: 333 });
  });
  it('random: all six orders about as often', () => {
    const counts = Object.values(counted(orders('random', ABC)));
    expect(counts).toHaveLength(6);
    for (const count of counts) expect(Math.abs(count - 167)).toBeLessThan(50);
  });
  it('least-used: evens out', () => {
    const uses = new Map<string, number>();
    const inputs = { ...IN_ORDER, usesOf: (_combo: string, entry: string) => uses.get(entry) ?? 0 };
    const chosen = Array.from({ length: 999 }, () => {
      const [first] = orderCombo(
        { name: 'c', strategy: 'least-used', models: ABC },
        { ...inputs, priceOf: () => undefined },
      );
      const model = first?.model ?? '';
      uses.set(model, (uses.get(model) ?? 0) + 1);
      return model;
    });
    expect(counted(chosen)).toEqual({ a: 333, b: 333, c: 333 });
  });
  it('cost-optimized: the cheapest first, those without a price last', () => {
    const price: Readonly<Record<string, number>> = { b: 3, c: 0 };
    expect(counted(orders('cost-optimized', ABC, { priceOf: (entry) => price[entry] }))).toEqual({ cba: 1_000 });
  });
});

describe('combos in a plan', () => {
  const models = (name: string, ...combos: ReturnType<typeof combo>[]): string[] =>
    resolve(name, 'openai-chat', world(combos)).legs.map(({ provider: { id }, model }) => `${id}/${model}`);

  it('cost-optimized takes prices of the catalog; flat rates cost nothing', () => {
    const members = ['p/unknown', 'p/dear', 'p/cheap', 'free/dear', 'q/middling'];
    expect(models('c', combo('c', members, { strategy: 'cost-optimized' }))).toEqual([
      'free/dear',
      'p/cheap',
      'q/middling',
      'p/dear',
      'p/unknown',
    ]);
  });
  it('a nested combo is one entry of its parent, ordered by its own strategy at its place', () => {
    const inner = combo('inner', ['p/dear', 'p/cheap'], { strategy: 'cost-optimized' });
    const outer = combo('outer', ['q/one', 'inner', 'q/two'], { strategy: 'round-robin' });
    const inputs = { ...IN_ORDER, turnOf: () => 1 };
    const { legs, comboName } = resolve('outer', 'openai-chat', world([inner, outer]), inputs);
    expect(comboName).toBe('outer');
    expect(legs.map(({ model }) => model)).toEqual(['cheap', 'dear', 'two', 'one']);
    expect(legs.map((leg) => leg.combo)).toEqual([
      { name: 'inner', entry: 'p/cheap', within: ['outer'] },
      { name: 'inner', entry: 'p/dear', within: ['outer'] },
      { name: 'outer', entry: 'q/two' },
      { name: 'outer', entry: 'q/one' },
    ]);
  });
  it('the same model twice is tried at its first place only', () => {
    expect(models('c', combo('c', ['fast', 'q/one', 'pal/one', 'p/one']))).toEqual(['p/one', 'q/one']);
  });
  it('pitfall 31: members that lead nowhere or have no account are passed over', () => {
    expect(models('c', combo('c', ['nothing', 'off/one', 'q/one']))).toEqual(['q/one']);
  });
});

describe('rules', () => {
  it('cascade: built-in, combo defaults, provider, the combo itself', () => {
    const at = world([combo('c', ['p/one', 'q/one'], { config: { maxRetries: 4 } })], {
      comboDefaults: { maxRetries: 2, retryDelayMs: 20, timeoutMs: 9_000 },
      providerOverrides: { q: { maxRetries: 3, timeoutMs: 7_000, concurrencyPerModel: 5 } },
    });
    expect(resolve('c', 'openai-chat', at).legs.map(({ rules }) => rules)).toEqual([
      { maxRetries: 4, retryDelayMs: 20, queueTimeoutMs: 30_000, timeoutMs: 9_000 },
      { maxRetries: 4, retryDelayMs: 20, queueTimeoutMs: 30_000, timeoutMs: 7_000, concurrency: 5 },
    ]);
  });
  it('outside combos only those of the provider apply, and nothing is tried again by default', () => {
    const at = world([], { comboDefaults: { maxRetries: 2 }, providerOverrides: { q: { retryDelayMs: 1 } } });
    const rulesOf = (model: string) => resolve(model, 'openai-chat', at).legs[0]?.rules;
    expect(rulesOf('p/one')).toEqual({ maxRetries: 0, retryDelayMs: 500, queueTimeoutMs: 30_000 });
    expect(rulesOf('q/one')).toEqual({ maxRetries: 0, retryDelayMs: 1, queueTimeoutMs: 30_000 });
  });
  it('built in for combos: what fails moves on at once, without a further try', () => {
    expect(resolve('c', 'openai-chat', world([combo('c', ['p/one'])])).legs[0]?.rules).toEqual({
      maxRetries: 0,
      retryDelayMs: 500,
      queueTimeoutMs: 30_000,
    });
  });
});

describe('blocked providers', () => {
  it('have no legs; by id or by alias', () => {
    for (const name of ['p', 'pal']) {
      const at = world([combo('c', ['p/one', 'q/one'])], { blockedProviders: [name] });
      expect(resolve('c', 'openai-chat', at).legs.map((leg) => leg.provider.id)).toEqual(['q']);
    }
  });
  it('are refused by the name of the setting when nothing else is left', () => {
    const at = world([], { blockedProviders: ['p'] });
    expect(() => resolve('p/one', 'openai-chat', at)).toThrow(expect.objectContaining({ code: 'permission_denied' }));
    expect(() => resolve('p/one', 'openai-chat', at)).toThrow(/blockedProviders/);
  });
});
