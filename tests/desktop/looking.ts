/** How scenarios find and photograph what the app shows. Pictures go to `.screenshots/`. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { vi } from 'vitest';
import { ROOT } from '../support/sources.ts';
import type { Desktop } from './driver.ts';
import { type Drawing, drawMenu } from './menu-picture.ts';
import { CHROMIUM } from './stand-in/chromium.ts';
import type { WindowView } from './stand-in/control.ts';

const PICTURES = join(ROOT, '.screenshots');

/** The page of the dashboard's window, once there is one. */
export function dashboardOf(app: Desktop): Promise<Page> {
  return vi.waitFor(
    async () => {
      const page = (await app.pages()).find((each) => /^(?:app|http):\/\/omniroute(?!.*\/shell\/)/.test(each.url()));
      if (page === undefined) throw new Error(`There is no window.\n${app.output()}`);
      return page;
    },
    { timeout: 30_000, interval: 100 },
  );
}

export async function shownWindows(app: Desktop): Promise<readonly WindowView[]> {
  return (await app.ask.windows()).filter(({ isVisible }) => isVisible);
}

export async function photograph(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}

/** The tray's menu with one submenu open, in a browser of its own. */
export async function photographMenu(app: Desktop, name: string, drawing: Drawing): Promise<void> {
  const tray = await app.ask.tray();
  if (tray === undefined) throw new Error('There is no tray icon.');
  const browser = await chromium.launch({
    ...(CHROMIUM !== undefined && { executablePath: CHROMIUM }),
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 640, height: 640 }, deviceScaleFactor: 2 });
    await drawMenu(page, tray, drawing);
    mkdirSync(PICTURES, { recursive: true });
    await page.locator('body').screenshot({ path: join(PICTURES, `${name}.png`) });
  } finally {
    await browser.close();
  }
}
