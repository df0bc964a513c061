/** The other days of the desktop app: starts that are hidden, hindered or fail, a window that crashes, pages that misbehave. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { login, startGateway } from '../support/gateway-process.ts';
import { sendJson, startUpstream } from '../support/upstream.ts';
import { type Desktop, type DesktopOptions, freePort, startDesktop } from './driver.ts';
import { electronProgram } from './electron-driver.ts';
import { dashboardOf, photograph, shownWindows } from './looking.ts';
import { CHROMIUM } from './stand-in/chromium.ts';

const IS_STAND_IN = electronProgram() === undefined;
const SOON = { timeout: 30_000, interval: 100 };
const running: Desktop[] = [];
const servers: Server[] = [];

afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.dispose()));
  for (const server of servers.splice(0)) server.close();
});

async function start(options: DesktopOptions = {}): Promise<Desktop> {
  const app = await startDesktop(options);
  running.push(app);
  return app;
}

async function trayOf(app: Desktop): Promise<readonly string[]> {
  const tray = await vi.waitFor(async () => {
    const found = await app.ask.tray();
    if (found === undefined) throw new Error(`There is no tray icon.\n${app.output()}`);
    return found;
  }, SOON);
  return tray.items.map(({ label }) => label);
}

/** A stranger's server on a port. */
async function stranger(): Promise<number> {
  const port = await freePort();
  const server = createServer((_request, response) => response.end('not ours'));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return port;
}

