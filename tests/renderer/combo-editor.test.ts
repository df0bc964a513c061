import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject } from '../../core/base/json.ts';
import { type Dashboard, expectGoodLook, NO_BROWSER, startDashboard } from '../support/dashboard.ts';

describe.skipIf(NO_BROWSER !== undefined)('the combo editor', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it('makes a combo, orders its models from the keyboard, saves it and tries it', async () => {
    const opened = await dashboard.open({ path: '/combos' });
    const { page } = opened;
    await expectGoodLook(opened, 'combos-empty');
    await page.getByRole('button', { name: 'New combo' }).first().click();
    await page.getByRole('textbox', { name: 'Name' }).fill('always-on');
    for (const model of ['glm/glm-4.7', 'if/kimi-k2-thinking']) {
      await page.getByRole('combobox', { name: 'Add a model or combo' }).fill(model);
      await page.getByRole('option', { name: model, exact: true }).click();
    }
    await expectGoodLook(opened, 'combos-editor');
    const handle = page.getByRole('list', { name: 'Models' }).getByRole('button').first();
    await handle.focus();
    for (const key of ['Space', 'ArrowDown', 'Space']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(300);
    }
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'always-on' }).waitFor();
    const [made] = asArray((await dashboard.api.get('/api/combos'))['combos']);
    expect(asObject(made)?.['models']).toEqual(['if/kimi-k2-thinking', 'glm/glm-4.7']);
    await page.getByRole('button', { name: 'Test always-on' }).click();
    await page.getByText('2 of 2').waitFor();
    await expectGoodLook(opened, 'combos-tested');
  });

  it('says that the combos could not be read', async () => {
    const opened = await dashboard.open({ path: '/' });
    await opened.page.route('**/api/rpc/combos/**', (route) => route.abort());
    await opened.page.getByRole('link', { name: 'Combos' }).click();
    await opened.page.getByText('The combos could not be read.').waitFor();
    await expectGoodLook({ page: opened.page, errors: [] }, 'combos-failing');
  });
});
