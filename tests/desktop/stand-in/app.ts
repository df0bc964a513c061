/** `app`: the life cycle, the single-instance lock, names and places. */
import { EventEmitter } from 'node:events';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { App } from 'electron';
import packageFile from '../../../package.json' with { type: 'json' };
import { takeLock } from './lock.ts';
import { record } from './record.ts';
import { appPath, isPackaged, language, userData } from './surroundings.ts';

/** What `preventDefault` was said to. */
export class StandInEvent {
  defaultPrevented = false;
  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

/** Windows register here, so that quitting closes them first. */
export const openWindows = new Set<{ close(): void; mayClose(): Promise<unknown> }>();
/** Runs before the process ends. */
export const atExit = new Set<() => Promise<unknown>>();

const PLACES: Readonly<Record<string, string>> = { userData, temp: tmpdir(), logs: join(userData, 'logs') };

type Members =
  | 'whenReady'
  | 'isReady'
  | 'quit'
  | 'exit'
  | 'relaunch'
  | 'requestSingleInstanceLock'
  | 'getAppPath'
  | 'getPath'
  | 'getName'
  | 'getVersion'
  | 'getLocale'
  | 'getPreferredSystemLanguages'
  | 'setLoginItemSettings'
  | 'getLoginItemSettings'
  | 'isPackaged'
  | 'name';

class StandInApp extends EventEmitter implements Pick<App, Members> {
  readonly isPackaged = isPackaged;
  name = 'OmniRoute';
  #isReady = false;
  #isQuitting = false;
  readonly #ready: Promise<void>;

  constructor() {
    super();
    mkdirSync(userData, { recursive: true });
    this.#ready = new Promise((resolve) => {
      setImmediate(() => {
        this.#isReady = true;
        this.emit('ready');
        resolve();
      });
    });
    // Electron lives until it is told to quit, with or without windows.
    setInterval(() => undefined, 60_000);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.quit());
  }
  whenReady(): Promise<void> {
    return this.#ready;
  }
  isReady(): boolean {
    return this.#isReady;
  }
  requestSingleInstanceLock(): boolean {
    return takeLock(userData, (argv, folder) => this.emit('second-instance', new StandInEvent(), argv, folder, {}));
  }
  quit(): void {
    setImmediate(() => void this.#quit());
  }
  exit(code = 0): void {
    void Promise.allSettled([...atExit].map((end) => end())).then(() => process.exit(code));
  }
  relaunch(): void {
    record.hasRelaunched = true;
  }
  getAppPath(): string {
    return appPath;
  }
  getPath(name: string): string {
    const place = PLACES[name];
    if (place === undefined) throw new Error(`The stand-in knows no path "${name}".`);
    return place;
  }
  getName(): string {
    return this.name;
  }
  getVersion(): string {
    return packageFile.version;
  }
  getLocale(): string {
    return language;
  }
  getPreferredSystemLanguages(): string[] {
    return [language];
  }
  setLoginItemSettings({ openAtLogin }: { openAtLogin?: boolean }): void {
    record.loginItem = openAtLogin === undefined ? {} : { openAtLogin };
  }
  getLoginItemSettings(): Electron.LoginItemSettings {
    const openAtLogin = record.loginItem.openAtLogin === true;
    return {
      ...{ openAtLogin, openAsHidden: false, wasOpenedAtLogin: false, wasOpenedAsHidden: false },
      ...{ restoreState: false, status: 'enabled' as const, executableWillLaunchAtLogin: openAtLogin, launchItems: [] },
    };
  }
  /** In Electron's order: before-quit, the windows, will-quit, quit; each may be refused until the windows are gone. */
  async #quit(): Promise<void> {
    if (this.#isQuitting || this.#isRefused('before-quit')) return;
    const closing = [...openWindows];
    for (const window of closing) window.close();
    await Promise.all(closing.map((window) => window.mayClose()));
    if (openWindows.size > 0 || this.#isRefused('will-quit')) return;
    this.#isQuitting = true;
    this.emit('quit', new StandInEvent(), 0);
    this.exit(0);
  }
  #isRefused(name: 'before-quit' | 'will-quit'): boolean {
    const event = new StandInEvent();
    this.emit(name, event);
    return event.defaultPrevented;
  }
}

export const app = new StandInApp();
