/**
 * The dashboard's window: one, made at its first use, hidden when it is closed, where and as large as it was left. A page
 * that crashes is loaded again; one that keeps crashing is given up with the reason.
 */
import { BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme, type Rectangle, screen } from 'electron';
import type { Log } from '../../core/base/log.ts';
import { APP_ORIGIN } from './app-protocol.ts';
import type { Preferences } from './preferences.ts';
import { preloadFile } from './resources.ts';

export interface DashboardWindow {
  /** Shows and focuses it; `path` of a page of the dashboard, default: the page it was on. */
  show(path?: string): void;
  /** From now on closing it closes it. */
  release(): void;
}

export interface DashboardPorts {
  readonly preferences: Preferences;
  readonly log: Log;
  /** The page has unsaved changes and is to go elsewhere: may they be lost? */
  readonly mayDiscard: (window: BrowserWindow) => boolean;
  /** It crashed and was loaded again. */
  readonly onRecovered: () => void;
  /** It crashed again and again, and is closed. */
  readonly onGivenUp: () => void;
}

const SIZE = { width: 1_400, height: 900 };
const MIN_SIZE = { minWidth: 800, minHeight: 600 };
/** So many crashes within so long are no accident. */
const CRASHES_MAX = 3;
const CRASHES_WITHIN_MS = 60_000;
/** Shown before the page is painted; the dashboard's own ground. */
const GROUND = { light: '#f8fafc', dark: '#0f172a' };

export function createDashboardWindow(ports: DashboardPorts): DashboardWindow {
  let window: BrowserWindow | undefined;
  let isReleased = false;
  let crashesAtMs: number[] = [];

  const open = (path: string): BrowserWindow => {
    const { windowBounds, isMaximized } = ports.preferences.current();
    const made = new BrowserWindow(optionsOf(windowBounds));
    if (isMaximized) made.maximize();
    made.once('ready-to-show', () => made.show());
    made.on('close', (event) => {
      remember(made, ports.preferences);
      if (isReleased) return;
      event.preventDefault();
      made.hide();
    });
    made.on('closed', () => {
      window = undefined;
    });
    made.webContents.on('will-prevent-unload', (event) => {
      // To prevent the event is to let the page go. At the end nothing can be saved any more.
      if (isReleased || ports.mayDiscard(made)) event.preventDefault();
    });
    made.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit' || isReleased) return;
      ports.log.error('The window crashed.', { reason, exitCode });
      recover(made);
    });
    load(made, path);
    return made;
  };
  const load = (target: BrowserWindow, path: string): void => {
    target.loadURL(APP_ORIGIN + path).catch((cause: unknown) => {
      if (!isStay(cause)) ports.log.error('The dashboard could not be loaded.', { path }, cause);
    });
  };
  const recover = (crashed: BrowserWindow): void => {
    const nowMs = Date.now();
    crashesAtMs = [...crashesAtMs.filter((atMs) => nowMs - atMs < CRASHES_WITHIN_MS), nowMs];
    if (crashesAtMs.length >= CRASHES_MAX) {
      crashesAtMs = [];
      crashed.destroy();
      ports.onGivenUp();
    } else {
      crashed.webContents.reload();
      ports.onRecovered();
    }
  };

  return {
    show(path) {
      if (window === undefined) {
        window = open(path ?? '/');
        return;
      }
      if (path !== undefined) load(window, path);
      if (window.isMinimized()) window.restore();
      window.show();
      window.focus();
    },
    release() {
      isReleased = true;
    },
  };
}

function optionsOf(bounds: Rectangle | undefined): BrowserWindowConstructorOptions {
  return {
    ...SIZE,
    ...MIN_SIZE,
    ...(bounds !== undefined && isOnScreen(bounds) && bounds),
    show: false,
    title: 'OmniRoute',
    backgroundColor: nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light,
    autoHideMenuBar: true,
    webPreferences: {
      preload: preloadFile(),
      ...{ sandbox: true, contextIsolation: true, nodeIntegration: false, webviewTag: false, spellcheck: false },
    },
  };
}

/** The person stayed on the page before. https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h */
function isStay(cause: unknown): boolean {
  return cause instanceof Error && cause.message.includes('ERR_ABORTED');
}

function remember(window: BrowserWindow, preferences: Preferences): void {
  preferences.change({ windowBounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
}

/** A window on a screen that was unplugged would be lost. */
function isOnScreen({ x, y, width }: Rectangle): boolean {
  const { workArea } = screen.getDisplayMatching({ x, y, width, height: 1 });
  const isWithinX = x + width > workArea.x + 50 && x < workArea.x + workArea.width - 50;
  return isWithinX && y >= workArea.y - 10 && y < workArea.y + workArea.height - 50;
}
