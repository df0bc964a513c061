/** Finds the Electron of this machine, or fetches it: its package brings no binary. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNode, StepError, say } from './process.mjs';

/** The program inside Electron's folder, by platform. */
const PROGRAMS = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe', linux: 'electron' };

/** @typedef {{ folder: string, program: string }} Electron absolute paths */

/**
 * Electron's own variable names its folder, else it lies in its package.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Electron | undefined}
 */
export function findElectron(env) {
  const folder = env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(ROOT, 'node_modules', 'electron', 'dist');
  const name = Object.entries(PROGRAMS).find(([platform]) => platform === process.platform)?.[1] ?? PROGRAMS.linux;
  const program = join(folder, name);
  return existsSync(program) ? { folder, program } : undefined;
}

/**
 * Fetches the binary that Electron's package names and holds the hashes of, from GitHub or where ELECTRON_MIRROR says.
 * Throws StepError when it cannot be had.
 */
export async function fetchElectron() {
  say('Fetching Electron (once; about 110 MB) …');
  if ((await runNode([join(ROOT, 'node_modules', 'electron', 'install.js')])) === 0) return;
  throw new StepError(
    'Electron could not be fetched; its own words stand above. Connect this machine to github.com, or name a mirror in ' +
      'ELECTRON_MIRROR, and run the command again. Without it `npm start` runs headless.',
  );
}

/**
 * Can a window be shown? The reason where it cannot.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function obstacleToWindows(env) {
  const hasDisplay = (env['DISPLAY'] ?? '') !== '' || (env['WAYLAND_DISPLAY'] ?? '') !== '';
  return process.platform === 'linux' && !hasDisplay ? 'There is no display' : undefined;
}

/** Chromium refuses to run as root inside its sandbox. */
export function electronFlags() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
