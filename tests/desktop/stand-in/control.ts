/** The test's side of a stand-in: commands over the process's IPC channel, answered with JSON. */
import { app } from './app.ts';
import { debuggingPort } from './browser.ts';
import { clickItem, type ItemView, Tray, viewOf } from './menus.ts';
import { record } from './record.ts';
import { isGranted } from './sessions.ts';
import { BrowserWindow } from './windows.ts';

export interface TrayView {
  readonly tooltip: string;
  readonly image: string;
  readonly items: readonly ItemView[];
}

export interface WindowView {
  readonly id: number;
  readonly title: string;
  readonly url: string;
  readonly isVisible: boolean;
  readonly webPreferences: Readonly<Record<string, unknown>>;
}

export interface WorldView {
  readonly notifications: readonly { readonly title: string; readonly body: string }[];
  readonly opened: readonly string[];
  readonly dialogs: readonly {
    readonly message: string;
    readonly detail: string;
    readonly buttons: readonly string[];
  }[];
  /** Messages of those that the app itself waited for. */
  readonly answered: readonly string[];
  readonly clipboard: string;
  readonly shortcuts: readonly string[];
  readonly hasRelaunched: boolean;
}

/** What a test may ask, and what it gets. */
export interface Commands {
  tray(): TrayView | undefined;
  /** A menu may be open meanwhile; `open` and `close` say so. */
  menu(event: 'open' | 'close'): void;
  click(id: string): void;
  clickIcon(): void;
  windows(): readonly WindowView[];
  /** By the button in its title bar. */
  closeWindow(id: number): void;
  /** Ends the process of its page, as a bug in Chromium would. */
  crash(id: number): Promise<void>;
  world(): WorldView;
  answerDialog(response: number): void;
  /** What dialogs that the app itself waits for are answered with from now on; default 0. */
  answerNext(response: number): void;
  clickNotification(title: string): void;
  pressShortcut(): void;
  isGranted(permission: string, url: string): boolean;
  debuggingPort(): Promise<number | undefined>;
  quit(): void;
}

function current(): Tray {
  if (Tray.current === undefined) throw new Error('There is no tray icon.');
  return Tray.current;
}

function menuOf(tray: Tray): NonNullable<Tray['menu']> {
  if (tray.menu === undefined) throw new Error('The tray has no menu.');
  return tray.menu;
}

const commands: Commands = {
  tray: () =>
    Tray.current?.menu && {
      tooltip: Tray.current.tooltip,
      image: Tray.current.image,
      items: viewOf(Tray.current.menu),
    },
  menu: (event) => void menuOf(current()).emit(event === 'open' ? 'menu-will-show' : 'menu-will-close', {}),
  click: (id) => clickItem(menuOf(current()), id),
  clickIcon: () => void current().emit('click'),
  windows: () =>
    BrowserWindow.getAllWindows().map((window) => ({
      id: window.id,
      title: window.title,
      url: window.webContents.getURL(),
      isVisible: window.isVisible(),
      webPreferences: { ...window.options.webPreferences },
    })),
  closeWindow: (id) =>
    BrowserWindow.getAllWindows()
      .find((window) => window.id === id)
      ?.close(),
  crash: async (id) => {
    await BrowserWindow.getAllWindows()
      .find((window) => window.id === id)
      ?.webContents.crash();
  },
  world: () => ({
    notifications: record.notifications.map(({ title = '', body = '' }) => ({ title, body })),
    opened: record.opened,
    dialogs: record.dialogs.map(({ options: { message, detail = '', buttons = [] } }) => ({
      message,
      detail,
      buttons,
    })),
    answered: record.answered.map(({ message }) => message),
    clipboard: record.clipboard,
    shortcuts: [...record.shortcuts.keys()],
    hasRelaunched: record.hasRelaunched,
  }),
  answerNext: (response) => {
    record.nextAnswer = response;
  },
  answerDialog: (response) => record.dialogs[0]?.answer(response),
  clickNotification: (title) => record.notifications.findLast((notification) => notification.title === title)?.click(),
  pressShortcut: () => {
    for (const press of record.shortcuts.values()) press();
  },
  isGranted,
  debuggingPort,
  quit: () => app.quit(),
};

interface Asked {
  readonly id: number;
  readonly name: keyof Commands;
  readonly args: readonly unknown[];
}

process.on('message', ({ id, name, args }: Asked) => {
  const run = commands[name] as (...given: readonly unknown[]) => unknown;
  Promise.resolve()
    .then(() => run(...args))
    .then(
      (value) => process.send?.({ id, value }),
      (error: unknown) => process.send?.({ id, error: String(error) }),
    );
});
process.channel?.unref();
