/** Where a month is heading, as pure sums. */

/** @param day `2026-11-25` */
export function daysInMonth(day: string): number {
  const [year = 0, month = 1] = day.split('-').map(Number);
  return new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * What the whole month costs if its days go on as they did.
 * @param spentUsd US dollars since the month began
 * @param days how many days that were, today included
 * @param today `2026-11-25`
 */
export function expectedUsd(spentUsd: number, days: number, today: string): number {
  return days === 0 ? 0 : (spentUsd / days) * daysInMonth(today);
}
