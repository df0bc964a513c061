/** Wildcards of model lists and aliases: `*` any run, `?` one character, anchored at both ends, case-insensitive. */
const compiled = new Map<string, RegExp>();
const COMPILED_LIMIT = 1_000;

/** Does `value` match `pattern`? A pattern without wildcards is an exact, case-insensitive comparison. */
export function globMatches(pattern: string, value: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    // Runs of stars collapse: `a**b` would otherwise make the matcher backtrack for nothing.
    const source = pattern
      .replace(/\*+/g, '*')
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, 'is');
    if (compiled.size >= COMPILED_LIMIT) compiled.clear();
    compiled.set(pattern, expression);
  }
  return expression.test(value);
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
