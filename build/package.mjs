/**
 * Packs the app with electron-builder as electron-builder.yml says. Run as a program, under the pinned Node, once
 * `dist/app` and `dist/renderer` are built: `node build/package.mjs [--dir] [--output FOLDER]`. `--dir` makes the folder
 * alone and needs no network: where this machine has no Electron it is packed around a stand-in.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'electron-builder';
import { DIST, ROOT } from './node-bundle.mjs';
import { makeStandIn } from './stand-in.mjs';
import { findElectron } from './steps/electron.mjs';

const { values: flags } = parseArgs({
  options: { dir: { type: 'boolean', default: false }, output: { type: 'string' } },
});
try {
  await build({ projectDir: ROOT, publish: 'never', dir: flags.dir, config: overrides(process.env) });
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  // A hook of electron-builder's sets the code back to 0 when the program ends; it is set after that.
  process.on('exit', () => {
    process.exitCode = 1;
  });
}

/**
 * What is known only where it is packed: folders, and the publisher's own data.
 * @param {NodeJS.ProcessEnv} env
 * @returns {import('electron-builder').Configuration}
 */
function overrides(env) {
  const { OMNIROUTE_UPDATE_URL, OMNIROUTE_HOMEPAGE, OMNIROUTE_MAINTAINER } = env;
  if (OMNIROUTE_UPDATE_URL === undefined) say('OMNIROUTE_UPDATE_URL is not set: packed without updates.');
  const electron = electronFolder(env);
  return {
    ...(electron !== undefined && { electronDist: electron }),
    ...(flags.output !== undefined && { directories: { output: resolve(flags.output) } }),
    ...(OMNIROUTE_UPDATE_URL === undefined && { publish: null }),
    ...(OMNIROUTE_HOMEPAGE !== undefined && { extraMetadata: { homepage: OMNIROUTE_HOMEPAGE } }),
    ...(OMNIROUTE_MAINTAINER !== undefined && { linux: { maintainer: OMNIROUTE_MAINTAINER } }),
  };
}

/** The folder to pack around; undefined: electron-builder fetches it. @param {NodeJS.ProcessEnv} env */
function electronFolder(env) {
  const found = findElectron(env);
  if (found !== undefined) return found.folder;
  if (!flags.dir || process.platform !== 'linux') return undefined;
  const folder = join(DIST, 'electron-stand-in');
  makeStandIn(folder, join(ROOT, 'node_modules', 'electron'));
  say('There is no Electron on this machine: packed around a stand-in that cannot run.');
  return folder;
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`  • ${line}\n`);
}
