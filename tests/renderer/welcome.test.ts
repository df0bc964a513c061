/** A person's first five minutes, in a browser: from the set-up link to the first live request, counting the clicks. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Dashboard,
  expectGoodLook,
  LOOKS,
  NO_BROWSER,
  startDashboard,
  takePicture,
} from '../support/dashboard.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream(({ path, headers }, response) => {
    if (headers.authorization !== 'Bearer sk-good') {
      sendJson(response, { error: { message: 'Incorrect API key provided.', type: 'invalid_request_error' } }, 401);
    } else if (path.endsWith('/models')) {
      sendJson(response, { object: 'list', data: [{ id: 'tiny-model', object: 'model', created: 1, owned_by: 'me' }] });
    } else sendJson(response, chatAnswer('Hello.'));
  });
});
afterAll(() => upstream.close());

/** Clicks as a person makes them, counted. */
function hand(page: Page) {
  let clicks = 0;
  return {
    clicks: () => clicks,
    async click(role: 'button' | 'radio' | 'option' | 'link' | 'combobox', name: string | RegExp): Promise<void> {
      clicks += 1;
      const target = role === 'radio' ? page.getByText(name, { exact: true }) : page.getByRole(role, { name });
      await target.first().click();
    },
  };
}

describe.skipIf(NO_BROWSER !== undefined)('the first steps', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it.each(LOOKS)('stand at $width px in $theme', async ({ theme, width }) => {
    await expectGoodLook(await dashboard.open({ path: '/welcome', theme, width }), `welcome-empty-${theme}-${width}`);
  });

  it('say what is wrong with an address', async () => {
    const opened = await dashboard.open({ path: '/welcome' });
    const { page } = opened;
    await page.getByText('Own server', { exact: true }).click();
    await page.getByLabel('Name').fill('Bad address');
    await page.getByLabel('Base URL').fill('not an address');
    await page.getByRole('button', { name: 'Connect', exact: true }).click();
    await page.getByRole('alert').filter({ hasText: 'URL' }).waitFor();
    await takePicture(page, 'welcome-refused');
  });

  it('lead from nothing to a request that a client sent, live', async () => {
    const opened = await dashboard.open({ path: '/' });
    const { page } = opened;
    const { click, clicks } = hand(page);
    await click('link', 'Take the first steps');
    await click('radio', 'Own server');
    await page.getByLabel('Name').fill('My server');
    await page.getByLabel('Base URL').fill(`${upstream.url}/v1`);
    await page.getByLabel('API key, if it needs one').fill('sk-good');
    await click('button', 'Connect');
    await expect.poll(() => page.getByRole('combobox', { name: 'Model' }).inputValue()).toBe('my-server/tiny-model');
    await click('button', /Copy the settings for Claude Code/);
    const settings = String(await page.evaluate('navigator.clipboard.readText()'));
    const [, origin = '', model = ''] = /BASE_URL=(\S+)[\s\S]*MODEL=(\S+)/.exec(settings) ?? [];
    expect(origin).toBe(dashboard.gateway.baseUrl.replace('127.0.0.1', 'localhost'));
    const answer = await fetch(`${origin}/v1/messages`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        'user-agent': 'claude-cli/2.0.0 (external, cli)',
      },
      body: JSON.stringify({ model, max_tokens: 20, messages: [{ role: 'user', content: 'Hi' }] }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('Hello.')]);
    await page.getByText(/my-server\/tiny-model and was answered in .* You are set up\./).waitFor();
    console.log(`first steps: ${clicks()} clicks from the empty home page to the first live request`);
    await expectGoodLook(opened, 'welcome-done');
    await page.getByRole('link', { name: 'Go to Home' }).click();
    await page.getByText('tiny-model').first().waitFor();
  });

  it('can send the first request themselves', async () => {
    const { page } = await dashboard.open({ path: '/welcome' });
    await expect.poll(() => page.getByRole('combobox', { name: 'Model' }).inputValue()).toBe('my-server/tiny-model');
    await page.getByRole('button', { name: 'Send a request from here' }).click();
    await page.getByText(/You are set up\./).waitFor();
  });
});
