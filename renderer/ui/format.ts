/** Numbers, money, times and durations in the user's locale and zone. Pure but for the locale they read. */
import i18next from 'i18next';

/** The browser's own tag where it is of the chosen language (`en-GB` for English), else the language's. */
export function locale(): string {
  const language = i18next.language ?? 'en';
  return navigator.languages.find((tag) => tag.split('-')[0] === language.split('-')[0]) ?? language;
}

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  return numberFormat(locale(), options).format(value);
}

/** By locale and options, of which there are a handful: to make one takes a hundred times as long as to use it. */
const numberFormats = new Map<string, Intl.NumberFormat>();

function numberFormat(tag: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${tag} ${JSON.stringify(options)}`;
  const format = numberFormats.get(key) ?? new Intl.NumberFormat(tag, options);
  numberFormats.set(key, format);
  return format;
}

/** Tokens and counts: `1.2M`, `34K`, `870`. British English would write `1.2m`, which reads as metres or thousandths. */
export function formatCount(value: number): string {
  const options: Intl.NumberFormatOptions = { notation: 'compact', maximumFractionDigits: value < 1_000 ? 0 : 1 };
  const own = locale();
  return numberFormat(own.startsWith('en') ? 'en-US' : own, options).format(value);
}

/** US dollars; small sums keep two significant digits. Null is a price that nobody knows. */
export function formatMoney(usd: number | null): string {
  if (usd === null) return '–';
  const isSmall = usd !== 0 && Math.abs(usd) < 0.01;
  const digits = isSmall ? { maximumSignificantDigits: 2 } : { minimumFractionDigits: 2, maximumFractionDigits: 2 };
  // Arabic has no narrow sign for it, and text from right to left would tear `US$` into `$US`.
  return formatNumber(usd, { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', ...digits }).replace(
    'US$',
    '$',
  );
}

/** @param ratio 0 to 1 */
export function formatPercent(ratio: number): string {
  return formatNumber(ratio, { style: 'percent', maximumFractionDigits: ratio > 0 && ratio < 0.01 ? 1 : 0 });
}

const BYTES = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** `870 byte`, `34 kB`, `1.2 GB`: steps of a thousand, as disks and system tools count. */
export function formatBytes(bytes: number): string {
  const step = Math.min(BYTES.length - 1, bytes < 1_000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** step;
  const digits = step > 0 && value < 10 ? 1 : 0;
  return formatNumber(value, { style: 'unit', unit: BYTES[step] ?? 'byte', maximumFractionDigits: digits });
}

export function formatDateTime(time: Date): string {
  return new Intl.DateTimeFormat(locale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(time);
}

/** The hour alone today, with the day otherwise. */
export function formatShortTime(time: Date, now = new Date()): string {
  const isToday = time.toDateString() === now.toDateString();
  const day: Intl.DateTimeFormatOptions = isToday ? {} : { month: 'short', day: 'numeric' };
  return new Intl.DateTimeFormat(locale(), { ...day, hour: 'numeric', minute: '2-digit' }).format(time);
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];

/** `3 minutes ago`, `in 2 hours`, `now`. */
export function formatRelative(time: Date, nowMs = Date.now()): string {
  const seconds = (time.getTime() - nowMs) / 1_000;
  const [unit, size] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ['second', 1];
  const count = Math.abs(seconds) < 1 ? 0 : Math.trunc(seconds / size);
  return new Intl.RelativeTimeFormat(locale(), { numeric: 'auto', style: 'short' }).format(count, unit);
}

/** `840 ms`, `2.4 s`, `3 m`, `2 h 5 m`. */
export function formatDuration(ms: number): string {
  const unit = (value: number, name: string, digits = 0): string =>
    new Intl.NumberFormat(locale(), { style: 'unit', unit: name, unitDisplay: 'narrow', maximumFractionDigits: digits })
      .formatToParts(value)
      .map(({ type, value: part }) => (type === 'unit' ? `\u202f${part}` : part.trim()))
      .join('');
  if (ms < 1_000) return unit(Math.max(0, Math.round(ms)), 'millisecond');
  if (ms < 60_000) return unit(ms / 1_000, 'second', ms < 10_000 ? 1 : 0);
  const minutes = Math.round(ms / 60_000);
  if (minutes < 60) return unit(minutes, 'minute');
  if (minutes < 2_880) return `${unit(Math.floor(minutes / 60), 'hour')} ${unit(minutes % 60, 'minute')}`;
  return unit(Math.round(minutes / 1_440), 'day');
}

/** `15 minutes`, for sentences; a minute that has begun counts. */
export function formatMinutes(ms: number): string {
  return formatNumber(Math.ceil(ms / 60_000), { style: 'unit', unit: 'minute', unitDisplay: 'long' });
}
