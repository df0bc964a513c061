import { describe, expect, it } from 'vitest';
import { literalsOf } from '../../core/policy/comparable-text.ts';

const sameLiterals = (one: string, other: string): boolean =>
  literalsOf(one) !== undefined && literalsOf(one) === literalsOf(other);

describe('texts that may be answered alike, if they are close', () => {
  it.each([
    ['How do I reverse a list?', 'how can I reverse a list'],
    ['What is the capital of France?', 'Tell me the capital of France, please.'],
    ['Why is the sky blue?', 'What makes the sky blue?'],
    ['Explain how photosynthesis works', 'Can you explain how photosynthesis works?'],
    ['Which port does PostgreSQL use? ', 'What port does PostgreSQL use?'],
    ['Warum ist der Himmel blau?', 'Warum ist der Himmel so blau?'],
  ])('%s · %s', (one, other) => expect(sameLiterals(one, other)).toBe(true));
});

describe('texts that are never answered alike, however close', () => {
  it.each([
    ['a number', 'What is 12 times 3?', 'What is 12 times 4?'],
    ['the order of numbers', 'Subtract 3 of 5', 'Subtract 5 of 3'],
    ['a number in words', 'Give me three ideas', 'Give me four ideas'],
    ['a negation', 'Is it safe to reboot?', 'Is it not safe to reboot?'],
    ['a short negation', 'Why does it work on my machine?', "Why doesn't it work on my machine?"],
    ['an opposite', 'How do I enable swap?', 'How do I disable swap?'],
    ['the order of names', 'How far is Paris from Rome?', 'How far is Rome from Paris?'],
    ['a name', 'What is the capital of France?', 'What is the capital of Germany?'],
    ['an identifier', 'What does read_file do?', 'What does write_file do?'],
    ['camel case', 'What is parseJson?', 'What is parseYaml?'],
    ['a path', 'Is /etc/hosts needed?', 'Is /etc/fstab needed?'],
    ['a version', 'Is it in node v20.1?', 'Is it in node v20.2?'],
    ['a sign', 'When is a < b so?', 'When is a > b so?'],
    ['a quotation', 'What does "affect" mean?', 'What does "effect" mean?'],
    ['inline code', 'What does `git add` do?', 'What does `git rm` do?'],
    ['a quotation in single marks', "What does 'affect' mean?", "What does 'effect' mean?"],
    ['what follows a colon', 'Translate: the cat sat', 'Translate: a cat sat'],
    ['what follows on a further line', 'Fix this\nthe cat sit', 'Fix this\nthe cats sit'],
    ['negation in another language', 'Warum geht das?', 'Warum geht das nicht?'],
  ])('%s', (_what, one, other) => {
    expect(literalsOf(one)).toBeDefined();
    expect(sameLiterals(one, other)).toBe(false);
  });

  it.each([
    ['nothing', '  '],
    ['a long text', 'word '.repeat(200)],
    ['a script without spaces between words', '空はなぜ青いのですか'],
  ])('%s', (_what, text) => expect(literalsOf(text)).toBeUndefined());
});
