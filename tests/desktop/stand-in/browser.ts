/** The Chromium whose pages are the app's windows: started with the first, on a display of its own profile. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type BrowserContext, chromium } from 'playwright-core';
import { atExit } from './app.ts';
import { CHROMIUM } from './chromium.ts';
import { userData } from './surroundings.ts';

const PROFILE = join(userData, 'chromium');
/** Nothing of the browser's own reaches the network. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--remote-debugging-port=0'],
  ...['--disable-features=Translate,MediaRouter', '--window-size=1440,1000'],
];
/** What pages of Electron say they are. */
const AGENT =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Electron/45.4.1 Safari/537.36';
const PORT_LIMIT_MS = 20_000;

let opened: Promise<BrowserContext> | undefined;

export function browser(): Promise<BrowserContext> {
  opened ??= open();
  return opened;
}

/** Where a test attaches to the same pages; undefined before there is one. */
export async function debuggingPort(): Promise<number | undefined> {
  if (opened === undefined) return undefined;
  await opened;
  const file = join(PROFILE, 'DevToolsActivePort');
  for (const endMs = Date.now() + PORT_LIMIT_MS; Date.now() < endMs; await delay(50))
    if (existsSync(file)) return Number((await readFile(file, 'utf8')).split('\n')[0]);
  throw new Error('Chromium did not say where it can be attached to.');
}

async function open(): Promise<BrowserContext> {
  if (CHROMIUM === undefined) throw new Error('Chromium is not installed.');
  const context = await chromium.launchPersistentContext(PROFILE, {
    executablePath: CHROMIUM,
    headless: process.env['DISPLAY'] === undefined,
    args: [...ARGUMENTS, `--user-agent=${AGENT}`],
    viewport: null,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  // A window that a page opens is denied by closing it: until then it must load nothing. The app's pages have a route each.
  await context.route('**/*', (route) => route.abort('blockedbyclient'));
  atExit.add(() => context.close());
  return context;
}
