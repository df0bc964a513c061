/**
 * Loaded into the real Electron before the app: keeps what the app shows to the system, so that the scenarios' commands
 * (`stand-in/control.ts`) can be answered there, too.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  globalShortcut,
  MessageChannelMain,
  Notification,
  shell,
  Tray,
} from 'electron';

/** @type {import('electron').Tray | undefined} */
let tray;
/** @type {import('electron').Menu | null} */
let menu = null;
/** @type {{ title: string, body: string, notification: import('electron').Notification }[]} */
const notifications = [];
/** @type {string[]} */
const opened = [];
/** @type {{ options: import('electron').MessageBoxOptions, answer: (response: number) => void }[]} */
const dialogs = [];
/** @type {Map<string, () => void>} */
const shortcuts = new Map();
/** @type {Record<string, string>} */
const shown = { tooltip: '', image: '' };

const { setContextMenu, setToolTip, setImage } = Tray.prototype;
Tray.prototype.setContextMenu = function keepMenu(given) {
  tray = this;
  menu = given;
  setContextMenu.call(this, given);
};
Tray.prototype.setToolTip = function keepTooltip(text) {
  shown.tooltip = text;
  setToolTip.call(this, text);
};
Tray.prototype.setImage = function keepImage(image) {
  shown.image = String(image);
  setImage.call(this, image);
};
const { show } = Notification.prototype;
Notification.prototype.show = function keepNotification() {
  notifications.push({ title: this.title, body: this.body, notification: this });
  show.call(this);
};
shell.openExternal = (url) => {
  opened.push(url);
  return Promise.resolve();
};
shell.openPath = (path) => {
  opened.push(path);
  return Promise.resolve('');
};
dialog.showMessageBox = (/** @type {any[]} */ ...given) =>
  new Promise((resolve) => {
    dialogs.push({ options: given.at(-1), answer: (response) => resolve({ response, checkboxChecked: false }) });
  });
/** @type {string[]} */
const answered = [];
let nextAnswer = 0;
dialog.showMessageBoxSync = (/** @type {any[]} */ ...given) => {
  answered.push(given.at(-1).message);
  return nextAnswer;
};
const { register } = globalShortcut;
globalShortcut.register = (keys, callback) => {
  shortcuts.set(String(keys), callback);
  return register.call(globalShortcut, keys, callback);
};

// All that pages are sent, for whoever looks through it when the app has ended.
void app.whenReady().then(() => {
  const port = Object.getPrototypeOf(new MessageChannelMain().port1);
  const { postMessage } = port;
  port.postMessage = function keepMessage(/** @type {unknown[]} */ ...given) {
    const [message] = given;
    const bytes = message instanceof Uint8Array ? message : `${JSON.stringify(message)}\n`;
    appendFileSync(join(app.getPath('userData'), 'ipc-traffic'), bytes);
    postMessage.apply(this, given);
  };
});

/** @param {import('electron').Menu} of @returns {object[]} */
function viewOf(of) {
  return of.items
    .filter(({ visible }) => visible)
    .map(({ id, label, type, enabled, checked, submenu }) => ({
      ...{ id, label, type, enabled, checked },
      ...(submenu && { items: viewOf(submenu) }),
    }));
}

Object.assign(globalThis, {
  commands: {
    tray: () => menu && { ...shown, items: viewOf(menu) },
    menu: (/** @type {string} */ event) => menu?.emit(event === 'open' ? 'menu-will-show' : 'menu-will-close'),
    click: (/** @type {string} */ id) => menu?.getMenuItemById(id)?.click(),
    clickIcon: () => tray?.emit('click'),
    windows: () =>
      BrowserWindow.getAllWindows().map((window) => ({
        id: window.id,
        title: window.getTitle(),
        url: window.webContents.getURL(),
        isVisible: window.isVisible(),
        webPreferences: window.webContents.getLastWebPreferences(),
      })),
    closeWindow: (/** @type {number} */ id) => BrowserWindow.fromId(id)?.close(),
    world: () => ({
      notifications: notifications.map(({ title, body }) => ({ title, body })),
      opened,
      dialogs: dialogs.map(({ options: { message, detail = '', buttons = [] } }) => ({ message, detail, buttons })),
      answered,
      clipboard: clipboard.readText(),
      shortcuts: [...shortcuts.keys()].filter((keys) => globalShortcut.isRegistered(keys)),
      hasRelaunched: false,
    }),
    answerDialog: (/** @type {number} */ response) => dialogs.shift()?.answer(response),
    answerNext: (/** @type {number} */ response) => {
      nextAnswer = response;
    },
    clickNotification: (/** @type {string} */ title) =>
      notifications.findLast((each) => each.title === title)?.notification.emit('click'),
    pressShortcut: () => [...shortcuts.values()].forEach((press) => void press()),
    debuggingPort: () => undefined,
    crash: (/** @type {number} */ id) => BrowserWindow.fromId(id)?.webContents.forcefullyCrashRenderer(),
    quit: () => app.quit(),
  },
});
