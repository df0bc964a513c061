/**
 * Updates by electron-updater: looked for, downloaded when the person says so, installed at quit or at once. Each step is a
 * click on the same menu entry. Where the app was not installed by a package that can be replaced (started from the
 * sources, unpacked, from a store), there is nothing to update.
 */
import { app } from 'electron';
import type { AppUpdater } from 'electron-updater';
import type { Log } from '../../core/base/log.ts';
import type { UpdateState } from '../../core/management/desktop.ts';
import { NOT_INSTALLED, updateObstacle } from './update-obstacle.ts';

export interface Updater {
  state(): UpdateState;
  /** Looks for an update, downloads the one found, or restarts into the one downloaded. Never throws: see the state. */
  step(): Promise<void>;
}

const FIRST_CHECK_MS = 10_000;
const DAY_MS = 24 * 3_600_000;

export function createUpdater({ log, onChange }: { log: Log; onChange: (state: UpdateState) => void }): Updater {
  let state: UpdateState = { state: 'idle' };
  let opened: Promise<AppUpdater> | undefined;
  const become = (next: UpdateState): void => {
    state = next;
    onChange(state);
  };
  const failed = (cause: unknown): void => {
    log.warn('Updating failed.', { reason: String(cause) });
    become({ state: 'failed', message: cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause) });
  };
  const { resourcesPath, mas, windowsStore } = process;
  const obstacle = updateObstacle({ isPackaged: app.isPackaged, resourcesPath, mas, windowsStore });
  const step = async (): Promise<void> => {
    if (obstacle !== undefined) return become({ state: 'unsupported', message: obstacle });
    if (state.state === 'checking' || state.state === 'downloading') return;
    try {
      opened ??= openUpdater(become);
      const updater = await opened;
      if (state.state === 'ready') updater.quitAndInstall();
      else if (state.state === 'available') await updater.downloadUpdate();
      else if ((await updater.checkForUpdates()) === null) become({ state: 'unsupported', message: NOT_INSTALLED });
    } catch (cause) {
      failed(cause);
    }
  };
  if (obstacle === undefined) {
    // A look never downloads: what was found waits for a click.
    const look = (): void => void (state.state === 'ready' || state.state === 'available' || step());
    setTimeout(look, FIRST_CHECK_MS).unref();
    setInterval(look, DAY_MS).unref();
  }
  return { state: () => state, step };
}

/** Its events become states; errors come as rejections, too. */
async function openUpdater(become: (state: UpdateState) => void): Promise<AppUpdater> {
  const { default: module } = await import('electron-updater');
  const updater = module.autoUpdater;
  updater.autoDownload = false;
  updater.autoInstallOnAppQuit = true;
  let version = '';
  updater.on('checking-for-update', () => become({ state: 'checking' }));
  updater.on('update-not-available', () => become({ state: 'current' }));
  updater.on('update-available', (info) => {
    version = info.version;
    become({ state: 'available', version });
  });
  updater.on('download-progress', ({ percent }) => become({ state: 'downloading', version, percent }));
  updater.on('update-downloaded', (info) => become({ state: 'ready', version: info.version }));
  return updater;
}
