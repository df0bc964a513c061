/**
 * The app as it is packed, by the command that a person runs: what is in the archive and what is not, that the native
 * modules load from where they lie, and how much it adds to Electron. Where there is no Electron it is packed around a
 * stand-in; the same run around a program with Electron's fuse wire shows that the fuses are set.
 */
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { extractAll, extractFile, listPackage } from '@electron/asar';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SENTINEL } from '../../build/fuses.mjs';
import { makeStandIn } from '../../build/stand-in.mjs';
import { nodeBinary } from '../../build/steps/process.mjs';
import { ROOT } from '../support/sources.ts';

const PACK_LIMIT_MS = 180_000;
const LOAD_LIMIT_MS = 25_000;
/** What we add to Electron, at most. */
const MAX_ADDED_BYTES = 40e6;
/** The environment of whoever packs is no part of what is packed. */
const PLANTED = { OPENAI_API_KEY: 'sk-planted-0123456789abcdef', INITIAL_PASSWORD: 'planted-password-0123456789' };
const FEED = 'https://updates.example/omniroute';
/** Neither proxy nor registry nor GitHub can be reached through this. */
const OFFLINE = { HTTPS_PROXY: 'http://127.0.0.1:9', HTTP_PROXY: 'http://127.0.0.1:9', ELECTRON_GET_USE_PROXY: '1' };
const SOURCE_OR_TEST =
  /\.(?:[cm]?tsx?|map|snap|test\.\w+|orig)$|(?:^|\/)(?:tests?|fixtures|src|core|renderer\/features)\//;
const SECRET_FILE =
  /(?:^|\/)(?:\.env[^/]*|\.npmrc|\.git[^/]*|[^/]+\.(?:pem|key|p12|pfx)|master\.key|[^/]+\.sqlite3?|[^/]+\.db)$/;
const SECRET_TEXT =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40}|\bsk-(?:ant-|proj-)?[A-Za-z0-9]{40,}|\bgh[pousr]_[A-Za-z0-9]{36}|\bAKIA[0-9A-Z]{16}\b/;

const FUSE_NAMES = Object.values(FuseV1Options).filter((value) => typeof value === 'string');

const isLinux = process.platform === 'linux';

interface Packed {
  readonly output: string;
  /** The folder with `app.asar`. */
  readonly resources: string;
  readonly program: string;
}

