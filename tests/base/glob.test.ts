import { describe, expect, it } from 'vitest';
import { globMatches, globSpecificity } from '../../core/base/glob.ts';

describe('globs', () => {
  it.each([
    ['openai/*', 'openai/gpt-5', true],
    ['openai/*', 'openai/', true],
    ['openai/*', 'xopenai/gpt-5', false],
    ['*-mini', 'openai/gpt-5-mini', true],
    ['*-mini', 'openai/gpt-5-mini-high', false],
    ['*mini*', 'gpt-mini-x', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['a**c', 'abc', true],
    ['gpt-?', 'gpt-5', true],
    ['gpt-?', 'gpt-', false],
    ['*?', '', false],
    ['*', '', true],
    ['', 'x', false],
    ['GPT-5', 'gpt-5', true],
    ['gpt.5+(x)', 'gpt.5+(x)', true],
    ['gpt.5', 'gpt-5', false],
    ['line*end', 'line\nend', true],
  ])('%s against %j: %s', (pattern, value, matches) => {
    expect(globMatches(pattern, value)).toBe(matches);
  });

  it('takes a long value and many stars without taking long', () => {
    const startedMs = performance.now();
    expect(globMatches(`${'*a'.repeat(20)}*b`, 'a'.repeat(100_000))).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('ranks literal patterns above wildcards', () => {
    const ranked = ['*', 'gpt-*', 'gpt-5*', 'gpt-5?', 'gpt-5x'];
    expect(ranked.toSorted((a, b) => globSpecificity(a) - globSpecificity(b))).toEqual(ranked);
  });
});
