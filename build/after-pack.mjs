/**
 * electron-builder's hook between packing and signing: sets the fuses, or says plainly that there are none to set, and says
 * how much of the app is ours.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { flipFuses, pathToFuseFile } from '@electron/fuses';
import { FUSES, SENTINEL } from './fuses.mjs';

/** @typedef {import('electron-builder').AfterPackContext} Context */

/** @param {Context} context */
export async function afterPack(context) {
  const resources = context.packager.getResourcesDir(context.appOutDir);
  say(`OmniRoute adds ${(sizeOf(resources) / 1e6).toFixed(1)} MB to Electron.`);
  const program = programOf(context);
  const file = pathToFuseFile(program);
  if (!readFileSync(file).includes(SENTINEL)) {
    say(`Fuses could not be written: ${file} is a stand-in, not a real Electron.`);
    return;
  }
  // Not electron-builder's own setting: the library that it brings knows one fuse less than this Electron has.
  await flipFuses(program, FUSES);
  say(`Fuses are written into ${file}.`);
}

/** @param {Context} context */
function programOf({ appOutDir, electronPlatformName, packager }) {
  const { productFilename } = packager.appInfo;
  if (electronPlatformName === 'darwin') return join(appOutDir, `${productFilename}.app`);
  if (electronPlatformName === 'win32') return join(appOutDir, `${productFilename}.exe`);
  return join(appOutDir, /** @type {import('app-builder-lib').LinuxPackager} */ (packager).executableName);
}

/** The archive and what lies unpacked beside it, in bytes. @param {string} resources */
function sizeOf(resources) {
  return readdirSync(resources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && join(entry.parentPath, entry.name).startsWith(join(resources, 'app.asar')))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

/** @param {string} line */
function say(line) {
  process.stdout.write(`  • ${line}\n`);
}
