/** Prices the user set, over those of the data set: kept by provider id and model id, in US dollars per million tokens. */
import { asNumber, asObject, compact, type JsonObject, type JsonValue } from '../base/json.ts';
import type { Price } from './catalog/model-info.ts';

/** Where they stand in the key-value table: one entry a provider (facts.md E.13). */
export const PRICING_NAMESPACE = 'pricing';

export interface OwnPrice {
  readonly provider: string;
  readonly modelId: string;
  readonly price: Price;
}

/** The stored entries as prices; what is no price is left out. */
export function readPrices(entries: Iterable<readonly [provider: string, models: JsonValue]>): readonly OwnPrice[] {
  return [...entries].flatMap(([provider, models]) =>
    Object.entries(asObject(models) ?? {}).flatMap(([modelId, value]) => {
      const price = readPrice(asObject(value) ?? {});
      return price === undefined ? [] : [{ provider, modelId, price }];
    }),
  );
}

/** The original's names: `cached`, `cache_creation`. */
export function writePrice(price: Price): Record<string, number> {
  return compact({
    input: price.input,
    output: price.output,
    cached: price.cachedInput,
    reasoning: price.reasoning,
    cache_creation: price.cacheWrite,
  });
}

function readPrice(value: JsonObject): Price | undefined {
  const [input, output] = [asNumber(value['input']), asNumber(value['output'])];
  if (input === undefined || output === undefined) return undefined;
  return {
    input,
    output,
    ...compact({
      cachedInput: asNumber(value['cached']),
      reasoning: asNumber(value['reasoning']),
      cacheWrite: asNumber(value['cache_creation']),
    }),
  };
}
