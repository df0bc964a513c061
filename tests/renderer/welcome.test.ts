/** A person's first five minutes, in a browser: from the set-up link to the first live request, counting the clicks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Dashboard,
  expectGoodLook,
  LOOKS,
  NO_BROWSER,
  startDashboard,
  takePicture,
} from '../support/dashboard.ts';
import { OWN_MODEL, startOwnServer, takeFirstSteps } from '../support/first-steps.ts';
import type { Upstream } from '../support/upstream.ts';

let server: Upstream;
beforeAll(async () => {
  server = await startOwnServer();
});
afterAll(() => server.close());

describe.skipIf(NO_BROWSER !== undefined)('the first steps', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it.each(LOOKS)('stand at $width px in $theme', async ({ theme, width }) => {
    await expectGoodLook(await dashboard.open({ path: '/welcome', theme, width }), `welcome-empty-${theme}-${width}`);
  });

  it('say what is wrong with an address', async () => {
    const opened = await dashboard.open({ path: '/welcome' });
    const { page } = opened;
    await page.getByText('Own server', { exact: true }).click();
    await page.getByLabel('Name').fill('Bad address');
    await page.getByLabel('Base URL').fill('not an address');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'URL' }).waitFor();
    await takePicture(page, 'welcome-refused');
  });

  it('lead from nothing to a request that a client sent, live', async () => {
    const opened = await dashboard.open({ path: '/' });
    const { page } = opened;
    const origin = dashboard.gateway.baseUrl.replace('127.0.0.1', 'localhost');
    const clicks = await takeFirstSteps(page, { server, origin });
    console.log(`first steps in a browser: ${clicks} clicks from the empty home page to a client's first live request`);
    await expectGoodLook(opened, 'welcome-done');
    await page.getByRole('link', { name: 'Go to Home' }).click();
    await page.getByText('tiny-model').first().waitFor();
  });

  it('can send the first request themselves', async () => {
    const { page } = await dashboard.open({ path: '/welcome' });
    await expect.poll(() => page.getByRole('combobox', { name: 'Model' }).inputValue()).toBe(OWN_MODEL);
    await page.getByRole('button', { name: 'Send a request from here' }).click();
    await page.getByText(/You are set up\./).waitFor();
  });
});
