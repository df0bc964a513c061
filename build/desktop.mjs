/**
 * Bundles the desktop host: core and main process into `main/`, the preload into one CommonJS file, which is all that a
 * sandboxed renderer may load. Electron brings its own module. Run as a program, under the pinned Node:
 * `node build/desktop.mjs [folder]`, by default `dist`.
 */
import { join, resolve } from 'node:path';
import { bundleForNode, DIST } from './node-bundle.mjs';

const folder = resolve(process.argv[2] ?? DIST);
const external = ['electron'];
await bundleForNode([
  { entry: 'main/index.ts', folder: join(folder, 'main'), name: 'index.mjs', external },
  { entry: 'preload/index.ts', folder: join(folder, 'preload'), name: 'index.cjs', external },
]);
