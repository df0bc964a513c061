/** Which colour a series has: the same name the same colour on every page, at most six series, then "other". */

/** Contrast ≥ 3 : 1 on both surfaces; neighbours differ in lightness too. */
export const SERIES_COLOURS = ['#6366f1', '#0e9f8e', '#d97706', '#db2777', '#0284c7', '#65a30d'] as const;
export const OTHER_COLOUR = '#64748b';
export const MAX_SERIES = 6;

export interface Share {
  readonly name: string;
  readonly value: number;
}

/**
 * Colours for these names: each starts at the place its hash gives and moves on while that is taken, so that a page with
 * few series keeps what another page shows.
 */
export function seriesColours(names: readonly string[]): Readonly<Record<string, string>> {
  const taken = new Set<number>();
  const entries = names.slice(0, MAX_SERIES).map((name) => {
    let place = hashOf(name) % SERIES_COLOURS.length;
    while (taken.has(place)) place = (place + 1) % SERIES_COLOURS.length;
    taken.add(place);
    return [name, SERIES_COLOURS[place] ?? OTHER_COLOUR] as const;
  });
  return Object.fromEntries(entries);
}

/** The biggest shares, and the rest as one under the name given. */
export function topShares(shares: readonly Share[], otherName: string): readonly Share[] {
  const sorted = shares.toSorted((left, right) => right.value - left.value);
  if (sorted.length <= MAX_SERIES) return sorted;
  const rest = sorted.slice(MAX_SERIES).reduce((sum, { value }) => sum + value, 0);
  return [...sorted.slice(0, MAX_SERIES), { name: otherName, value: rest }];
}

/** FNV-1a, 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
