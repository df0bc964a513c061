/** A display for windows: the one there is, or a virtual one of our own that ends with the file of tests that opened it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll } from 'vitest';

const XVFB = '/usr/bin/Xvfb';
const START_LIMIT_MS = 10_000;

let opened: Promise<string | undefined> | undefined;
let virtual: ChildProcess | undefined;
// Hooks run in the reverse order: this one, made at the import, after those that end the app. A worker is killed, not left.
afterAll(() => void virtual?.kill());

/** For `DISPLAY`; undefined where there is no display and none can be made: Chromium then runs without a window. */
export function displayName(): Promise<string | undefined> {
  opened ??=
    process.env['DISPLAY'] === undefined && existsSync(XVFB) ? openVirtual() : Promise.resolve(process.env['DISPLAY']);
  return opened;
}

function openVirtual(): Promise<string | undefined> {
  const child = spawn(XVFB, ['-displayfd', '1', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  virtual = child;
  child.unref();
  return new Promise((resolve) => {
    const limit = setTimeout(() => resolve(undefined), START_LIMIT_MS);
    child.once('error', () => resolve(undefined));
    child.stdout.once('data', (bytes: Buffer) => {
      clearTimeout(limit);
      resolve(`:${bytes.toString('utf8').trim()}`);
    });
  });
}
