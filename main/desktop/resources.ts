/** Where the app's own files lie: in the asar, or in the repository when it is started from there. */
import { join } from 'node:path';
import { app } from 'electron';

/** What preload was bundled to. */
export const preloadFile = (): string => join(app.getAppPath(), 'dist', 'preload', 'index.cjs');
/** The built dashboard. */
export const rendererFolder = (): string => join(app.getAppPath(), 'dist', 'renderer');
/** Icons by state; Electron finds the sizes (`@2x`) beside the file named. */
export const trayIcon = (name: string): string => join(app.getAppPath(), 'build', 'icons', 'tray', `${name}.png`);
