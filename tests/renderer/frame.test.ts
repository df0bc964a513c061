import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type Dashboard,
  expectAccessible,
  expectGoodLook,
  LOOKS,
  NO_BROWSER,
  settled,
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

  it('reaches pages by g and a letter, the search by /, the keys by ?', async () => {
    const { page } = await dashboard.open();
    await page.keyboard.press('g');
    await page.keyboard.press('p');
    await page.waitForURL('**/providers');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  });

  it('reaches every page from the palette', async () => {
    const { page, errors } = await dashboard.open();
    await page.keyboard.press('Control+k');
    const field = page.getByPlaceholder('Search pages and actions');
    await field.fill('Limits');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/limits');
    await settled(page);
    expect(errors).toEqual([]);
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
