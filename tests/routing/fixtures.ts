/** A small world for routing: three providers, a local one, and a catalog with prices. */
import type { Account } from '../../core/accounts/accounts.ts';
import { Secret } from '../../core/base/secret.ts';
import type { Provider } from '../../core/providers/provider.ts';
import {
  buildSnapshot,
  type ModelCatalog,
  NO_RULES,
  type RoutingRules,
  type Snapshot,
} from '../../core/routing/snapshot.ts';
import type { ComboModel, ComboRecord } from '../../core/store/records.ts';

const PRICES: Readonly<Record<string, number>> = { dear: 15, cheap: 0.1, middling: 3 };

export function provider(id: string, options: Partial<Provider> = {}): Provider {
  return {
    id,
    alias: id,
    name: id,
    tier: 'api-key',
    hosts: { api: `https://${id}.test` },
    endpoints: [{ format: 'openai-chat', path: '/v1/chat/completions', auth: { header: 'authorization' } }],
    key: 'required',
    ...options,
  };
}

export function account(id: string, options: Partial<Account> = {}): Account {
  return { id, provider: 'p', name: id, priority: 1, isActive: true, key: new Secret('k'), ...options };
}

export function combo(
  name: string,
  models: readonly (string | ComboModel)[],
  change: Partial<ComboRecord> = {},
): ComboRecord {
  return {
    id: name,
    name,
    strategy: 'priority',
    models: models.map((model) => (typeof model === 'string' ? { model } : model)),
    createdAtMs: 0,
    updatedAtMs: 0,
    ...change,
  };
}

const catalog: ModelCatalog = {
  find: () => undefined,
  list: () => [],
  resolve: (_id, asked) => {
    const input = PRICES[asked];
    return { id: asked, ...(input !== undefined && { info: { id: asked, price: { input, output: input } } }) };
  },
  providersOf: () => [],
};

/** Providers p and q have accounts, `free` is free of charge, `off` has no account. */
export function world(combos: readonly ComboRecord[], rules: Partial<RoutingRules> = {}): Snapshot {
  return buildSnapshot({
    providers: [provider('p', { alias: 'pal' }), provider('q'), provider('free', { tier: 'free' }), provider('off')],
    combos,
    aliases: [['fast', 'p/one']],
    accounts: [account('p1'), account('q1', { provider: 'q' }), account('f1', { provider: 'free' })],
    catalog,
    rules: { ...NO_RULES, ...rules },
  });
}

/** Numbers from 0 to 1 that are the same in every run (Park and Miller's generator). */
export function seeded(seed = 42): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** How often each name occurs. */
export function counted(names: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
