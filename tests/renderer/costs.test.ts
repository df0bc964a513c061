import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString, type JsonObject } from '../../core/base/json.ts';
import { daysInMonth, expectedUsd } from '../../renderer/features/costs/forecast.ts';
import { readPrice } from '../../renderer/features/costs/unit.ts';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, startDashboard } from '../support/dashboard.ts';
import type { GatewayProcess, ManagementClient } from '../support/gateway-process.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const REQUESTS = 20_000;
/** Each request of the seed is a million tokens of a model at this price. */
const REQUEST_USD = 4.2;
const KEYS: readonly (readonly [name: string, limits: JsonObject])[] = [
  ['laptop', { dailyLimitUsd: 20, weeklyLimitUsd: 80, monthlyLimitUsd: 200 }],
  ['CI runner', { dailyLimitUsd: 5, warningThreshold: 0.5 }],
  ['Anna’s Cursor with a rather long name for a key', { monthlyLimitUsd: 4 }],
  ['old phone', {}],
];

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream((_received, response) =>
    sendJson(response, {
      ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1_700_000_000, model: 'big' },
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1_000_000, completion_tokens: 0, total_tokens: 1_000_000 },
    }),
  );
});
afterAll(() => upstream?.close());

async function seed(api: ManagementClient, gateway: GatewayProcess): Promise<void> {
  const made = await api.post('/api/provider-nodes', {
    ...{ name: 'My server', prefix: 'mine', type: 'openai-compatible', apiType: 'chat' },
    baseUrl: `${upstream.url}/v1`,
  });
  const provider = asString(asObject(made['node'])?.['id']) ?? '';
  await api.post('/api/providers', { provider, name: 'account', apiKey: 'sk-anything' });
  await api.send('PATCH', '/api/pricing', { [provider]: { big: { input: REQUEST_USD, output: 1 } } });
  for (const [name, limits] of KEYS) {
    const key = await api.post('/api/keys', { name });
    const asked = await fetch(`${gateway.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${asString(key['key'])}` },
      body: JSON.stringify({ model: 'mine/big', messages: [{ role: 'user', content: 'Hi' }] }),
    });
    expect(asked.status, await asked.text()).toBe(200);
    if (Object.keys(limits).length > 0)
      await api.post('/api/usage/budget', { apiKeyId: asString(key['id']) ?? '', ...limits });
  }
}

const budgetOf = async (api: ManagementClient, name: string): Promise<unknown> =>
  asArray((await api.get('/api/usage/budget'))['budgets'])
    .map(asObject)
    .find((one) => one?.['apiKeyName'] === name)?.['budget'];
const priceOf = async (api: ManagementClient, provider: string, model: string): Promise<unknown> =>
  asObject((await api.get('/api/pricing'))[provider])?.[model];

describe('sums of the costs page', () => {
  it.each([
    ['3', '1m', 3],
    ['0,25', '1m', 0.25],
    ['$0.003', '1k', 3],
    ['0', '1m', 0],
    ['', '1m', undefined],
    ['-1', '1m', undefined],
    ['much', '1m', undefined],
    ['1001', '1k', undefined],
  ] as const)('reads %j per %s as %s dollars per million', (typed, unit, usd) => {
    expect(readPrice(typed, unit)).toBe(usd);
  });

  it('expects the month to go on as it did', () => {
    expect([daysInMonth('2026-02-03'), daysInMonth('2028-02-29'), daysInMonth('2026-12-31')]).toEqual([28, 29, 31]);
    expect(expectedUsd(10, 5, '2026-11-05')).toBe(60);
    expect(expectedUsd(0, 0, '')).toBe(0);
  });
});

