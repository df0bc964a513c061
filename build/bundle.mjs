/** Bundles core and the headless host into `dist/headless.mjs` and `dist/chunks`. Run as a program, under the pinned Node. */
import { bundleForNode, DIST } from './node-bundle.mjs';

await bundleForNode([{ entry: 'build/headless.mjs', folder: DIST, name: 'headless.mjs' }]);
