/** A combo as the editor holds it, what it may hold, and how its weights share the requests. Pure. */
import type { Inputs, Outputs } from '../../api.ts';

export const STRATEGIES = ['priority', 'round-robin', 'random', 'weighted', 'least-used', 'cost-optimized'] as const;
export type Strategy = (typeof STRATEGIES)[number];
export type Combo = Outputs['combos']['list']['combos'][number];

export interface Entry {
  /** Tells entries apart: a combo made over the API may hold the same model twice. */
  readonly id: string;
  readonly model: string;
  readonly weight?: number | undefined;
}

export interface ComboValues {
  readonly name: string;
  readonly strategy: Strategy;
  readonly models: readonly Entry[];
  readonly config: Combo['config'];
}

export const NO_VALUES: ComboValues = { name: '', strategy: 'priority', models: [], config: {} };

export function modelOf(entry: Combo['models'][number]): string {
  return typeof entry === 'string' ? entry : entry.model;
}

export function valuesOf({ name, strategy, models, config }: Combo): ComboValues {
  const entries = models.map((entry, place) => ({
    ...(typeof entry === 'string' ? { model: entry } : entry),
    id: `${place}`,
  }));
  return { name, strategy, config, models: entries };
}

/** With one more model at the end, under an id that is free. */
export function withModel(entries: readonly Entry[], model: string): readonly Entry[] {
  const id = `${Math.max(-1, ...entries.map((entry) => Number(entry.id))) + 1}`;
  return [...entries, { id, model }];
}

export function toInput({ models, ...rest }: ComboValues): Inputs['combos']['create'] {
  const entries = models.map(({ model, weight }) => (weight === undefined ? model : { model, weight }));
  return { ...rest, name: rest.name.trim(), models: entries };
}

/** A name like this one that no combo has: `team-copy`, then `team-copy-2`. */
export function copyName(name: string, taken: readonly string[]): string {
  const base = `${name}-copy`;
  let free = base;
  for (let number = 2; taken.includes(free); number += 1) free = `${base}-${number}`;
  return free;
}

/** The combos this one may hold: not itself, nor what leads back to it. */
export function combosWithoutCycle(combos: readonly Combo[], own: string | undefined): readonly Combo[] {
  const byName = new Map(combos.map((combo) => [combo.name, combo]));
  const seen = new Set<string>();
  const leadsBack = (name: string): boolean => {
    if (name === own) return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return (byName.get(name)?.models ?? []).some((entry) => leadsBack(modelOf(entry)));
  };
  return combos.filter(({ name }) => {
    seen.clear();
    return !leadsBack(name);
  });
}

/** Each entry's part of the requests, from 0 to 1; as routing does, all alike where none has a weight. */
export function weightShares(entries: readonly Entry[]): readonly number[] {
  const total = entries.reduce((sum, { weight = 0 }) => sum + weight, 0);
  return entries.map(({ weight = 0 }) => (total === 0 ? 1 / entries.length : weight / total));
}
