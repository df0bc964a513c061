import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString } from '../../core/base/json.ts';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, settled, startDashboard } from '../support/dashboard.ts';
import type { ManagementClient } from '../support/gateway-process.ts';
import { type Script, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const GOOD_KEY = 'sk-good-1234567890';
/** A server that lists two models to whoever has the right key. */
const listing: Script = ({ headers }, response) => {
  if (headers.authorization !== `Bearer ${GOOD_KEY}`)
    return sendJson(response, { error: { message: 'Incorrect API key provided.' } }, 401);
  sendJson(response, {
    object: 'list',
    data: [
      { id: 'alpha', object: 'model' },
      { id: 'beta', object: 'model' },
    ],
  });
};
const namesOf = async (api: ManagementClient, provider: string): Promise<(string | undefined)[]> =>
  asArray((await api.get('/api/providers'))['connections'])
    .map((connection) => asObject(connection) ?? {})
    .filter((connection) => connection['provider'] === provider)
    .toSorted((left, right) => Number(left['priority']) - Number(right['priority']))
    .map((connection) => asString(connection['name']));

describe.skipIf(NO_BROWSER !== undefined)('the providers page', () => {
  let dashboard: Dashboard;
  let upstream: Upstream;
  let nodeId = '';
  beforeAll(async () => {
    upstream = await startUpstream(listing);
    dashboard = await startDashboard({
      seed: async (api) => {
        const made = await api.post('/api/provider-nodes', {
          ...{ name: 'Team server', prefix: 'team', type: 'openai-compatible', apiType: 'chat' },
          baseUrl: `${upstream.url}/v1`,
        });
        nodeId = asString(asObject(made['node'])?.['id']) ?? '';
        for (const name of ['work', 'private', 'spare'])
          await api.post('/api/providers', { provider: nodeId, name, apiKey: name === 'spare' ? 'sk-old' : GOOD_KEY });
        await api.post('/api/providers', { provider: 'deepseek', name: 'main', apiKey: 'sk-deepseek-123' });
        const off = await api.post('/api/providers', { provider: 'groq', name: 'main', apiKey: 'gsk-123' });
        const offId = asString(asObject(off['connection'])?.['id']);
        await api.send('PUT', `/api/providers/${offId}`, { isActive: false });
      },
    });
  });
  afterAll(async () => {
    await dashboard.stop();
    await upstream.close();
  });

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    await expectGoodLook(
      await dashboard.open({ path: '/providers', theme, width }),
      `providers-full-${theme}-${width}`,
    );
  });

  it.each(LOOKS)('shows one provider at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: `/providers/${nodeId}`, theme, width });
    await expectGoodLook(opened, `provider-${theme}-${width}`);
  });

  it('shows a provider with many models, with prices and what is retired', async () => {
    const opened = await dashboard.open({ path: '/providers/openai' });
    await opened.page.getByRole('searchbox', { name: 'Search models' }).fill('gpt-5');
    await opened.page.getByRole('button', { name: 'Copy openai/gpt-5', exact: true }).click();
    expect(await opened.page.evaluate('navigator.clipboard.readText()')).toBe('openai/gpt-5');
    await expectGoodLook(opened, 'provider-models');
  });

  it('finds a provider', async () => {
    const { page } = await dashboard.open({ path: '/providers' });
    await page.getByRole('searchbox', { name: 'Search providers' }).fill('team');
    await page.getByText('DeepSeek', { exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('link', { name: 'Team server' }).click();
    await page.getByRole('heading', { level: 1, name: 'Team server' }).waitFor();
  });

  it('checks a key before it keeps it', async () => {
    const opened = await dashboard.open({ path: `/providers/${nodeId}` });
    const { page } = opened;
    await page.getByRole('button', { name: 'Add key', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('API key', { exact: false }).fill('sk-wrong');
    await dialog.getByLabel('Name').fill('fourth');
    await dialog.getByRole('button', { name: 'Check and add' }).click();
    await dialog.getByRole('alert').waitFor();
    await expectGoodLook({ page, errors: [] }, 'providers-key-refused');
    expect(await namesOf(dashboard.api, nodeId)).not.toContain('fourth');
    await dialog.getByLabel('API key', { exact: false }).fill(GOOD_KEY);
    await dialog.getByRole('button', { name: 'Check and add' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await namesOf(dashboard.api, nodeId)).toContain('fourth');
  });

  it('tests all accounts and says what each of them said', async () => {
    const opened = await dashboard.open({ path: `/providers/${nodeId}` });
    await opened.page.getByRole('button', { name: 'Test all' }).click();
    await opened.page.getByText(/of \d work$/).waitFor();
    const results = opened.page.getByRole('list', { name: 'Test of the accounts' });
    expect(await results.getByText(/^works \(/).count()).toBe(3);
    await expectGoodLook(opened, 'providers-tested');
  });

  it('changes the order of accounts from the keyboard', async () => {
    const { page } = await dashboard.open({ path: `/providers/${nodeId}` });
    await page.getByRole('button', { name: 'Move private' }).focus();
    await page.keyboard.press('Space');
    await page.getByText(/^private is over place 2 of/).waitFor({ state: 'attached' });
    // A key that comes before the list was measured moves nothing; beyond the first place there is none.
    const isFirst = async (): Promise<number> => {
      await page.keyboard.press('ArrowUp');
      return page.getByText(/^private is over place 1 of/).count();
    };
    await expect.poll(isFirst, { timeout: 10_000, interval: 250 }).toBe(1);
    await page.keyboard.press('Space');
    const firstTwo = async () => (await namesOf(dashboard.api, nodeId)).slice(0, 2);
    await expect.poll(firstTwo, { timeout: 10_000 }).toEqual(['private', 'work']);
  });

  it('gives an account limits and a proxy of its own', async () => {
    const opened = await dashboard.open({ path: `/providers/${nodeId}` });
    const { page } = opened;
    await page.getByRole('button', { name: 'Actions for work' }).click();
    await page.getByRole('menuitem', { name: 'Settings' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Use a network proxy').check({ force: true });
    await dialog.getByLabel('Host').fill('127.0.0.1');
    await dialog.getByLabel('Port').fill('1080');
    await dialog.getByLabel('Limit how often it is asked').check({ force: true });
    await dialog.getByLabel('Requests a minute').fill('30');
    await expectGoodLook(opened, 'providers-account');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    const all = asArray((await dashboard.api.get('/api/providers'))['connections']).map((one) => asObject(one) ?? {});
    const work = all.find((one) => one['name'] === 'work') ?? {};
    expect(work).toMatchObject({ rateLimitProtection: true, rateLimits: { requestsPerMinute: 30 } });
    const { keys } = await dashboard.api.get('/api/settings/proxy');
    expect(keys).toEqual({
      [asString(work['id']) ?? '']: { type: 'socks5', host: '127.0.0.1', port: 1080, hasPassword: false },
    });
  });

  it('adds a model, takes it away, and brings it back', async () => {
    const { page } = await dashboard.open({ path: `/providers/${nodeId}` });
    await page.getByRole('button', { name: 'Add model' }).click();
    await page.getByLabel('Model id').fill('gamma-9');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('team/gamma-9', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Remove gamma-9' }).click();
    await page.getByText('team/gamma-9', { exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('team/gamma-9', { exact: true }).waitFor();
  });

  it('adds an endpoint, changes it and removes it', async () => {
    const opened = await dashboard.open({ path: '/providers' });
    const { page } = opened;
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Home lab');
    expect(await dialog.getByLabel('Prefix').inputValue()).toBe('home-lab');
    await dialog.getByLabel('Base URL').fill('127.0.0.1:1/v1');
    await dialog.getByText('Begin with http').waitFor();
    await expectGoodLook(opened, 'providers-endpoint');
    await dialog.getByLabel('Base URL').fill(`${upstream.url}/v1`);
    await dialog.getByLabel('API key', { exact: false }).fill(GOOD_KEY);
    await dialog.getByRole('button', { name: 'Add endpoint' }).click();
    await page.getByRole('link', { name: 'Home lab' }).click();
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Basement');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Basement' }).waitFor();
    await page.getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByRole('heading', { level: 1, name: 'Providers' }).waitFor();
    await settled(page);
    expect(await page.getByText('Basement').count()).toBe(0);
  });
});

describe.skipIf(NO_BROWSER !== undefined)('the providers page without accounts', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it('offers to connect each of them', async () => {
    const opened = await dashboard.open({ path: '/providers', theme: 'dark' });
    await expectGoodLook(opened, 'providers-empty');
    await opened.page.getByRole('button', { name: 'Add key for DeepSeek' }).click();
    await opened.page.getByRole('dialog').getByRole('link', { name: 'Get a key' }).waitFor();
    await expectGoodLook(opened, 'providers-key');
  });

  it('says that the providers could not be read', async () => {
    const { page } = await dashboard.open({ path: '/' });
    await page.route('**/api/rpc/knownProviders/**', (route) =>
      route.fulfill({
        status: 500,
        json: { json: { defined: false, code: 'internal', status: 500, message: 'The database is locked.' } },
      }),
    );
    await page.evaluate('sessionStorage.clear()');
    await page.reload();
    await page.getByRole('link', { name: 'Providers', exact: true }).click();
    await page.getByText('The providers could not be read.').waitFor();
    await expectGoodLook({ page, errors: [] }, 'providers-failing');
  });
});
