import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, settled, startDashboard } from '../support/dashboard.ts';
import { msUntilShown, SHOWN_LIMIT_MS } from '../support/page-speed.ts';

const REQUESTS = 300_000;

describe.skipIf(NO_BROWSER !== undefined)('the usage page with a year of requests', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ requests: REQUESTS });
    // The first call after so many rows at once builds the sums of days.
    await dashboard.api.get('/api/usage/analytics');
  }, 240_000);
  afterAll(() => dashboard?.stop());

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/usage', theme, width });
    await opened.page.locator('.recharts-area').first().waitFor();
    await expectGoodLook(opened, `usage-full-${theme}-${width}`);
    await opened.page.getByRole('heading', { name: 'Week' }).scrollIntoViewIfNeeded();
    await expectGoodLook(opened, `usage-full-${theme}-${width}-below`);
  });

  it('shows its data at once', async () => {
    const { page } = await dashboard.open({ path: '/about' });
    const ms = await msUntilShown(page, 'Usage', 'main tbody tr');
    console.log(
      `usage: data visible after ${ms} ms (median of 3 visits) with ${REQUESTS} requests, sums of days built before`,
    );
    expect(ms).toBeLessThan(SHOWN_LIMIT_MS);
  });

  it('shows any range against the one before, and keeps it in the address', async () => {
    const opened = await dashboard.open({ path: '/usage' });
    const { page } = opened;
    for (const [range, label] of [
      ['1d', '24 h'],
      ['7d', '7 days'],
      ['90d', '90 days'],
      ['ytd', 'This year'],
    ]) {
      await page.getByText(label ?? '', { exact: true }).click();
      await page
        .getByText(/(?:more|less) than before|Nothing in the period before/)
        .first()
        .waitFor();
      expect(new URL(page.url()).search).toBe(`?range=${range}`);
    }
    await page.getByText('All', { exact: true }).click();
    await page.getByText('Since the first request').first().waitFor();
    await page.getByText('300K', { exact: true }).first().waitFor();
    await page.getByText('Custom', { exact: true }).click();
    const day = (await page.getByLabel('Last day').inputValue()).slice(0, 10);
    await page.getByLabel('First day').fill(day);
    expect(new URL(page.url()).searchParams.get('from')).toBe(day);
    await page.reload();
    await settled(page);
    expect(await page.getByLabel('First day').inputValue()).toBe(day);
    await expectGoodLook(opened, 'usage-custom');
  });

  it('shares out by provider, model, account, key and client, and counts what is asked', async () => {
    const { page } = await dashboard.open({ path: '/usage' });
    const shares = page.getByRole('region', { name: 'Shares' });
    for (const [group, name] of [
      ['Model', 'claude/claude-opus-4-5'],
      ['API key', 'key_1'],
      ['Client', 'claude-cli'],
      ['Account', 'claude-1'],
    ]) {
      await shares
        .getByText(group ?? '', { exact: true })
        .first()
        .click();
      await shares.getByRole('cell', { name: name ?? '', exact: true }).waitFor();
    }
    await page.getByText('Cost', { exact: true }).locator('visible=true').first().waitFor();
    await page.getByRole('radiogroup', { name: 'What is counted' }).getByText('Requests').click();
    await page.getByRole('figure', { name: 'Requests by model over time' }).waitFor();
  });

  it('exports the range that is shown', async () => {
    const { page } = await dashboard.open({ path: '/usage?range=1d' });
    for (const [label, begin] of [
      ['Requests as CSV', 'timestamp,id,'],
      ['Requests as JSON', '{"requests":['],
    ]) {
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: label ?? '' }).click();
      const download = await saving;
      expect(download.suggestedFilename()).toMatch(/^omniroute-requests-\d{4}-\d\d-\d\d\.(?:csv|json)$/);
      expect((await readFile(await download.path(), 'utf8')).startsWith(begin ?? '')).toBe(true);
    }
  });
});

describe.skipIf(NO_BROWSER !== undefined)('the usage page without requests', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.stop());

  it('says what to do', async () => {
    const opened = await dashboard.open({ path: '/usage', theme: 'dark' });
    await opened.page.getByText('No request in this time.').waitFor();
    await expectGoodLook(opened, 'usage-empty');
  });

  it('stands in Finnish', async () => {
    const opened = await dashboard.open({ path: '/usage', language: 'fi' });
    await opened.page.getByText('Tältä ajalta ei ole pyyntöjä.').waitFor();
    await expectGoodLook(opened, 'usage-finnish');
  });

  it('says that the usage could not be read, and reads it on retry', async () => {
    const { page } = await dashboard.open({ path: '/about' });
    await page.route('**/api/rpc/analytics/**', (route) =>
      route.fulfill({
        status: 500,
        json: { json: { defined: false, code: 'internal', status: 500, message: 'The database is locked.' } },
      }),
    );
    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByText('The database is locked.').waitFor();
    await expectGoodLook({ page, errors: [] }, 'usage-failing');
    await page.unroute('**/api/rpc/analytics/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No request in this time.').waitFor();
  });
});
