/** Combos may name other combos. Pure checks of the graph they make: no cycles, and not deeper than routing follows. */
import { COMBO_DEPTH_LIMIT } from '../routing/expand.ts';
import type { ComboRecord } from '../store/records.ts';

type Named = Pick<ComboRecord, 'name' | 'models'>;

/** What is wrong with this set of combos, as a sentence that names them, or undefined. */
export function comboProblem(combos: readonly Named[]): string | undefined {
  const byName = new Map(combos.map((combo) => [combo.name, combo]));
  for (const { name } of combos) {
    const problem = walk(name, [], byName);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function walk(name: string, trail: readonly string[], byName: ReadonlyMap<string, Named>): string | undefined {
  const path = [...trail, name];
  if (trail.includes(name))
    return `Combos must not contain each other: ${path.slice(trail.indexOf(name)).join(' → ')}.`;
  if (path.length > COMBO_DEPTH_LIMIT)
    return `Combos may nest ${COMBO_DEPTH_LIMIT} levels deep at most: ${path.join(' → ')}.`;
  for (const { model } of byName.get(name)?.models ?? []) {
    const problem = byName.has(model) ? walk(model, path, byName) : undefined;
    if (problem !== undefined) return problem;
  }
  return undefined;
}
