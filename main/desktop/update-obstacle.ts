/** Whether this installation can replace itself by a newer one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Where the update feed is named; electron-builder writes it, unless the app was packed without one. */
const FEED_FILE = 'app-update.yml';
export const NOT_INSTALLED =
  'This OmniRoute was not installed by a package that can be updated. Get the new version where you got this one.';

interface Installation {
  readonly isPackaged: boolean;
  /** Electron's own folder of the app; undefined in plain Node. */
  readonly resourcesPath?: string | undefined;
  /** Installed by the Mac App Store or the Microsoft Store, which update it themselves. */
  readonly mas?: boolean | undefined;
  readonly windowsStore?: boolean | undefined;
}

/** Why this installation cannot be updated by itself, in a sentence; undefined: it can. */
export function updateObstacle({
  isPackaged,
  resourcesPath = '',
  mas,
  windowsStore,
}: Installation): string | undefined {
  if (!isPackaged) return 'OmniRoute runs from its sources: use git pull.';
  if (mas === true || windowsStore === true) return 'OmniRoute came from a store, which updates it.';
  return existsSync(join(resourcesPath, FEED_FILE)) ? undefined : NOT_INSTALLED;
}
