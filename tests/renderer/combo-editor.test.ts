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

async function viaPalette(page: Page): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Search pages and actions').fill('API keys');
  await page.keyboard.press('Enter');
}

/** `g l` leads to the logs, wherever one is but in a field. */
async function viaKeys(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('l');
}

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

  /** A new combo with a name typed, two pages into the tab's history. */
  const begun = async () => {
    const opened = await dashboard.open({ path: '/combos' });
    await opened.page.getByRole('button', { name: 'New combo' }).click();
    await opened.page.getByRole('textbox', { name: 'Name' }).fill('changed');
    return opened;
  };
  const QUESTION = 'Discard the changes?';

  it.each<readonly [string, (page: Page) => Promise<unknown>, string]>([
    ['Cancel', (page) => page.getByRole('button', { name: 'Cancel' }).click(), '/combos'],
    ['a link', (page) => page.getByRole('link', { name: 'Providers' }).click(), '/providers'],
    ['the palette', viaPalette, '/keys'],
    ['keys', viaKeys, '/logs'],
    ['Back', (page) => page.evaluate('history.back()'), '/combos'],
  ])('asks before changes are lost by %s', async (_way, leave, target) => {
    const { page, errors } = await begun();
    await leave(page);
    await page.getByText(QUESTION).waitFor();
    await page.getByRole('button', { name: 'Keep editing' }).last().click();
    await page.getByText(QUESTION).waitFor({ state: 'detached' });
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('changed');
    expect(new URL(page.url()).pathname).toBe('/combos/new');
    await leave(page);
    await page.getByRole('button', { name: 'Discard' }).click();
    await page.waitForURL(`**${target}`);
    await page.getByText(QUESTION).waitFor({ state: 'detached' });
    expect(await made('changed')).toEqual({});
    expect(errors).toEqual([]);
  });

  it('asks before the tab is closed or loaded anew', async () => {
    const { page } = await begun();
    const asked = page.waitForEvent('dialog');
    void page.reload().catch(() => undefined);
    const dialog = await asked;
    expect(dialog.type()).toBe('beforeunload');
    await dialog.dismiss();
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('changed');
  });

  it('asks nothing when nothing changed, and nothing after saving; Back then leads to the list', async () => {
    const { page } = await begun();
    await page.getByRole('textbox', { name: 'Name' }).fill('');
    await page.evaluate('history.back()');
    await page.getByRole('searchbox', { name: 'Search combos' }).waitFor();
    await page.evaluate('history.forward()');
    await page.getByRole('textbox', { name: 'Name' }).fill('saved-one');
    await pick(page, 'glm/glm-4.7');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'saved-one' }).waitFor();
    await page.evaluate('history.go(-2)');
    await page.waitForTimeout(300);
    expect(await page.getByText(QUESTION).count()).toBe(0);
    expect(new URL(page.url()).pathname).toBe('/combos');
  });

  it.each(LOOKS)('shows the question at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/combos/new?template=always-on', theme, width });
    await opened.page.getByRole('textbox', { name: 'Name' }).fill('changed');
    await opened.page.getByRole('button', { name: 'Cancel' }).click();
    await opened.page.getByText(QUESTION).waitFor();
    await expectGoodLook(opened, `combos-unsaved-${theme}-${width}`);
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
