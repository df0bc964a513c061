import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type Dashboard,
  expectAccessible,
  expectGoodLook,
  LOOKS,
  NO_BROWSER,
  startDashboard,
} from '../support/dashboard.ts';
import { startGateway } from '../support/gateway-process.ts';
import { ROOT } from '../support/sources.ts';

let dashboard: Dashboard;
beforeAll(async () => {
  if (NO_BROWSER === undefined) dashboard = await startDashboard();
});
afterAll(() => dashboard?.stop());

describe.skipIf(NO_BROWSER !== undefined)('the frame', () => {
  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    await expectGoodLook(await dashboard.open({ theme, width }), `frame-${theme}-${width}`);
  });

  it('reaches pages by g and a letter, and lists the keys at ?', async () => {
    const opened = await dashboard.open({ theme: 'dark' });
    const { page } = opened;
    await page.keyboard.press('g');
    await page.keyboard.press('k');
    await page.waitForURL('**/keys');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await expectGoodLook(opened, 'frame-keys');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.keyboard.press('/');
    await expect.poll(() => page.evaluate('document.activeElement.placeholder')).toBe('Search keys');
  });

  it('reaches every page and the actions of this one from the palette', async () => {
    const opened = await dashboard.open({ path: '/keys' });
    const { page, errors } = opened;
    await page.keyboard.press('Control+k');
    const field = page.getByPlaceholder('Search pages and actions');
    await field.waitFor();
    await expectGoodLook(opened, 'frame-palette');
    await field.fill('Limits');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/limits');
    await page.goBack();
    await page.keyboard.press('Control+k');
    await field.fill('Create');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Create key' }).waitFor();
    expect(errors).toEqual([]);
  });

  it('has its pages in a drawer where there is no room, and skips to the content', async () => {
    const opened = await dashboard.open({ width: 640 });
    const { page } = opened;
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Tab');
    await page.getByRole('button', { name: 'Open the menu' }).click();
    await page.getByRole('dialog').getByRole('link', { name: 'API keys' }).waitFor();
    await expectGoodLook(opened, 'frame-drawer');
    await page.getByRole('dialog').getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('heading', { name: 'API keys' }).waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await expectGoodLook(opened, 'frame-640');
  });

  it('speaks the language of the browser', async () => {
    const { page } = await dashboard.open({ language: 'fi-FI' });
    await page.getByRole('heading', { name: 'Etusivu' }).waitFor();
    expect(await page.evaluate('document.documentElement.lang')).toBe('fi');
  });

  it('says that the gateway is lost, and recovers by itself when it is back', async () => {
    const { page } = await dashboard.open({ path: '/keys' });
    const { gateway } = dashboard;
    const banner = page.getByText('OmniRoute does not answer. What you see may be old');
    await gateway.stop('SIGKILL');
    await banner.waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: /Not answering/ }).waitFor();
    const again = await startGateway({ dataDir: gateway.dataDir, args: ['--port', new URL(gateway.baseUrl).port] });
    onTestFinished(async () => {
      await again.stop();
    });
    await banner.waitFor({ state: 'detached' });
    // What happens meanwhile is heard again, too.
    await (await again.login()).post('/api/keys', { name: 'made elsewhere' });
    await page.getByText('made elsewhere').waitFor();
  }, 90_000);
});

describe('the first paint', () => {
  const LIMIT_BYTES = 350_000;
  it('is at most 350 kB, packed', () => {
    const folder = `${ROOT}dist/renderer`;
    const page = readFileSync(`${folder}/index.html`, 'utf8');
    const named = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(([, name = '']) => name);
    const sizes = named.map((name) => gzipSync(readFileSync(folder + name)).length);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    console.log(
      `first paint: ${Math.round(total / 1_000)} kB gzipped in ${named.length} files of ${readdirSync(`${folder}/assets`).length}`,
    );
    expect(named.length).toBeGreaterThan(1);
    expect(total).toBeLessThan(LIMIT_BYTES);
  });
});
