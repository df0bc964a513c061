/**
 * What the tests need beyond npm: a Secret Service to test the keychain against, and two small tools that the scripts
 * of the real clients use. Found: used. On Debian as root: installed by apt-get. Else: the reason, for the summary.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runProgram, say } from './process.mjs';

/** @typedef {{ debian: string, has: () => boolean, why: string }} Need */

/** @type {readonly Need[]} */
const NEEDS = [
  { debian: 'dbus', has: () => onPath('dbus-run-session'), why: 'the keychain test starts a D-Bus session' },
  {
    debian: 'gnome-keyring',
    has: () => onPath('gnome-keyring-daemon'),
    why: 'the keychain test starts a Secret Service',
  },
  { debian: 'libsecret-1-0', has: hasLibsecret, why: 'keytar loads it' },
  { debian: 'chromium', has: hasChromium, why: 'the dashboard is opened in it' },
  { debian: 'xvfb', has: () => onPath('Xvfb'), why: 'windows of the desktop app are shown on it' },
  { debian: 'jq', has: () => onPath('jq'), why: 'the script of the real clients uses it' },
  { debian: 'bc', has: () => onPath('bc'), why: 'the script of the real clients uses it' },
];
const UPDATE_LIMIT_MS = 90_000;
const INSTALL_LIMIT_MS = 240_000;

/**
 * Sees to the system packages, for at most six minutes.
 * @returns {Promise<readonly string[]>} one reason per thing that cannot be had
 */
export async function ensureSystem() {
  if (process.platform !== 'linux')
    return ['Secret Service: only Linux has one; the keychain test uses the system’s own'];
  const missing = NEEDS.filter((need) => !need.has());
  if (missing.length === 0) return [];
  const obstacle = onPath('apt-get') ? (process.getuid?.() === 0 ? undefined : 'not root') : 'no apt-get here';
  if (obstacle === undefined) await installDebian(missing.map((need) => need.debian));
  return missing
    .filter((need) => !need.has())
    .map((need) => `${need.debian} is missing (${need.why}) and was not installed: ${obstacle ?? 'apt-get failed'}`);
}

/** @param {readonly string[]} packages */
async function installDebian(packages) {
  say(`Installing what the tests need: ${packages.join(', ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { env, quiet: true };
  await runProgram('apt-get', ['update', '-qq'], { ...quiet, timeoutMs: UPDATE_LIMIT_MS });
  const install = ['install', '-y', '-qq', '--no-install-recommends', ...packages];
  await runProgram('apt-get', install, { ...quiet, timeoutMs: INSTALL_LIMIT_MS });
}

/** @param {string} program */
function onPath(program) {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && existsSync(join(folder, program)));
}

function hasChromium() {
  return ['chromium', 'chromium-browser', 'google-chrome'].some((name) => onPath(name));
}

function hasLibsecret() {
  const listed = spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '';
  return listed.includes('libsecret-1.so.0') || existsSync('/usr/lib/libsecret-1.so.0');
}
