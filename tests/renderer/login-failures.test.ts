/**
 * Every way in which a sign-in fails, at every provider, as a person sees it: the dialog, and the page that the browser
 * comes back to, say what to do. The sentences themselves are those of the API (`tests/accounts/flows/failures.test.ts`).
 */
import type { Locator } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { objectsOf } from '../../core/base/json.ts';
import { openInBrowser, type Route, redirectTo } from '../support/auth-servers/auth-server.ts';
import { USER_CODE } from '../support/auth-servers/device-flow.ts';
import {
  CLIENT_SECRETS,
  closeVendors,
  hostsOf,
  startVendors,
  type VendorName,
  type Vendors,
} from '../support/auth-servers/vendors.ts';
import { type Dashboard, NO_BROWSER, startDashboard } from '../support/dashboard.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const ada = { email: 'ada@example.com', id: 'ada', name: 'Ada' };

/** A way to sign in. */
interface Way {
  readonly provider: VendorName;
  /** By its label, where there are several. */
  readonly label?: string;
  /** Where its answer is pasted: the browser ends at an address that is not of this machine, or at a port that is taken. */
  readonly isPasted?: boolean;
  /** Where these differ from the vendor's. */
  readonly paths?: { readonly page: string; readonly token: string };
}
const BY_PAGE: readonly Way[] = [
  { provider: 'claude' },
  { provider: 'claude', label: 'With a code to copy', isPasted: true },
  { provider: 'codex', isPasted: true },
  { provider: 'gemini-cli' },
  { provider: 'iflow' },
  { provider: 'kiro', label: 'Google', isPasted: true, paths: { page: '/login', token: '/oauth/token' } },
];
const BY_CODE: readonly VendorName[] = ['github', 'kiro', 'qwen'];

interface Failure {
  readonly name: string;
  readonly answer: Route;
  readonly says: RegExp;
}
const refusal =
  (error: string, status = 400): Route =>
  () => ({ status, body: { error } });
/** What endpoints that give tokens or codes answer. */
const GARBAGE: readonly Failure[] = [
  { name: 'a client that is unknown', answer: refusal('invalid_client', 401), says: /Check the client id and secret/ },
  {
    name: 'a page instead of an answer',
    answer: () => ({ body: '<html>x</html>' }),
    says: /no answer.*Check the prov/,
  },
  {
    name: 'an answer without what was asked for',
    answer: () => ({ body: { a: 1 } }),
    says: /no answer.*Check the prov/,
  },
];
const PASSING: readonly Failure[] = [
  { name: 'a server that fails', answer: () => ({ status: 500, body: 'oops' }), says: /Wait a moment/ },
  { name: 'network that is gone', answer: () => ({ status: 0 }), says: /cannot be reached.*Check the network/ },
];
const USED_CODE: Failure = {
  ...{ name: 'a code that is used or too old', answer: refusal('invalid_grant') },
  says: /used already, or is too old\. Start the sign-in again/,
};

const titled = BY_PAGE.map((way) => ({ ...way, title: [way.provider, way.label].filter(Boolean).join(', ') }));

