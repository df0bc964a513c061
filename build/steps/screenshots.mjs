/**
 * `npm run screenshots`: the pictures of the README are made by the tests that look at the pages. A test that makes one is
 * tagged `[picture]` in its name and writes PNGs into the folder that OMNIROUTE_PICTURES names (the variable is set in this
 * run alone).
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { VITEST } from './check.mjs';
import { FAILED, ROOT, runNode, say } from './process.mjs';

const PICTURES = join(ROOT, 'build', 'pictures');
const TAG = String.raw`\[picture\]`;

/**
 * Runs the tagged tests and, when all passed, puts what they drew into build/pictures.
 * @param {readonly string[]} args file filters for Vitest
 * @returns {Promise<number>} an exit code
 */
export async function takeScreenshots(args) {
  mkdirSync(PICTURES, { recursive: true });
  const folder = mkdtempSync(join(PICTURES, '.next-'));
  try {
    const env = { ...process.env, OMNIROUTE_PICTURES: folder };
    const code = await runNode([...VITEST, '-t', TAG, '--passWithNoTests', ...args], { env });
    if (code !== 0) return code;
    const drawn = readdirSync(folder).filter((name) => name.endsWith('.png'));
    for (const name of drawn) renameSync(join(folder, name), join(PICTURES, name));
    say(drawn.length === 0 ? 'No test made a picture.' : `build/pictures: ${drawn.join(', ')}`);
    return drawn.length === 0 ? FAILED : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
