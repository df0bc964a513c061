/**
 * The shell's own words: menu, notifications, the few small pages. The dashboard has its own, far larger table. A language
 * that is missing here speaks English.
 */
import { AR } from './words/ar.ts';
import { DE } from './words/de.ts';
import { EN, type WordKey, type WordTable } from './words/en.ts';
import { ES } from './words/es.ts';
import { FI } from './words/fi.ts';
import { FR } from './words/fr.ts';
import { JA } from './words/ja.ts';
import { PT } from './words/pt.ts';
import { ZH } from './words/zh.ts';

export type { WordKey } from './words/en.ts';

const TABLES: Readonly<Record<string, WordTable>> = {
  ar: AR,
  de: DE,
  en: EN,
  es: ES,
  fi: FI,
  fr: FR,
  ja: JA,
  pt: PT,
  zh: ZH,
};

export interface Words {
  /** A BCP 47 tag, for dates and numbers. */
  readonly language: string;
  /** The words for `key`, with `{name}` replaced by `values.name`. */
  say(key: WordKey, values?: Readonly<Record<string, string | number>>): string;
  /** US dollars, as the gateway counts. */
  money(usd: number): string;
  /** From 0 to 100. */
  percent(value: number): string;
  count(value: number): string;
  /** The time of day in the machine's zone; with the weekday where that is not today. */
  time(atMs: number, nowMs: number): string;
}

/** Of a BCP 47 tag. */
export function directionOf(language: string): 'ltr' | 'rtl' {
  return language.split('-')[0] === 'ar' ? 'rtl' : 'ltr';
}

/** As the dashboard writes them; Arabic has no narrow symbol of its own. */
const US_DOLLARS = { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' } as const;

/** What is put in keeps its own direction and leaves that of the words around it alone (https://www.unicode.org/reports/tr9/). */
const isolated = (value: string): string => `\u2068${value}\u2069`;

/** The words in `language`, or in that of the system where it is `system`. */
export function wordsIn(language: string, systemLocale: string): Words {
  const tag = language === 'system' ? systemLocale || 'en' : language;
  const table = TABLES[tag.split('-')[0] ?? ''] ?? EN;
  const locale = Intl.NumberFormat.supportedLocalesOf(tag)[0] ?? 'en';
  const shown = directionOf(tag) === 'rtl' ? isolated : String;
  return {
    language: tag,
    say: (key, values = {}) =>
      table[key].replace(/\{(\w+)\}/g, (_all, name: string) => shown(String(values[name] ?? ''))),
    money: (usd) => new Intl.NumberFormat(locale, US_DOLLARS).format(usd).replace('US$', '$'),
    percent: (value) => new Intl.NumberFormat(locale, { style: 'percent' }).format(value / 100),
    count: (value) => new Intl.NumberFormat(locale).format(value),
    time(atMs, nowMs) {
      const isToday = new Date(atMs).toDateString() === new Date(nowMs).toDateString();
      return new Intl.DateTimeFormat(locale, {
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
        ...(!isToday && { weekday: 'short' }),
      }).format(atMs);
    },
  };
}
