/**
 * The desktop app as a scenario drives it, whatever it runs on: the stand-in, or the real Electron where its binary is
 * installed. Both answer the same commands and show their windows as Playwright pages.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { PASSWORD } from '../support/gateway-process.ts';
import { gatewayFiles, mustHoldNoSecret } from '../support/marked-secrets.ts';
import { filesIn, type Places } from '../support/planted-secrets.ts';
import { electronProgram, startElectron } from './electron-driver.ts';
import type { Commands } from './stand-in/control.ts';
import { startStandIn } from './stand-in-driver.ts';

/** The commands of `stand-in/control.ts`, asked from outside. */
export type Driver = {
  readonly [Name in keyof Commands]: (
    ...args: Parameters<Commands[Name]>
  ) => Promise<Awaited<ReturnType<Commands[Name]>>>;
};

/** The app started once. */
export interface Running {
  readonly runsOn: string;
  readonly ask: Driver;
  /** Pages of the app's windows, hidden ones too. */
  pages(): Promise<readonly Page[]>;
  /** The exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Of its standard output and error. */
  output(): string;
  kill(): void;
}

export interface Start {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

export interface DesktopOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** After the port. */
  readonly args?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
  /** Of an earlier start; default: a fresh one. */
  readonly folder?: string;
}

export interface Desktop extends Running {
  /** Holds everything that it writes: home, data, Electron's user data. */
  readonly folder: string;
  readonly port: number;
  readonly logFile: string;
  /** What it printed, wrote into files and sent to pages so far. */
  written(): Places;
  /** Starts it again on the same folder; the exit code. */
  second(args: readonly string[]): Promise<number | string>;
  /**
   * Ends it, however it stands, and removes its folder. Throws when a marked secret was printed, was sent to a page or
   * stands in a file (`marked-secrets.ts`).
   */
  dispose(): Promise<void>;
}

const KEPT_VARIABLES = ['PATH', 'TMPDIR', 'LANG', 'ELECTRON_OVERRIDE_DIST_PATH'];
const END_LIMIT_MS = 15_000;

export async function startDesktop({ env = {}, args = [], ...options }: DesktopOptions = {}): Promise<Desktop> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'omniroute-desktop-'));
  const port = options.port ?? (await freePort());
  for (const name of ['home', 'data', 'user', 'config']) mkdirSync(join(folder, name), { recursive: true });
  const start = (flags: readonly string[]): Promise<Running> =>
    launch({ folder, env: { ...surroundings(folder), ...env }, args: flags });
  const running = await start([`--port=${port}`, ...args]);
  const written = (): Places => new Map([['its output', running.output()], ...writtenIn(folder)]);
  return {
    ...running,
    ...{ folder, port, written, logFile: join(folder, 'data', 'logs', 'omniroute.log') },
    second: async (flags) => (await start(flags)).ended,
    async dispose() {
      running.kill();
      const limit = setTimeout(() => running.kill(), END_LIMIT_MS);
      await running.ended;
      clearTimeout(limit);
      mustHoldNoSecret(written());
      if (options.folder === undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The data, the log, Electron's and Chromium's own files, and what was sent to pages; the home is the person's. */
function writtenIn(folder: string): readonly (readonly [string, string | Buffer])[] {
  const own = ['user', 'config'].map((name) => join(folder, name)).filter(existsSync);
  return [...gatewayFiles(join(folder, 'data')), ...own.flatMap((path) => [...filesIn(path)])];
}

function launch(start: Start): Promise<Running> {
  return electronProgram() === undefined ? startStandIn(start) : startElectron(start);
}

/** Nothing of the person's own is touched. */
function surroundings(folder: string): Record<string, string> {
  const kept = KEPT_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...(Object.fromEntries(kept) as Record<string, string>),
    HOME: join(folder, 'home'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    DATA_DIR: join(folder, 'data'),
    INITIAL_PASSWORD: PASSWORD,
    OMNIROUTE_MASTER_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
