/** The core with the desktop's ports. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../core/base/clock.ts';
import type { Log } from '../../core/base/log.ts';
import { type Core, createCore } from '../../core/index.ts';
import type { DesktopHost } from '../../core/management/desktop.ts';
import type { Environment } from '../../core/policy/environment.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { systemKeychain } from '../ports/keychain.ts';
import { type DataPaths, ensureDataDirectory } from '../ports/paths.ts';
import { rendererFolder } from './resources.ts';

export interface CoreOpening {
  readonly environment: Environment;
  readonly paths: DataPaths;
  readonly log: Log;
  readonly desktop: DesktopHost;
}

/** Opens everything but the port. Throws OmniError with a sentence for a person. */
export async function openCore({ environment, paths, log, desktop }: CoreOpening): Promise<Core> {
  ensureDataDirectory(paths.dataDirectory);
  const dashboardFolder = rendererFolder();
  return createCore({
    ...{ environment, log, desktop },
    paths: { ...paths, ...(existsSync(join(dashboardFolder, 'index.html')) && { dashboardFolder }) },
    keychain: systemKeychain(),
    clock: systemClock,
    version: packageFile.version,
  });
}
