/** `npm run bench`: a program of its own under the pinned Node, with type stripping. */
import { join } from 'node:path';
import { ROOT, runNode } from './process.mjs';

/** @param {readonly string[]} args `--json`, `--quick`, `--against <checkout>`, `--cache` */
export function runBench(args) {
  return runNode([join(ROOT, 'tests', 'bench', 'index.ts'), ...args]);
}
