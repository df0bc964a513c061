import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString } from '../../core/base/json.ts';
import {
  type Dashboard,
  expectGoodLook,
  LOOKS,
  NO_BROWSER,
  startDashboard,
  takePicture,
} from '../support/dashboard.ts';

const pick = async (page: Page, model: string): Promise<void> => {
  const picker = page.getByRole('combobox', { name: 'Add a model or combo' });
  await picker.fill(model);
  await page
    .getByRole('option')
    .filter({ has: page.getByText(model, { exact: true }) })
    .click();
  expect(await picker.inputValue()).toBe('');
};

describe.skipIf(NO_BROWSER !== undefined)('the combo editor', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());
  const made = async (name: string) =>
    asArray((await dashboard.api.get('/api/combos'))['combos'])
      .map((combo) => asObject(combo) ?? {})
      .find((combo) => combo['name'] === name) ?? {};

  it.each(LOOKS)('offers templates where there is no combo, at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/combos', theme, width });
    await opened.page.getByRole('button', { name: 'free-forever' }).waitFor();
    await expectGoodLook(opened, `combos-empty-${theme}-${width}`);
  });

  it('makes a combo of a template', async () => {
    const { page } = await dashboard.open({ path: '/combos' });
    await page.getByRole('button', { name: 'free-forever' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'free-forever' }).waitFor();
    expect((await made('free-forever'))['models']).toEqual([
      ...['gc/gemini-3-flash', 'if/kimi-k2-thinking', 'qw/qwen3-coder-plus'],
    ]);
  });

  it('orders the models of a new combo from the keyboard and keeps its limits', async () => {
    const opened = await dashboard.open({ path: '/combos/new' });
    const { page } = opened;
    await page.getByRole('textbox', { name: 'Name' }).fill('mine');
    await page.getByRole('combobox', { name: 'Add a model or combo' }).fill('claude-opus');
    await page.getByRole('option').first().waitFor();
    await takePicture(page, 'combos-picker');
    for (const model of ['glm/glm-4.7', 'if/kimi-k2-thinking']) await pick(page, model);
    await page.getByRole('list', { name: 'Models' }).getByRole('button').first().focus();
    for (const key of ['Space', 'ArrowDown', 'Space']) {
      await page.keyboard.press(key);
      await page.waitForTimeout(300);
    }
    await page.getByText('Retries, time limits, concurrency').click();
    await page.getByRole('textbox', { name: 'Retries', exact: true }).fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'mine' }).waitFor();
    expect(await made('mine')).toMatchObject({
      models: ['if/kimi-k2-thinking', 'glm/glm-4.7'],
      config: { maxRetries: 3 },
    });
  });

  it('does not offer what would form a cycle', async () => {
    await dashboard.api.post('/api/combos', { name: 'inner', models: ['glm/glm-4.7'] });
    await dashboard.api.post('/api/combos', { name: 'outer', models: ['inner'] });
    const { page } = await dashboard.open({ path: `/combos/${asString((await made('inner'))['id'])}` });
    await page.getByRole('combobox', { name: 'Add a model or combo' }).click();
    await page.getByRole('option', { name: 'free-forever' }).waitFor();
    expect(await page.getByRole('option', { name: 'outer', exact: true }).count()).toBe(0);
  });

  it('asks before changes are lost, by Cancel and by a link', async () => {
    const opened = await dashboard.open({ path: '/combos/new?template=always-on' });
    const { page } = opened;
    await page.getByRole('textbox', { name: 'Name' }).fill('changed');
    await page.getByRole('link', { name: 'Providers' }).click();
    await page.getByText('Discard the changes?').waitFor();
    await expectGoodLook(opened, 'combos-unsaved');
    await page.getByRole('button', { name: 'Keep editing' }).last().click();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('changed');
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('searchbox', { name: 'Search combos' }).waitFor();
    expect(await made('changed')).toEqual({});
  });

  it.each(LOOKS)('shows the shares of the weights at $width px in $theme', async ({ theme, width }) => {
    if (theme === LOOKS[0]?.theme && width === LOOKS[0]?.width)
      await dashboard.api.post('/api/combos', {
        ...{ name: 'weighted', strategy: 'weighted', config: { maxRetries: 2, timeoutMs: 30_000 } },
        models: [
          { model: 'cc/claude-opus-4-6', weight: 50 },
          ...[{ model: 'cx/gpt-5.2-codex', weight: 30 }, { model: 'glm/glm-4.7', weight: 20 }, 'glm/glm-4.7'],
        ],
      });
    const opened = await dashboard.open({
      path: `/combos/${asString((await made('weighted'))['id'])}`,
      ...{ theme, width },
    });
    await opened.page.getByText('30%').waitFor();
    await expectGoodLook(opened, `combos-editor-${theme}-${width}`);
  });

  it('removes one of two entries of the same model', async () => {
    const { page } = await dashboard.open({ path: `/combos/${asString((await made('weighted'))['id'])}` });
    await page.getByRole('button', { name: 'Remove glm/glm-4.7' }).last().click();
    expect(await page.getByRole('list', { name: 'Models' }).getByRole('listitem').count()).toBe(3);
    expect(await page.getByRole('textbox', { name: 'Weight of glm/glm-4.7' }).inputValue()).toBe('20');
  });

  it('says that there is no such combo, with a way back', async () => {
    const opened = await dashboard.open({ path: '/combos/combo_unknown' });
    await opened.page.getByText('There is no such combo.').waitFor();
    await expectGoodLook(opened, 'combos-missing');
    await opened.page.getByRole('link', { name: 'All combos' }).click();
    await opened.page.getByRole('searchbox', { name: 'Search combos' }).waitFor();
  });

  it('says that the combos could not be read', async () => {
    const opened = await dashboard.open({ path: '/' });
    await opened.page.route('**/api/rpc/combos/**', (route) => route.abort());
    await opened.page.getByRole('link', { name: 'Combos' }).click();
    await opened.page.getByText('The combos could not be read.').waitFor();
    await expectGoodLook({ page: opened.page, errors: [] }, 'combos-failing');
  });
});
