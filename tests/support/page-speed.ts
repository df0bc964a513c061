/** How soon a page of the dashboard shows its data when one goes there from another. */
import type { Page } from 'playwright-core';
import { settled } from './dashboard.ts';

/** The aim is 300 ms on an idle machine; a busy one is held to ten times as much. */
export const SHOWN_LIMIT_MS = 3_000;
const VISIT = `async ([name, selector]) => {
  const link = [...document.querySelectorAll('nav a')].find((one) => one.textContent.trim() === name);
  const from = performance.now();
  link.click();
  const isThere = () =>
    document.querySelector('h1')?.textContent === name &&
    document.querySelector(selector) !== null &&
    document.querySelector('main .mantine-Skeleton-root') === null;
  while (!isThere() && performance.now() - from < 20000) await new Promise((next) => setTimeout(next, 4));
  return performance.now() - from;
}`;

/**
 * From the click on the page's link until `selector` (what only its data draws) stands there: the median of three visits,
 * each in a fresh page, after one that warms up the code and the database's sums of days.
 */
export async function msUntilShown(page: Page, name: string, selector: string): Promise<number> {
  const times: number[] = [];
  for (let visit = 0; visit < 4; visit += 1) {
    await page.goto('/about');
    await settled(page);
    times.push(Number(await page.evaluate(`(${VISIT})(${JSON.stringify([name, selector])})`)));
  }
  const [, median = 0] = times.slice(1).sort((a, b) => a - b);
  return Math.round(median);
}
