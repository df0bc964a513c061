/** Prices, in US dollars per million tokens, under `/api/pricing` (facts.md C.10, E.13); `?unit=1k` shows them per thousand. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { OmniError } from '../base/errors.ts';
import { asObject, compact, type JsonObject } from '../base/json.ts';
import { PRICING_NAMESPACE, writePrice } from '../providers/pricing.ts';
import type { Handlers } from './implementer.ts';
import type { ManagementServices } from './services.ts';

const amount = z.number().min(0).max(1_000_000);
const change = z
  .strictObject({ input: amount, output: amount, cached: amount, reasoning: amount, cache_creation: amount })
  .partial();
const price = z.record(z.string(), z.number());
/** By the provider's alias, then by the model's id. */
const prices = z.record(z.string(), z.record(z.string(), price));
const unit = z.object({ unit: z.enum(['1m', '1k']).optional() });

export const pricingContract = {
  get: oc.route({ method: 'GET', path: '/pricing', summary: 'Prices in force' }).input(unit).output(prices),
  defaults: oc
    .route({ method: 'GET', path: '/pricing/defaults', summary: 'Prices of the data set' })
    .input(unit)
    .output(prices),
  models: oc
    .route({ method: 'GET', path: '/pricing/models', summary: 'Models with a price, and whose it is' })
    .output(
      z.object({ models: z.array(z.object({ provider: z.string(), model: z.string(), price, isOwn: z.boolean() })) }),
    ),
  patch: oc
    .route({ method: 'PATCH', path: '/pricing', summary: 'Set prices; members left out stay' })
    .input(z.record(z.string(), z.record(z.string().min(1).max(300), change)))
    .output(prices),
  reset: oc
    .route({
      method: 'DELETE',
      path: '/pricing',
      inputStructure: 'detailed',
      summary:
        'Take the prices of the data set again: of a model (at every provider where none is named), of a provider, or all',
    })
    .input(z.object({ query: z.object({ provider: z.string().optional(), model: z.string().optional() }) }))
    .output(prices),
  import: oc
    .route({ method: 'POST', path: '/pricing/import', summary: 'Take all prices of the data set again' })
    .output(z.object({ imported: z.number(), prices })),
};

export const pricingHandlers = ({ pricing }: Handlers) => ({
  get: pricing.get.handler(({ input, context: { services } }) => inUnit(pricesOf(services), input.unit)),
  defaults: pricing.defaults.handler(({ input, context: { services } }) =>
    inUnit(pricesOf(services, services.defaultCatalog()), input.unit),
  ),
  models: pricing.models.handler(({ context: { services } }) => ({
    models: Object.entries(pricesOf(services)).flatMap(([provider, models]) =>
      Object.entries(models).map(([model, value]) => ({
        ...{ provider, model, price: value },
        isOwn: ownOf(idOf(provider, services), services)[model] !== undefined,
      })),
    ),
  })),
  patch: pricing.patch.handler(({ input, context: { services } }) => {
    const { keyValues } = services.store;
    for (const [name, models] of Object.entries(input)) {
      const id = idOf(name, services);
      const before = pricesOf(services)[aliasOf(id, services)] ?? {};
      const merged = Object.entries(models).map(([model, members]) => [
        model,
        whole({ ...before[model], ...compact(members) }, model),
      ]);
      keyValues.set(PRICING_NAMESPACE, id, { ...ownOf(id, services), ...Object.fromEntries(merged) });
    }
    services.changed();
    return pricesOf(services);
  }),
  reset: pricing.reset.handler(({ input: { query }, context: { services } }) => {
    const { keyValues } = services.store;
    const ids = query.provider === undefined ? providersWithOwn(services) : [idOf(query.provider, services)];
    for (const id of ids) {
      const { [query.model ?? '']: _gone, ...rest } = ownOf(id, services);
      if (query.model === undefined || Object.keys(rest).length === 0) keyValues.remove(PRICING_NAMESPACE, id);
      else keyValues.set(PRICING_NAMESPACE, id, rest);
    }
    services.changed();
    return pricesOf(services);
  }),
  import: pricing.import.handler(({ context: { services } }) => {
    for (const id of providersWithOwn(services)) services.store.keyValues.remove(PRICING_NAMESPACE, id);
    services.changed();
    const current = pricesOf(services);
    const imported = Object.values(current).reduce((sum, models) => sum + Object.keys(models).length, 0);
    return { imported, prices: current };
  }),
});

type Prices = z.output<typeof prices>;

function pricesOf(services: ManagementServices, catalog = services.catalog): Prices {
  return Object.fromEntries(
    [...services.providers().values()].flatMap(({ id, alias }) => {
      const models = catalog
        .list(id)
        .flatMap((info) => (info.price === undefined ? [] : [[info.id, writePrice(info.price)]]));
      return models.length === 0 ? [] : [[alias, Object.fromEntries(models)]];
    }),
  );
}

function inUnit(all: Prices, per: '1m' | '1k' | undefined): Prices {
  if (per !== '1k') return all;
  const scaled = (value: Record<string, number>): Record<string, number> =>
    Object.fromEntries(Object.entries(value).map(([name, usd]) => [name, usd / 1_000]));
  return Object.fromEntries(
    Object.entries(all).map(([alias, models]) => [
      alias,
      Object.fromEntries(Object.entries(models).map(([model, value]) => [model, scaled(value)])),
    ]),
  );
}

/** A price needs both of these; everything else falls back to them. */
function whole(members: Record<string, number>, model: string): Record<string, number> {
  if (members['input'] !== undefined && members['output'] !== undefined) return members;
  throw new OmniError(
    'invalid_request',
    `The price of "${model}" needs input and output, in dollars per million tokens.`,
    {
      path: model,
    },
  );
}

function ownOf(id: string, { store }: ManagementServices): JsonObject {
  return asObject(store.keyValues.get(PRICING_NAMESPACE, id)) ?? {};
}

function providersWithOwn({ store }: ManagementServices): readonly string[] {
  return store.keyValues.entries(PRICING_NAMESPACE).map(([id]) => id);
}

function idOf(name: string, { providers }: ManagementServices): string {
  const found = [...providers().values()].find(({ id, alias }) => id === name || alias === name);
  if (found === undefined) throw new OmniError('not_found', `There is no provider "${name}".`, { path: 'provider' });
  return found.id;
}

function aliasOf(id: string, { providers }: ManagementServices): string {
  return providers().get(id)?.alias ?? id;
}
