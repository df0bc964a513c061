/** `npm run icons`: a program of its own under the pinned Node, for it needs a package. */
import { join } from 'node:path';
import { ROOT, runNode } from './process.mjs';

export function drawIcons() {
  return runNode([join(ROOT, 'build', 'icons.mjs')]);
}