describe.skipIf(IS_STAND_IN && CHROMIUM === undefined)('the desktop app', { timeout: 120_000 }, () => {
  it('started at login shows only its tray; the icon opens the window', async () => {
    const app = await start({ args: ['--hidden'] });
    await trayOf(app);
    expect(await app.ask.windows()).toEqual([]);
    await app.ask.clickIcon();
    await vi.waitFor(async () => expect(await shownWindows(app)).toHaveLength(1), SOON);
  });

  it('offers the next free port where another program has the wanted one, and remembers it', async () => {
    const port = await stranger();
    const app = await start({ port });
    const dialog = await vi.waitFor(async () => {
      const [found] = (await app.ask.world()).dialogs;
      if (found === undefined) throw new Error('no dialog');
      return found;
    }, SOON);
    expect(dialog.message).toBe(`Port ${port} is in use by another program.`);
    const next = Number(/\d+/.exec(dialog.buttons[0] ?? '')?.[0]);
    await app.ask.answerDialog(0);
    await trayOf(app);
    expect(await (await fetch(`http://127.0.0.1:${next}/health`)).json()).toMatchObject({ name: 'OmniRoute' });
    const stored = JSON.parse(readFileSync(join(app.folder, 'user', 'config.json'), 'utf8')) as { port: number };
    expect(stored.port).toBe(next);
  });

  it('takes it without asking when nobody looks, and says so', async () => {
    const port = await stranger();
    const app = await start({ port, args: ['--hidden'] });
    await trayOf(app);
    expect((await app.ask.world()).notifications[0]?.body).toContain(`Port ${port}`);
  });

  it('hands over to a server that works on the same data', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'omniroute-desktop-'));
    const port = await freePort();
    const server = await startGateway({ dataDir: join(folder, 'data'), args: ['--port', String(port)] });
    try {
      const app = await start({ folder, port });
      expect(await app.ended).toBe(0);
      expect(readFileSync(app.logFile, 'utf8')).toContain('handed over');
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('that cannot start says why and where the log is, in a window', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'omniroute-desktop-'));
    mkdirSync(join(folder, 'data'), { recursive: true });
    writeFileSync(join(folder, 'data', 'providers.json'), '{ "openai": { "hosts": 5 } }');
    const app = await start({ folder });
    const page = await vi.waitFor(async () => {
      const found = (await app.pages()).find((each) => each.url().endsWith('/shell/failure'));
      if (found === undefined) throw new Error(`no window\n${app.output()}`);
      return found;
    }, SOON);
    await page.getByRole('heading', { name: 'OmniRoute could not start' }).waitFor();
    const text = await page.locator('body').innerText();
    expect(text).toContain('providers.json');
    expect(text).toContain(app.logFile);
    await photograph(page, 'desktop-failure');
    await page.getByRole('link', { name: 'Open the log' }).click();
    await vi.waitFor(async () => expect((await app.ask.world()).opened).toContain(app.logFile), SOON);
    expect(readFileSync(app.logFile, 'utf8')).toContain('could not start');
    await page.getByRole('link', { name: 'Quit' }).click();
    expect(await app.ended).toBe(0);
    rmSync(folder, { recursive: true, force: true });
  });

  it('opens a window again that crashed, and gives up on one that keeps crashing', async () => {
    const app = await start();
    await (await dashboardOf(app)).getByRole('navigation').first().waitFor();
    const [window] = await app.ask.windows();
    const crash = (): Promise<void> => app.ask.crash(window?.id ?? 0);
    await crash();
    await vi.waitFor(
      async () =>
        expect((await app.ask.world()).notifications.map(({ title }) => title)).toContain(
          'The window was opened again',
        ),
      SOON,
    );
    // The page that is about to go may still be found.
    const recover = async (): Promise<Page> =>
      await vi.waitFor(async () => {
        const page = await dashboardOf(app);
        await page.getByRole('navigation').first().waitFor({ timeout: 5_000 });
        return page;
      }, SOON);
    await photograph(await recover(), 'desktop-recovered');
    await crash();
    await recover();
    await crash();
    await vi.waitFor(
      async () => expect((await app.ask.windows()).map(({ url }) => url)).toEqual(['app://omniroute/shell/failure']),
      SOON,
    );
    expect((await fetch(`http://127.0.0.1:${app.port}/health`)).status).toBe(200);
  });

  it('asks before the menu takes a page away that has unsaved changes, and quits without asking', async () => {
    const app = await start({ args: ['--page=/combos/new'] });
    const page = await dashboardOf(app);
    const name = page.getByRole('textbox', { name: 'Name' });
    await name.fill('unsaved');
    await app.ask.click('settings');
    await vi.waitFor(async () => expect((await app.ask.world()).answered).toEqual(['Discard the changes?']), SOON);
    expect(await name.inputValue()).toBe('unsaved');
    await app.ask.answerNext(1);
    await app.ask.click('settings');
    await vi.waitFor(async () => expect((await shownWindows(app))[0]?.url).toBe('app://omniroute/settings'), SOON);
    await app.ask.answerNext(0);
    await page.goBack();
    await name.fill('unsaved');
    await app.ask.quit();
    expect(await app.ended).toBe(0);
    expect(readFileSync(app.logFile, 'utf8')).not.toContain('could not be loaded');
  });

  it.skipIf(!IS_STAND_IN)('that cannot be updated where it is says so instead of failing', async () => {
    const app = await start({ env: { STAND_IN_PACKAGED: 'true' }, args: ['--hidden'] });
    await trayOf(app);
    await app.ask.click('update');
    await vi.waitFor(
      async () => expect((await app.ask.world()).notifications.at(-1)?.body).toContain('not installed by a package'),
      SOON,
    );
    expect(await (await login(`http://127.0.0.1:${app.port}`)).get('/api/desktop')).toMatchObject({
      update: { state: 'unsupported' },
    });
  });

  it('lets no page leave, open windows, reach the network or get permissions; links go to the browser', async () => {
    const app = await start();
    const page = await dashboardOf(app);
    await page.getByRole('navigation').first().waitFor();
    const run = (script: string): Promise<unknown> => page.evaluate(script).catch((error: unknown) => String(error));
    await run(`location.href = 'https://example.com/away'`);
    await run(`window.open('https://example.com/window')`);
    await vi.waitFor(
      async () =>
        expect((await app.ask.world()).opened.toSorted()).toEqual([
          'https://example.com/away',
          'https://example.com/window',
        ]),
      SOON,
    );
    expect(page.url()).toMatch(/^(?:app|http):\/\/omniroute/);
    for (const url of ['https://example.com/', `http://127.0.0.1:${app.port}/health`]) {
      // A navigation that is refused may be under way still.
      await vi.waitFor(
        async () => expect(await run(`fetch('${url}').then(() => 'reached')`)).toMatch(/Failed to fetch|reached/),
        SOON,
      );
      expect(await run(`fetch('${url}').then(() => 'reached')`)).toContain('Failed to fetch');
    }
    expect(await run(`typeof require + typeof process + typeof module`)).toBe('undefinedundefinedundefined');
    expect(
      await run(
        `(() => { const s = document.createElement('script'); s.textContent = 'window.inlined = 1'; document.head.append(s); return typeof window.inlined })()`,
      ),
    ).toBe('undefined');
    if (!IS_STAND_IN) return;
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read'])
      expect(await app.ask.isGranted(permission, 'app://omniroute/')).toBe(false);
    expect(await app.ask.isGranted('clipboard-sanitized-write', 'app://omniroute/')).toBe(true);
    expect(await app.ask.isGranted('clipboard-sanitized-write', 'https://example.com/')).toBe(false);
  });

  it('tells that a provider does not answer, unless that is turned off', async () => {
    const upstream = await startUpstream((_received, response) =>
      sendJson(response, { error: { message: 'down' } }, 500),
    );
    const app = await start({ args: ['--hidden'] });
    await trayOf(app);
    const base = `http://127.0.0.1:${app.port}`;
    const api = await login(base);
    const { node } = await api.post('/api/provider-nodes', {
      ...{ name: 'Broken', prefix: 'up', type: 'openai-compatible', apiType: 'chat', baseUrl: `${upstream.url}/v1` },
    });
    await api.post('/api/providers', { provider: (node as { id: string }).id, apiKey: 'sk-test', name: 'Main' });
    // Two failures open it, and the account does not rest between them.
    const profile = { transientCooldown: 0, rateLimitCooldown: 0, maxBackoffLevel: 1, circuitBreakerReset: 60_000 };
    const profiles = { apikey: { ...profile, circuitBreakerThreshold: 2 } };
    await api.send('PATCH', '/api/resilience', { profiles });
    const fail = async (): Promise<void> => {
      for (let count = 0; count < 6; count += 1) {
        await fetch(`${base}/v1/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model: `up/m${count}`, messages: [{ role: 'user', content: 'Hi' }] }),
        });
      }
    };
    // The shell reads names at most once a second.
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    await fail();
    await vi.waitFor(
      async () => expect((await app.ask.world()).notifications[0]?.title).toBe('Broken does not answer'),
      SOON,
    );
    await app.ask.clickNotification('Broken does not answer');
    await vi.waitFor(async () => expect((await shownWindows(app))[0]?.url).toBe('app://omniroute/limits'), SOON);
    await api.send('PATCH', '/api/desktop', { notifications: { breakerOpened: false } });
    await api.post('/api/resilience/reset', {});
    const told = (await app.ask.world()).notifications.length;
    await fail();
    expect((await app.ask.world()).notifications).toHaveLength(told);
    await upstream.close();
  });

  it('keeps preferences: language, theme and start at login take effect at once and stay', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'omniroute-desktop-'));
    const app = await start({ folder, args: ['--hidden'] });
    await trayOf(app);
    const api = await login(`http://127.0.0.1:${app.port}`);
    await api.send('PATCH', '/api/desktop', { language: 'fi', theme: 'dark', launchAtLogin: true });
    expect((await trayOf(app)).slice(1)).toContain('Avaa hallintanäkymä');
    expect((await app.ask.tray())?.image).toMatch(/running-light\.png$/);
    const entry = join(app.folder, 'config', 'autostart', 'omniroute.desktop');
    if (process.platform === 'linux') expect(readFileSync(entry, 'utf8')).toMatch(/^Exec=".+" ".+" "--hidden"$/m);
    await app.ask.quit();
    expect(await app.ended).toBe(0);
    const again = await start({ folder, args: ['--hidden'] });
    expect((await trayOf(again)).slice(1)).toContain('Avaa hallintanäkymä');
    await again.ask.click('launch-at-login');
    await vi.waitFor(() => expect(existsSync(entry)).toBe(false), SOON);
    await again.dispose();
    rmSync(folder, { recursive: true, force: true });
  });
});

afterAll(() => console.log(`The desktop app ran on ${IS_STAND_IN ? 'the stand-in for Electron' : 'Electron'}.`));
