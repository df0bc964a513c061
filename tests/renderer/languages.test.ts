/**
 * Texts: every key that is used exists, every key that exists is used, and each language has what English has, in each of
 * the plurals that the language itself knows.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isObject, parseJson } from '../../core/base/json.ts';
import { LANGUAGES } from '../../renderer/ui/languages.ts';
import { ROOT, readSources } from '../support/sources.ts';

const LOCALES = `${ROOT}renderer/locales`;
const TAGS = LANGUAGES.map(({ tag }) => tag);
const NAMESPACES = readdirSync(`${LOCALES}/en`).map((name) => name.replace('.json', ''));
/** `count_one`, `count_other`: one key to the code, as many texts as the language has plurals. */
const PLURAL = /_(?:zero|one|two|few|many|other)$/;
/** Slots for numbers of things that the text names. */
const COUNTS = /\{\{(?:count|number|hits)\}\}/;
/** `{{name}}` and `<1>…</1>`: what a text must take over from English. */
const SLOTS = /\{\{[^}]+\}\}|<\/?\w+\/?>/g;
const slotsOf = (text: string): string[] => [...new Set(text.match(SLOTS))].sort();

function textsOf(language: string, namespace: string): ReadonlyMap<string, string> {
  const file = `${LOCALES}/${language}/${namespace}.json`;
  const out = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    if (typeof value === 'string') out.set(path, value);
    else if (isObject(value))
      for (const [key, part] of Object.entries(value)) walk(part, path === '' ? key : `${path}.${key}`);
  };
  if (existsSync(file)) walk(parseJson(readFileSync(file, 'utf8')), '');
  return out;
}
const keysOf = (texts: ReadonlyMap<string, string>): string[] =>
  [...new Set([...texts.keys()].map((key) => key.replace(PLURAL, '')))].sort();

interface Used {
  readonly namespace: string;
  /** A regular expression where a part of the key is put in (`pages.${id}`). */
  readonly pattern: RegExp;
  readonly text: string;
}

/** Every `t('key')`; the namespace is the one that the file asks for with `useTranslation('…')`. */
function usedKeys(): readonly Used[] {
  return readSources()
    .filter(({ path }) => path.startsWith('renderer/'))
    .flatMap(({ code }) => {
      const own = /useTranslation\(\[?'([a-z-]+)'/.exec(code)?.[1] ?? 'common';
      return [
        ...code.matchAll(
          /\bt\(\s*(['`])((?:(?!\1).)+)\1|\bi18nKey=(['"])([^'"]+)\3|\bt\(\s*[^'`)]+\?\s*'([^']+)'\s*:\s*'([^']+)'/g,
        ),
      ].flatMap(([, , plain, , component, first, second]) =>
        [plain, component, first, second].filter((key) => key !== undefined).map((key) => usedKey(key, own)),
      );
    });
}

function usedKey(key: string, own: string): Used {
  const [namespace, name] = key.includes(':')
    ? [key.split(':')[0] ?? own, key.slice(key.indexOf(':') + 1)]
    : [own, key];
  const pattern = name
    .split(/\$\{[^}]*\}/)
    .map((part) => part.replace(/[.*+?^$()|[\]\\]/g, '\\$&'))
    .join('[^.]+');
  return { namespace, pattern: new RegExp(`^${pattern}$`), text: `${namespace}:${name}` };
}

describe('English', () => {
  const used = usedKeys();
  const present = NAMESPACES.flatMap((namespace) =>
    keysOf(textsOf('en', namespace)).map((key) => ({ namespace, key })),
  );
  it('has every key that is used', () => {
    const missing = used.filter(
      ({ namespace, pattern }) => !present.some((text) => text.namespace === namespace && pattern.test(text.key)),
    );
    expect(missing.map(({ text }) => text)).toEqual([]);
  });
  it('has no key that nobody uses', () => {
    const unused = present.filter(
      ({ namespace, key }) => !used.some((use) => use.namespace === namespace && use.pattern.test(key)),
    );
    expect(unused.map(({ namespace, key }) => `${namespace}:${key}`)).toEqual([]);
  });
});

/** The keys that `language` must have: those of English, with its own plurals in place of English's. */
function wantedKeys(language: string, english: ReadonlyMap<string, string>): string[] {
  const plurals = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  return [...english.keys()]
    .filter((key) => !PLURAL.test(key) || key.endsWith('_other'))
    .flatMap((key) => (PLURAL.test(key) ? plurals.map((plural) => key.replace(PLURAL, `_${plural}`)) : [key]))
    .sort();
}

it('has texts for each language that can be chosen, and for no other', () => {
  expect(readdirSync(LOCALES).sort()).toEqual([...TAGS].sort());
});

describe.each(TAGS)('%s', (language) => {
  it.each(NAMESPACES)('has all of %s, in its own plurals, with the same places to fill in', (namespace) => {
    const [english, own] = [textsOf('en', namespace), textsOf(language, namespace)];
    expect([...own.keys()].sort()).toEqual(wantedKeys(language, english));
    for (const [key, text] of own) {
      expect(text.trim(), key).not.toBe('');
      const slots = slotsOf(english.get(key.replace(PLURAL, '_other')) ?? english.get(key) ?? '');
      if (COUNTS.test(text)) expect(key, 'what is counted needs plurals').toMatch(PLURAL);
      // "One key", "two keys": a plural of its own may say the number as a word.
      const mayBeWord = PLURAL.test(key) && !key.endsWith('_other');
      const isNeeded = (slot: string) => !mayBeWord || slot !== '{{count}}';
      expect(slotsOf(text).filter(isNeeded), key).toEqual(slots.filter(isNeeded));
    }
  });
});
