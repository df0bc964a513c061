/** `npm run package` and `package:dir`: bundles for the package alone, then packs. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, runNode } from './process.mjs';

/**
 * @param {readonly string[]} args for build/package.mjs
 * @returns {Promise<number>} the exit code of the first program that failed, else 0
 */
export async function packApp(args) {
  const app = join(ROOT, 'dist', 'app');
  rmSync(app, { recursive: true, force: true });
  const bundled = await runNode([join(ROOT, 'build', 'desktop.mjs'), app]);
  return bundled === 0 ? runNode([join(ROOT, 'build', 'package.mjs'), ...args]) : bundled;
}
