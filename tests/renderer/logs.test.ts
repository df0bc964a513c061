import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString } from '../../core/base/json.ts';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, startDashboard } from '../support/dashboard.ts';
import type { ManagementClient } from '../support/gateway-process.ts';
import { msUntilShown, SHOWN_LIMIT_MS } from '../support/page-speed.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const REQUESTS = 300_000;

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream(({ body }, response) => {
    const isBroken = body['model'] === 'broken';
    if (isBroken) sendJson(response, { error: { message: 'Incorrect API key.', type: 'invalid_request_error' } }, 401);
    else sendJson(response, chatAnswer('Good day'));
  });
});
afterAll(() => upstream.close());

async function connectServer(api: ManagementClient): Promise<void> {
  const made = await api.post('/api/provider-nodes', {
    ...{ name: 'My server', prefix: 'mine', type: 'openai-compatible', apiType: 'chat' },
    baseUrl: `${upstream.url}/v1`,
  });
  const provider = asString(asObject(made['node'])?.['id']) ?? '';
  await api.post('/api/providers', { provider, name: 'Basement', apiKey: 'sk-anything' });
}

async function ask({ gateway }: Dashboard, model: string): Promise<void> {
  const answer = await fetch(`${gateway.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello there' }] }),
  });
  await answer.text();
}
const rowsOf = (page: Page) => page.getByRole('table', { name: 'Requests' }).locator('tbody tr');

describe.skipIf(NO_BROWSER !== undefined)('the logs page with a year of requests', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ requests: REQUESTS });
  }, 240_000);
  afterAll(() => dashboard?.stop());

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/logs', theme, width });
    await rowsOf(opened.page).nth(10).waitFor();
    await expectGoodLook(opened, `logs-full-${theme}-${width}`);
  });

  it('shows its data at once', async () => {
    const { page } = await dashboard.open({ path: '/about' });
    const ms = await msUntilShown(page, 'Logs', 'main tbody tr');
    console.log(
      `logs: data visible after ${ms} ms (median of 3 visits) with ${REQUESTS} requests, after a warm-up visit`,
    );
    expect(ms).toBeLessThan(SHOWN_LIMIT_MS);
  });

  it('holds few rows in the document and loads more as one scrolls', async () => {
    const { page } = await dashboard.open({ path: '/logs' });
    const table = page.getByRole('table', { name: 'Requests' });
    expect(await table.getAttribute('aria-rowcount')).toBe('101');
    await rowsOf(page).first().waitFor();
    expect(await rowsOf(page).count()).toBeLessThan(60);
    await rowsOf(page).first().hover();
    await page.mouse.wheel(0, 100 * 37);
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('201');
  });

  it('filters by status, provider and words, in the address', async () => {
    const { page } = await dashboard.open({ path: '/logs?status=error' });
    await expect.poll(() => rowsOf(page).first().innerText()).toContain('Failed');
    await page.getByRole('combobox', { name: 'Any provider' }).click();
    await page.getByRole('option', { name: 'DeepSeek' }).click();
    await expect
      .poll(async () => (await rowsOf(page).allInnerTexts()).every((row) => row.includes('deepseek')))
      .toBe(true);
    expect(new URL(page.url()).search).toBe('?status=error&provider=deepseek');
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox', { name: 'Search requests' }).fill('no such words');
    await page.getByText('No request like this among the newest 20,000.').waitFor();
  });

  it('opens a request beside the list with its attempts in order, and goes back by Escape', async () => {
    const logs = asArray((await dashboard.api.get('/api/usage/call-logs?limit=500'))['logs']);
    const fallen = asObject(logs.find((log) => asObject(log)?.['attempts'] === 2 && asObject(log)?.['status'] === 200));
    const opened = await dashboard.open({ path: `/logs/${asString(fallen?.['id'])}?status=ok` });
    const sheet = opened.page.getByRole('dialog', { name: 'Request' });
    const attempts = sheet.locator('ol > li');
    await attempts.nth(1).waitFor();
    expect(await attempts.first().innerText()).toContain('Rate limit reached.');
    expect(await attempts.nth(1).innerText()).toContain('Answered');
    await sheet.getByText('Bodies are not recorded.').waitFor();
    await expectGoodLook(opened, 'logs-sheet-attempts');
    await opened.page.keyboard.press('Escape');
    await sheet.waitFor({ state: 'detached' });
    expect(new URL(opened.page.url()).pathname).toBe('/logs');
    expect(new URL(opened.page.url()).search).toBe('?status=ok');
  });
});

describe.skipIf(NO_BROWSER !== undefined)('the logs page as requests come', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ seed: connectServer });
  });
  afterAll(() => dashboard?.stop());

  it('says that nothing happened yet, then shows requests as they end', async () => {
    const opened = await dashboard.open({ path: '/logs', theme: 'dark' });
    const { page } = opened;
    await page.getByText('No request yet.').waitFor();
    await expectGoodLook(opened, 'logs-empty');
    await ask(dashboard, 'mine/good');
    await expect.poll(() => rowsOf(page).count()).toBe(1);
    expect(await rowsOf(page).first().innerText()).toContain('200');
    await page.getByRole('button', { name: 'Pause' }).click();
    await ask(dashboard, 'mine/good');
    await page.getByText('Paused, 1 new').waitFor();
    expect(await rowsOf(page).count()).toBe(1);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect.poll(() => rowsOf(page).count()).toBe(2);
  });

  it('shows bodies once they are recorded', async () => {
    await dashboard.api.send('PATCH', '/api/settings', { enableRequestLogs: true });
    await ask(dashboard, 'mine/good');
    const opened = await dashboard.open({ path: '/logs', theme: 'dark' });
    await rowsOf(opened.page).first().press('Enter');
    const sheet = opened.page.getByRole('dialog', { name: 'Request' });
    await sheet.getByText('"Hello there"').first().waitFor();
    await sheet.getByRole('heading', { name: 'Response body' }).scrollIntoViewIfNeeded();
    await expectGoodLook(opened, 'logs-sheet-bodies');
  });

  it('tells of a failure in words what to do', async () => {
    await ask(dashboard, 'mine/broken');
    const opened = await dashboard.open({ path: '/logs', width: 800 });
    await rowsOf(opened.page).first().click();
    const sheet = opened.page.getByRole('dialog', { name: 'Request' });
    await sheet.getByRole('link', { name: 'Check the key or sign in again' }).waitFor();
    await expectGoodLook(opened, 'logs-sheet-failure');
  });

  it('shows who changed what, and that nothing went through a proxy', async () => {
    const opened = await dashboard.open({ path: '/logs' });
    const { page } = opened;
    await page.getByRole('tab', { name: 'Changes' }).click();
    await page.getByRole('cell', { name: 'settings.patch' }).first().waitFor();
    await expectGoodLook(opened, 'logs-changes');
    await page.getByRole('tab', { name: 'Proxies' }).click();
    await page.getByText('No request went through a network proxy.').waitFor();
    await expectGoodLook(opened, 'logs-proxies-empty');
  });

  it('empties the log after one question', async () => {
    const { page } = await dashboard.open({ path: '/logs' });
    await rowsOf(page).first().waitFor();
    await page.getByRole('button', { name: 'Empty the log' }).click();
    const dialog = page.getByRole('dialog', { name: 'Empty the log of requests?' });
    await dialog.getByRole('button', { name: 'Empty the log' }).click();
    await page.getByText('No request yet.').waitFor();
    expect(asArray((await dashboard.api.get('/api/usage/call-logs'))['logs'])).toEqual([]);
  });

  it('says that the requests could not be read, and reads them on retry', async () => {
    const { page } = await dashboard.open({ path: '/about' });
    await page.route('**/api/rpc/usageLogs/**', (route) =>
      route.fulfill({
        status: 500,
        json: { json: { defined: false, code: 'internal', status: 500, message: 'The database is locked.' } },
      }),
    );
    await page.getByRole('navigation').getByRole('link', { name: 'Logs' }).click();
    await page.getByText('The database is locked.').waitFor();
    await expectGoodLook({ page, errors: [] }, 'logs-failing');
    await page.unroute('**/api/rpc/usageLogs/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No request yet.').waitFor();
  });
});
