/**
 * A folder in the place of Electron's, for machines that cannot have its binary: everything that the packer looks for, and
 * a program that says what it is. What is packed around it is real: the archive, the native modules, the icons.
 */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PROGRAM = `#!/bin/sh
echo 'This is a stand-in for Electron: the app was packed on a machine that has none, and cannot run.' >&2
exit 1
`;

/** Some of those that Electron brings: the ones that the app speaks, and others. */
const LOCALES = ['ar', 'de', 'en-US', 'es', 'fi', 'fr', 'ja', 'pt-BR', 'sv', 'th', 'zh-CN'];

/**
 * @param {string} folder made anew
 * @param {string} electronPackage the folder of the npm package, for its version
 */
export function makeStandIn(folder, electronPackage) {
  rmSync(folder, { recursive: true, force: true });
  for (const name of ['locales', 'resources']) mkdirSync(join(folder, name), { recursive: true });
  const { version } = JSON.parse(readFileSync(join(electronPackage, 'package.json'), 'utf8'));
  const files = {
    version,
    LICENSE: readFileSync(join(electronPackage, 'LICENSE')),
    'LICENSES.chromium.html': '<!doctype html><title>Licenses of Chromium</title>',
    'chrome-sandbox': '',
    electron: PROGRAM,
    ...Object.fromEntries(LOCALES.map((locale) => [`locales/${locale}.pak`, ''])),
  };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  chmodSync(join(folder, 'electron'), 0o755);
}
