/** The shell's words: each language of the dashboard, with what English fills in. */
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EN, type WordKey } from '../../main/desktop/words/en.ts';
import { wordsIn } from '../../main/desktop/words.ts';
import { ROOT } from '../support/sources.ts';

const PLACE = /\{(\w+)\}/g;
const KEYS = Object.keys(EN) as WordKey[];
const placesOf = (key: WordKey): string[] => [...EN[key].matchAll(PLACE)].map(([, name]) => name ?? '').sort();

describe.each(readdirSync(`${ROOT}renderer/locales`))('%s', (language) => {
  const words = wordsIn(language, 'en');
  it.each(KEYS)('says %s', (key) => {
    const places = placesOf(key);
    const said = words.say(key, Object.fromEntries(places.map((name) => [name, `<${name}>`])));
    expect(said.trim()).not.toBe('');
    expect(said).not.toMatch(PLACE);
    expect([...new Set([...said.matchAll(/<(\w+)>/g)].map(([, name]) => name))].sort()).toEqual([...new Set(places)]);
  });
  it('keeps what is put in apart from words that run the other way', () => {
    const said = words.say('menu.portNow', { port: 20_128 });
    expect(said.includes('\u2068' + '20128' + '\u2069')).toBe(language === 'ar');
    expect(said).toContain('20128');
  });
  it('writes money shortly', () => expect(words.money(1.5)).toMatch(/^[\u200f]?(?:\$\s?1[.,]50|1[.,]50\s\$)$/));
  it('is a language of its own', () => {
    expect(words.say('status.paused') === EN['status.paused']).toBe(language === 'en');
  });
});
