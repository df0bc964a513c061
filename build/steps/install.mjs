/** Installs the packages when they are missing or are not those of package-lock.json. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ended, ROOT, StepError, say } from './process.mjs';

const LOCK = join(ROOT, 'package-lock.json');
/** Holds the hash of the lock file that was installed, and below it how much of it. */
const MARKER = join(ROOT, 'node_modules', '.omniroute-install');
/** npm's own record of what it put into node_modules. */
const NPM_RECORD = join(ROOT, 'node_modules', '.package-lock.json');

/**
 * `run`: what building and running need (`dependencies`). `all`: also what tests, checks and packaging need, another 300 MB
 * (`devDependencies`). Whoever has all has what it takes to run.
 * @typedef {'run' | 'all'} Extent
 */

/** @type {Record<Extent, { npmArgs: readonly string[], size: string }>} */
const EXTENTS = {
  run: { npmArgs: ['--omit=dev'], size: 'about 500 MB with the pinned Node' },
  all: { npmArgs: [], size: 'about 800 MB with the pinned Node and the tools for tests and packages' },
};

/**
 * Brings node_modules in line with package-lock.json; does nothing when it is. Install scripts do not run: no package
 * here needs one. Throws StepError when npm fails.
 * @param {Extent} extent
 */
export async function ensureInstalled(extent) {
  const lock = readFileSync(LOCK);
  const hash = createHash('sha256').update(lock).digest('hex');
  const markers = extent === 'run' ? [markerOf(hash, 'run'), markerOf(hash, 'all')] : [markerOf(hash, 'all')];
  if (existsSync(MARKER) && markers.includes(readFileSync(MARKER, 'utf8'))) return;
  const text = lock.toString('utf8');
  if (!existsSync(NPM_RECORD) || !matchesLock(text, readFileSync(NPM_RECORD, 'utf8'), extent)) await install(extent);
  writeFileSync(MARKER, markerOf(hash, extent));
}

/** @param {string} hash @param {Extent} extent */
function markerOf(hash, extent) {
  return `${hash}\n${extent}\n`;
}

/** @param {Extent} extent */
async function install(extent) {
  const { npmArgs, size } = EXTENTS[extent];
  say(`Installing packages (once; ${size}) …`);
  const [file, ...args] = npmCommand();
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const start = () =>
    spawn(file, [...args, 'ci', ...npmArgs, ...quiet], {
      cwd: ROOT,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32' && file === 'npm',
    });
  const code = await ended(start).catch((/** @type {Error} */ error) => {
    throw new StepError(
      `npm could not be started (${error.message}). Install Node with npm and run the command again.`,
    );
  });
  if (code === 0) return;
  throw new StepError(
    `The packages could not be installed (npm ended with ${code}; its own words stand above). ` +
      'If this machine is offline, connect it once and run the command again.',
  );
}

/** The npm that runs us, else the one on the path. @returns {[string, ...string[]]} */
function npmCommand() {
  const path = process.env['npm_execpath'];
  return path !== undefined && /npm-cli\.c?js$/.test(path) ? [process.execPath, path] : ['npm'];
}

/**
 * Someone may have run `npm ci` by hand: then npm's own record has every package of the lock file that the extent asks for
 * and that is not optional, at the same version, and nothing at another.
 * @param {string} lockText @param {string} recordText @param {Extent} extent
 */
export function matchesLock(lockText, recordText, extent) {
  const installed = packagesOf(recordText);
  for (const [path, entry] of packagesOf(lockText)) {
    const found = installed.get(path);
    if (found === undefined ? !mayMiss(entry, extent) : found.version !== entry.version) return false;
  }
  return true;
}

/** @typedef {{ version?: string, optional?: boolean, dev?: boolean, devOptional?: boolean }} LockEntry */

/** @param {LockEntry} entry @param {Extent} extent */
function mayMiss({ optional, dev, devOptional }, extent) {
  return optional === true || (extent === 'run' && (dev === true || devOptional === true));
}

/** @param {string} text @returns {Map<string, LockEntry>} by path, the root left out */
function packagesOf(text) {
  /** @type {{ packages?: Record<string, LockEntry> }} */
  const lock = JSON.parse(text);
  return new Map(Object.entries(lock.packages ?? {}).filter(([path]) => path !== ''));
}
