/**
 * The real server as a process of its own, the way `npm run serve` starts it, on a free loopback port with a DATA_DIR
 * of its own. Its keys never touch the person's keychain: the vault's key comes from the environment.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeBinary, SERVER_FLAGS } from '../../build/steps/process.mjs';
import { isObject, type JsonObject, type JsonValue } from '../../core/base/json.ts';
import { gatewayFiles, mustHoldNoSecret, PASSWORD } from './marked-secrets.ts';
import type { Places } from './planted-secrets.ts';
import { ROOT } from './sources.ts';

export { PASSWORD };

/** What the tools of the system need; nothing of the person's own settings reaches the server. */
const KEPT_VARIABLES = ['PATH', 'TMPDIR', 'SystemRoot', 'LANG'];
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 15_000;
const READY = /^OmniRoute listening on (http:\/\/\S+)$/m;

export interface GatewayOptions {
  /** Added to the server's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** An existing data directory, which then stays when the server stops; default: a fresh one that goes with it. */
  readonly dataDir?: string;
  /** After `serve`; default `--port 0`. */
  readonly args?: readonly string[];
  /** The checkout whose server is started; default: this one. */
  readonly root?: string;
  /** Through `npm run serve`, as a person types it; default: the script's own command. */
  readonly viaNpm?: boolean;
}

export interface GatewayProcess {
  /** `http://127.0.0.1:PORT` */
  readonly baseUrl: string;
  readonly pid: number;
  readonly dataDir: string;
  /** From the start of the process to the line that says it is ready. */
  readonly readyMs: number;
  /** Everything printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Logs in with the password and returns a client of `/api/*`. */
  readonly login: () => Promise<ManagementClient>;
  /**
   * Sends the signal (default SIGTERM) and waits for the end; the exit code, or the signal's name. Throws when a marked
   * secret was printed or stands in a file (`marked-secrets.ts`).
   */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | string>;
}

/** Calls `/api/*` with a session; throws with the answer's text when the status is not 2xx. */
export interface ManagementClient {
  readonly get: (path: string) => Promise<JsonObject>;
  readonly post: (path: string, body: JsonValue) => Promise<JsonObject>;
  readonly send: (method: string, path: string, body?: JsonValue) => Promise<JsonObject>;
}

/** Starts the server and waits for its line. Throws with what it printed when it ends before that or takes a minute. */
export async function startGateway(options: GatewayOptions = {}): Promise<GatewayProcess> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'omniroute-data-'));
  const startedMs = performance.now();
  const server = spawnServe(dataDir, options);
  const baseUrl = await readyLine(server);
  const readyMs = performance.now() - startedMs;
  const { child } = server;
  return {
    baseUrl,
    pid: child.pid ?? 0,
    dataDir,
    readyMs,
    stdout: server.stdout,
    stderr: server.stderr,
    login: () => login(baseUrl),
    stop: async (signal = 'SIGTERM') => {
      const end = await stopProcess(child, signal);
      const written: Places = new Map([
        ['stdout', server.stdout()],
        ['stderr', server.stderr()],
        ...gatewayFiles(dataDir),
      ]);
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
      mustHoldNoSecret(written);
      return end;
    },
  };
}

export interface SpawnedServer {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
}

/** Starts `serve` without waiting for anything, for tests of a start that fails. */
export function spawnServe(
  dataDir: string,
  { env = {}, args = ['--port', '0'], viaNpm = false, root = ROOT }: GatewayOptions,
): SpawnedServer {
  const kept = KEPT_VARIABLES.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  const [program, ...words] = viaNpm
    ? ['npm', 'run', '--silent', 'serve', '--']
    : [nodeBinary(), ...SERVER_FLAGS, join(root, 'build', 'run.mjs'), 'serve'];
  const child = spawn(program, [...words, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(kept),
      HOME: dataDir,
      DATA_DIR: dataDir,
      INITIAL_PASSWORD: PASSWORD,
      OMNIROUTE_MASTER_KEY: masterKeyOf(dataDir),
      ...env,
    },
  });
  return { child, stdout: collect(child.stdout), stderr: collect(child.stderr) };
}

/** Ends a child by its own process id and waits for it; killed when it takes more than 15 s. */
export async function stopProcess(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = once(child, 'exit');
    child.kill(signal);
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(timer);
  }
  return child.exitCode ?? child.signalCode ?? 'unknown';
}

const masterKeys = new Map<string, string>();
function masterKeyOf(dataDir: string): string {
  const key = masterKeys.get(dataDir) ?? randomBytes(32).toString('base64');
  masterKeys.set(dataDir, key);
  return key;
}

function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (bytes: Buffer) => {
    text += bytes.toString('utf8');
  });
  return () => text;
}

function readyLine({ child, stdout, stderr }: SpawnedServer): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`The server ${why}.\n${stdout()}${stderr()}`));
    };
    const timer = setTimeout(() => fail('did not get ready in a minute'), START_LIMIT_MS);
    child.once('exit', (code) => fail(`ended with ${code} before it was ready`));
    child.once('error', (error) => fail(`could not be started: ${error.message}`));
    child.stdout?.on('data', () => {
      const url = READY.exec(stdout())?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(url);
    });
  });
}

/** Signs in with the password that `startGateway` sets. */
export async function login(baseUrl: string): Promise<ManagementClient> {
  const answer = await fetch(`${baseUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: PASSWORD }),
  });
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0];
  if (!answer.ok || cookie === undefined)
    throw new Error(`The login answered ${answer.status}: ${await answer.text()}`);
  const send = async (method: string, path: string, body?: JsonValue): Promise<JsonObject> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    mustHoldNoSecret(new Map([[`the answer to ${method} ${path}`, text]]));
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    const json: unknown = JSON.parse(text === '' ? '{}' : text);
    return isObject(json) ? json : {};
  };
  return { send, get: (path) => send('GET', path), post: (path, body) => send('POST', path, body) };
}