async function packInto(folder: string, env: Readonly<Record<string, string>> = {}): Promise<Packed> {
  const args = ['build/run.mjs', 'package:dir', '--', '--output', folder];
  const child = spawn(nodeBinary(), args, { cwd: ROOT, env: { ...process.env, ...OFFLINE, ...PLANTED, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => (output += bytes));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`package:dir ended with ${code}:\n${output}`);
  const app = join(folder, 'linux-unpacked');
  return { output, resources: join(app, 'resources'), program: join(app, 'omniroute') };
}

describe.runIf(isLinux)('npm run package:dir', () => {
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-package-'));
  let packed: Packed;
  let archive: string;
  let files: readonly string[];
  beforeAll(async () => {
    packed = await packInto(join(folder, 'app'));
    archive = join(packed.resources, 'app.asar');
    files = listPackage(archive, { isPack: false }).map((path) => path.slice(1));
  }, PACK_LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const read = (path: string): Buffer => extractFile(archive, path);
  const contents = (): readonly (readonly [path: string, text: string])[] =>
    files.filter((path) => /\.\w+$/.test(path) && !isFolder(path)).map((path) => [path, read(path).toString('latin1')]);
  const isFolder = (path: string): boolean => files.some((other) => other.startsWith(`${path}/`));

  it('holds the entry points, the pages and the tray icons', () => {
    const { main } = JSON.parse(read('package.json').toString('utf8'));
    expect(main).toBe('dist/main/index.mjs');
    for (const path of [main, 'dist/preload/index.cjs', 'dist/renderer/index.html']) expect(files).toContain(path);
    expect(files).toContain('build/icons/tray/runningTemplate@2x.png');
  });

  it('has every file that its entries and chunks import', () => {
    const imports = contents()
      .filter(([path]) => path.startsWith('dist/main/'))
      .flatMap(([path, text]) =>
        [...text.matchAll(/(?:from|import\()\s*"(\.\.?\/[^"]+\.mjs)"/g)].map(([, target = '']) =>
          join(path, '..', target),
        ),
      );
    expect(imports.length).toBeGreaterThan(0);
    for (const path of imports) expect(files).toContain(path);
    const chunks = files.filter((path) => /^dist\/main\/chunks\/.*\.mjs$/.test(path));
    expect(chunks.filter((path) => !imports.includes(path))).toEqual([]);
  });

  it('loads whole: the entry as a second start would, and every chunk', async () => {
    const place = join(folder, 'extracted');
    extractAll(archive, place);
    const main = join(place, 'dist', 'main');
    const chunks = readdirSync(join(main, 'chunks')).map((name) => join(main, 'chunks', name));
    const program = [join(main, 'index.mjs'), ...chunks].map((file) => `await import(${JSON.stringify(file)});`);
    const hook = join(ROOT, 'tests', 'support', 'second-instance.ts');
    const args = ['--import', hook, '--input-type=module', '--eval', `${program.join('')}console.log('loaded')`];
    const { stdout } = await promisify(execFile)(nodeBinary(), args, { timeout: LOAD_LIMIT_MS });
    expect(stdout).toBe('quit\nloaded\n');
  });

  it('the preload is one file that needs nothing but Electron', () => {
    const text = read('dist/preload/index.cjs').toString('utf8');
    const needed = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name);
    expect(new Set(needed)).toEqual(new Set(['electron']));
    expect(text).not.toMatch(/^\s*(?:import|export)\b/m);
  });

  it('holds no source, test, source map or file of secrets', () => {
    expect(files.filter((path) => !path.startsWith('node_modules/') && SOURCE_OR_TEST.test(path))).toEqual([]);
    expect(files.filter((path) => /\.(?:map|[cm]?ts|gyp|cc|cpp|h)$/.test(path))).toEqual([]);
    expect(files.filter((path) => SECRET_FILE.test(path))).toEqual([]);
  });

  it('holds no text of a secret, and nothing of the environment it was packed in', () => {
    const texts = contents();
    expect(texts.filter(([, text]) => SECRET_TEXT.test(text)).map(([path]) => path)).toEqual([]);
    for (const value of Object.values(PLANTED))
      expect(texts.filter(([, text]) => text.includes(value)).map(([path]) => path)).toEqual([]);
    expect(texts.filter(([, text]) => text.includes(ROOT)).map(([path]) => path)).toEqual([]);
  });

  it('of node_modules holds the native packages alone, with the binary of this system alone', () => {
    const packages = new Set(files.filter((path) => /^node_modules\/[^/]+$/.test(path)));
    expect(packages).toEqual(new Set(['node_modules/better-sqlite3', 'node_modules/keytar']));
    const binaries = files.filter((path) => path.endsWith('.node')).sort();
    expect(binaries).toEqual([
      `node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
      `node_modules/keytar/prebuilds/linux-${process.arch}/keytar.node`,
    ]);
  });

  it('opens a database with the module that lies unpacked', () => {
    const require = createRequire(join(packed.resources, 'app.asar.unpacked', 'main.js'));
    const Database = require('better-sqlite3');
    expect(require.resolve('better-sqlite3')).toContain('app.asar.unpacked');
    const database = new Database(join(folder, 'opened.sqlite'));
    database.exec("CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('one')");
    expect(database.prepare('SELECT name FROM things').all()).toEqual([{ name: 'one' }]);
    database.close();
  });

  it('loads the keychain module that lies unpacked', () => {
    const require = createRequire(join(packed.resources, 'app.asar.unpacked', 'main.js'));
    expect(require.resolve('keytar')).toContain('app.asar.unpacked');
    expect(Object.keys(require('keytar'))).toContain('getPassword');
  });

  it('keeps of Chromium the languages that the app speaks', () => {
    const locales = readdirSync(join(packed.resources, '..', 'locales')).map((name) => name.replace('.pak', ''));
    expect(locales.sort()).toEqual(['ar', 'de', 'en-US', 'es', 'fi', 'fr', 'ja', 'pt-BR', 'zh-CN']);
  });

  it('tells the licences of what is bundled', () => {
    expect(read('dist/main/licenses.md').toString('utf8')).toContain('## undici');
  });

  it(`adds at most ${MAX_ADDED_BYTES / 1e6} MB to Electron`, () => {
    const bytes = readdirSync(packed.resources, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
    console.log(`OmniRoute adds ${(bytes / 1e6).toFixed(1)} MB to Electron.`);
    expect(bytes).toBeLessThan(MAX_ADDED_BYTES);
    expect(packed.output).toMatch(/OmniRoute adds \d+\.\d MB to Electron\./);
  });

  it('has no updates when none were named', () => {
    expect(packed.output).toContain('packed without updates');
    expect(existsSync(join(packed.resources, 'app-update.yml'))).toBe(false);
  });

  it('says plainly when it was packed around a stand-in, whose fuses cannot be set', (context) => {
    if (readFileSync(packed.program).includes(SENTINEL)) return context.skip('there is an Electron on this machine');
    expect(packed.output).toMatch(/no Electron on this machine: packed around a stand-in that cannot run/);
    expect(packed.output).toMatch(/Fuses could not be written: .+ is a stand-in/);
  });
});

describe.runIf(isLinux)('an app for others', { timeout: PACK_LIMIT_MS }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-fuses-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has every fuse of a real Electron set, and knows where its updates are', async () => {
    const electron = electronWithFuses(join(folder, 'electron'), FUSE_NAMES.length);
    const { output, program, resources } = await packInto(join(folder, 'app'), {
      ELECTRON_OVERRIDE_DIST_PATH: electron,
      OMNIROUTE_UPDATE_URL: FEED,
    });
    expect(readFileSync(join(resources, 'app-update.yml'), 'utf8')).toContain(`url: ${FEED}`);
    expect(output).toContain(`Fuses are written into ${program}`);
    expect(namedStates(await getCurrentFuseWire(program))).toEqual({
      RunAsNode: false,
      EnableCookieEncryption: true,
      EnableNodeOptionsEnvironmentVariable: false,
      EnableNodeCliInspectArguments: false,
      EnableEmbeddedAsarIntegrityValidation: true,
      OnlyLoadAppFromAsar: true,
      LoadBrowserProcessSpecificV8Snapshot: false,
      GrantFileProtocolExtraPrivileges: false,
      WasmTrapHandlers: true,
    });
  });

  it('is not packed around an Electron with a fuse that was not decided on', async () => {
    const electron = electronWithFuses(join(folder, 'newer'), FUSE_NAMES.length + 1);
    const packing = packInto(join(folder, 'undecided'), { ELECTRON_OVERRIDE_DIST_PATH: electron });
    await expect(packing).rejects.toThrow(/has 10 fuses but you only provided a config for 9/);
  });
});

/** A folder as Electron's, whose program holds a fuse wire with all fuses on. */
function electronWithFuses(folder: string, fuses: number): string {
  makeStandIn(folder, join(ROOT, 'node_modules', 'electron'));
  const wire = Buffer.from([1, fuses, ...Array.from({ length: fuses }, () => FuseState.ENABLE)]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([Buffer.alloc(5_000), Buffer.from(SENTINEL), wire]));
  return folder;
}

function namedStates({ version: _version, ...wire }: Awaited<ReturnType<typeof getCurrentFuseWire>>) {
  return Object.fromEntries(
    Object.entries(wire).map(([index, state]) => [FuseV1Options[Number(index)], state === FuseState.ENABLE]),
  );
}
