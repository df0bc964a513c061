/** Times as upstreams write them: `1h2m3s`, `500ms`, `34.07s`, a number of seconds, a Unix time, a date. */
const UNIT_MS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|d|h|m|s))+$/;
/** A number beyond this is a moment, not a duration (facts.md E.3). */
const UNIX_SECONDS = 1.7e9;
const UNIX_MILLISECONDS = 1.7e12;

/** Milliseconds from now; undefined when it is no time. A moment that has passed is 0. */
export function waitFromText(text: string, nowMs: number): number | undefined {
  const trimmed = text.trim();
  const number = Number(trimmed);
  if (trimmed !== '' && Number.isFinite(number)) {
    if (number >= UNIX_MILLISECONDS) return Math.max(0, number - nowMs);
    return number >= UNIX_SECONDS ? Math.max(0, number * 1_000 - nowMs) : Math.max(0, number * 1_000);
  }
  const duration = durationMs(trimmed);
  if (duration !== undefined) return duration;
  // A date has a year; `Date.parse` would also make one of "2 windows".
  const dateMs = /\d{4}/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}

/** `2h7m23s` in milliseconds; undefined when it is none. */
function durationMs(text: string): number | undefined {
  const compact = text.replace(/\s+/g, '').toLowerCase();
  if (!DURATION.test(compact)) return undefined;
  let total = 0;
  for (const [, amount = '0', unit = 's'] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|d|h|m|s)/g))
    total += Number(amount) * (UNIT_MS[unit] ?? 0);
  return total;
}
