import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString } from '../../core/base/json.ts';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, startDashboard } from '../support/dashboard.ts';

describe.skipIf(NO_BROWSER !== undefined)('the combos page', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({
      seed: async (api) => {
        const models = ['cc/claude-opus-4-6', 'glm/glm-4.7', 'if/kimi-k2-thinking'];
        await api.post('/api/combos', { name: 'maximize-claude', models });
      },
    });
  });
  afterAll(() => dashboard.stop());
  const namesOf = async () =>
    asArray((await dashboard.api.get('/api/combos'))['combos']).map((combo) => asString(asObject(combo)?.['name']));

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    await expectGoodLook(await dashboard.open({ path: '/combos', theme, width }), `combos-full-${theme}-${width}`);
  });

  it('brings a removed combo back', async () => {
    const { page } = await dashboard.open({ path: '/combos' });
    await page.getByRole('button', { name: 'Remove maximize-claude' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'maximize-claude' }).waitFor();
    expect(await namesOf()).toContain('maximize-claude');
  });
});
