/** From a name to several models: combos, nested ones at their place, and the fallback chains behind (facts.md E.6, E.7). */
import { OmniError } from '../base/errors.ts';
import { isFlatRate } from '../providers/cost.ts';
import type { Provider } from '../providers/provider.ts';
import type { ComboRecord } from '../store/records.ts';
import { type OrderInputs, orderCombo } from './combo-order.ts';
import type { Leg } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/** A provider and a model id there, before accounts. */
export interface ModelAtProvider {
  readonly provider: Provider;
  readonly model: string;
}

/** The same with what named it. */
export type PlannedModel = ModelAtProvider & Partial<Pick<Leg, 'combo' | 'chain'>>;

/** Chance and memory, where nobody keeps any: lists stay as they are written. */
export const IN_ORDER: PlanInputs = { random: () => 0, turnOf: () => 0, usesOf: () => 0 };

export type PlanInputs = Omit<OrderInputs, 'priceOf'>;

export interface Expansion {
  readonly snapshot: Snapshot;
  readonly inputs: PlanInputs;
  /** The combo that a name stands for, by itself or through aliases. */
  comboOf(name: string): ComboRecord | undefined;
  /** Throws `model_not_found` or `ambiguous_model`. */
  lookUp(model: string): ModelAtProvider;
}

/** How deep combos may nest, the outermost included (facts.md E.6). */
export const COMBO_DEPTH_LIMIT = 3;
/** A chain with one of these names follows every model that stands in no other chain. */
const FOR_ALL = ['default', '*'];

/** All models of a combo, each combo in the order of its strategy. A member that resolves to nothing is passed over. */
export function expandCombo(whole: ComboRecord, expansion: Expansion): readonly PlannedModel[] {
  const { inputs, lookUp, comboOf } = expansion;
  const out: PlannedModel[] = [];
  const problems: OmniError[] = [];
  const priceOf = (entry: string): number | undefined => priceIn(entry, expansion);
  const visit = (combo: ComboRecord, trail: readonly string[]): void => {
    const comboName = combo.name;
    const around = trail.length > 0 && { within: trail.toReversed() };
    if (trail.includes(comboName)) throw inCircle([...trail, comboName]);
    if (trail.length >= COMBO_DEPTH_LIMIT) {
      throw new OmniError(
        'invalid_request',
        `The combo "${whole.name}" nests deeper than ${COMBO_DEPTH_LIMIT} levels.`,
      );
    }
    for (const { model } of orderCombo(combo, { ...inputs, priceOf })) {
      const nested = comboOf(model);
      const path = [...trail, comboName];
      // A wildcard alias may lead back by chance: such a member is one that resolves to nothing.
      if (nested !== undefined && nested.name !== model && path.includes(nested.name)) {
        problems.push(inCircle([...path, nested.name]));
        continue;
      }
      if (nested !== undefined) {
        visit(nested, path);
        continue;
      }
      try {
        out.push({ ...lookUp(model), combo: { name: comboName, entry: model, ...around } });
      } catch (error) {
        if (!(error instanceof OmniError)) throw error;
        problems.push(error);
      }
    }
  };
  visit(whole, []);
  const [first] = problems;
  if (out.length === 0 && first !== undefined) throw first;
  return out;
}

function inCircle(names: readonly string[]): OmniError {
  return new OmniError('invalid_request', `The combos ${names.join(' → ')} contain each other.`);
}

/** What an entry costs; a nested combo costs what its cheapest member does. */
function priceIn(entry: string, expansion: Expansion, depth = 0): number | undefined {
  const { snapshot, lookUp, comboOf } = expansion;
  const nested = comboOf(entry);
  if (nested !== undefined) {
    if (depth >= COMBO_DEPTH_LIMIT) return undefined;
    const prices = nested.models.flatMap(({ model }) => priceIn(model, expansion, depth + 1) ?? []);
    return prices.length === 0 ? undefined : Math.min(...prices);
  }
  try {
    const { provider, model } = lookUp(entry);
    return isFlatRate(provider) ? 0 : snapshot.catalog.resolve(provider.id, model).info?.price?.input;
  } catch (error) {
    if (error instanceof OmniError) return undefined;
    throw error;
  }
}

/**
 * The models that follow when the one asked for is exhausted: those behind it in the chains it stands in; for one that
 * stands in none, the whole chain named `default` or `*`. A combo asked for by its name is a chain of its own, unless it
 * stands in one by that name.
 */
export function chainAfter(
  asked: ModelAtProvider | undefined,
  name: string,
  expansion: Expansion,
): readonly PlannedModel[] {
  const { snapshot } = expansion;
  const chains = Object.entries(snapshot.rules.fallbackChains);
  if (chains.length === 0) return [];
  // A combo is compared by its name only: looking into it would count as a request to it.
  const isAsked = (entry: string): boolean =>
    entry === name || (expansion.comboOf(entry) === undefined && isSame(asked, membersOf(entry, expansion)[0]));
  const own = chains.flatMap(([chain, entries]) => {
    const at = entries.findIndex(isAsked);
    return at < 0 ? [] : entries.slice(at + 1).map((entry) => ({ chain, entry }));
  });
  const inNone = !chains.some(([, entries]) => entries.some(isAsked));
  const common = (asked === undefined ? [] : FOR_ALL).flatMap((chain) =>
    (snapshot.rules.fallbackChains[chain] ?? []).map((entry) => ({ chain, entry })),
  );
  return (inNone ? common : own).flatMap(({ chain, entry }) =>
    membersOf(entry, expansion).map((member) => ({ ...member, chain })),
  );
}

/** The models an entry of a chain stands for; none when it resolves to nothing. */
function membersOf(entry: string, expansion: Expansion): readonly PlannedModel[] {
  try {
    const combo = expansion.comboOf(entry);
    return combo === undefined ? [expansion.lookUp(entry)] : expandCombo(combo, expansion);
  } catch (error) {
    if (error instanceof OmniError) return [];
    throw error;
  }
}

function isSame(a: ModelAtProvider | undefined, b: ModelAtProvider | undefined): boolean {
  return a !== undefined && b !== undefined && a.provider.id === b.provider.id && a.model === b.model;
}
