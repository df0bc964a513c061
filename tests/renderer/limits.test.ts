import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString } from '../../core/base/json.ts';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, startDashboard } from '../support/dashboard.ts';
import type { GatewayProcess, ManagementClient } from '../support/gateway-process.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const ANSWER = {
  ...{ id: 'c-1', object: 'chat.completion', created: 1, model: 'm' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello.' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 },
};
const LEARNED = { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '41' };
/** An address that is not this machine's own: those are never locked. */
const WRONG_KEY_TRIES = 3;

async function addNode(api: ManagementClient, prefix: string, url: string): Promise<void> {
  const { node } = await api.post('/api/provider-nodes', {
    ...{ name: `${prefix} box`, prefix, type: 'openai-compatible', apiType: 'chat' },
    baseUrl: `${url}/v1`,
  });
  const provider = asString(asObject(node)?.['id']) ?? '';
  await api.post('/api/providers', { provider, apiKey: 'sk-of-the-tests-0123456789', name: `${prefix} account` });
}
const ask = (gateway: GatewayProcess, model: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${gateway.baseUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model, temperature: 0, messages: [{ role: 'user', content: 'hi' }] }),
  });

describe.skipIf(NO_BROWSER !== undefined)('the page of limits and health', () => {
  let dashboard: Dashboard;
  const upstreams: Upstream[] = [];
  beforeAll(async () => {
    const good = await startUpstream((_received, response) => sendJson(response, ANSWER, 200, LEARNED));
    const down = await startUpstream((_received, response) =>
      sendJson(response, { error: { message: 'The engine is on fire' } }, 500),
    );
    const busy = await startUpstream((_received, response) =>
      sendJson(response, { error: { message: 'Slow down' } }, 429, { 'retry-after': '600' }),
    );
    upstreams.push(good, down, busy);
    const seed = async (api: ManagementClient, gateway: GatewayProcess): Promise<void> => {
      await api.send('PATCH', '/api/settings', {
        lockouts: {
          login: { attempts: 5, windowMs: 300_000, durationMs: 900_000 },
          apiKeys: { attempts: WRONG_KEY_TRIES, windowMs: 300_000, durationMs: 900_000 },
          locksThisMachine: true,
        },
      });
      for (const [prefix, { url }] of Object.entries({ good, down, busy })) await addNode(api, prefix, url);
      await api.send('PATCH', '/api/resilience', {
        profiles: {
          apikey: {
            ...{ transientCooldown: 600_000, rateLimitCooldown: 0, maxBackoffLevel: 5 },
            ...{ circuitBreakerThreshold: 1, circuitBreakerReset: 600_000 },
          },
        },
      });
      for (const model of ['good/m', 'good/m', 'down/m', 'busy/m']) await (await ask(gateway, model)).text();
    };
    dashboard = await startDashboard({ seed });
  });
  afterAll(async () => {
    await dashboard.stop();
    for (const upstream of upstreams) await upstream.close();
  });

  it.each(LOOKS)('stands at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/limits', theme, width });
    await opened.page.getByRole('table', { name: 'Resting' }).getByText('busy account').waitFor();
    await expectGoodLook(opened, `limits-full-${theme}-${width}`);
  });

  it('shows in Finnish', async () => {
    await expectGoodLook(await dashboard.open({ path: '/limits', language: 'fi-FI' }), 'limits-full-fi');
  });

  it('shows speed, what providers told of their limits, and the cache', async () => {
    const { page } = await dashboard.open({ path: '/limits' });
    await page
      .getByRole('table', { name: 'Speed and success' })
      .getByRole('row', { name: /good box/ })
      .waitFor();
    await page
      .getByRole('row', { name: /good account/ })
      .getByText('41 / 60 requests')
      .waitFor();
    await page.getByText('1 hit · 1 stored').waitFor();
  });

  it('closes a breaker at once, and ends a rest', async () => {
    const { page } = await dashboard.open({ path: '/limits' });
    const breakers = page.getByRole('table', { name: 'Circuit breakers' });
    await breakers
      .getByRole('row', { name: /down box/ })
      .getByText('Shut off')
      .waitFor();
    await page.getByRole('button', { name: 'Reset the breaker of down box' }).click();
    await breakers
      .getByRole('row', { name: /down box/ })
      .getByText('Shut off')
      .waitFor({ state: 'detached' });
    const open = async (): Promise<number> =>
      asArray((await dashboard.api.get('/api/resilience'))['circuitBreakers']).filter(
        (one) => asObject(one)?.['state'] === 'OPEN',
      ).length;
    expect(await open()).toBe(0);
    await page
      .getByRole('button', { name: /^Try now: / })
      .first()
      .click();
    await page.getByRole('table', { name: 'Resting' }).getByText('busy account').waitFor({ state: 'detached' });
  });

  it('hears by itself that somebody was locked out, and unlocks', async () => {
    const { page } = await dashboard.open({ path: '/limits' });
    await page.getByText('Nobody is locked out.').waitFor();
    for (let index = 0; index <= WRONG_KEY_TRIES; index += 1)
      await (await ask(dashboard.gateway, 'good/m', { authorization: 'Bearer sk-omr-wrong' })).text();
    const row = page.getByRole('table', { name: 'Locked out' }).getByRole('row', { name: /Too many wrong API keys/ });
    await row.waitFor();
    await row.getByRole('button').click();
    await page.getByText('Nobody is locked out.').waitFor();
  });

  it('clears the answers after one question', async () => {
    const { page } = await dashboard.open({ path: '/limits' });
    await page.getByRole('button', { name: 'Clear answers' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Clear answers' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const cache = asObject((await dashboard.api.get('/api/cache'))['semanticCache']);
    expect(cache?.['dbEntries']).toBe(0);
  });
});

describe.skipIf(NO_BROWSER !== undefined)('the page of limits and health with nothing to tell', () => {
  let dashboard: Dashboard;
  beforeAll(async () => {
    dashboard = await startDashboard();
  });
  afterAll(() => dashboard.stop());

  it('says that all is well', async () => {
    await expectGoodLook(await dashboard.open({ path: '/limits', theme: 'dark' }), 'limits-empty');
  });

  it('says what could not be read, and reads it on retry', async () => {
    const opened = await dashboard.open({ path: '/' });
    const { page } = opened;
    await page.route('**/api/rpc/resilience/**', (route) =>
      route.fulfill({
        status: 500,
        json: { json: { defined: false, code: 'internal', status: 500, message: 'The database is locked.' } },
      }),
    );
    await page.getByRole('link', { name: 'Limits & Health' }).click();
    await page.getByText('What rests could not be read.').waitFor();
    await expectGoodLook({ page, errors: [] }, 'limits-failing');
    await page.unroute('**/api/rpc/resilience/**');
    await page.getByRole('button', { name: 'Try again' }).first().click();
    await page.getByText('Nothing rests.').waitFor();
  });

  it('asks again before what it shows is ten seconds old, and not while it is hidden', async () => {
    const { page } = await dashboard.open({ path: '/limits' });
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/api/rpc/monitoring/health')) asked += 1;
    });
    await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(0);
    await page.evaluate(
      "Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' }), window.dispatchEvent(new Event('visibilitychange'))",
    );
    const before = asked;
    await page.waitForTimeout(9_000);
    expect(asked).toBe(before);
  }, 40_000);
});
