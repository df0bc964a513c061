import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asObject, asString } from '../../core/base/json.ts';
import {
  type Dashboard,
  expectGoodLook,
  LOOKS,
  NO_BROWSER,
  startDashboard,
  takePicture,
} from '../support/dashboard.ts';
import type { ManagementClient } from '../support/gateway-process.ts';
import { chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';

let upstream: Upstream;
/** Ends the answer that is held open. */
let finish: () => void = () => undefined;
beforeAll(async () => {
  upstream = await startUpstream(({ body }, response) => {
    if (body['model'] === 'broken')
      sendJson(response, { error: { message: 'Incorrect API key provided.', type: 'invalid_request_error' } }, 401);
    else {
      sendSse(response, [chatChunk({ role: 'assistant', content: 'Hello' })], false);
      finish = () => sendSse(response, [chatChunk({}, 'stop'), 'data: [DONE]']);
    }
  });
});
afterAll(() => upstream.close());

async function seed(api: ManagementClient): Promise<void> {
  for (const [name, prefix] of [
    ['My server', 'mine'],
    ['Spare server', 'spare'],
  ] as const) {
    const made = await api.post('/api/provider-nodes', {
      name,
      prefix,
      type: 'openai-compatible',
      apiType: 'chat',
      baseUrl: `${upstream.url}/v1`,
    });
    const provider = asString(asObject(made['node'])?.['id']) ?? '';
    await api.post('/api/providers', { provider, name: `${prefix} account`, apiKey: 'sk-anything' });
  }
  for (const provider of ['openai', 'deepseek', 'groq'])
    await api.post('/api/providers', { provider, name: 'work', apiKey: 'sk-x' });
}
const ask = (dashboard: Dashboard, model: string) =>
  fetch(`${dashboard.gateway.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'opencode/1.2' },
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'hi' }] }),
  });

describe.skipIf(NO_BROWSER !== undefined)('the home page after a year', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard({ requests: 20_000, seed });
  });
  afterAll(() => dashboard.stop());

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    await expectGoodLook(await dashboard.open({ theme, width }), `home-full-${theme}-${width}`);
  });

  it('shows a request while it runs, and what came of it', async () => {
    const { page, errors } = await dashboard.open();
    await page.getByText('Nothing runs now').waitFor();
    const answer = await ask(dashboard, 'mine/slow');
    await page.getByText('1 running').waitFor();
    await page.getByText('Answering', { exact: true }).last().waitFor();
    await takePicture(page, 'home-running');
    finish();
    await answer.text();
    await page.getByText('Nothing runs now').waitFor();
    await page.getByText('slow', { exact: true }).waitFor();
    expect(errors).toEqual([]);
  });

  it('says what failed and where to do something about it', async () => {
    const opened = await dashboard.open();
    const { page } = opened;
    for (let time = 0; time < 3; time += 1) await (await ask(dashboard, 'spare/broken')).text();
    const row = page.getByRole('listitem').filter({ hasText: 'broken' }).filter({ hasText: 'Check the key' });
    await row.waitFor();
    await page.getByRole('link', { name: /Spare server.*(Fails|part)/ }).waitFor();
    await expectGoodLook(opened, 'home-failing');
    await row.getByRole('link').click();
    await page.waitForURL('**/providers');
  });
});

describe.skipIf(NO_BROWSER !== undefined)('the home page at first', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it.each(LOOKS)('leads to the first steps at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ theme, width });
    await opened.page.getByRole('link', { name: 'Take the first steps' }).waitFor();
    await expectGoodLook(opened, `home-empty-${theme}-${width}`);
  });

  it('copies each protocol’s address', async () => {
    const { page } = await dashboard.open();
    const origin = dashboard.gateway.baseUrl.replace('127.0.0.1', 'localhost');
    for (const [name, text] of [
      ['OpenAI', `${origin}/v1`],
      ['Anthropic', origin],
      ['Gemini', origin],
      ['Ollama', origin],
    ]) {
      await page.getByRole('button', { name: `Copy the ${name} address` }).click();
      await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).toBe(text);
    }
  });
});
