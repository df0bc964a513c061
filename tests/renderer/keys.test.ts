import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString } from '../../core/base/json.ts';
import {
  type Dashboard,
  expectAccessible,
  expectGoodLook,
  LOOKS,
  NO_BROWSER,
  startDashboard,
} from '../support/dashboard.ts';
import type { ManagementClient } from '../support/gateway-process.ts';

const NAMES = ['laptop', 'CI runner', 'Anna’s Cursor with a rather long name for a key', 'old phone'];

async function seed(api: ManagementClient): Promise<void> {
  const ids: string[] = [];
  for (const [index, name] of NAMES.entries()) {
    const allowedModels = index === 1 ? ['ds/*', 'always-on'] : [];
    const made = await api.post('/api/keys', {
      name,
      allowedModels,
      scopes: index === 0 ? ['inference', 'management'] : ['inference'],
    });
    ids.push(asString(made['id']) ?? '');
  }
  await api.post('/api/usage/budget', { apiKeyId: ids[1] ?? '', dailyLimitUsd: 5, monthlyLimitUsd: 60 });
  await api.send('PATCH', `/api/keys/${ids[3]}`, { isActive: false });
}
const namesOf = async (api: ManagementClient): Promise<(string | undefined)[]> =>
  asArray((await api.get('/api/keys'))['keys']).map((key) => asString(asObject(key)?.['name']));

describe.skipIf(NO_BROWSER !== undefined)('the keys page', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ seed });
  });
  afterAll(() => dashboard.stop());

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    await expectGoodLook(await dashboard.open({ path: '/keys', theme, width }), `keys-full-${theme}-${width}`);
  });

  it('makes a key with a budget, shows it once and copies it', async () => {
    const opened = await dashboard.open({ path: '/keys' });
    const { page } = opened;
    await page.getByRole('button', { name: 'Create key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('desk');
    await dialog.getByLabel('A day').fill('2.5');
    await expectGoodLook(opened, 'keys-create');
    await dialog.getByRole('button', { name: 'Create key' }).click();
    const key = await dialog.locator('code').innerText();
    expect(key).toMatch(/^sk-omr-/);
    await dialog.getByRole('button', { name: 'Copy the key' }).click();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(key);
    await expectGoodLook(opened, 'keys-created');
    await dialog.getByRole('button', { name: 'Done' }).click();
    await page.getByText('$0.00 of $2.50 today').waitFor();
    const used = await fetch(`${dashboard.gateway.baseUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    expect(used.status).toBe(200);
  });

  it('changes a key', async () => {
    const { page } = await dashboard.open({ path: '/keys' });
    await page.getByRole('button', { name: 'Actions for laptop' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('work laptop');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'work laptop' }).first().waitFor();
    expect(await namesOf(dashboard.api)).toContain('work laptop');
  });

  it('brings a revoked key back within eight seconds, and else revokes it', async () => {
    const { page } = await dashboard.open({ path: '/keys' });
    const revoke = async () => {
      await page.getByRole('button', { name: 'Actions for CI runner' }).click();
      await page.getByRole('menuitem', { name: 'Revoke' }).click();
      await page.getByText('CI runner', { exact: true }).waitFor({ state: 'detached' });
    };
    await revoke();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('CI runner', { exact: true }).waitFor();
    expect(await namesOf(dashboard.api)).toContain('CI runner');
    await revoke();
    await expectAccessible(page);
    // Leaving the page does not wait.
    await page.getByRole('link', { name: 'Combos' }).click();
    await expect.poll(() => namesOf(dashboard.api), { timeout: 10_000 }).not.toContain('CI runner');
  });
});

describe.skipIf(NO_BROWSER !== undefined)('the keys page without keys', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it('says what keys are for', async () => {
    await expectGoodLook(await dashboard.open({ path: '/keys', theme: 'dark' }), 'keys-empty');
  });

  it('says that the keys could not be read, and reads them on retry', async () => {
    const opened = await dashboard.open({ path: '/' });
    const { page } = opened;
    await page.route('**/api/rpc/keys/**', (route) =>
      route.fulfill({
        status: 500,
        json: { json: { defined: false, code: 'internal', status: 500, message: 'The database is locked.' } },
      }),
    );
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByText('The database is locked.').waitFor();
    await expectGoodLook({ page, errors: [] }, 'keys-failing');
    await page.unroute('**/api/rpc/keys/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No key yet.').waitFor();
  });
});
