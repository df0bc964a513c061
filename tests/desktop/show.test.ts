/**
 * A person's day with the desktop app, told once, run on the real Electron where its binary is installed and else on the
 * stand-in: which one is in the title.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { login, type ManagementClient } from '../support/gateway-process.ts';
import { chatAnswer, chatChunk, sendJson, sendSse, startUpstream, type Upstream } from '../support/upstream.ts';
import { type Desktop, freePort, startDesktop } from './driver.ts';
import { electronProgram } from './electron-driver.ts';
import { dashboardOf, photograph, photographMenu, shownWindows } from './looking.ts';
import { CHROMIUM } from './stand-in/chromium.ts';
import type { ItemView } from './stand-in/menus.ts';

const RUNS_ON = electronProgram() === undefined ? 'the stand-in for Electron' : 'Electron';
const PORT_PAGE = 'app://omniroute/shell/port';
const SOON = { timeout: 30_000, interval: 100 };
const ASK = { model: 'up/m', messages: [{ role: 'user', content: 'Hi' }] };

let app: Desktop;
let upstream: Upstream;
let api: ManagementClient;
/** Ends the stream that is under way. */
let finish: () => void;
const base = (): string => `http://127.0.0.1:${port}`;
let port: number;

beforeAll(async () => {
  upstream = await startUpstream((_received, response) => sendJson(response, chatAnswer('Hello')));
  app = await startDesktop();
  ({ port } = app);
  console.log(`The desktop app runs on ${app.runsOn}.`);
  await vi.waitFor(async () => expect(await app.ask.tray()).toBeDefined(), SOON);
  api = await login(base());
  const { node } = await api.post('/api/provider-nodes', {
    ...{ name: 'Upstream', prefix: 'up', type: 'openai-compatible', apiType: 'chat', baseUrl: `${upstream.url}/v1` },
  });
  await api.post('/api/providers', { provider: (node as { id: string }).id, apiKey: 'sk-test', name: 'Main' });
  await api.post('/api/combos', { name: 'always-on', models: ['up/m', 'up/n'] });
}, 90_000);
afterAll(async () => {
  await app?.dispose();
  await upstream?.close();
});

