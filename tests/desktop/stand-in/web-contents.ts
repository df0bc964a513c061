/** `webContents` over a page of Chromium: navigation that can be refused, the preload's world, crashes. */
import { EventEmitter } from 'node:events';
import type { WebContents as RealWebContents } from 'electron';
import type { CDPSession, Page, Request as PageRequest, Route } from 'playwright-core';
import { StandInEvent } from './app.ts';
import { toApp, toPage } from './app-urls.ts';
import { browser } from './browser.ts';
import { StandInPort } from './ports.ts';
import { BINDING, type FromPreload, preloadSource, WORLD } from './preload-source.ts';
import { ipcMain, schemeHandlers } from './sessions.ts';
import { nativeTheme } from './system.ts';

type OpenHandler = Parameters<RealWebContents['setWindowOpenHandler']>[0];

export interface ContentsOptions {
  readonly preload: string | undefined;
  readonly width: number;
  readonly height: number;
}

export class WebContents extends EventEmitter implements Pick<RealWebContents, 'reload' | 'getURL' | 'loadURL'> {
  readonly #options: ContentsOptions;
  #page: Promise<Page> | undefined;
  #url = '';
  /** Navigations that the app itself asked for; the page's own are announced first. */
  #expected: string | undefined;
  #openHandler: OpenHandler | undefined;
  #cdp: CDPSession | undefined;
  /** The preload's world in the document that is shown. */
  #world: number | undefined;
  readonly #ports = new Map<number, StandInPort>();

  constructor(options: ContentsOptions) {
    super();
    this.#options = options;
  }
  /** The page; made at the first use, and again after a crash. */
  page(): Promise<Page> {
    this.#page ??= this.#open();
    return this.#page;
  }
  getURL(): string {
    return this.#url;
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }
  async loadURL(url: string): Promise<void> {
    const page = await this.page();
    if (!(await this.mayUnload())) throw new Error(`ERR_ABORTED (-3) loading '${url}'`);
    this.#expected = url;
    await page.goto(toPage(url));
  }
  /** Asks the page's `beforeunload`, and the app where that objects. A page that hangs or is gone cannot object. */
  async mayUnload(): Promise<boolean> {
    const page = await this.#page?.catch(() => undefined);
    const asks = `dispatchEvent(new Event('beforeunload', { cancelable: true }))`;
    if (page === undefined || (await page.evaluate(asks).catch(() => true))) return true;
    const event = new StandInEvent();
    this.emit('will-prevent-unload', event);
    return event.defaultPrevented;
  }
  reload(): void {
    void this.loadURL(this.#url);
  }
  /** For tests: the page's process is gone. */
  async crash(): Promise<void> {
    await this.page();
    // It never answers: who should?
    this.#cdp?.send('Page.crash').catch(() => undefined);
  }
  async close(): Promise<void> {
    const page = await this.#page?.catch(() => undefined);
    this.#page = undefined;
    this.#closePorts();
    await page?.close();
  }

  async #open(): Promise<Page> {
    const { width, height, preload } = this.#options;
    const context = await browser();
    const page = await context.newPage();
    await page.setViewportSize({ width, height });
    const follow = (): Promise<void> =>
      page.emulateMedia({ colorScheme: nativeTheme.shouldUseDarkColors ? 'dark' : 'light' }).catch(() => undefined);
    await follow();
    nativeTheme.on('updated', () => void follow());
    await page.route('**/*', (route) => this.#answer(route));
    await this.#watch(page, await context.newCDPSession(page));
    if (preload !== undefined) await this.#addPreload(preload);
    return page;
  }
  async #watch(page: Page, cdp: CDPSession): Promise<void> {
    this.#cdp = cdp;
    page.on('domcontentloaded', () => this.emit('dom-ready', {}));
    page.on('load', () => this.emit('did-finish-load', {}));
    page.on('crash', () => {
      this.#page = undefined;
      this.#closePorts();
      void page.close();
      this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 139 });
    });
    page.on('popup', (popup) => void popup.close());
    await cdp.send('Page.enable');
    cdp.on('Page.windowOpen', ({ url }) => {
      this.#openHandler?.({ url: toApp(url) } as Parameters<OpenHandler>[0]);
    });
    await cdp.send('Runtime.enable');
    cdp.on('Runtime.executionContextCreated', ({ context: { id, name } }) => {
      if (name === WORLD) this.#world = id;
    });
    cdp.on('Runtime.executionContextsCleared', () => this.#closePorts());
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === BINDING && executionContextId === this.#world) this.#hear(JSON.parse(payload) as FromPreload);
    });
  }
  async #addPreload(file: string): Promise<void> {
    const source = await preloadSource(file);
    await this.#cdp?.send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD });
    await this.#cdp?.send('Page.addScriptToEvaluateOnNewDocument', { source, worldName: WORLD });
  }

  /** Pages get what the app's own scheme serves and nothing from the network. */
  async #answer(route: Route): Promise<void> {
    const request = route.request();
    const url = toApp(request.url());
    if (request.isNavigationRequest() && !this.#mayNavigate(request, url)) return route.abort('aborted');
    const handler = schemeHandlers.get(new URL(url).protocol.slice(0, -1));
    if (handler === undefined) return route.abort('blockedbyclient');
    // The request's own class refuses to be a navigation; the app looks at the URL alone.
    const response = await handler({ url, method: request.method() } as Request);
    await route.fulfill({
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    });
  }
  #mayNavigate(request: PageRequest, url: string): boolean {
    const isMainFrame = request.frame().parentFrame() === null;
    if (isMainFrame && url === this.#expected) {
      this.#expected = undefined;
      this.#url = url;
      return true;
    }
    const event = Object.assign(new StandInEvent(), { url, isMainFrame, isSameDocument: false });
    this.emit('will-frame-navigate', event);
    if (isMainFrame) this.emit('will-navigate', event, url);
    if (!event.defaultPrevented && isMainFrame) this.#url = url;
    return !event.defaultPrevented;
  }

  #hear(message: FromPreload): void {
    if (message.type === 'port') {
      this.#ports.get(message.port)?.receive(message.data);
      return;
    }
    const ports = message.ports.map((id) => this.#hold(id));
    const senderFrame = { origin: originOf(this.#url), url: this.#url, parent: null };
    ipcMain.emit(message.channel, { sender: this, senderFrame, ports }, message.message);
  }
  #hold(id: number): StandInPort {
    const world = this.#world;
    const port = new StandInPort((data) => {
      const expression = `standInDeliver(${id}, ${JSON.stringify(data)})`;
      if (world !== this.#world || world === undefined) return;
      // The document may be gone by then: so is the port.
      this.#cdp?.send('Runtime.evaluate', { expression, contextId: world }).catch(() => port.close());
    });
    this.#ports.set(id, port);
    return port;
  }
  #closePorts(): void {
    this.#world = undefined;
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }
}

function originOf(url: string): string {
  return /^app:\/\/[^/?#]+/.exec(url)?.[0] ?? new URL(url).origin;
}
