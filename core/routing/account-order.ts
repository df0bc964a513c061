/** Which of the accounts that are ready serves a request, by the strategy in force (facts.md E.1). Pure. */
import type { Account } from '../accounts/accounts.ts';
import { shuffled } from './combo-order.ts';

export type AccountStrategy = 'fill-first' | 'round-robin' | 'p2c' | 'random' | 'least-used' | 'cost-optimized';

/** What an account was used for so far. */
export interface AccountUse {
  /** Counts up over all choices: the greater, the later. 0: never. */
  readonly lastTurn: number;
  /** Requests in a row. */
  readonly streak: number;
  /** Did its last request fail? */
  readonly hasFailed: boolean;
}

export const UNUSED: AccountUse = { lastTurn: 0, streak: 0, hasFailed: false };

export interface ChoiceInputs {
  readonly strategy: AccountStrategy;
  /** Requests in a row that round-robin gives one account. */
  readonly stickyLimit: number;
  useOf(id: string): AccountUse;
  /** From 0 to 1, exclusive. */
  random(): number;
}

/** A failed request weighs as much as so many requests in a row. */
const FAILURE_WEIGHT = 10;

/** The account for the next request; undefined when there is none. `ready` is in order of priority. */
export function chooseAccount(ready: readonly Account[], inputs: ChoiceInputs): Account | undefined {
  switch (inputs.strategy) {
    case 'fill-first':
    // Within one provider every account pays the same for a token, so priority decides.
    case 'cost-optimized':
      return ready[0];
    case 'random':
      return ready[Math.floor(inputs.random() * ready.length)];
    case 'least-used':
      return leastRecent(ready, inputs);
    case 'round-robin':
      return nextInTurn(ready, inputs);
    case 'p2c':
      return betterOfTwo(ready, inputs);
  }
}

function leastRecent(ready: readonly Account[], { useOf }: ChoiceInputs): Account | undefined {
  return ready.reduce<Account | undefined>(
    (best, account) => (best === undefined || useOf(account.id).lastTurn < useOf(best.id).lastTurn ? account : best),
    undefined,
  );
}

function nextInTurn(ready: readonly Account[], inputs: ChoiceInputs): Account | undefined {
  const { useOf, stickyLimit } = inputs;
  const latest = ready.reduce<Account | undefined>(
    (last, account) =>
      useOf(account.id).lastTurn > (last === undefined ? 0 : useOf(last.id).lastTurn) ? account : last,
    undefined,
  );
  return latest !== undefined && useOf(latest.id).streak < stickyLimit ? latest : leastRecent(ready, inputs);
}

/** Two by chance, the one in better health serves (https://www.eecs.harvard.edu/~michaelm/postscripts/handbook2001.pdf). */
function betterOfTwo(ready: readonly Account[], { useOf, random }: ChoiceInputs): Account | undefined {
  const [first, second] = ready.length > 2 ? shuffled(ready, random) : ready;
  if (first === undefined || second === undefined) return first;
  const newest = Math.max(...ready.map(({ id }) => useOf(id).lastTurn));
  const score = ({ id }: Account): number => {
    const { lastTurn, streak, hasFailed } = useOf(id);
    // A row that another account has ended weighs nothing any more.
    return (lastTurn === newest ? streak : 0) + (hasFailed ? FAILURE_WEIGHT : 0);
  };
  return score(second) < score(first) ? second : first;
}
