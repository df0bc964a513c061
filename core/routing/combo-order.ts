/** The order in which a combo's models are tried, by its strategy (facts.md E.6). Pure: chance and memory are handed in. */
import type { ComboModel, ComboStrategy } from '../store/records.ts';

export interface OrderInputs {
  /** From 0 to 1, exclusive. */
  random(): number;
  /** How many requests the combo has had; asked once a request, and counted by that. */
  turnOf(combo: string): number;
  /** How many requests a combo's entry has had. */
  usesOf(combo: string, entry: string): number;
  /** US dollars for a million input tokens; undefined when unknown. Flat rates are 0. */
  priceOf(entry: string): number | undefined;
}

export interface OrderedCombo {
  readonly name: string;
  readonly strategy: ComboStrategy;
  readonly models: readonly ComboModel[];
}

/** The entries, the first to try first. */
export function orderCombo({ name, strategy, models }: OrderedCombo, inputs: OrderInputs): readonly ComboModel[] {
  switch (strategy) {
    case 'priority':
      return models;
    case 'round-robin': {
      const start = models.length === 0 ? 0 : inputs.turnOf(name) % models.length;
      return [...models.slice(start), ...models.slice(0, start)];
    }
    case 'random':
      return shuffled(models, inputs.random);
    case 'weighted':
      return weighted(models, inputs.random);
    case 'least-used':
      return sortedBy(models, ({ model }) => inputs.usesOf(name, model));
    case 'cost-optimized':
      return sortedBy(models, ({ model }) => inputs.priceOf(model) ?? Number.POSITIVE_INFINITY);
  }
}

/** Fisher and Yates's shuffle. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items];
  for (let last = out.length - 1; last > 0; last -= 1) {
    const at = Math.floor(random() * (last + 1));
    const [a, b] = [out[last], out[at]];
    if (a !== undefined && b !== undefined) [out[last], out[at]] = [b, a];
  }
  return out;
}

/** The first by chance in proportion to its weight, the others by falling weight; without any weight, all alike. */
function weighted(models: readonly ComboModel[], random: () => number): readonly ComboModel[] {
  const total = models.reduce((sum, { weight = 0 }) => sum + weight, 0);
  if (total <= 0) return shuffled(models, random);
  let rest = random() * total;
  const first = models.find(({ weight = 0 }) => {
    rest -= weight;
    return rest < 0;
  });
  const others = sortedBy(
    models.filter((model) => model !== first),
    ({ weight = 0 }) => -weight,
  );
  return first === undefined ? others : [first, ...others];
}

/** Stable: equals stay in the order of the list. */
function sortedBy<T>(items: readonly T[], value: (item: T) => number): readonly T[] {
  return items
    .map((item) => ({ item, value: value(item) }))
    .sort((a, b) => (a.value === b.value ? 0 : a.value - b.value))
    .map(({ item }) => item);
}
