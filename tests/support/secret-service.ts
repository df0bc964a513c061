/**
 * A real Secret Service for the tests of the keychain: a D-Bus session and a gnome-keyring of its own, in a home and a
 * runtime directory of its own, so that it never meets the keychain of the person who runs the tests. The bus starts no
 * services by itself (its configuration names no service folders), and both processes are ended by their ids.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PROGRAMS = ['dbus-daemon', 'dbus-send', 'gnome-keyring-daemon'];
const PACKAGES = ['dbus', 'gnome-keyring', 'libsecret-1-0'];
const LIBRARIES = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu', '/usr/lib64', '/usr/lib', '/lib64'].map(
  (folder) => join(folder, 'libsecret-1.so.0'),
);
const START_LIMIT_MS = 10_000;
const INSTALL_LIMIT_MS = 180_000;

/** A home with a session bus. */
export interface SecretService {
  /** Variables for a process that is to use this service and this home. */
  readonly env: Readonly<Record<string, string>>;
  /** Starts the keyring, its `login` collection unlocked or locked. */
  startKeyring(state: 'unlocked' | 'locked'): Promise<void>;
  stopKeyring(): Promise<void>;
  /** Removes what the keyring kept on disk; stop it before. */
  wipe(): void;
  /** Ends both processes and removes the home. */
  stop(): Promise<void>;
}

/**
 * Why no Secret Service can be had here, or undefined when it can. On Debian as root, missing packages are installed
 * first (which may take minutes).
 */
export function secretServiceObstacle(): string | undefined {
  if (process.platform !== 'linux') return 'the Secret Service is a Linux matter';
  if (missingParts().length === 0) return undefined;
  if (existsSync('/etc/debian_version') && process.geteuid?.() === 0) installPackages();
  const missing = missingParts();
  return missing.length === 0 ? undefined : `${missing.join(', ')} not found; install ${PACKAGES.join(' ')}`;
}

export interface SecretServiceOptions {
  /** The bus lets nobody talk to the keyring, as a sandbox without the permission does. */
  readonly isRefused?: boolean;
}

/** Starts the bus, without a keyring. */
export async function startSecretService({ isRefused = false }: SecretServiceOptions = {}): Promise<SecretService> {
  const home = mkdtempSync(join(tmpdir(), 'omniroute-keyring-'));
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const bus = await startBus(home, isRefused);
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: join(home, '.local', 'share'),
    DBUS_SESSION_BUS_ADDRESS: bus.address,
  };
  let keyring: ChildProcess | undefined;
  const stopKeyring = async (): Promise<void> => {
    await end(keyring);
    keyring = undefined;
  };
  return {
    env,
    startKeyring: async (state) => {
      keyring = startDaemon(env, state);
      await untilOwned(env, keyring);
    },
    stopKeyring,
    wipe: () => rmSync(join(env.XDG_DATA_HOME, 'keyrings'), { recursive: true, force: true }),
    stop: async () => {
      await stopKeyring();
      await end(bus.process);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function startBus(
  home: string,
  isRefused: boolean,
): Promise<{ readonly process: ChildProcess; readonly address: string }> {
  const configuration = join(home, 'bus.conf');
  const socket = join(home, 'run', 'bus');
  writeFileSync(
    configuration,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>${isRefused ? '<deny send_destination="org.freedesktop.secrets"/>' : ''}</policy>
</busconfig>
`,
  );
  const daemon = spawn('dbus-daemon', ['--config-file', configuration, '--nofork'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await until(() => existsSync(socket), daemon);
  return { process: daemon, address: `unix:path=${socket}` };
}

function startDaemon(env: SecretService['env'], state: 'unlocked' | 'locked'): ChildProcess {
  const unlock = state === 'unlocked' ? ['--unlock'] : [];
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...unlock], {
    env,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  daemon.stdin?.end(state === 'unlocked' ? 'a password for tests' : '');
  return daemon;
}

async function untilOwned(env: SecretService['env'], daemon: ChildProcess): Promise<void> {
  const question = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/org/freedesktop/DBus',
    'org.freedesktop.DBus.NameHasOwner',
    'string:org.freedesktop.secrets',
  ];
  await until(() => execFileSync('dbus-send', question, { env, encoding: 'utf8' }).includes('boolean true'), daemon);
}

/** Waits until it is so. Throws with what the process wrote to stderr when it ends, or after ten seconds. */
async function until(isSo: () => boolean, child: ChildProcess): Promise<void> {
  let complaint = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  for (const deadlineMs = Date.now() + START_LIMIT_MS; Date.now() < deadlineMs; await delay(20)) {
    if (isSo()) return;
    if (child.exitCode !== null) break;
  }
  await end(child);
  throw new Error(`${child.spawnfile} did not get ready: ${complaint}`);
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const tooLong = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await ended;
  clearTimeout(tooLong);
}

function missingParts(): string[] {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const programs = PROGRAMS.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  return LIBRARIES.some((library) => existsSync(library)) ? programs : [...programs, 'libsecret-1.so.0'];
}

function installPackages(): void {
  const options = {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: 'ignore',
    timeout: INSTALL_LIMIT_MS,
  } as const;
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', ...PACKAGES], options);
  } catch (error) {
    process.stderr.write(`apt-get failed: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
