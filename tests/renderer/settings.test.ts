import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, startDashboard } from '../support/dashboard.ts';
import { PASSWORD } from '../support/gateway-process.ts';

const TABS = ['security', 'routing', 'resilience', 'ai', 'advanced', 'system', 'appearance'];

const PREFERENCES = {
  ...{ theme: 'system', language: 'system', launchAtLogin: false, shortcut: true },
  notifications: {
    ...{ loginExpired: true, quotaLow: true, quotaExhausted: true },
    ...{ budgetReached: true, breakerOpened: false, updateReady: true },
  },
};
/** What the desktop shell answers; the server of these tests has none. */
const DESKTOP = { isDesktop: true, preferences: PREFERENCES, shortcutKeys: 'Ctrl+Alt+O' };

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

  it('keeps what was typed when Back takes the page away before the field is left', async () => {
    const { timeouts = {} } = await dashboard.api.get('/api/settings');
    const { page } = await dashboard.open({ path: '/settings/routing' });
    await page.getByRole('tab', { name: 'Resilience' }).click();
    await page.getByLabel('Silence').fill('75');
    await page.goBack();
    await page.getByRole('radio', { name: /In turns/ }).waitFor();
    await expect.poll(() => dashboard.api.get('/api/settings')).toMatchObject({ timeouts: { idleMs: 75_000 } });
    await dashboard.api.send('PATCH', '/api/settings', { timeouts });
  });

  it('chooses a strategy by its card, and brings back the one before', async () => {
    const { page } = await dashboard.open({ path: '/settings/routing' });
    await page.getByRole('radio', { name: /In turns/ }).click();
    await page.getByText('Saved').waitFor();
    expect(await dashboard.api.get('/api/settings')).toMatchObject({ fallbackStrategy: 'round-robin' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
    expect(await dashboard.api.get('/api/settings')).toMatchObject({ fallbackStrategy: 'fill-first' });
  });

  it('leaves a combo default out again when its field is emptied', async () => {
    const { page } = await dashboard.open({ path: '/settings/routing' });
    const field = page.getByLabel('Tries again');
    await field.fill('2');
    await field.press('Enter');
    await page.getByText('Saved').waitFor();
    expect(await dashboard.api.get('/api/settings')).toMatchObject({ comboDefaults: { maxRetries: 2 } });
    await field.fill('');
    await field.press('Enter');
    await expect.poll(() => dashboard.api.get('/api/settings')).toMatchObject({ comboDefaults: {} });
    await expect.poll(() => field.getAttribute('placeholder')).toBe('As for all');
  });

  it('adds a wildcard alias, says what a name means by it, and takes it away with a way back', async () => {
    const { page } = await dashboard.open({ path: '/settings/routing' });
    await page.getByLabel('Name', { exact: true }).fill('my-*');
    await page.getByRole('combobox', { name: 'Model', exact: true }).fill('openai/gpt-5');
    await page.getByRole('combobox', { name: 'Model', exact: true }).press('Escape');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('button', { name: 'Remove my-*' }).waitFor();
    await page.getByLabel('Try a name').fill('my-model');
    await page.getByText('my-model → openai/gpt-5').waitFor();
    await page.getByLabel('Try a name').fill('another');
    await page.getByText(/^No alias: another/).waitFor();
    await page.getByRole('button', { name: 'Remove my-*' }).click();
    await page.getByText('No aliases yet.').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Remove my-*' }).waitFor();
    await expectGoodLook(
      await dashboard.open({ path: '/settings/routing', theme: 'dark', width: 800 }),
      'settings-routing-full',
    );
  });

  it('makes a fallback chain and changes it', async () => {
    await dashboard.api.post('/api/fallback/chains', { name: 'cheap', models: ['openai/gpt-5', 'glm/glm-4.6'] });
    const opened = await dashboard.open({ path: '/settings/routing' });
    const { page } = opened;
    await page.getByText('openai/gpt-5 → glm/glm-4.6').waitFor();
    await page.getByRole('button', { name: 'Edit cheap' }).click();
    await expectGoodLook(opened, 'settings-chain');
    await page.getByRole('button', { name: 'Remove openai/gpt-5' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await dashboard.api.get('/api/fallback/chains')).toEqual({ chains: { cheap: ['glm/glm-4.6'] } });
  });

  it('keeps what one provider does otherwise', async () => {
    const { page } = await dashboard.open({ path: '/settings/routing' });
    await page.getByRole('combobox', { name: 'Choose a provider' }).fill('OpenRouter');
    await page.getByRole('option', { name: 'OpenRouter' }).click();
    await page.getByRole('combobox', { name: 'Choice of account' }).click();
    await page.getByRole('option', { name: 'At random', exact: true }).click();
    await page.getByText('Saved').waitFor();
    expect(await dashboard.api.get('/api/settings')).toMatchObject({ providerStrategies: { openrouter: 'random' } });
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => dashboard.api.get('/api/settings')).toMatchObject({ providerStrategies: {} });
  });

  it('edits rate limits together, with Save and Cancel', async () => {
    const { page } = await dashboard.open({ path: '/settings/resilience' });
    const edit = page.getByRole('button', { name: 'Edit' });
    await edit.click();
    await page.getByLabel('Requests a minute').fill('7');
    await page.getByRole('button', { name: 'Cancel' }).click();
    expect(await dashboard.api.get('/api/settings')).toMatchObject({ rateLimitDefaults: { requestsPerMinute: 100 } });
    await edit.click();
    await page.getByLabel('Requests a minute').fill('60');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    expect(await dashboard.api.get('/api/settings')).toMatchObject({
      rateLimitDefaults: { requestsPerMinute: 60, concurrentRequests: 10 },
    });
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect
      .poll(() => dashboard.api.get('/api/settings'))
      .toMatchObject({ rateLimitDefaults: { requestsPerMinute: 100 } });
  });

  it('blocks a provider by its name', async () => {
    const { page } = await dashboard.open({ path: '/settings/security' });
    await page.getByRole('combobox', { name: 'Blocked providers' }).fill('OpenRouter');
    await page.getByRole('option', { name: 'OpenRouter' }).click();
    await expect.poll(() => dashboard.api.get('/api/settings')).toMatchObject({ blockedProviders: ['openrouter'] });
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect.poll(() => dashboard.api.get('/api/settings')).toMatchObject({ blockedProviders: [] });
  });

  it('bans an address for a day, and lifts the ban', async () => {
    const opened = await dashboard.open({ path: '/settings/security', width: 800 });
    const { page } = opened;
    await page.getByLabel('Address', { exact: true }).fill('203.0.113.7');
    await page.getByLabel('Reason').fill('guesses keys');
    await page.getByRole('combobox', { name: 'For', exact: true }).click();
    await page.getByRole('option', { name: 'A day' }).click();
    await page.getByRole('button', { name: 'Ban', exact: true }).click();
    await page.getByRole('cell', { name: 'guesses keys' }).scrollIntoViewIfNeeded();
    await expectGoodLook(opened, 'settings-bans');
    const { tempBans } = await dashboard.api.get('/api/settings/ip-filter');
    expect(tempBans).toMatchObject([{ ip: '203.0.113.7', reason: 'guesses keys' }]);
    await page.getByRole('button', { name: 'Lift the ban of 203.0.113.7' }).click();
    await page.getByText('Nobody is banned.').waitFor();
  });

  it('keeps a proxy for all, says what a test of it found, and removes it with a way back', async () => {
    const { page } = await dashboard.open({ path: '/settings/advanced' });
    await page.getByLabel('Host', { exact: true }).fill('127.0.0.1');
    await page.getByLabel('Port').fill('9');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved').waitFor();
    expect(await dashboard.api.get('/api/settings/proxy')).toMatchObject({ global: { host: '127.0.0.1', port: 9 } });
    await page.getByRole('button', { name: 'Test proxy' }).click();
    await page.getByText(/127\.0\.0\.1:9/).waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('link', { name: 'Home' }).click();
    await expect.poll(() => dashboard.api.get('/api/settings/proxy')).toMatchObject({ global: null });
  });

  it('says what is missing before similar questions can be answered', async () => {
    const { page } = await dashboard.open({ path: '/settings/ai' });
    await page.getByRole('switch', { name: 'Answer similar questions' }).click({ force: true });
    await page.getByText(/must name an embedding model/).waitFor();
    await page.getByLabel('Likeness at least').fill('90');
    await page.getByLabel('Likeness at least').press('Enter');
    await expect
      .poll(() => dashboard.api.get('/api/settings'))
      .toMatchObject({ answerCache: { similar: { threshold: 0.9 } } });
  });

  it('lets everything be tried again at once', async () => {
    const { page } = await dashboard.open({ path: '/settings/resilience' });
    await page.getByRole('button', { name: 'Reset all' }).click();
    await page.getByText('0 were reset.').waitFor();
  });

  it('shows the preferences of the desktop app where there is one', async () => {
    const { page } = await dashboard.open({ path: '/' });
    await page.route('**/api/rpc/desktop/get', (route) => route.fulfill({ json: { json: DESKTOP } }));
    const changes: unknown[] = [];
    await page.route('**/api/rpc/desktop/change', (route) => {
      changes.push(route.request().postDataJSON());
      return route.fulfill({ json: { json: { ...DESKTOP, preferences: { ...PREFERENCES, launchAtLogin: true } } } });
    });
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('tab', { name: 'Appearance' }).click();
    await page.getByRole('switch', { name: 'Start at login' }).click({ force: true });
    await page.getByText('Saved').waitFor();
    expect(changes).toEqual([{ json: { launchAtLogin: true } }]);
    await expectGoodLook({ page, errors: [] }, 'settings-desktop');
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
