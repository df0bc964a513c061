/**
 * Texts by language and feature: `locales/<language>/<namespace>.json`, loaded when a page first asks for them. English is
 * complete; a language that lacks a file falls back to it.
 */
import i18next, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';

/** Languages by tag, with their own names. `tests/renderer/languages.test.ts` holds each of them to English's keys. */
export const LANGUAGES = [
  { tag: 'en', name: 'English' },
  { tag: 'fi', name: 'Suomi' },
  { tag: 'pt-BR', name: 'Português (Brasil)' },
  { tag: 'es', name: 'Español' },
  { tag: 'fr', name: 'Français' },
  { tag: 'de', name: 'Deutsch' },
  { tag: 'zh-CN', name: '简体中文' },
  { tag: 'ja', name: '日本語' },
  { tag: 'ar', name: 'العربية' },
] as const;
const RIGHT_TO_LEFT = new Set(['ar']);
const STORED = 'omniroute-language';

type Texts = Readonly<Record<string, unknown>>;
const FILES = import.meta.glob<{ default: Texts }>('../locales/*/*.json');

const files: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read(language, namespace, done) {
    const load = FILES[`../locales/${language}/${namespace}.json`];
    if (load === undefined) return done(null, {});
    load().then(
      ({ default: texts }) => done(null, texts),
      (error: Error) => done(error, null),
    );
  },
};

/** Chooses the language (the person's choice, else the browser's) and loads its shared texts. */
export async function startLanguages(): Promise<void> {
  i18next.on('languageChanged', (tag) => {
    document.documentElement.lang = tag;
    document.documentElement.dir = directionOf(tag);
  });
  await i18next
    .use(files)
    .use(initReactI18next)
    .init({
      lng: localStorage.getItem(STORED) ?? bestOf(navigator.languages),
      supportedLngs: LANGUAGES.map(({ tag }) => tag),
      fallbackLng: 'en',
      ns: ['common'],
      defaultNS: 'common',
      interpolation: { escapeValue: false },
    });
}

/** Changes the language and remembers it. */
export async function changeLanguage(tag: string): Promise<void> {
  localStorage.setItem(STORED, tag);
  await i18next.changeLanguage(tag);
}

export function directionOf(tag: string): 'ltr' | 'rtl' {
  return RIGHT_TO_LEFT.has(tag) ? 'rtl' : 'ltr';
}

/** The first wanted language that there is: `pt-PT` finds `pt-BR`, `zh` finds `zh-CN`. */
function bestOf(wanted: readonly string[]): string {
  for (const tag of wanted) {
    const found =
      LANGUAGES.find((language) => language.tag === tag) ??
      LANGUAGES.find((language) => language.tag.split('-')[0] === tag.split('-')[0]);
    if (found !== undefined) return found.tag;
  }
  return 'en';
}
