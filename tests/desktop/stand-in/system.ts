/** What belongs to the operating system: recorded, and clicked by tests. */
import { EventEmitter } from 'node:events';
import type {
  Clipboard,
  Dialog,
  GlobalShortcut,
  MessageBoxOptions,
  MessageBoxReturnValue,
  NativeTheme,
  Net,
  NotificationConstructorOptions,
  Notification as RealNotification,
  Rectangle,
  Screen,
  Shell,
} from 'electron';
import { record } from './record.ts';
import { isDark } from './surroundings.ts';

export class Notification extends EventEmitter implements Pick<RealNotification, 'show' | 'close'> {
  static isSupported(): boolean {
    return true;
  }
  readonly #options: NotificationConstructorOptions;
  constructor(options: NotificationConstructorOptions = {}) {
    super();
    this.#options = options;
  }
  show(): void {
    const { title = '', body = '' } = this.#options;
    record.notifications.push({ title, body, click: () => void this.emit('click', {}) });
    this.emit('show', {});
  }
  close(): void {
    this.emit('close', {});
  }
}

export const clipboard: Pick<Clipboard, 'writeText' | 'readText'> = {
  writeText(text) {
    record.clipboard = text;
    return Promise.resolve();
  },
  readText: () => Promise.resolve(record.clipboard),
};

export const shell: Pick<Shell, 'openExternal' | 'openPath'> = {
  openExternal(url) {
    record.opened.push(url);
    return Promise.resolve();
  },
  openPath(path) {
    record.opened.push(path);
    return Promise.resolve('');
  },
};

/** Waits for a test's answer, as a person would be waited for. */
function showMessageBox(...given: [unknown, MessageBoxOptions] | [MessageBoxOptions]): Promise<MessageBoxReturnValue> {
  const options = given[given.length - 1] as MessageBoxOptions;
  return new Promise((resolve) => {
    const dialog = {
      options,
      answer(response: number) {
        record.dialogs.splice(record.dialogs.indexOf(dialog), 1);
        resolve({ response, checkboxChecked: false });
      },
    };
    record.dialogs.push(dialog);
  });
}
/** Answered with what a test said beforehand; a person would be waited for. */
function showMessageBoxSync(...given: [unknown, MessageBoxOptions] | [MessageBoxOptions]): number {
  const options = given[given.length - 1] as MessageBoxOptions;
  record.answered.push(options);
  return record.nextAnswer;
}
export const dialog: Pick<Dialog, 'showMessageBox' | 'showMessageBoxSync'> = { showMessageBox, showMessageBoxSync };

export const globalShortcut: Pick<GlobalShortcut, 'register' | 'unregister' | 'unregisterAll' | 'isRegistered'> = {
  register(accelerator, callback) {
    record.shortcuts.set(accelerator, callback);
    return true;
  },
  unregister: (accelerator) => void record.shortcuts.delete(accelerator),
  unregisterAll: () => record.shortcuts.clear(),
  isRegistered: (accelerator) => record.shortcuts.has(accelerator),
};

class StandInTheme extends EventEmitter implements Pick<NativeTheme, 'shouldUseDarkColors' | 'themeSource'> {
  #source: NativeTheme['themeSource'] = 'system';
  get themeSource(): NativeTheme['themeSource'] {
    return this.#source;
  }
  set themeSource(source) {
    this.#source = source;
    this.emit('updated');
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'system' ? isDark : this.#source === 'dark';
  }
}
export const nativeTheme = new StandInTheme();

const SCREEN: Rectangle = { x: 0, y: 0, width: 1_600, height: 1_200 };
export const screen = {
  getDisplayMatching: () => ({ workArea: SCREEN, bounds: SCREEN }),
} satisfies {
  getDisplayMatching(rectangle: Rectangle): Pick<ReturnType<Screen['getDisplayMatching']>, 'workArea' | 'bounds'>;
};

export const net: Pick<Net, 'fetch'> = { fetch: (input, init) => fetch(input, init) };

/** Only the name: nothing is updated here. */
export const autoUpdater = new EventEmitter();
