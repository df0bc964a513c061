/** The core with the desktop's ports. */
import { systemClock } from '../../core/base/clock.ts';
import type { Log } from '../../core/base/log.ts';
import { type Core, createCore } from '../../core/index.ts';
import type { Environment } from '../../core/policy/environment.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { systemKeychain } from '../ports/keychain.ts';
import { type DataPaths, ensureDataDirectory } from '../ports/paths.ts';

/** Opens everything but the port. Throws OmniError with a sentence for a person. */
export async function openCore(environment: Environment, paths: DataPaths, log: Log): Promise<Core> {
  ensureDataDirectory(paths.dataDirectory);
  return createCore({
    environment,
    paths,
    keychain: systemKeychain(),
    clock: systemClock,
    log,
    version: packageFile.version,
  });
}
