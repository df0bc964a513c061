/** Where OmniRoute keeps its files. The order is the original system's, so that its settings for the place keep working. */
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { OmniError } from '../../core/base/errors.ts';

export interface PathSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDirectory: string;
}

export interface DataPaths {
  /** Absolute. */
  readonly dataDirectory: string;
  readonly databaseFile: string;
  readonly keyFile: string;
  readonly providersFile: string;
}

/**
 * The data directory: `DATA_DIR`, else `%APPDATA%\omniroute` on Windows, else `$XDG_CONFIG_HOME/omniroute` where that is
 * set, else `~/.omniroute`. A leading `~/` in `DATA_DIR` is the home directory; a relative one counts from here.
 */
export function dataPaths({ env, platform, homeDirectory }: PathSurroundings = surroundings()): DataPaths {
  const dataDirectory = chooseDirectory(env, platform, homeDirectory);
  return {
    dataDirectory,
    databaseFile: join(dataDirectory, 'storage.sqlite'),
    keyFile: join(dataDirectory, 'master.key'),
    providersFile: join(dataDirectory, 'providers.json'),
  };
}

/** Makes the directory for its owner only (0700); one that exists is left as it is. Throws `internal` with advice. */
export function ensureDataDirectory(dataDirectory: string): void {
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new OmniError(
      'internal',
      `The data directory ${dataDirectory} cannot be made. Choose another one with DATA_DIR, or make its parent writable.`,
      { cause: error },
    );
  }
}

function chooseDirectory(env: PathSurroundings['env'], platform: NodeJS.Platform, home: string): string {
  const [dataDir, appData, configHome] = [env['DATA_DIR'], env['APPDATA'], env['XDG_CONFIG_HOME']].map((value) =>
    value?.trim(),
  );
  if (dataDir) return resolve(dataDir.startsWith('~/') ? join(home, dataDir.slice(2)) : dataDir);
  if (platform === 'win32' && appData) return join(appData, 'omniroute');
  return configHome ? join(configHome, 'omniroute') : join(home, '.omniroute');
}

function surroundings(): PathSurroundings {
  return { env: process.env, platform: process.platform, homeDirectory: homedir() };
}
