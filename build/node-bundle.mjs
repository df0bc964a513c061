/**
 * How programs for Node (and for Electron's main process) are bundled with Vite's bundler, Rolldown: packages included,
 * which makes the start several times quicker; lazily imported modules and JSON data as chunks of their own. Native
 * packages stay in node_modules: their binaries lie beside their code.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'vite';

export const ROOT = join(import.meta.dirname, '..');
export const DIST = join(ROOT, 'dist');
const NATIVE = ['better-sqlite3', 'keytar'];
/** The licences of all packages that are inside the bundle: most ask to be told with every copy. */
const LICENSES = 'licenses.md';
const ONE_DAY_MS = 86_400_000;

/**
 * @typedef {object} NodeBundle
 * @property {string} entry a source, from the root
 * @property {string} folder where it goes; other files there stay
 * @property {string} name the entry's file name there: `.mjs` is a module with `chunks/` beside it, `.cjs` one single file
 * @property {readonly string[]} [external] what the host brings, beside Node's own modules and the native packages
 */

/**
 * Builds them one after the other. When one fails, what the bundler said is printed and this process fails.
 * @param {readonly NodeBundle[]} bundles
 */
export async function bundleForNode(bundles) {
  try {
    for (const bundle of bundles) await buildOne(bundle);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}

/** Builds it beside its place first and then moves it there. @param {NodeBundle} bundle */
async function buildOne(bundle) {
  const next = join(DIST, `.${basename(bundle.folder)}-${process.pid}`);
  try {
    await build(configOf(bundle, next));
    publish(next, bundle);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** @param {NodeBundle} bundle @param {string} outDir @returns {import('vite').InlineConfig} */
function configOf({ entry, name, external = [] }, outDir) {
  const single = name.endsWith('.cjs');
  return {
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    json: { stringify: true },
    ssr: { noExternal: true, external: [...NATIVE, ...external], target: 'node' },
    build: {
      ssr: join(ROOT, entry),
      outDir,
      emptyOutDir: true,
      target: 'node22',
      minify: false,
      sourcemap: true,
      license: { fileName: LICENSES },
      reportCompressedSize: false,
      rolldownOptions: {
        // Not looked for: where only what runs is installed, Electron's package is not there.
        external: [...external],
        output: {
          format: single ? 'cjs' : 'es',
          entryFileNames: name,
          chunkFileNames: 'chunks/[name]-[hash].mjs',
          codeSplitting: single ? false : { groups: [{ debugName: 'data', name: nameOfData }] },
        },
      },
    },
  };
}

/**
 * Chunks first, the entry last, so that a start at the same moment finds a whole build. Chunks of earlier builds stay
 * for a day: a program that still runs may load one of them late.
 * @param {string} next @param {NodeBundle} bundle
 */
function publish(next, { folder, name }) {
  const chunks = join(folder, 'chunks');
  const fresh = new Set(existsSync(join(next, 'chunks')) ? readdirSync(join(next, 'chunks')) : []);
  if (fresh.size > 0) cpSync(join(next, 'chunks'), chunks, { recursive: true });
  mkdirSync(folder, { recursive: true });
  for (const file of [LICENSES, `${name}.map`, name]) renameSync(join(next, file), join(folder, file));
  for (const file of existsSync(chunks) ? readdirSync(chunks) : []) {
    const path = join(chunks, file);
    if (!fresh.has(file) && Date.now() - statSync(path).mtimeMs > ONE_DAY_MS) rmSync(path);
  }
}

/**
 * `core/providers/catalog/models.json` → `data-models`; JSON inside packages stays with the code that reads it.
 * @param {string} id a module's path
 */
function nameOfData(id) {
  return id.startsWith(join(ROOT, 'core')) && id.endsWith('.json') ? `data-${basename(id, '.json')}` : null;
}
