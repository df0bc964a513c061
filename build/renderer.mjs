/**
 * Builds the dashboard into `dist/renderer`: one page and hashed assets, each packed beside itself (`.br`, `.gz`) so that
 * serving costs no compression. The same files are served over HTTP and under the desktop's `app://`. Run as a program,
 * under the pinned Node.
 */
import { cpSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { build } from 'vite';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist', 'renderer');
/** Smaller ones fit into one packet anyway. */
const MIN_PACKED_BYTES = 1_024;

const next = join(ROOT, 'dist', `.renderer-${process.pid}`);
try {
  await build({
    root: join(ROOT, 'renderer'),
    configFile: false,
    logLevel: 'warn',
    base: '/',
    publicDir: false,
    plugins: [react()],
    build: {
      outDir: next,
      emptyOutDir: true,
      target: ['chrome130', 'firefox130', 'safari18'],
      sourcemap: false,
      assetsInlineLimit: 0,
      manifest: 'manifest.json',
      license: { fileName: 'licenses.md' },
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2_000,
    },
  });
  pack(next);
  publish();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(next, { recursive: true, force: true });
}

/** Assets first, the page last: a browser that loads at the same moment finds a whole build of either age. */
function publish() {
  const kept = new Set(readdirSync(join(next, 'assets')));
  cpSync(join(next, 'assets'), join(OUT, 'assets'), { recursive: true });
  for (const name of readdirSync(next)) if (name !== 'assets') renameSync(join(next, name), join(OUT, name));
  for (const name of readdirSync(join(OUT, 'assets'))) if (!kept.has(name)) rmSync(join(OUT, 'assets', name));
}

/** @param {string} folder */
function pack(folder) {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(?:js|css|html|svg|json)$/.test(entry.name)) continue;
    const file = join(entry.parentPath, entry.name);
    const bytes = readFileSync(file);
    if (bytes.length < MIN_PACKED_BYTES) continue;
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_QUALITY]: 9 };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  }
}
