/** Bundles the core and the headless host into dist/ when what is there is older than the sources. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, runNode, StepError, say } from './process.mjs';

const path = join(ROOT, 'dist', 'headless.mjs');
/** The built server. */
export const HEADLESS = { path, url: pathToFileURL(path).href };
const MARKER = join(ROOT, 'dist', '.sources');

/** What the bundle is made of: folders whole, and files. */
const SOURCES = [
  'core',
  'main',
  'build/bundle.mjs',
  'build/headless.mjs',
  'build/steps/bundle.mjs',
  'package.json',
  'package-lock.json',
];

/** Builds dist/ when it is missing or stale; else costs the reading of the sources. Throws StepError when it fails. */
export async function ensureBuilt() {
  const hash = hashSources();
  if (existsSync(HEADLESS.path) && existsSync(MARKER) && readFileSync(MARKER, 'utf8') === hash) return;
  say('Building …');
  const code = await runNode([join(ROOT, 'build', 'bundle.mjs')]);
  if (code !== 0) throw new StepError('The build failed; the messages above say where.');
  writeFileSync(MARKER, hash);
}

/** One hash over the names and bytes of all sources, so that a clone, a checkout or a copy needs no clock. */
function hashSources() {
  const hash = createHash('sha256');
  const visit = (/** @type {string} */ relative) => {
    const absolute = join(ROOT, relative);
    if (!existsSync(absolute)) return;
    if (!/\.[a-z]+$/.test(relative)) {
      for (const name of readdirSync(absolute).sort()) visit(`${relative}/${name}`);
    } else if (!relative.endsWith('.md')) hash.update(`\0${relative}\0`).update(readFileSync(absolute));
  };
  for (const source of SOURCES) visit(source);
  return hash.digest('hex');
}
