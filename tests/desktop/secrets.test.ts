/**
 * The desktop app with accounts of every provider: no secret comes to a page over the message port, into the app's log, or
 * into a file of its own, of Electron's or of Chromium's. That such a search can fail is shown with a secret that is let out.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asString, objectsOf } from '../../core/base/json.ts';
import { openInBrowser } from '../support/auth-servers/auth-server.ts';
import { CLIENT_SECRETS, closeVendors, hostsOf, startVendors, type Vendors } from '../support/auth-servers/vendors.ts';
import { settled } from '../support/dashboard.ts';
import { addNode } from '../support/gateway-calls.ts';
import { login, type ManagementClient } from '../support/gateway-process.ts';
import { MARK } from '../support/marked-secrets.ts';
import { findSecrets } from '../support/planted-secrets.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';
import { type Desktop, startDesktop } from './driver.ts';
import { electronProgram } from './electron-driver.ts';
import { dashboardOf } from './looking.ts';
import { CHROMIUM } from './stand-in/chromium.ts';

const RUNS_ON = electronProgram() === undefined ? 'the stand-in for Electron' : 'Electron';
const ada = { email: 'ada@example.com', id: 'ada', name: 'Ada' };
const OVER = ['done', 'failed', 'cancelled', 'expired'];

describe.skipIf(RUNS_ON !== 'Electron' && CHROMIUM === undefined)(`secrets on ${RUNS_ON}`, { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-desktop-'));
  let app: Desktop;
  let api: ManagementClient;
  let vendors: Vendors;
  let upstream: Upstream;
  let page: Page;
  beforeAll(async () => {
    upstream = await startUpstream(({ headers }, response) =>
      sendJson(response, { error: { message: `bad ${headers.authorization}`, code: headers.authorization } }, 401),
    );
    vendors = await startVendors(ada, upstream.url);
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'providers.json'), JSON.stringify(hostsOf(vendors)));
    app = await startDesktop({ folder, env: { ...CLIENT_SECRETS, LOG_LEVEL: 'debug' } });
    page = await dashboardOf(app);
    await page.getByRole('navigation').first().waitFor();
    api = await login(`http://127.0.0.1:${app.port}`);
  }, 90_000);
  afterAll(async () => {
    await app.dispose().catch(() => undefined);
    await Promise.all([closeVendors(vendors), upstream.close()]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const signIn = async (provider: string): Promise<unknown> => {
    const { sessionId, authUrl } = await api.post('/api/oauth/start', { provider });
    const path = `/api/oauth/sessions/${asString(sessionId)}`;
    vendors[provider as keyof Vendors].desk?.enter(ada);
    if (typeof authUrl === 'string') await api.post(`${path}/complete`, { pasted: await openInBrowser(authUrl) });
    return await expect
      .poll(async () => (await api.get(path))['state'], { timeout: 20_000, interval: 200 })
      .toSatisfy((state) => OVER.includes(String(state)));
  };
  const visit = async (path: string): Promise<void> => {
    await page.getByRole('navigation').locator(`a[href="${path}"]`).first().click();
    await settled(page);
  };
  const found = (): string[] => findSecrets({ 'a secret': MARK }, app.written());

  it('come to no page, into no log and into no file', async () => {
    await Promise.all(Object.keys(vendors).map(signIn));
    await addNode(api, { prefix: 'up', baseUrl: `${upstream.url}/v1` });
    const names = objectsOf((await api.get('/api/providers'))['connections']).map(({ provider }) => provider);
    expect(names).toEqual(expect.arrayContaining(Object.keys(vendors)));
    for (const model of ['up/m', ...Object.values(vendors).map((vendor) => vendor.model)]) {
      const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] });
      const headers = { 'content-type': 'application/json' };
      await (await fetch(`http://127.0.0.1:${app.port}/v1/chat/completions`, { method: 'POST', headers, body })).text();
    }
    for (const path of ['/', '/combos', '/keys', '/usage', '/costs', '/limits', '/settings', '/logs', '/providers'])
      await visit(path);
    await page.getByRole('main').getByRole('link', { name: 'Claude' }).first().click();
    await page.getByText(ada.email).first().waitFor();
    const sent = app.written().get(join(folder, 'user', 'ipc-traffic'));
    expect(String(sent)).toContain(ada.email);
    expect(found()).toEqual([]);
  });

  it('are found where they do come out', async () => {
    await expect(api.post('/api/combos', { name: MARK, models: ['up/m'] })).rejects.toThrow('Secrets came out');
    await visit('/combos');
    await page.getByText(MARK).first().waitFor();
    expect(found()).toEqual(
      expect.arrayContaining(['ipc-traffic', 'storage.sqlite'].map((name) => expect.stringContaining(name))),
    );
    await expect(app.dispose()).rejects.toThrow('Secrets came out');
  });
});
