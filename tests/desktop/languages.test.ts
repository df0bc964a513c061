/** The shell's menu and small windows in languages that strain them: right to left, no spaces, long words. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { expectNoOverflow } from '../support/dashboard.ts';
import { login } from '../support/gateway-process.ts';
import { type Desktop, type DesktopOptions, startDesktop } from './driver.ts';
import { electronProgram } from './electron-driver.ts';
import { photograph, photographMenu } from './looking.ts';
import { CHROMIUM } from './stand-in/chromium.ts';

const SOON = { timeout: 30_000, interval: 100 };
const LANGUAGES = [
  { language: 'ar', direction: 'rtl' },
  { language: 'zh-CN', direction: 'ltr' },
  { language: 'de', direction: 'ltr' },
] as const;

let app: Desktop | undefined;
afterEach(() => app?.dispose());

async function start(language: string, options: DesktopOptions = {}): Promise<Desktop> {
  app = await startDesktop({ ...options, env: { STAND_IN_LANGUAGE: language } });
  return app;
}

/** The small window at this path of the shell. */
function windowOf(running: Desktop, path: string): Promise<Page> {
  return vi.waitFor(async () => {
    const found = (await running.pages()).find((page) => page.url().endsWith(path));
    if (found === undefined) throw new Error(`no window\n${running.output()}`);
    return found;
  }, SOON);
}

async function expectGoodPage(page: Page, { language, direction }: (typeof LANGUAGES)[number]): Promise<void> {
  await page.getByRole('heading').waitFor();
  expect(await page.evaluate('[document.documentElement.lang, getComputedStyle(document.body).direction]')).toEqual([
    language,
    direction,
  ]);
  await expectNoOverflow(page);
  // All of it fits the window: nothing has to be scrolled to.
  expect(await page.evaluate('document.documentElement.scrollHeight <= innerHeight')).toBe(true);
}

describe.skipIf(electronProgram() !== undefined || CHROMIUM === undefined)('the shell', { timeout: 120_000 }, () => {
  it.each(LANGUAGES)('shows its menu and asks for a port in $language', async (each) => {
    const running = await start(each.language, { args: ['--hidden'] });
    await vi.waitFor(async () => expect(await running.ask.tray()).toBeDefined(), SOON);
    const api = await login(`http://127.0.0.1:${running.port}`);
    await api.post('/api/combos', { name: 'always-on', models: ['glm/glm-4.7'] });
    await photographMenu(running, `tray-menu-${each.language}`, { open: 'port', direction: each.direction });
    await running.ask.click('port-custom');
    const page = await windowOf(running, '/shell/port');
    await expectGoodPage(page, each);
    await photograph(page, `desktop-port-${each.language}`);
  });

  it.each(LANGUAGES)('says in $language that it could not start', async (each) => {
    const folder = mkdtempSync(join(tmpdir(), 'omniroute-desktop-'));
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'data', 'providers.json'), '{ "openai": { "hosts": 5 } }');
    const running = await start(each.language, { folder });
    const page = await windowOf(running, '/shell/failure');
    await expectGoodPage(page, each);
    await photograph(page, `desktop-failure-${each.language}`);
    await running.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
});
