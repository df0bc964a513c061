/**
 * Wildcards of model lists and aliases: `*` any run, `?` one character, anchored at both ends, case-insensitive. Both
 * sides come from outside, so the match is a walk and no regular expression: with several stars that would take time
 * with a power of the value's length.
 */

/** Does `value` match `pattern`? A pattern without wildcards is an exact, case-insensitive comparison. */
export function globMatches(pattern: string, value: string): boolean {
  const [wanted, given] = [pattern.toLowerCase(), value.toLowerCase()];
  let [at, from] = [0, 0];
  /** After the last star, and where the run it stands for ends so far; a later star never needs an earlier one again. */
  let [afterStar, runEnd] = [-1, 0];
  while (at < given.length) {
    if (wanted[from] === '*') {
      from += 1;
      [afterStar, runEnd] = [from, at];
    } else if (from < wanted.length && (wanted[from] === '?' || wanted[from] === given[at])) {
      from += 1;
      at += 1;
    } else if (afterStar >= 0) {
      runEnd += 1;
      [from, at] = [afterStar, runEnd];
    } else return false;
  }
  while (wanted[from] === '*') from += 1;
  return from === wanted.length;
}

/**
 * How specific a pattern is; the most specific match wins: +10 per literal character, −50 per `*`, −5 per `?`, plus
 * the pattern's length.
 */
export function globSpecificity(pattern: string): number {
  let score = pattern.length;
  for (const character of pattern) score += character === '*' ? -50 : character === '?' ? -5 : 10;
  return score;
}
