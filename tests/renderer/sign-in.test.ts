import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, startDashboard } from '../support/dashboard.ts';
import { PASSWORD } from '../support/gateway-process.ts';

describe.skipIf(NO_BROWSER !== undefined)('signing in', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    await expectGoodLook(await dashboard.open({ isSignedIn: false, theme, width }), `sign-in-${theme}-${width}`);
  });

  it('refuses a wrong password, takes the right one and goes where the person was going', async () => {
    const opened = await dashboard.open({ path: '/keys', isSignedIn: false });
    const { page } = opened;
    expect(page.url()).toContain('/login?next=%2Fkeys');
    await page.getByLabel('Password', { exact: true }).fill('not this one');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await expectGoodLook({ page, errors: [] }, 'sign-in-refused');
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForURL('**/keys');
    await page.getByRole('heading', { name: 'API keys' }).waitFor();
  });

  it('says in the language of the browser what was wrong', async () => {
    const opened = await dashboard.open({ isSignedIn: false, language: 'ar', width: 800 });
    const { page } = opened;
    await page.locator('input[type=password]').fill('not this one');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('كلمة المرور خاطئة.').waitFor();
    await expectGoodLook({ page, errors: [] }, 'sign-in-refused-ar');
  });

  it('never leads to another site', async () => {
    const { page } = await dashboard.open({ path: '/login?next=//evil.example/x' });
    await page.waitForURL(`${dashboard.gateway.baseUrl}/`);
  });

  it('is asked for again when the session ends elsewhere', async () => {
    const { page } = await dashboard.open({ path: '/combos' });
    await page.context().clearCookies();
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });
});

describe.skipIf(NO_BROWSER !== undefined)('the first password', () => {
  let dashboard: Dashboard;
  let link: string;
  beforeAll(async () => {
    dashboard = await startDashboard({ hasPassword: false });
    link = /(\/setup#\S+) /.exec(dashboard.gateway.stderr())?.[1] ?? '';
  });
  afterAll(() => dashboard.stop());

  it('needs the link of the terminal', async () => {
    const opened = await dashboard.open({ isSignedIn: false });
    await opened.page.getByText('Open the set-up link').waitFor();
    await expectGoodLook(opened, 'set-up-without-link');
  });

  it('is set with the link, and leads to the first steps; the link is then used up', async () => {
    const opened = await dashboard.open({ path: link, isSignedIn: false });
    const { page } = opened;
    await page.getByLabel('Password', { exact: true }).fill('a first password');
    await page.getByLabel('Password again').fill('another password');
    await page.getByText('The two passwords differ.').waitFor();
    await expectGoodLook(opened, 'set-up');
    await page.getByLabel('Password again').fill('a first password');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.waitForURL('**/welcome');
    const again = await dashboard.open({ path: link, isSignedIn: false });
    await again.page.waitForURL('**/login');
  });
});
