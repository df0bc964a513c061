/**
 * The dashboard as a person has it: the built server on a data directory of its own, and a real Chromium that is signed
 * in. One server and one browser a test file; a page each for every look, closed after its test.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect, onTestFinished } from 'vitest';
import { systemClock } from '../../core/base/clock.ts';
import { silentLog } from '../../core/base/log.ts';
import { openStore } from '../../core/store/sqlite/open-store.ts';
import { type GatewayProcess, type ManagementClient, PASSWORD, startGateway } from './gateway-process.ts';
import { seedYear } from './seed-year.ts';
import { ROOT } from './sources.ts';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
/** Why no page can be opened here; undefined where one can. For `it.skipIf`. */
export const NO_BROWSER = CHROMIUM === undefined ? 'Chromium is not installed' : undefined;
/** Nothing of the browser's own reaches the network. */
const ARGUMENTS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'],
];
const PICTURES = join(ROOT, '.screenshots');
/** A busy machine is no failure. */
const PAGE_LIMIT_MS = 20_000;
/** WCAG 2.2, levels A and AA. */
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export type Theme = 'light' | 'dark';
export const THEMES: readonly Theme[] = ['light', 'dark'];
export const WIDTHS = [1_440, 1_024, 800] as const;
/** Each look a page must have: themes by widths. */
export const ALL_LOOKS = THEMES.flatMap((theme) => WIDTHS.map((width) => ({ theme, width })));
export const TAKES_ALL_LOOKS = process.env['OMNIROUTE_TEST_LOOKS'] === 'all';
/** Those a test takes: every width once and both themes, unless OMNIROUTE_TEST_LOOKS=all takes all six. */
export const LOOKS = ALL_LOOKS.filter((_look, at) => TAKES_ALL_LOOKS || at % 2 === 0);

export interface DashboardOptions {
  /** Recorded requests, spread over a year, before the server starts; default none. */
  readonly requests?: number;
  /** Fills the server through its API once it runs. */
  readonly seed?: (api: ManagementClient, gateway: GatewayProcess) => Promise<unknown>;
  readonly env?: Readonly<Record<string, string>>;
  /** `providers.json`: where simulated providers are. */
  readonly providersFile?: object;
  /** False: a gateway at its first start, without a password; there is no `api` then. */
  readonly hasPassword?: boolean;
}

export interface PageOptions {
  /** Default `/`. */
  readonly path?: string;
  readonly theme?: Theme;
  readonly width?: number;
  /** Language of the browser; default English. */
  readonly language?: string;
  /** False: a browser without a session. */
  readonly isSignedIn?: boolean;
}

export interface OpenPage {
  readonly page: Page;
  /** What the browser's console said that a person would call an error, and failed requests. */
  readonly errors: readonly string[];
}

export interface Dashboard {
  readonly gateway: GatewayProcess;
  readonly api: ManagementClient;
  /** Opens a page and waits until nothing loads any more (no skeleton, no spinner). */
  open(options?: PageOptions): Promise<OpenPage>;
  stop(): Promise<void>;
}

