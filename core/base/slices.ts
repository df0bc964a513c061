/**
 * Long work in short slices, written as a generator that yields after each: whoever needs the result now runs them at
 * once, whoever can wait lets everybody else have a turn in between.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

export type Slices = Generator<void, void, void>;

export function runAtOnce(slices: Slices): void {
  while (slices.next().done !== true);
}

/** Between two slices the event loop serves what came meanwhile. */
export async function runInTurns(slices: Slices): Promise<void> {
  while (slices.next().done !== true) await nextTurn();
}
