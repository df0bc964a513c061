/** The dashboard's window: one, made at its first use, hidden when it is closed. */
import { BrowserWindow } from 'electron';
import { APP_ORIGIN } from './app-protocol.ts';
import { preloadFile } from './resources.ts';

export interface DashboardWindow {
  /** Shows and focuses it; `path` of a page of the dashboard, default: the page it was on. */
  show(path?: string): void;
  /** From now on closing it closes it. */
  release(): void;
}

const SIZE = { width: 1_400, height: 900, minWidth: 800, minHeight: 600 };

export function createDashboardWindow(): DashboardWindow {
  let window: BrowserWindow | undefined;
  let isReleased = false;
  const open = (path: string): BrowserWindow => {
    const made = new BrowserWindow({
      ...SIZE,
      show: false,
      title: 'OmniRoute',
      webPreferences: { preload: preloadFile(), sandbox: true, contextIsolation: true, nodeIntegration: false },
    });
    made.once('ready-to-show', () => made.show());
    made.on('close', (event) => {
      if (isReleased) return;
      event.preventDefault();
      made.hide();
    });
    made.on('closed', () => {
      window = undefined;
    });
    void made.loadURL(`${APP_ORIGIN}${path}`);
    return made;
  };
  return {
    show(path) {
      if (window === undefined) {
        window = open(path ?? '/');
        return;
      }
      if (path !== undefined) void window.loadURL(`${APP_ORIGIN}${path}`);
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    release() {
      isReleased = true;
    },
  };
}