describe.skipIf(NO_BROWSER !== undefined)('a sign-in that fails', { timeout: 120_000 }, () => {
  let dashboard: Dashboard;
  let vendors: Vendors;
  /** Takes no token. */
  let upstream: Upstream;
  /** What was changed at a vendor, to be taken back. */
  const changed: (() => void)[] = [];
  beforeAll(async () => {
    upstream = await startUpstream((_received, response) => sendJson(response, { error: { message: 'no' } }, 401));
    vendors = await startVendors(ada, upstream.url);
    for (const { desk } of Object.values(vendors)) if (desk !== undefined) desk.rules.intervalS = 0.3;
    dashboard = await startDashboard({ env: CLIENT_SECRETS, providersFile: hostsOf(vendors) });
  }, 90_000);
  afterAll(async () => {
    await dashboard.stop();
    await Promise.all([closeVendors(vendors), upstream.close()]);
  });
  const takeBack = (): void => {
    for (const restore of changed.splice(0)) restore();
  };
  afterEach(takeBack);

  const answerInstead = (provider: VendorName, path: string | undefined, route: Route): void => {
    if (path === undefined) throw new Error(`${provider} has no such path.`);
    vendors[provider].server.answerInstead(path, route);
    changed.push(() => vendors[provider].server.answerInstead(path, undefined));
  };
  const openDialog = async (provider: string): Promise<Locator> => {
    const { page } = await dashboard.open({ path: `/providers/${provider}?signIn=new` });
    // The test is the browser that goes to the provider.
    await page.evaluate('window.open = () => null');
    return page.getByRole('dialog', { name: /^Sign in to / });
  };
  /** From the dialog's first page; the address that it leads on to. */
  const start = async (dialog: Locator, { label }: Way): Promise<string> => {
    if (label !== undefined) await dialog.getByRole('radio', { name: label }).click();
    await dialog.getByRole('button', { name: 'Continue in the browser' }).click();
    return (await dialog.getByRole('link', { name: 'Open the sign-in page' }).getAttribute('href')) ?? '';
  };
  /** Brings the answer back as this way does; what the browser's page says, where there is one. */
  const bringBack = async (dialog: Locator, way: Way, back: string): Promise<string | undefined> => {
    if (way.isPasted !== true) return wordsOf(await (await fetch(back)).text());
    const field = dialog.getByLabel('Address or code from the browser');
    const opener = dialog.getByRole('button', { name: 'The browser did not come back?' });
    await field.or(opener).first().waitFor();
    if (await opener.isVisible()) await opener.click();
    await field.fill(back);
    await dialog.getByRole('button', { name: 'Finish' }).click();
    return undefined;
  };
  /** The dialog says so, and leads back to its first page. */
  const shows = async (dialog: Locator, says: RegExp): Promise<void> => {
    await dialog.getByRole('alert').filter({ hasText: says }).waitFor();
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.getByRole('button', { name: /^(?:Continue in the browser|Get a code)$/ }).waitFor();
  };

  it.each(titled)('at $title: declined, by another state, or for what its provider answers', async (way) => {
    const { provider } = way;
    const vendor = vendors[provider];
    const dialog = await openDialog(provider);
    answerInstead(provider, way.paths?.page ?? vendor.pagePath, ({ query }) =>
      redirectTo(query.get('redirect_uri') ?? query.get('redirect') ?? '', {
        ...{ error: 'access_denied', state: query.get('state') ?? '' },
      }),
    );
    const declined = /was declined.*Start the sign-in again/;
    const page = await bringBack(dialog, way, await openInBrowser(await start(dialog, way)));
    if (page !== undefined) expect(page).toMatch(declined);
    await shows(dialog, declined);
    takeBack();

    for (const { name, answer, says } of [USED_CODE, ...GARBAGE, ...PASSING]) {
      const back = await openInBrowser(await start(dialog, way));
      answerInstead(provider, way.paths?.token ?? vendor.tokenPath, answer);
      const shown = await bringBack(dialog, way, back);
      if (shown !== undefined) expect(shown, name).toMatch(says);
      await shows(dialog, says);
      takeBack();
    }

    const right = await openInBrowser(await start(dialog, way));
    const wrong = new URL(right);
    wrong.searchParams.set('state', 'of-somebody-else-and-long-enough');
    const refused = await bringBack(dialog, way, wrong.href);
    const strange = /not of the sign-in.*Start the sign-in again/;
    if (refused === undefined) await dialog.getByRole('alert').filter({ hasText: strange }).waitFor();
    else expect(refused).toMatch(strange);
    await bringBack(dialog, way, right);
    await dialog.getByText(/^Signed in as /).waitFor();
  });

  it.each(BY_CODE)(
    'at %s: no code, declined, run out, for what it answers, and hindered for a while',
    async (provider) => {
      const { desk, devicePath, tokenPath } = vendors[provider];
      const dialog = await openDialog(provider);
      const button = dialog.getByRole('button', { name: 'Get a code' });
      const askForCode = async (): Promise<void> => {
        await button.click();
        await dialog.getByText(USER_CODE).waitFor();
      };
      for (const { answer, says } of [...GARBAGE, ...PASSING]) {
        answerInstead(provider, devicePath, answer);
        await button.click();
        await dialog.getByRole('alert').filter({ hasText: says }).waitFor();
        takeBack();
      }
      await askForCode();
      desk?.deny();
      await shows(dialog, /was declined.*Start the sign-in again/);
      await askForCode();
      desk?.expire();
      await shows(dialog, /ran out.*Start the sign-in again/);
      for (const { answer, says } of GARBAGE) {
        await askForCode();
        answerInstead(provider, tokenPath, answer);
        await shows(dialog, says);
        takeBack();
      }
      await askForCode();
      for (const { answer } of PASSING) {
        answerInstead(provider, tokenPath, answer);
        await dialog.getByRole('status').filter({ hasText: 'does not answer at the moment' }).waitFor();
        expect(await dialog.getByText(USER_CODE).isVisible()).toBe(true);
        takeBack();
        await dialog.getByRole('status').filter({ hasText: 'Waiting for you' }).waitFor();
      }
      const polls = desk?.polls ?? 0;
      desk?.slowDown();
      await expect.poll(() => desk?.polls ?? 0, { timeout: 10_000 }).toBeGreaterThan(polls);
      expect(await dialog.getByRole('alert').count()).toBe(0);
      desk?.enter(ada);
      await dialog.getByText(/^Signed in as /).waitFor();
    },
  );

  it('at a time that is over', async () => {
    const { desk } = vendors.qwen;
    if (desk === undefined) throw new Error('Qwen gives no codes.');
    const { rules } = desk;
    changed.push(() => Object.assign(rules, { expiresInS: 600 }));
    rules.expiresInS = 2;
    const dialog = await openDialog('qwen');
    await dialog.getByRole('button', { name: 'Get a code' }).click();
    await shows(dialog, /took too long.*Start it again/);
  });

  it('of an account without the offer', async () => {
    answerInstead('github', '/copilot_internal/v2/token', () => ({ status: 403, body: { message: 'No access' } }));
    const dialog = await openDialog('github');
    await dialog.getByRole('button', { name: 'Get a code' }).click();
    await dialog.getByText(USER_CODE).waitFor();
    vendors.github.desk?.enter(ada);
    await shows(dialog, /github\.com\/settings\/copilot/);
  });

  it('of an account whose login is over is made again from its row, to the same account', async () => {
    const { server, tokenPath, model } = vendors.claude;
    const accounts = async (): Promise<unknown[]> =>
      objectsOf((await dashboard.api.get('/api/providers'))['connections'])
        .filter((connection) => connection['provider'] === 'claude')
        .map(({ id, testStatus, isActive }) => [id, testStatus, isActive]);
    const [[id] = []] = (await accounts()) as string[][];
    answerInstead('claude', tokenPath, refusal('invalid_grant'));
    server.families.forgetAccess();
    await untilRefused(`${dashboard.gateway.baseUrl}/v1/messages`, model);
    expect(await accounts()).toEqual([[id, 'expired', false]]);
    takeBack();

    const { page } = await dashboard.open({ path: '/providers/claude' });
    await page.evaluate('window.open = () => null');
    const row = page.getByRole('list', { name: 'Accounts' }).getByRole('listitem');
    await row.getByText('Signed out').waitFor();
    await row.getByRole('link', { name: 'Sign in again' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in to Claude Code' });
    await dialog.getByRole('button', { name: 'Continue in the browser' }).click();
    const link = dialog.getByRole('link', { name: 'Open the sign-in page' });
    await fetch(await openInBrowser((await link.getAttribute('href')) ?? ''));
    await dialog.getByText(`Signed in as ${ada.email}.`).waitFor();
    await dialog.getByRole('button', { name: 'Show the account' }).click();
    await row.getByText('Connected').waitFor();
    expect(await row.getByRole('link', { name: 'Sign in again' }).count()).toBe(0);
    expect(await accounts()).toEqual([[id, 'active', true]]);
  });

  it('is no fault in what a provider was sent', () => {
    // Intervals this short cannot be kept to on a busy machine; that they are kept to is shown with those of the API.
    const faults = Object.values(vendors).flatMap(({ server }) => server.faults);
    expect(faults.filter((fault) => !fault.startsWith('poll: after'))).toEqual([]);
  });
});

/** A token that was got a moment ago is not renewed for a refusal. */
async function untilRefused(url: string, model: string): Promise<void> {
  const body = JSON.stringify({ model, max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] });
  const headers = { 'content-type': 'application/json' };
  await expect
    .poll(async () => (await fetch(url, { method: 'POST', headers, body })).text(), { timeout: 20_000 })
    .toContain('Sign in again');
}

function wordsOf(html: string): string {
  return html.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ');
}
