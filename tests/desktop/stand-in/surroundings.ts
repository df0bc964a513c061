/** What the test hands a stand-in that it starts, by environment variables. */
import { join } from 'node:path';
import { ROOT } from '../../support/sources.ts';

const read = (name: string): string | undefined => process.env[`STAND_IN_${name}`];

/** Electron's `userData`: the lock, electron-store's file, Chromium's profile. */
export const userData = read('USER_DATA') ?? join(ROOT, '.stand-in');
/** First of the person's languages. */
export const language = read('LANGUAGE') ?? 'en-US';
export const isDark = read('DARK') === 'true';
/** Runs as if it had been installed; the sources are the same. */
export const isPackaged = read('PACKAGED') === 'true';
export const appPath = ROOT;
