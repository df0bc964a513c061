/**
 * Signing in from the tray: at each provider an entry of the menu leads to the dialog with whose terms apply, the test is
 * the person's browser at the simulated vendor, and the entry then says whose account it is and what is left of it.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type JsonObject, objectsOf } from '../../core/base/json.ts';
import { untilPortIsFree } from '../accounts/flows/login-core.ts';
import { openInBrowser } from '../support/auth-servers/auth-server.ts';
import { USER_CODE } from '../support/auth-servers/device-flow.ts';
import { quotaWindows, USED_PERCENT } from '../support/auth-servers/quotas.ts';
import { login, type ManagementClient } from '../support/gateway-process.ts';
import { ADA, BOB, type Person, type Stage, SUBSCRIPTIONS, type Subscription } from '../support/subscriptions.ts';
import { type Desktop, startDesktop } from './driver.ts';
import { electronProgram } from './electron-driver.ts';
import { dashboardOf, photograph, photographMenu } from './looking.ts';
import { CHROMIUM } from './stand-in/chromium.ts';

const RUNS_ON = electronProgram() === undefined ? 'the stand-in for Electron' : 'Electron';
const SOON = { timeout: 30_000, interval: 100 };
const LEFT = 100 - (USED_PERCENT[ADA.id] ?? 0);

describe.skipIf(RUNS_ON !== 'Electron' && CHROMIUM === undefined)(`on ${RUNS_ON}`, { timeout: 90_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-desktop-'));
  const stages = new Map<string, Stage>();
  let app: Desktop;
  let api: ManagementClient;

  beforeAll(async () => {
    for (const { provider, open } of SUBSCRIPTIONS) stages.set(provider, await open());
    mkdirSync(join(folder, 'data'), { recursive: true });
    const rows = [...stages].map(([provider, { hosts }]) => [provider, { hosts }]);
    writeFileSync(join(folder, 'data', 'providers.json'), JSON.stringify(Object.fromEntries(rows)));
    const env = Object.assign({}, ...[...stages.values()].map((stage) => stage.env)) as Record<string, string>;
    app = await startDesktop({ folder, env, args: ['--hidden'] });
    await vi.waitFor(async () => expect(await app.ask.tray()).toBeDefined(), SOON);
    api = await login(`http://127.0.0.1:${app.port}`);
  }, 90_000);
  afterAll(async () => {
    await app?.dispose();
    await Promise.all([...stages.values()].map((stage) => stage.close()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const stageOf = ({ provider }: Subscription): Stage => {
    const stage = stages.get(provider);
    if (stage === undefined) throw new Error(`${provider} was not started.`);
    return stage;
  };
  const labelOf = async (provider: string): Promise<string> => {
    const entries = (await app.ask.tray())?.items.find(({ id }) => id === 'connect')?.items ?? [];
    return entries.find(({ id }) => id === `connect-${provider}`)?.label ?? '';
  };
  const accountsOf = async (provider: string): Promise<JsonObject[]> =>
    objectsOf((await api.get('/api/providers'))['connections']).filter((one) => one['provider'] === provider);
  const ask = ({ model }: Subscription): Promise<Response> =>
    fetch(`http://127.0.0.1:${app.port}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }] }),
    });
  const opened = async (): Promise<readonly string[]> => (await app.ask.world()).opened;
  /** Does what hands an address to the person's browser; the address. */
  const handedOn = async (act: () => Promise<void>): Promise<string> => {
    const before = (await opened()).length;
    await act();
    return await vi.waitFor(async () => {
      const url = (await opened())[before];
      if (url === undefined) throw new Error('Nothing was opened.');
      return url;
    }, SOON);
  };

  /** With the dialog open: to the account, as the person does it. */
  async function signIn(subscription: Subscription, dialog: Locator, person: Person): Promise<void> {
    const { provider, way, method, callbackPort } = subscription;
    const { arrive, auth } = stageOf(subscription);
    await dialog.getByRole('link', { name: 'Read the terms' }).waitFor();
    if (method !== undefined) await dialog.getByRole('radio', { name: method.label }).click();
    if (callbackPort !== undefined) await untilPortIsFree(callbackPort);
    if (way === 'code') {
      await dialog.getByRole('button', { name: 'Get a code' }).click();
      const userCode = await dialog.getByText(USER_CODE).innerText();
      const page = await handedOn(() => dialog.getByRole('link', { name: 'Open the page to type it' }).click());
      expect(page).toMatch(/^https:\/\/(?:github\.com\/login\/device|chat\.qwen\.ai\/authorize\?)/);
      arrive(person, userCode);
    } else {
      const start = dialog.getByRole('button', { name: 'Continue in the browser' });
      const page = await handedOn(() => start.click());
      expect(page).toContain(`${auth.url}/`);
      arrive(person, '');
      const back = await openInBrowser(page);
      await dialog.getByRole('link', { name: 'Open the sign-in page' }).waitFor();
      const place = dialog.getByLabel('Address or code from the browser');
      // It is there at once also where the port of a vendor's registration is taken by another test.
      if (way === 'browser' && !(await place.isVisible()))
        expect(await (await fetch(back)).text()).toContain('Signed in');
      else {
        await place.fill(back);
        await dialog.getByRole('button', { name: 'Finish' }).click();
      }
    }
    await dialog.getByText(/^Signed in as /).waitFor();
    expect(auth.faults, provider).toEqual([]);
  }

  const dialogOf = (page: Page, { name }: Subscription): Locator =>
    page.getByRole('dialog', { name: `Sign in to ${name}` });

  describe.each(SUBSCRIPTIONS)('$name', (subscription) => {
    const { provider, name, tellsWho } = subscription;
    const whose = tellsWho ? `${name} · ${ADA.email}` : name;

    it('is signed in to with a click in the tray', async () => {
      expect(await labelOf(provider)).toBe(`${name} · sign in`);
      await app.ask.click(`connect-${provider}`);
      const page = await dashboardOf(app);
      const dialog = dialogOf(page, subscription);
      await dialog.getByRole('link', { name: 'Read the terms' }).waitFor();
      await photograph(page, `desktop-sign-in-${provider}`);
      await signIn(subscription, dialog, ADA);
      await vi.waitFor(async () => expect(await labelOf(provider)).not.toContain('sign in'), SOON);
      expect(await labelOf(provider)).toContain(`${whose} · `);
    });

    it('takes a second account', async () => {
      await app.ask.click(`connect-${provider}`);
      const page = await dashboardOf(app);
      await page.getByRole('list', { name: 'Accounts' }).waitFor();
      await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
      await signIn(subscription, dialogOf(page, subscription), BOB);
      expect((await accountsOf(provider)).map(({ email }) => email)).toEqual(
        tellsWho ? [ADA.email, BOB.email] : [undefined, undefined],
      );
    });

    it('says in the tray whose account it is and what is left of it', async () => {
      const left = quotaWindows(provider, ADA) === undefined ? 'connected' : `${LEFT}% left · resets `;
      const wanted = `${whose} +1 · ${left}`;
      await vi.waitFor(async () => expect((await labelOf(provider)).replace(/\s%/, '%')).toContain(wanted), SOON);
    });

    it('answers with it', async () => {
      const response = await ask(subscription);
      const text = await response.text();
      expect([response.status, text]).toEqual([200, expect.stringContaining('Hello there.')]);
      expect(stageOf(subscription).upstream.faults).toEqual([]);
    });
  });

  it('says that a login has ended, and is signed in to again with a click', async () => {
    const [subscription] = SUBSCRIPTIONS;
    if (subscription === undefined) throw new Error('There is no subscription.');
    const { provider, name } = subscription;
    const { image } = (await app.ask.tray()) ?? {};
    stageOf(subscription).auth.families.revokeAll();
    expect((await ask(subscription)).status).toBe(502);
    await vi.waitFor(
      async () => expect(await labelOf(provider)).toBe(`${name} · ${ADA.email} +1 · sign in again`),
      SOON,
    );
    expect((await app.ask.tray())?.image).toMatch(/degraded-/);
    expect((await app.ask.world()).notifications.map(({ title }) => title)).toContain(`${name} is signed out`);
    // From the notification, then from the tray.
    for (const [person, click] of [
      [ADA, () => app.ask.clickNotification(`${name} is signed out`)],
      [BOB, () => app.ask.click(`connect-${provider}`)],
    ] as const) {
      await click();
      const page = await dashboardOf(app);
      if (person === BOB) await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
      await signIn(subscription, dialogOf(page, subscription), person);
      await vi.waitFor(async () => expect(await labelOf(provider)).not.toContain('sign in'), SOON);
    }
    await vi.waitFor(async () => expect((await app.ask.tray())?.image).toBe(image), SOON);
    expect((await accountsOf(provider)).map(({ email }) => email)).toEqual([ADA.email, BOB.email]);
    expect((await ask(subscription)).status).toBe(200);
  });

  it('shows what is left on the pages, too', async () => {
    await photographMenu(app, 'tray-logins', { open: 'connect' });
    const told = SUBSCRIPTIONS.filter(({ provider }) => quotaWindows(provider, ADA) !== undefined);
    await app.ask.click('status');
    const page = await dashboardOf(app);
    const go = (name: string): Promise<void> =>
      page.getByRole('navigation').getByRole('link', { name }).first().click();
    await go('Home');
    for (const { name } of told)
      await page
        .getByRole('main')
        .getByRole('link', { name: new RegExp(`${name}.*${LEFT}\\s?%`) })
        .waitFor();
    await photograph(page, 'desktop-subscriptions-home');
    await go('Limits');
    for (const { name } of told)
      for (const person of [ADA, BOB])
        await page
          .getByRole('article', { name: new RegExp(`${person.email}.*${name}`) })
          .getByText(new RegExp(`${100 - (USED_PERCENT[person.id] ?? 0)}\\s?% .*left|left.*`))
          .first()
          .waitFor();
    await photograph(page, 'desktop-subscriptions-limits');
  });
});
