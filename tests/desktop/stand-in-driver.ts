/** Starts the app's sources on the stand-in, under a virtual display where there is none. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { nodeBinary } from '../../build/steps/process.mjs';
import { ROOT } from '../support/sources.ts';
import { displayName } from './display.ts';
import type { Driver, Running, Start } from './driver.ts';

const REGISTER = join(ROOT, 'tests', 'desktop', 'stand-in', 'register.ts');
const ANSWER_LIMIT_MS = 30_000;

export async function startStandIn({ folder, env, args }: Start): Promise<Running> {
  const display = await displayName();
  const child = spawn(nodeBinary(), ['--import', REGISTER, join(ROOT, 'main', 'index.ts'), ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...env, STAND_IN_USER_DATA: join(folder, 'user'), ...(display !== undefined && { DISPLAY: display }) },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => {
      output += bytes.toString('utf8');
    });
  const ask = commandsOf(child, () => output);
  let attached: { port: number; browser: Browser } | undefined;
  return {
    runsOn: 'the stand-in for Electron',
    ask,
    async pages() {
      const port = await ask.debuggingPort();
      if (port === undefined) return [];
      attached ??= { port, browser: await chromium.connectOverCDP(`http://127.0.0.1:${port}`) };
      return attached.browser.contexts().flatMap((context) => context.pages().filter(isWindow));
    },
    ended: once(child, 'exit').then(([code, signal]) => (code ?? signal) as number | string),
    output: () => output,
    kill: () => void child.kill(attached === undefined ? 'SIGKILL' : 'SIGTERM'),
  };
}

/** Chromium opens one empty page of its own. */
function isWindow(page: Page): boolean {
  return page.url() !== 'about:blank';
}

function commandsOf(child: ChildProcess, output: () => string): Driver {
  let lastId = 0;
  const waiting = new Map<number, (answer: { value?: unknown; error?: string }) => void>();
  child.on('message', (answer: { id: number; value?: unknown; error?: string }) => waiting.get(answer.id)?.(answer));
  const ask = (name: string, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      const give = (why: string): void => {
        clearTimeout(limit);
        waiting.delete(id);
        reject(new Error(`${name}: ${why}\n${output()}`));
      };
      const limit = setTimeout(() => give('no answer'), ANSWER_LIMIT_MS);
      waiting.set(id, ({ value, error }) => {
        clearTimeout(limit);
        waiting.delete(id);
        if (error === undefined) resolve(value);
        else reject(new Error(error));
      });
      if (child.connected) child.send({ id, name, args });
      else give('the app has ended');
    });
  return new Proxy({} as Driver, {
    get:
      (_target, name) =>
      (...args: unknown[]) =>
        ask(String(name), args),
  });
}
