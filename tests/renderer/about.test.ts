import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asObject, parseJson } from '../../core/base/json.ts';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, startDashboard } from '../support/dashboard.ts';

describe.skipIf(NO_BROWSER !== undefined)('the page about the program', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/about', theme, width });
    await opened.page
      .getByText(/react-dom/)
      .first()
      .waitFor();
    await expectGoodLook(opened, `about-${theme}-${width}`);
  });

  it('leads to the description of the API', async () => {
    const { page } = await dashboard.open({ path: '/about' });
    const href = await page.getByRole('link', { name: 'Description of the API' }).getAttribute('href');
    expect(
      await page.evaluate(`fetch('${new URL(href ?? '').pathname}').then((answer) => answer.json())`),
    ).toMatchObject({
      openapi: expect.stringMatching(/^3\./),
    });
  });

  it('saves the diagnostics as a file', async () => {
    const { page } = await dashboard.open({ path: '/about' });
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save diagnostics' }).click();
    const file = await saved;
    expect(file.suggestedFilename()).toMatch(/^omniroute-diagnostics-\d{4}-\d\d-\d\d\.json$/);
    expect(asObject(parseJson(readFileSync(await file.path(), 'utf8')))).toMatchObject({ vault: 'open' });
  });
});
