/**
 * OmniRoute without a window: flags, signals, and one line on stdout when it serves. Everything else it says goes to
 * stderr, so that scripts can read the address.
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../../core/base/clock.ts';
import { OmniError } from '../../core/base/errors.ts';
import { compact } from '../../core/base/json.ts';
import { type Core, type CorePorts, createCore } from '../../core/index.ts';
import { type Environment, readEnvironment } from '../../core/policy/environment.ts';
import { authorityOf } from '../../core/policy/hosts.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { dashboardFolder } from '../ports/dashboard-folder.ts';
import { systemKeychain } from '../ports/keychain.ts';
import { createLog } from '../ports/log.ts';
import { dataPaths, ensureDataDirectory } from '../ports/paths.ts';

const DEFAULT_PORT = 20_128;
const DEFAULT_HOST = '127.0.0.1';
/** How long open requests may go on after SIGTERM. */
const DRAIN_MS = 10_000;

const USAGE = `Usage: npm run serve -- [--port N] [--host H]
  --port N   port to listen on; 0 takes any free one (default: PORT or ${DEFAULT_PORT})
  --host H   address to listen on (default: HOSTNAME or ${DEFAULT_HOST}; anything but loopback makes API keys mandatory)
  --version  print the version
  --help     print this`;

interface Flags {
  readonly port?: number;
  readonly host?: string;
}

/** Reads the flags. Throws `invalid_request` with the usage when they cannot be understood. */
function readFlags(args: readonly string[]): Flags | 'help' | 'version' {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', short: 'p' },
        host: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    });
    if (values.help === true) return 'help';
    if (values.version === true) return 'version';
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65_535)) {
      throw new TypeError(`--port must be a number from 0 to 65535, not "${values.port}"`);
    }
    return { ...(port !== undefined && { port }), ...(values.host !== undefined && { host: values.host }) };
  } catch (cause) {
    throw new OmniError('invalid_request', `${cause instanceof Error ? cause.message : 'Wrong flags'}\n${USAGE}`, {
      cause,
    });
  }
}

async function run(args: readonly string[]): Promise<void> {
  const flags = readFlags(args);
  if (flags === 'help' || flags === 'version') {
    process.stdout.write(`${flags === 'help' ? USAGE : packageFile.version}\n`);
    return;
  }
  const environment = readEnvironment(process.env);
  const core = await createCore(portsFor(environment));
  const { host, port } = await listen(core, {
    host: flags.host ?? environment.host ?? DEFAULT_HOST,
    port: flags.port ?? environment.port ?? DEFAULT_PORT,
  });
  const url = `http://${authorityOf({ host, port })}`;
  for (const warning of environment.warnings) say(warning);
  const vault = core.vaultState();
  say(vault.is === 'open' ? `Secrets are sealed with a key kept in ${vault.keptIn}.` : vault.message);
  const setupPath = core.setupPath();
  if (setupPath !== undefined) {
    // All addresses at once is none that a browser opens.
    const visited = host === '0.0.0.0' || host === '::' ? `http://localhost:${port}` : url;
    say(`Set a password at ${environment.baseUrl ?? visited}${setupPath} (this link works once).`);
  }
  stopOnSignals(core);
  process.stdout.write(`OmniRoute listening on ${url}\n`);
}

function portsFor(environment: Environment): CorePorts {
  const paths = dataPaths();
  ensureDataDirectory(paths.dataDirectory);
  return {
    environment,
    paths: { ...paths, ...compact({ dashboardFolder: dashboardFolder() }) },
    keychain: systemKeychain(),
    clock: systemClock,
    log: createLog(environment.logLevel),
    version: packageFile.version,
    nodeProgram: process.execPath,
  };
}

async function listen(core: Core, address: { host: string; port: number }): Promise<{ host: string; port: number }> {
  try {
    return await core.start(address);
  } catch (error) {
    await core.stop(0);
    throw error;
  }
}

/** The first signal drains; a second one ends at once. */
function stopOnSignals(core: Core): void {
  let isStopping = false;
  const stop = (): void => {
    if (isStopping) process.exit(1);
    isStopping = true;
    core.stop(DRAIN_MS).then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

function fail(error: unknown): void {
  say(
    error instanceof OmniError
      ? error.message
      : `OmniRoute cannot start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
  process.exit(1);
}

run(process.argv.slice(2)).catch(fail);
