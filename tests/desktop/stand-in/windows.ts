/** `BrowserWindow`: its state is kept here, what it shows is a page of Chromium. */
import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, BrowserWindow as RealBrowserWindow, Rectangle } from 'electron';
import { app, openWindows, StandInEvent } from './app.ts';
import { WebContents } from './web-contents.ts';

type Members =
  | 'id'
  | 'show'
  | 'hide'
  | 'focus'
  | 'close'
  | 'destroy'
  | 'isVisible'
  | 'isDestroyed'
  | 'isMaximized'
  | 'isMinimized'
  | 'maximize'
  | 'restore'
  | 'getNormalBounds'
  | 'loadURL';

let lastId = 0;

export class BrowserWindow extends EventEmitter implements Pick<RealBrowserWindow, Members> {
  static getAllWindows(): BrowserWindow[] {
    return [...openWindows] as BrowserWindow[];
  }
  readonly id = ++lastId;
  readonly title: string;
  readonly webContents: WebContents;
  readonly options: BrowserWindowConstructorOptions;
  #bounds: Rectangle;
  #isVisible: boolean;
  #isMaximized = false;
  #isDestroyed = false;
  #closing: Promise<void> = Promise.resolve();

  constructor(options: BrowserWindowConstructorOptions = {}) {
    super();
    const { width = 800, height = 600, x = 0, y = 0, webPreferences = {} } = options;
    this.options = options;
    this.title = options.title ?? app.name;
    this.#bounds = { x, y, width, height };
    this.#isVisible = options.show ?? true;
    this.webContents = new WebContents({ preload: webPreferences.preload, width, height });
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show', {}));
    openWindows.add(this);
    app.emit('browser-window-created', {}, this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }
  show(): void {
    this.#isVisible = true;
    this.focus();
    this.emit('show', {});
  }
  hide(): void {
    this.#isVisible = false;
    this.emit('hide', {});
  }
  focus(): void {
    this.webContents.page().then(
      (page) => page.bringToFront(),
      () => undefined,
    );
    this.emit('focus', {});
  }
  /** As by the button in its title bar: it may be refused. */
  close(): void {
    const event = new StandInEvent();
    this.emit('close', event);
    if (event.defaultPrevented) return;
    this.#closing = this.webContents.mayUnload().then((may) => {
      if (may) this.destroy();
    });
  }
  /** Settles when the page has answered the last `close`. */
  mayClose(): Promise<void> {
    return this.#closing;
  }
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#isVisible = false;
    openWindows.delete(this);
    void this.webContents.close();
    this.emit('closed');
    if (openWindows.size > 0) return;
    if (app.listenerCount('window-all-closed') === 0) app.quit();
    else app.emit('window-all-closed');
  }
  isVisible(): boolean {
    return this.#isVisible;
  }
  isDestroyed(): boolean {
    return this.#isDestroyed;
  }
  isMaximized(): boolean {
    return this.#isMaximized;
  }
  isMinimized(): boolean {
    return false;
  }
  maximize(): void {
    this.#isMaximized = true;
  }
  restore(): void {
    this.#isMaximized = false;
  }
  getNormalBounds(): Rectangle {
    return { ...this.#bounds };
  }
}
