import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString } from '../../core/base/json.ts';
import {
  combosWithoutCycle,
  copyName,
  type Entry,
  weightShares,
  withModel,
} from '../../renderer/features/combos/combo-values.ts';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, startDashboard } from '../support/dashboard.ts';
import type { ManagementClient } from '../support/gateway-process.ts';
import { chatAnswer, sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const CROWD: readonly (readonly [name: string, models: readonly string[]])[] = [
  ['maximize-claude', ['cc/claude-opus-4-6', 'glm/glm-4.7', 'if/kimi-k2-thinking']],
  ['free-forever', ['gc/gemini-3-flash', 'if/kimi-k2-thinking', 'qw/qwen3-coder-plus']],
  [
    'always-on',
    ['cc/claude-opus-4-6', 'cx/gpt-5.2-codex', 'glm/glm-4.7', 'minimax/MiniMax-M2.1', 'if/kimi-k2-thinking'],
  ],
  ['a-combo-with-a-name-that-is-far-longer-than-anybody-would-want-to-type-or-read', ['team/good', 'always-on']],
  ['twice', ['team/good', 'team/good']],
  ['nightly/batch', ['glm/glm-4.7', 'a-very-long-prefix/accounts/fireworks/models/deepseek-v3p1-terminus-instruct']],
  ['review', ['always-on', 'free-forever']],
];
const namesOf = async (api: ManagementClient) =>
  asArray((await api.get('/api/combos'))['combos']).map((combo) => asString(asObject(combo)?.['name']));

async function startTeam(): Promise<Upstream> {
  return startUpstream(({ body }, response) =>
    body['model'] === 'good'
      ? sendJson(response, chatAnswer('ok'))
      : sendJson(response, { error: { message: 'No such model here.' } }, 404),
  );
}

async function addTeam(api: ManagementClient, upstream: Upstream): Promise<void> {
  const made = await api.post('/api/provider-nodes', {
    ...{ name: 'Team server', prefix: 'team', type: 'openai-compatible', apiType: 'chat' },
    baseUrl: `${upstream.url}/v1`,
  });
  await api.post('/api/providers', {
    provider: asString(asObject(made['node'])?.['id']) ?? '',
    name: 'work',
    apiKey: 'sk-team-123',
  });
}

async function ask(dashboard: Dashboard): Promise<void> {
  const response = await fetch(`${dashboard.gateway.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'team', messages: [{ role: 'user', content: 'hello' }] }),
  });
  expect(await response.text()).toContain('ok');
}

describe.skipIf(NO_BROWSER !== undefined)('the combos page', () => {
  let dashboard: Dashboard;
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startTeam();
    dashboard = await startDashboard({
      seed: async (api) => {
        await addTeam(api, upstream);
        await api.post('/api/combos', { name: 'team', models: ['team/bad', 'team/good'] });
        for (const [name, models] of CROWD) await api.post('/api/combos', { name, models: [...models] });
      },
    });
    for (let count = 0; count < 3; count += 1) await ask(dashboard);
  });
  afterAll(async () => {
    await dashboard.stop();
    await upstream.close();
  });

  it.each(LOOKS)('stands crowded at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/combos', theme, width });
    await opened.page.getByText('3 requests').first().waitFor();
    await expectGoodLook(opened, `combos-full-${theme}-${width}`);
  });

  it('shows each model’s answer as it comes, with its latency', async () => {
    const opened = await dashboard.open({ path: '/combos' });
    const card = opened.page.getByRole('article', { name: 'team', exact: true });
    await card.getByRole('button', { name: 'Test team' }).click();
    await card.getByText(/works \(\d+\sms\)/).waitFor();
    await card.getByText('2 of 2').waitFor();
    await expectGoodLook(opened, 'combos-tested');
    await card.getByRole('button', { name: 'Close the test' }).click();
    await card.getByRole('list', { name: 'Models' }).waitFor();
  });

  it('renews the figures while requests end', async () => {
    const { page } = await dashboard.open({ path: '/combos' });
    await page.getByText('3 requests').waitFor();
    await ask(dashboard);
    await page.getByText('4 requests').waitFor();
  });

  it('finds combos by name and by model', async () => {
    const { page } = await dashboard.open({ path: '/combos' });
    await page.getByRole('searchbox', { name: 'Search combos' }).fill('minimax');
    await page.getByRole('article', { name: 'twice' }).waitFor({ state: 'detached' });
    expect(await page.getByRole('article').count()).toBe(1);
    await page.getByRole('searchbox', { name: 'Search combos' }).fill('zzz');
    await page.getByText('No combo matches.').waitFor();
  });

  it('duplicates a combo under a free name', async () => {
    const { page } = await dashboard.open({ path: '/combos' });
    await page.getByRole('button', { name: 'Duplicate twice' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'twice-copy' }).waitFor();
    expect(await namesOf(dashboard.api)).toContain('twice-copy');
  });

  it('brings a removed combo back', async () => {
    const { page } = await dashboard.open({ path: '/combos' });
    await page.getByRole('button', { name: 'Remove maximize-claude' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('link', { name: 'maximize-claude' }).waitFor();
    expect(await namesOf(dashboard.api)).toContain('maximize-claude');
  });

  it('stands in Finnish', async () => {
    const opened = await dashboard.open({ path: '/combos', language: 'fi', width: 800 });
    await opened.page.getByText('3 pyyntöä').or(opened.page.getByText('4 pyyntöä')).first().waitFor();
    await expectGoodLook(opened, 'combos-finnish');
  });
});

describe('combo values', () => {
  const combo = (name: string, ...models: string[]) => ({
    ...{ id: name, name, models, strategy: 'priority' as const, config: {} },
    ...{ createdAt: '', updatedAt: '' },
  });
  const entry = (id: string, weight?: number): Entry => ({ id, model: id, weight });

  it('offer no combo that leads back to the one that is edited', () => {
    const all = [combo('a', 'b'), combo('b', 'c'), combo('c', 'x/y'), combo('d', 'a'), combo('e', 'c', 'c')];
    expect(combosWithoutCycle(all, 'b').map(({ name }) => name)).toEqual(['c', 'e']);
    expect(combosWithoutCycle(all, undefined)).toHaveLength(5);
  });
  it('share by weight, and alike without any', () => {
    expect(weightShares([entry('a', 30), entry('b', 10), entry('c')])).toEqual([0.75, 0.25, 0]);
    expect(weightShares([entry('a'), entry('b')])).toEqual([0.5, 0.5]);
  });
  it('name a copy so that no other has the name', () => {
    expect(copyName('a', ['a'])).toBe('a-copy');
    expect(copyName('a', ['a', 'a-copy', 'a-copy-2'])).toBe('a-copy-3');
  });
  it('give each model its own id', () => {
    expect(withModel([entry('0'), entry('7')], 'x/y').map(({ id }) => id)).toEqual(['0', '7', '8']);
  });
});
