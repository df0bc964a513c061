/** Where Chromium is. */
import { existsSync } from 'node:fs';

/** Undefined where it is not installed: the stand-in then has no windows. */
export const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