function ask(body: object, at = base()): Promise<Response> {
  return fetch(`${at}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** Opens a stream that has begun and goes on until `finish`. */
async function openStream(): Promise<Response> {
  upstream.answer((_received, response) => {
    sendSse(response, [chatChunk({ role: 'assistant', content: 'Hel' })], false);
    finish = () => sendSse(response, [chatChunk({ content: 'lo' }, 'stop'), 'data: [DONE]']);
  });
  return ask({ ...ASK, stream: true });
}

async function item(id: string): Promise<ItemView> {
  const { items = [] } = (await app.ask.tray()) ?? {};
  const found = items.flatMap((each) => [each, ...(each.items ?? [])]).find((each) => each.id === id);
  if (found === undefined) throw new Error(`The menu has no entry "${id}".`);
  return found;
}

describe.skipIf(RUNS_ON !== 'Electron' && CHROMIUM === undefined)(`on ${RUNS_ON}`, { timeout: 90_000 }, () => {
  it('starts with its window, live over the message port', async () => {
    const page = await dashboardOf(app);
    await page.getByRole('navigation').first().waitFor();
    expect((await app.ask.windows())[0]?.webPreferences).toMatchObject({
      ...{ sandbox: true, contextIsolation: true, nodeIntegration: false },
    });
    upstream.answer((_received, response) => sendJson(response, chatAnswer('Hello')));
    await (await ask(ASK)).text();
    await photograph(page, 'desktop-window');
  });

  it('says in the tray what today costs, and answers requests meanwhile', async () => {
    await vi.waitFor(async () => expect((await item('status')).label).toMatch(/today · [1-9]\d* request/), SOON);
    const tray = await app.ask.tray();
    expect(tray?.tooltip).toContain(`localhost:${port}`);
    expect(tray?.image).toMatch(/running-dark\.png$/);
    expect(tray?.items.filter(({ type }) => type !== 'separator').map(({ label }) => label)).toEqual([
      ...[expect.stringContaining('today'), 'Open Dashboard', 'Open in Browser', 'Copy Endpoint', 'Connect', 'Combos'],
      ...['Pause', 'Server Port', 'Launch at Login', 'Shortcut Ctrl+Alt+O', 'Notifications', 'Check for Updates'],
      ...['Settings', 'About OmniRoute', 'Quit OmniRoute'],
    ]);
    await photographMenu(app, 'tray-menu', { open: 'copy-endpoint' });
  });

  it.each([
    ['status', '/usage'],
    ['open-dashboard', '/usage'],
    ['connect-all', '/providers'],
    ['settings', '/settings'],
    ['about', '/about'],
  ])('%s opens %s', async (id, path) => {
    await app.ask.click(id);
    await vi.waitFor(async () => expect((await shownWindows(app))[0]?.url).toBe(`app://omniroute${path}`), SOON);
    const page = await dashboardOf(app);
    await page.getByRole('navigation').first().waitFor();
    await photograph(page, `desktop-entry-${id}`);
  });

  it.each([
    ['copy-openai', (at: number) => `http://localhost:${at}/v1`],
    ['copy-anthropic', (at: number) => `http://localhost:${at}`],
    ['copy-gemini', (at: number) => `http://localhost:${at}`],
    ['combo-always-on', () => 'always-on'],
  ])('%s copies', async (id, text) => {
    await app.ask.click(id);
    await vi.waitFor(async () => expect((await app.ask.world()).clipboard).toBe(text(port)), SOON);
  });

  it('opens in the browser, at the port it listens on', async () => {
    await app.ask.click('open-in-browser');
    await vi.waitFor(async () => expect((await app.ask.world()).opened).toContain(`http://localhost:${port}/`), SOON);
  });

  it('pauses and resumes: clients are told, the icon and the entry change while the menu is open', async () => {
    await app.ask.menu('open');
    await app.ask.click('pause');
    await vi.waitFor(async () => expect((await item('pause')).label).toBe('Resume'), SOON);
    expect((await app.ask.tray())?.image).toMatch(/paused-dark\.png$/);
    expect((await item('status')).label).toMatch(/^Paused · /);
    expect((await ask(ASK)).status).toBe(503);
    await app.ask.click('pause');
    await vi.waitFor(async () => expect((await item('pause')).label).toBe('Pause'), SOON);
    expect((await ask(ASK)).status).toBe(200);
    await app.ask.menu('close');
  });

  it('keeps an open menu until it is closed when entries come', async () => {
    await app.ask.menu('open');
    await api.post('/api/combos', { name: 'later', models: ['up/m'] });
    await delay(2_500);
    await expect(item('combo-later')).rejects.toThrow('no entry');
    await app.ask.menu('close');
    await vi.waitFor(async () => expect((await item('combo-later')).label).toBe('later'), SOON);
  });

  it('starts at login where that is wished', async () => {
    await app.ask.click('launch-at-login');
    await vi.waitFor(async () => expect((await item('launch-at-login')).checked).toBe(true), SOON);
    await app.ask.click('launch-at-login');
    await vi.waitFor(async () => expect((await item('launch-at-login')).checked).toBe(false), SOON);
  });

  it('opens with a global shortcut, once that is switched on', async () => {
    expect((await app.ask.world()).shortcuts).toEqual([]);
    await app.ask.click('shortcut');
    await vi.waitFor(async () => expect((await app.ask.world()).shortcuts).toHaveLength(1), SOON);
    const [window] = await app.ask.windows();
    await app.ask.closeWindow(window?.id ?? 0);
    await app.ask.pressShortcut();
    await vi.waitFor(async () => expect(await shownWindows(app)).toHaveLength(1), SOON);
  });

  it('says why there is nothing to update when it runs from its sources', async () => {
    await app.ask.click('update');
    await vi.waitFor(async () => expect((await app.ask.world()).notifications.at(-1)?.body).toContain('sources'), SOON);
  });

  it('moves to a port that is typed, and drops no open stream', async () => {
    const stream = await openStream();
    const next = await freePort();
    await app.ask.click('port-custom');
    const form = await vi.waitFor(async () => {
      const found = (await app.pages()).find((page) => page.url().endsWith('/shell/port'));
      if (found === undefined) throw new Error('no page');
      return found;
    }, SOON);
    await photograph(form, 'desktop-port');
    await form.getByLabel('Port').fill(String(next));
    await form.getByRole('button', { name: 'Change' }).click();
    await vi.waitFor(async () => expect((await item('port-now')).label).toBe(`${next} (now)`), SOON);
    finish();
    expect(await stream.text()).toMatch(/Hel[\s\S]*lo[\s\S]*\[DONE\]/);
    await expect(fetch(`${base()}/health`)).rejects.toThrow();
    port = next;
    upstream.answer((_received, response) => sendJson(response, chatAnswer('Hello')));
    expect((await ask(ASK)).status).toBe(200);
    expect((await app.ask.tray())?.tooltip).toContain(`localhost:${next}`);
    await vi.waitFor(
      async () => expect((await app.ask.windows()).map(({ url }) => url)).not.toContain(PORT_PAGE),
      SOON,
    );
  });

  it('a second start shows the first one, at the page it was asked for, and ends', async () => {
    const [window] = await app.ask.windows();
    await app.ask.closeWindow(window?.id ?? 0);
    expect(await shownWindows(app)).toEqual([]);
    expect(await app.second(['--page=/combos'])).toBe(0);
    await vi.waitFor(async () => expect((await shownWindows(app))[0]?.url).toBe('app://omniroute/combos'), SOON);
  });

  it('closing hides it, a click on the icon shows it where it was', async () => {
    const [window] = await shownWindows(app);
    await app.ask.closeWindow(window?.id ?? 0);
    expect((await app.ask.windows())[0]?.isVisible).toBe(false);
    expect((await fetch(`${base()}/health`)).status).toBe(200);
    await app.ask.clickIcon();
    await vi.waitFor(async () => expect((await shownWindows(app))[0]?.url).toBe('app://omniroute/combos'), SOON);
  });

  it('quits when the open stream has ended, within five seconds', async () => {
    const stream = await openStream();
    const startedMs = performance.now();
    await app.ask.click('quit');
    await delay(1_000);
    finish();
    expect(await stream.text()).toMatch(/Hel[\s\S]*lo[\s\S]*\[DONE\]/);
    expect(await app.ended).toBe(0);
    const tookMs = performance.now() - startedMs;
    console.log(`Quit with a stream open for another second took ${Math.round(tookMs)} ms.`);
    expect(tookMs).toBeGreaterThan(1_000);
    expect(tookMs).toBeLessThan(15_000);
  });
});
