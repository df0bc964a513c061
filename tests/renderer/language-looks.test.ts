/** Home and Settings in languages that strain them: right to left, long words, and letters of another width. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dashboard, expectGoodLook, NO_BROWSER, startDashboard } from '../support/dashboard.ts';

let dashboard: Dashboard;
beforeAll(async () => {
  if (NO_BROWSER === undefined) dashboard = await startDashboard({ requests: 2_000 });
});
afterAll(() => dashboard?.stop());

describe.skipIf(NO_BROWSER !== undefined)('the dashboard', () => {
  it.each([
    { language: 'ar', path: '/', title: 'الرئيسية', width: 1280 },
    { language: 'ar', path: '/settings', title: 'الإعدادات', width: 1280 },
    { language: 'ar', path: '/settings', title: 'الإعدادات', width: 800 },
    { language: 'de', path: '/', title: 'Start', width: 800 },
    { language: 'de', path: '/settings', title: 'Einstellungen', width: 800 },
    { language: 'ja', path: '/', title: 'ホーム', width: 800 },
  ] as const)('stands in $language at $path, $width px wide', async ({ language, path, title, width }) => {
    const view = await dashboard.open({ language, path, theme: 'light', width });
    await expectGoodLook(view, `language-${language}-${path === '/' ? 'home' : 'settings'}-${width}`);
    expect(await view.page.getByRole('heading', { level: 1 }).textContent()).toBe(title);
    expect(
      await view.page.evaluate('[document.documentElement.lang, getComputedStyle(document.body).direction]'),
    ).toEqual([language, language === 'ar' ? 'rtl' : 'ltr']);
  });
});
