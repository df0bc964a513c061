/**
 * Bundles core and the headless host with Vite's bundler, Rolldown: ESM for Node 22 and later, one entry
 * `dist/headless.mjs`, lazily imported modules and JSON data as chunks of their own. Packages are bundled, which makes
 * the start several times quicker; native ones stay in node_modules. Run as a program, under the pinned Node.
 */
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist');
/** Native packages: their binaries lie beside their code. */
const EXTERNAL = ['better-sqlite3', 'keytar'];
const ONE_DAY_MS = 86_400_000;

const next = join(OUT, `.next-${process.pid}`);
try {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: 'warn',
    json: { stringify: true },
    ssr: { noExternal: true, external: EXTERNAL, target: 'node' },
    build: {
      ssr: join(ROOT, 'build', 'headless.mjs'),
      outDir: next,
      emptyOutDir: true,
      target: 'node22',
      minify: false,
      sourcemap: true,
      reportCompressedSize: false,
      rolldownOptions: {
        output: {
          format: 'es',
          entryFileNames: 'headless.mjs',
          chunkFileNames: 'chunks/[name]-[hash].mjs',
          codeSplitting: { groups: [{ debugName: 'data', name: nameOfData }] },
        },
      },
    },
  });
  publish();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(next, { recursive: true, force: true });
}

/**
 * Chunks first, the entry last, so that a start at the same moment finds a whole build. Chunks of earlier builds stay
 * for a day: a server that still runs may load one of them late.
 */
function publish() {
  const chunks = join(OUT, 'chunks');
  mkdirSync(chunks, { recursive: true });
  const fresh = new Set(readdirSync(join(next, 'chunks')));
  cpSync(join(next, 'chunks'), chunks, { recursive: true });
  for (const name of ['headless.mjs.map', 'headless.mjs']) renameSync(join(next, name), join(OUT, name));
  for (const name of readdirSync(chunks)) {
    const file = join(chunks, name);
    if (!fresh.has(name) && Date.now() - statSync(file).mtimeMs > ONE_DAY_MS) rmSync(file);
  }
}

/**
 * `core/providers/catalog/models.json` → `data-models`; JSON inside packages stays with the code that reads it.
 * @param {string} id a module's path
 */
function nameOfData(id) {
  return id.startsWith(join(ROOT, 'core')) && id.endsWith('.json') ? `data-${basename(id, '.json')}` : null;
}
