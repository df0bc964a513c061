/** What `npm start` opens: the app where Electron and a display are there, else the server, saying why. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findElectron } from '../../build/steps/electron.mjs';
import { nodeBinary } from '../../build/steps/process.mjs';
import { ROOT } from '../support/sources.ts';

const PROJECT = ROOT.replace(/\/$/, '');

/** A program in Electron's place: notes its arguments, and waits for SIGTERM when it is told to. */
const PROGRAM = `#!/bin/sh
printf '%s\\n' "$@" > "$NOTES"
[ -z "$WAIT" ] || { trap 'echo ended >> "$NOTES"; exit 0' TERM; echo ready; while :; do sleep 0.05; done; }
exit 7
`;

describe.runIf(process.platform === 'linux')('npm start', () => {
  const folder = mkdtempSync(join(tmpdir(), 'omniroute-electron-'));
  const notes = join(folder, 'notes');
  beforeAll(() => writeFileSync(join(folder, 'electron'), PROGRAM, { mode: 0o755 }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const start = (env: Readonly<Record<string, string>>, args: readonly string[] = []) => run('start', env, args);
  function run(command: string, env: Readonly<Record<string, string>>, args: readonly string[] = []) {
    const { PATH = '' } = process.env;
    const child = spawn(nodeBinary(), ['build/run.mjs', command, '--', ...args], {
      cwd: ROOT,
      env: { PATH, DATA_DIR: join(folder, 'data'), OMNIROUTE_MASTER_KEY: 'k'.repeat(43), NOTES: notes, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const printed = { stdout: '', stderr: '' };
    child.stdout.on('data', (bytes) => (printed.stdout += bytes));
    child.stderr.on('data', (bytes) => (printed.stderr += bytes));
    const saw = async (name: keyof typeof printed, pattern: RegExp): Promise<void> => {
      while (!pattern.test(printed[name]) && child.exitCode === null) await once(child[name], 'data');
      expect(printed[name]).toMatch(pattern);
    };
    return { child, saw, ended: once(child, 'close') };
  }

  it('runs Electron on the built app, with the arguments, and ends with its code', async () => {
    const { ended } = start({ ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ':99' }, ['--port', '0']);
    const [code] = await ended;
    const args = readFileSync(notes, 'utf8').trim().split('\n');
    expect(args).toEqual([...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), PROJECT, '--port', '0']);
    expect(code).toBe(7);
    const { main } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8'));
    for (const path of [main, 'dist/preload/index.cjs', 'dist/renderer/index.html'])
      expect(existsSync(join(PROJECT, path)), path).toBe(true);
  });

  it('hands a signal on to Electron', async () => {
    const { child, saw, ended } = start({ ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ':99', WAIT: 'yes' });
    await saw('stdout', /ready/);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(readFileSync(notes, 'utf8')).toContain('ended');
  });

  it.each([
    { where: 'there is no display', env: { ELECTRON_OVERRIDE_DIST_PATH: folder }, says: 'There is no display' },
    {
      where: 'there is no Electron',
      env: { ELECTRON_OVERRIDE_DIST_PATH: join(folder, 'nothing'), DISPLAY: ':99' },
      says: 'Electron is not installed',
    },
  ])('runs headless where $where, and says so', async ({ env, says }) => {
    const { child, saw, ended } = start(env, ['--port', '0']);
    await saw('stdout', /^OmniRoute listening on http:\/\/127\.0\.0\.1:\d+$/m);
    await saw('stderr', new RegExp(`^${says}: running headless\\.$`, 'm'));
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('npm run desktop opens the app too', async () => {
    const { ended } = run('desktop', { ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ':99' }, ['--hidden']);
    expect(await ended).toEqual([7, null]);
    expect(readFileSync(notes, 'utf8').trim().split('\n').slice(-2)).toEqual([PROJECT, '--hidden']);
  });

  it.skipIf(findElectron({}) !== undefined)(
    'npm run desktop says what to do when Electron cannot be fetched',
    async () => {
      const offline = { ELECTRON_GET_USE_PROXY: '1', HTTPS_PROXY: 'http://127.0.0.1:9', electron_config_cache: folder };
      const { saw, ended } = run('desktop', offline);
      await saw('stderr', /Electron could not be fetched; .+ Without it `npm start` runs headless\.$/m);
      expect(await ended).toEqual([1, null]);
    },
  );
});
