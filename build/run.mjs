/**
 * The one door of every npm script: `node build/run.mjs <command> [-- arguments]`. It runs on Node 20 with nothing
 * installed, so it and the steps it imports at the top use `node:` modules only; whatever needs packages is a process
 * of its own under the pinned Node 24, started once the packages are there.
 */
import { runBench } from './steps/bench.mjs';
import { ALL_BUNDLES, DESKTOP_BUNDLES, ensureBuilt, HEADLESS, HEADLESS_BUNDLES } from './steps/bundle.mjs';
import { check } from './steps/check.mjs';
import { electronFlags, fetchElectron, findElectron, obstacleToWindows } from './steps/electron.mjs';
import { drawIcons } from './steps/icons.mjs';
import { ensureInstalled } from './steps/install.mjs';
import { packApp } from './steps/package.mjs';
import {
  FAILED,
  NODE_IS_NEW_ENOUGH,
  ROOT,
  runNode,
  runProgram,
  SERVER_FLAGS,
  StepError,
  say,
} from './steps/process.mjs';
import { takeScreenshots } from './steps/screenshots.mjs';
import { test } from './steps/test.mjs';

/** @typedef {(args: readonly string[]) => Promise<number | undefined>} Command its exit code; undefined: still serving */

/** @type {Record<string, Command>} */
const COMMANDS = {
  start: async (args) => {
    const electron = findElectron(process.env);
    const obstacle = electron === undefined ? 'Electron is not installed' : obstacleToWindows(process.env);
    if (electron !== undefined && obstacle === undefined) {
      await prepare('run', DESKTOP_BUNDLES);
      return open(electron, args);
    }
    await prepare('run', HEADLESS_BUNDLES);
    say(`${obstacle}: running headless.`);
    return serve(args);
  },
  desktop: async (args) => {
    await prepare('all', DESKTOP_BUNDLES);
    if (findElectron(process.env) === undefined) await fetchElectron();
    const electron = findElectron(process.env);
    if (electron === undefined) throw new StepError('Electron was fetched, but its program is not where it belongs.');
    return open(electron, args);
  },
  serve: async (args) => {
    await prepare('run', HEADLESS_BUNDLES);
    return serve(args);
  },
  dev: async (args) => {
    await prepare('run', ['dashboard']);
    return runNode(['--watch', 'main/headless/index.ts', ...args]);
  },
  check: async () => {
    await ensureInstalled('all');
    return check({ tidy: true });
  },
  test: async (args) => {
    await prepare('all', ALL_BUNDLES);
    return test(args);
  },
  bench: async (args) => {
    await prepare('all', HEADLESS_BUNDLES);
    return runBench(args);
  },
  icons: async () => {
    await ensureInstalled('all');
    return drawIcons();
  },
  screenshots: async () => {
    await prepare('all', ALL_BUNDLES);
    return takeScreenshots();
  },
  build: async () => {
    await prepare('run', ALL_BUNDLES);
    return 0;
  },
  package: async (args) => {
    await prepare('all', ['dashboard']);
    return packApp(args);
  },
  'package:dir': async (args) => {
    await prepare('all', ['dashboard']);
    return packApp(['--dir', ...args]);
  },
};

/**
 * @param {import('./steps/install.mjs').Extent} extent
 * @param {readonly import('./steps/bundle.mjs').Bundle[]} bundles
 */
async function prepare(extent, bundles) {
  await ensureInstalled(extent);
  await ensureBuilt(bundles);
}

/**
 * Opens the app. It is the folder with package.json, as it is the archive when it is packed.
 * @param {import('./steps/electron.mjs').Electron} electron
 * @param {readonly string[]} args
 */
function open({ program }, args) {
  return runProgram(program, [...electronFlags(), ROOT, ...args]);
}

/**
 * Runs the built server: in this very process where this Node can, so that signals and kill reach the server itself,
 * else in a child under the pinned Node.
 * @type {Command}
 */
async function serve(args) {
  if (!NODE_IS_NEW_ENOUGH) return runNode([...SERVER_FLAGS, HEADLESS.path, ...args]);
  process.argv = [process.execPath, HEADLESS.path, ...args];
  await import(HEADLESS.url);
  return undefined;
}

const [name = 'start', ...rest] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
const args = rest[0] === '--' ? rest.slice(1) : rest;
try {
  if (command === undefined)
    throw new StepError(`Unknown command "${name}". There are: ${Object.keys(COMMANDS).join(', ')}.`);
  const code = await command(args);
  if (code !== undefined) process.exitCode = code;
} catch (error) {
  if (!(error instanceof StepError)) throw error;
  say(error.message);
  process.exitCode = FAILED;
}
