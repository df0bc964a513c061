/** Starts the built app on the real Electron, where its binary is installed, with `electron-hooks.cjs` before it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { _electron } from 'playwright-core';
import { ROOT } from '../support/sources.ts';
import { displayName } from './display.ts';
import type { Driver, Running, Start } from './driver.ts';

const HOOKS = join(ROOT, 'tests', 'desktop', 'electron-hooks.mjs');

/** The path of Electron's binary; undefined where it is not installed. */
export function electronProgram(): string | undefined {
  const folder = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(ROOT, 'node_modules', 'electron', 'dist');
  return ['electron', 'electron.exe', 'Electron.app/Contents/MacOS/Electron']
    .map((name) => join(folder, name))
    .find(existsSync);
}

export async function startElectron({ folder, env, args }: Start): Promise<Running> {
  const program = electronProgram();
  if (program === undefined) throw new Error("Electron's binary is not installed.");
  const display = await displayName();
  const app = await _electron.launch({
    executablePath: program,
    args: ['--import', HOOKS, ROOT, `--user-data-dir=${join(folder, 'user')}`, ...args],
    env: { ...env, ...(display !== undefined && { DISPLAY: display }) },
  });
  const child = app.process();
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => {
      output += bytes.toString('utf8');
    });
  const version = await app.evaluate(() => process.versions['electron']);
  const ask = (name: string, given: readonly unknown[]): Promise<unknown> =>
    app.evaluate(
      (_electron_, call) => {
        const { commands } = globalThis as unknown as { commands: Record<string, (...all: unknown[]) => unknown> };
        return commands[call.name]?.(...call.given);
      },
      { name, given: [...given] },
    );
  return {
    runsOn: `Electron ${version}`,
    ask: new Proxy({} as Driver, {
      get:
        (_target, name) =>
        (...given: unknown[]) =>
          ask(String(name), given),
    }),
    pages: () => Promise.resolve(app.windows()),
    ended: new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown'))),
    output: () => output,
    kill: () => void child.kill(),
  };
}
