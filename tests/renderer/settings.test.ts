import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, startDashboard } from '../support/dashboard.ts';
import { PASSWORD } from '../support/gateway-process.ts';

const TABS = ['security', 'routing', 'resilience', 'ai', 'advanced', 'system', 'appearance'];

describe.skipIf(NO_BROWSER !== undefined)('the settings page', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ env: { LOG_RETENTION_DAYS: '45' } });
  });
  afterAll(() => dashboard.stop());

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    await expectGoodLook(await dashboard.open({ path: '/settings', theme, width }), `settings-${theme}-${width}`);
  });

  it.each(TABS)('has the tab %s', async (tab) => {
    await expectGoodLook(await dashboard.open({ path: `/settings/${tab}` }), `settings-${tab}`);
  });

  it('saves a number in its own unit, and brings back what was there', async () => {
    const { page } = await dashboard.open({ path: '/settings/resilience' });
    const field = page.getByLabel('Silence');
    await field.fill('90');
    await field.press('Enter');
    await page.getByText('Saved').waitFor();
    expect(await dashboard.api.get('/api/settings')).toMatchObject({ timeouts: { idleMs: 90_000, connectMs: 10_000 } });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
    expect(await dashboard.api.get('/api/settings')).toMatchObject({ timeouts: { idleMs: 120_000 } });
  });

  it('says why a value was not taken', async () => {
    const { page } = await dashboard.open({ path: '/settings/security' });
    await page.getByLabel('Blocked addresses').fill('not an address');
    await page.getByLabel('Blocked addresses').press('Enter');
    await page.getByText(/"not an address"/).waitFor();
  });

  it('refuses a list that would let nobody in', async () => {
    await dashboard.api.send('PUT', '/api/settings/ip-filter', { enabled: true });
    const { page } = await dashboard.open({ path: '/settings/security' });
    await page.getByRole('combobox', { name: 'Who may connect' }).click();
    await page.getByRole('option', { name: 'Only the allowed' }).click();
    await page.getByText(/An empty whitelist lets nobody in/).waitFor();
    expect(await dashboard.api.get('/api/settings')).toMatchObject({ ipFilter: { mode: 'blacklist' } });
  });

  it('locks what the environment decides, with the reason', async () => {
    const { page } = await dashboard.open({ path: '/settings/system' });
    await page.getByText(/LOG_RETENTION_DAYS in the environment decides this/).waitFor();
    expect(await page.getByLabel('Days requests are kept').isDisabled()).toBe(true);
  });

  it('says that the settings could not be read', async () => {
    const { page } = await dashboard.open({ path: '/' });
    await page.route('**/api/rpc/settings/**', (route) => route.abort());
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByText('The settings could not be read.').waitFor();
  });

  it('changes the password', async () => {
    const { page } = await dashboard.open({ path: '/settings/security' });
    await page.getByLabel('Current password').fill('wrong');
    await page.getByLabel('New password').fill('another password of the tests');
    await page.getByRole('button', { name: 'Change password' }).click();
    await page
      .locator('form [role=status]')
      .getByText(/password/i)
      .waitFor();
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByText('Changed.', { exact: true }).waitFor();
  });
});
