/** Builds the server, the dashboard and the desktop app into dist/ when what is there is not of these sources. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, runNode, StepError, say } from './process.mjs';

const path = join(ROOT, 'dist', 'headless.mjs');
/** The built server. */
export const HEADLESS = { path, url: pathToFileURL(path).href };

/** How both programs for Node are bundled. */
const NODE_BUNDLE = 'build/node-bundle.mjs';

/**
 * What is built apart, each when its own sources changed: a program, what it is made of (folders whole, and files) and
 * the file that shows it was built.
 */
const BUNDLES = {
  server: { program: 'build/bundle.mjs', result: path, sources: ['core', 'main', 'build/headless.mjs', NODE_BUNDLE] },
  dashboard: {
    program: 'build/renderer.mjs',
    result: join(ROOT, 'dist', 'renderer', 'index.html'),
    sources: ['renderer'],
  },
  desktop: {
    program: 'build/desktop.mjs',
    result: join(ROOT, 'dist', 'main', 'index.mjs'),
    sources: ['core', 'main', 'preload', NODE_BUNDLE],
  },
};
const SHARED = ['build/steps/bundle.mjs', 'package.json', 'package-lock.json'];

/** @typedef {keyof typeof BUNDLES} Bundle */

/** What `npm run serve` needs. @type {readonly Bundle[]} */
export const HEADLESS_BUNDLES = ['server', 'dashboard'];
/** What the app needs in Electron. @type {readonly Bundle[]} */
export const DESKTOP_BUNDLES = ['dashboard', 'desktop'];
/** @type {readonly Bundle[]} */
export const ALL_BUNDLES = ['server', 'dashboard', 'desktop'];

/**
 * Builds those that are missing or stale in dist/; else costs the reading of the sources. Throws StepError when one fails.
 * @param {readonly Bundle[]} names
 */
export async function ensureBuilt(names) {
  for (const name of names) {
    const { program, result, sources } = BUNDLES[name];
    const marker = join(ROOT, 'dist', `.${name}`);
    const hash = hashOf([...sources, program, ...SHARED]);
    if (existsSync(result) && existsSync(marker) && readFileSync(marker, 'utf8') === hash) continue;
    say(`Building the ${name} …`);
    const code = await runNode([join(ROOT, program)]);
    if (code !== 0) throw new StepError('The build failed; the messages above say where.');
    writeFileSync(marker, hash);
  }
}

/**
 * One hash over the names and bytes of all sources, so that a clone, a checkout or a copy needs no clock.
 * @param {readonly string[]} sources
 */
function hashOf(sources) {
  const hash = createHash('sha256');
  const visit = (/** @type {string} */ relative) => {
    const absolute = join(ROOT, relative);
    if (!existsSync(absolute)) return;
    if (!/\.[a-z]+$/.test(relative)) {
      for (const name of readdirSync(absolute).sort()) visit(`${relative}/${name}`);
    } else if (!relative.endsWith('.md')) hash.update(`\0${relative}\0`).update(readFileSync(absolute));
  };
  for (const source of sources) visit(source);
  return hash.digest('hex');
}
