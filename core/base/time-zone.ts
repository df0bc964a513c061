/**
 * Where days, weeks and months begin in a time zone, by the platform's own zone data. Daylight saving makes days of 23
 * and 25 hours (and of 23.5), and some zones skip or repeat their midnight: the begin is then the first moment of the day.
 */
interface LocalDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

export type Period = 'day' | 'week' | 'month';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** The zone of this machine, as an IANA name. */
export function machineTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** When the period that holds this moment began, and when the next one begins; since the epoch. Weeks begin on Monday. */
export function periodAt(
  period: Period,
  timeZone: string,
  nowMs: number,
): { readonly startMs: number; readonly endMs: number } {
  const today = localDate(timeZone, nowMs);
  const { year, month, day } = today;
  switch (period) {
    case 'day':
      return between(timeZone, today, { year, month, day: day + 1 });
    case 'week': {
      const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
      return between(timeZone, { year, month, day: day - weekday }, { year, month, day: day - weekday + 7 });
    }
    case 'month':
      return between(timeZone, { year, month, day: 1 }, { year, month: month + 1, day: 1 });
  }
}

/**
 * The begins of the last `count` days in the zone, today's the last, and where today ends. Days are walked, not searched:
 * a year costs two look-ups a day.
 */
export function lastDays(
  timeZone: string,
  count: number,
  nowMs: number,
): { readonly startsMs: readonly number[]; readonly endMs: number } {
  const today = periodAt('day', timeZone, nowMs);
  const startsMs = [today.startMs];
  for (let startMs = today.startMs; startsMs.length < count; ) {
    const guessMs = startMs - DAY_MS;
    const isBegin = localDay(timeZone, guessMs) !== localDay(timeZone, guessMs - 1);
    startMs = isBegin ? guessMs : periodAt('day', timeZone, startMs - 1).startMs;
    startsMs.push(startMs);
  }
  return { startsMs: startsMs.reverse(), endMs: today.endMs };
}

/** `2026-11-23`, in the zone. */
export function localDay(timeZone: string, atMs: number): string {
  const { year, month, day } = localDate(timeZone, atMs);
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** The hour of the zone's clock that holds this moment: its begin, and `2026-11-23T14:00` for people. */
export function localHour(timeZone: string, atMs: number): { readonly startMs: number; readonly label: string } {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, value]));
  const minutes = Number(parts.get('minute') ?? 0);
  const startMs = Math.floor(atMs / MINUTE_MS) * MINUTE_MS - minutes * MINUTE_MS;
  return { startMs, label: `${localDay(timeZone, startMs)}T${parts.get('hour') ?? '00'}:00` };
}

function between(timeZone: string, from: LocalDate, to: LocalDate): { startMs: number; endMs: number } {
  return { startMs: startOf(timeZone, from), endMs: startOf(timeZone, to) };
}

/** The first moment whose local date is this one or later; days beyond the month's end run on. */
function startOf(timeZone: string, { year, month, day }: LocalDate): number {
  const wanted = Date.UTC(year, month - 1, day);
  // The offset is within a day: the first moment lies between these two, and local dates only grow in between.
  let [low, high] = [wanted - DAY_MS, wanted + DAY_MS];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    const date = localDate(timeZone, middle);
    if (Date.UTC(date.year, date.month - 1, date.day) >= wanted) high = middle;
    else low = middle;
  }
  return high;
}

function localDate(timeZone: string, atMs: number): LocalDate {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US-u-ca-iso8601', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  return { year: parts.get('year') ?? 0, month: parts.get('month') ?? 0, day: parts.get('day') ?? 0 };
}
