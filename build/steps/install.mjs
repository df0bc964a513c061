/** Installs the packages when they are missing or are not those of package-lock.json. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ended, ROOT, StepError, say } from './process.mjs';

const LOCK = join(ROOT, 'package-lock.json');
const MARKER = join(ROOT, 'node_modules', '.omniroute-install');
/** npm's own record of what it put into node_modules. */
const NPM_RECORD = join(ROOT, 'node_modules', '.package-lock.json');

/**
 * Brings node_modules in line with package-lock.json; does nothing when it is. Install scripts do not run: no package
 * here needs one. Throws StepError when npm fails.
 */
export async function ensureInstalled() {
  const lock = readFileSync(LOCK);
  const hash = createHash('sha256').update(lock).digest('hex');
  if (existsSync(MARKER) && readFileSync(MARKER, 'utf8') === hash) return;
  if (!matchesLock(lock.toString('utf8'))) await install();
  writeFileSync(MARKER, hash);
}

async function install() {
  say('Installing packages (once; about 300 MB with the pinned Node) …');
  const [file, ...args] = npmCommand();
  const child = spawn(file, [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32' && file === 'npm',
  });
  const code = await ended(child).catch((/** @type {Error} */ error) => {
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
 * Someone may have run `npm ci` by hand: then npm's own record has every package of the lock file that is not optional,
 * at the same version, and nothing at another.
 * @param {string} lockText
 */
function matchesLock(lockText) {
  if (!existsSync(NPM_RECORD)) return false;
  const wanted = packagesOf(lockText);
  const installed = packagesOf(readFileSync(NPM_RECORD, 'utf8'));
  for (const [path, entry] of wanted) {
    const found = installed.get(path);
    if (found === undefined ? entry.optional !== true : found.version !== entry.version) return false;
  }
  return true;
}

/** @param {string} text @returns {Map<string, { version?: string, optional?: boolean }>} by path, the root left out */
function packagesOf(text) {
  /** @type {{ packages?: Record<string, { version?: string, optional?: boolean }> }} */
  const lock = JSON.parse(text);
  return new Map(Object.entries(lock.packages ?? {}).filter(([path]) => path !== ''));
}
