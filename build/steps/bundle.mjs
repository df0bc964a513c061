/** Builds the server and the dashboard into dist/ when what is there is not of these sources. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, runNode, StepError, say } from './process.mjs';

const path = join(ROOT, 'dist', 'headless.mjs');
/** The built server. */
export const HEADLESS = { path, url: pathToFileURL(path).href };

/**
 * What is built apart, each when its own sources changed: a program, what it is made of (folders whole, and files) and
 * the file that shows it was built.
 * @type {readonly { name: string, program: string, result: string, sources: readonly string[] }[]}
 */
const BUNDLES = [
  { name: 'server', program: 'build/bundle.mjs', result: path, sources: ['core', 'main', 'build/headless.mjs'] },
  {
    name: 'dashboard',
    program: 'build/renderer.mjs',
    result: join(ROOT, 'dist', 'renderer', 'index.html'),
    sources: ['renderer'],
  },
];
const SHARED = ['build/steps/bundle.mjs', 'package.json', 'package-lock.json'];

/** Builds what is missing or stale in dist/; else costs the reading of the sources. Throws StepError when it fails. */
export async function ensureBuilt() {
  for (const { name, program, result, sources } of BUNDLES) {
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