export async function startDashboard(options: DashboardOptions = {}): Promise<Dashboard> {
  const dataDir = mkdtempSync(join(tmpdir(), 'omniroute-dashboard-'));
  if (options.requests !== undefined) await seedRequests(dataDir, options.requests);
  if (options.providersFile !== undefined)
    writeFileSync(join(dataDir, 'providers.json'), JSON.stringify(options.providersFile));
  const hasPassword = options.hasPassword !== false;
  const password = hasPassword ? {} : { INITIAL_PASSWORD: '' };
  const gateway = await startGateway({ dataDir, env: { LOG_LEVEL: 'error', ...password, ...options.env } });
  const api = hasPassword ? await gateway.login() : NOBODY;
  await options.seed?.(api, gateway);
  const cookie = hasPassword ? await sessionCookie(gateway.baseUrl) : '';
  const browser = await chromium.launch({ executablePath: CHROMIUM ?? '', args: ARGUMENTS });
  return {
    gateway,
    api,
    open: (page = {}) => openPage(browser, { url: gateway.baseUrl, cookie }, page),
    async stop() {
      await browser.close();
      await gateway.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const noSession = (): Promise<never> => Promise.reject(new Error('This gateway has no password yet.'));
const NOBODY: ManagementClient = { get: noSession, post: noSession, send: noSession };

async function seedRequests(dataDir: string, requests: number): Promise<void> {
  const store = openStore({ path: join(dataDir, 'storage.sqlite'), log: silentLog, clock: systemClock });
  await seedYear(store, { requests, nowMs: Date.now() });
  await store.close();
}

async function sessionCookie(baseUrl: string): Promise<string> {
  const answer = await fetch(`${baseUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password: PASSWORD }),
  });
  return /auth_token=([^;]+)/.exec(answer.headers.getSetCookie()[0] ?? '')?.[1] ?? '';
}

async function openPage(
  browser: Browser,
  { url, cookie }: { url: string; cookie: string },
  { path = '/', theme = 'light', width = 1_440, language = 'en-GB', isSignedIn = true }: PageOptions,
): Promise<OpenPage> {
  const context = await browser.newContext({
    baseURL: url,
    colorScheme: theme,
    locale: language,
    timezoneId: 'Europe/Helsinki',
    reducedMotion: 'reduce',
    viewport: { width, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  onTestFinished(() => context.close());
  if (isSignedIn) await context.addCookies([{ name: 'auth_token', value: cookie, url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(PAGE_LIMIT_MS);
  const errors = collectErrors(context, page);
  await page.goto(path);
  await settled(page);
  return { page, errors };
}

/** Waits for the page's title and until no skeleton or spinner is left. */
export async function settled(page: Page): Promise<void> {
  await page.waitForSelector('h1');
  await page.locator('.mantine-Skeleton-root, .mantine-Loader-root').first().waitFor({ state: 'detached' });
  await page.evaluate('document.fonts.ready.then(() => undefined)');
}

function collectErrors(context: BrowserContext, page: Page): string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  context.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    if (why !== 'net::ERR_ABORTED') errors.push(`${request.url()} ${why}`);
  });
  return errors;
}

/** No violation of WCAG 2.2 AA, and none of axe's best practices. */
export async function expectAccessible(page: Page): Promise<void> {
  // A tooltip floats beside the landmarks; its words are also its control's name.
  const { violations } = await new AxeBuilder({ page })
    .withTags(AXE_TAGS)
    .exclude('[data-portal]:has(> [role="tooltip"])')
    .exclude('[role="tooltip"]')
    .analyze();
  const found = violations.map(
    ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')})`,
  );
  expect(found).toEqual([]);
}

const OVERFLOWING = `(() => {
  const limit = document.documentElement.clientWidth;
  const scrolls = (element) => {
    for (let at = element.parentElement; at !== null; at = at.parentElement) {
      if (/auto|scroll|hidden|clip/.test(getComputedStyle(at).overflowX)) return true;
    }
    return false;
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) => {
      const { right, left, width } = element.getBoundingClientRect();
      return width > 1 && (right > limit + 1 || left < -1) && !scrolls(element);
    })
    .map((element) => element.tagName + '.' + element.className)
    .concat(document.documentElement.scrollWidth > limit + 1 ? ['the page scrolls sideways'] : []);
})()`;

/** Nothing sticks out at the sides, unless within a region that scrolls by itself. */
export async function expectNoOverflow(page: Page): Promise<void> {
  expect(await page.evaluate(OVERFLOWING)).toEqual([]);
}

/** All that every look of a page must hold; the picture goes to `.screenshots/<name>.png`. */
export async function expectGoodLook({ page, errors }: OpenPage, name: string): Promise<void> {
  await takePicture(page, name);
  await expectNoOverflow(page);
  await expectAccessible(page);
  expect(errors).toEqual([]);
}

export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`) });
}
