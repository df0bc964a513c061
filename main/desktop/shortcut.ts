/** A shortcut that opens the dashboard from anywhere; off by default, since it is taken from every other program. */
import { globalShortcut } from 'electron';
import type { Log } from '../../core/base/log.ts';

const ACCELERATOR = 'CommandOrControl+Alt+O';
/** As menus write it. */
export const SHORTCUT_KEYS = process.platform === 'darwin' ? '⌥⌘O' : 'Ctrl+Alt+O';

/** Takes or frees it. A shortcut that another program holds stays theirs, and the log says so. */
export function setShortcut(isOn: boolean, { open, log }: { open: () => void; log: Log }): void {
  if (isOn === globalShortcut.isRegistered(ACCELERATOR)) return;
  if (!isOn) globalShortcut.unregister(ACCELERATOR);
  else if (!globalShortcut.register(ACCELERATOR, open))
    log.warn('The shortcut is taken by another program.', { shortcut: SHORTCUT_KEYS });
}
