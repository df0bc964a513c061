/** `npm run screenshots`: the README's pictures, made by the tests that look at the pages and kept in build/pictures. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VITEST } from './check.mjs';
import { FAILED, ROOT, runNode, say } from './process.mjs';

/** Where the tests leave a picture of everything they look at. */
const TAKEN = join(ROOT, '.screenshots');
const KEPT = join(ROOT, 'build', 'pictures');

/**
 * The pictures of the README: each one's file, the test that takes it, and the name that the test gives it.
 * @type {readonly { file: string, test: string, taken: string }[]}
 */
const PICTURES = [
  { file: 'tray.png', test: 'tests/desktop/show.test.ts', taken: 'tray-menu' },
  { file: 'home.png', test: 'tests/renderer/home.test.ts', taken: 'home-full-light-1440' },
  { file: 'providers.png', test: 'tests/renderer/providers.test.ts', taken: 'providers-full-light-1440' },
  { file: 'combos.png', test: 'tests/renderer/combos.test.ts', taken: 'combos-full-light-1440' },
];

/** Runs those tests and keeps what they took. @returns {Promise<number>} 0 only when all passed and no picture is missing */
export async function takeScreenshots() {
  for (const { taken } of PICTURES) rmSync(pathOf(taken), { force: true });
  const code = await runNode([...VITEST, ...new Set(PICTURES.map(({ test }) => test))]);
  if (code !== 0) return code;
  const missing = PICTURES.filter(({ taken }) => !existsSync(pathOf(taken)));
  for (const { taken, test } of missing) say(`${test} took no picture "${taken}".`);
  if (missing.length > 0) return FAILED;
  mkdirSync(KEPT, { recursive: true });
  for (const { file, taken } of PICTURES) copyFileSync(pathOf(taken), join(KEPT, file));
  say(`build/pictures: ${PICTURES.map(({ file }) => file).join(', ')}`);
  return 0;
}

/** @param {string} taken */
function pathOf(taken) {
  return join(TAKEN, `${taken}.png`);
}