describe.skipIf(NO_BROWSER !== undefined)('the costs page', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ requests: REQUESTS, seed });
  }, 120_000);
  afterAll(() => dashboard?.stop());

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/costs', theme, width });
    await opened.page.locator('.recharts-area, .recharts-bar').first().waitFor();
    await expectGoodLook(opened, `costs-full-${theme}-${width}`);
    await opened.page.getByRole('table', { name: 'Prices' }).scrollIntoViewIfNeeded();
    await expectGoodLook(opened, `costs-full-${theme}-${width}-below`);
  });

  it('says which key has used up its budget and which is near', async () => {
    const { page } = await dashboard.open({ path: '/costs' });
    await page.getByRole('row', { name: /Anna.*Used up/ }).waitFor();
    await page.getByRole('row', { name: /CI runner.*Near its limit/ }).waitFor();
    await page.getByText('$4.20 of $20.00').waitFor();
  });

  it('sets a budget, clears one period of it, and removes it with a way back', async () => {
    const opened = await dashboard.open({ path: '/costs' });
    const { page } = opened;
    const dialog = page.getByRole('dialog');
    const open = () => page.getByRole('button', { name: /budget of old phone$/ }).click();
    await open();
    await dialog.getByLabel('A day').fill('7');
    await dialog.getByLabel('A month').fill('70');
    await dialog.getByLabel('Warn from this part on').fill('60');
    await expectGoodLook(opened, 'costs-edit-budget');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('$4.20 of $7.00').waitFor();
    await page.getByRole('row', { name: /old phone.*Near its limit/ }).waitFor();
    const set = { dailyLimitUsd: 7, weeklyLimitUsd: null, monthlyLimitUsd: 70, warningThreshold: 0.6 };
    expect(await budgetOf(dashboard.api, 'old phone')).toEqual(set);
    await open();
    await dialog.getByLabel('A day').fill('');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText('$4.20 of $7.00').waitFor({ state: 'detached' });
    expect(await budgetOf(dashboard.api, 'old phone')).toEqual({ ...set, dailyLimitUsd: null });
    await open();
    await dialog.getByRole('button', { name: 'Remove budget' }).click();
    await page.getByText('$4.20 of $70.00').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('$4.20 of $70.00').waitFor();
    expect(await budgetOf(dashboard.api, 'old phone')).not.toBeNull();
    await open();
    await dialog.getByRole('button', { name: 'Remove budget' }).click();
    // Leaving the page does not wait.
    await page.getByRole('link', { name: 'Usage' }).click();
    await expect.poll(() => budgetOf(dashboard.api, 'old phone'), { timeout: 10_000 }).toBeNull();
  });

  it('changes a price in place, refuses what is none, and brings back what it was', async () => {
    const opened = await dashboard.open({ path: '/costs' });
    const { page, errors } = opened;
    const table = page.getByRole('table', { name: 'Prices' });
    await page.getByRole('searchbox', { name: 'Search models' }).fill('ds/deepseek');
    const cell = table.getByRole('button', { name: /^Input price of deepseek-chat/ });
    const before = await priceOf(dashboard.api, 'ds', 'deepseek-chat');
    const input = table.getByRole('textbox', { name: 'Input price of deepseek-chat' });
    await cell.click();
    await input.fill('cheap');
    expect(await input.getAttribute('aria-invalid')).toBe('true');
    await expectGoodLook(opened, 'costs-price-invalid');
    await input.press('Escape');
    await cell.click();
    await input.fill('9.5');
    await input.press('Enter');
    await table.getByText('Changed').first().waitFor();
    expect(await priceOf(dashboard.api, 'ds', 'deepseek-chat')).toMatchObject({ input: 9.5 });
    await expectGoodLook({ page, errors }, 'costs-price-changed');
    await page.getByRole('button', { name: 'Undo' }).click();
    await table.getByText('Changed').first().waitFor({ state: 'detached' });
    expect(await priceOf(dashboard.api, 'ds', 'deepseek-chat')).toEqual(before);
  });

  it('takes a price per thousand tokens, shows only what was changed, and resets it', async () => {
    const { page } = await dashboard.open({ path: '/costs' });
    const table = page.getByRole('table', { name: 'Prices' });
    await page.getByText('Per 1K', { exact: true }).click();
    await page.getByRole('searchbox', { name: 'Search models' }).fill('deepseek-chat');
    const before = await priceOf(dashboard.api, 'ds', 'deepseek-chat');
    await table
      .getByRole('row', { name: /^ds\// })
      .getByRole('button', { name: /^Output price of deepseek-chat/ })
      .first()
      .click();
    const field = table.getByRole('textbox', { name: 'Output price of deepseek-chat' });
    await field.fill('0.0025');
    await field.press('Enter');
    await page.getByText('Changed (2)').click();
    expect(await priceOf(dashboard.api, 'ds', 'deepseek-chat')).toMatchObject({ output: 2.5 });
    await table.getByRole('button', { name: 'Reset deepseek-chat to the default price' }).click();
    await page.getByText('Changed (1)').waitFor();
    expect(await priceOf(dashboard.api, 'ds', 'deepseek-chat')).toEqual(before);
  });
});

describe.skipIf(NO_BROWSER !== undefined)('the costs page without requests', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard?.stop());

  it('says what to do', async () => {
    const opened = await dashboard.open({ path: '/costs', theme: 'dark' });
    await opened.page.getByText('No key yet.').waitFor();
    await expectGoodLook(opened, 'costs-empty');
  });

  it('stands in Finnish', async () => {
    const opened = await dashboard.open({ path: '/costs', language: 'fi' });
    await opened.page.getByText('Kulutettu tässä kuussa').waitFor();
    await expectGoodLook(opened, 'costs-finnish');
  });

  it('says what could not be read, and reads it on retry', async () => {
    const { page } = await dashboard.open({ path: '/about' });
    const calls = /\/api\/rpc\/(?:analytics|budget|pricing)\//;
    await page.route(calls, (route) =>
      route.fulfill({
        status: 500,
        json: { json: { defined: false, code: 'internal', status: 500, message: 'The database is locked.' } },
      }),
    );
    await page.getByRole('link', { name: 'Costs' }).click();
    await expect.poll(() => page.getByText('The database is locked.').count(), { timeout: 20_000 }).toBe(3);
    await expectGoodLook({ page, errors: [] }, 'costs-failing');
    await page.unroute(calls);
    for (let left = 3; left > 0; left -= 1) {
      await page.getByRole('button', { name: 'Try again' }).first().click();
      await expect.poll(() => page.getByText('The database is locked.').count(), { timeout: 20_000 }).toBe(left - 1);
    }
    await page.getByText('No key yet.').waitFor();
  });
});
