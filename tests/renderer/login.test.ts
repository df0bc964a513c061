/** Signing in at providers from their pages, against servers that are strict about each parameter. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { objectsOf } from '../../core/base/json.ts';
import { openInBrowser, redirectTo, unsignedToken } from '../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../support/auth-servers/claude.ts';
import { type CodexAuthServer, startCodexAuth } from '../support/auth-servers/codex.ts';
import { USER_CODE } from '../support/auth-servers/device-flow.ts';
import { IFLOW_SECRET, type IflowAuthServer, startIflowAuth } from '../support/auth-servers/iflow.ts';
import { type QwenAuthServer, startQwenAuth } from '../support/auth-servers/qwen.ts';
import { type Dashboard, expectGoodLook, LOOKS, NO_BROWSER, settled, startDashboard } from '../support/dashboard.ts';
import { sendJson, startUpstream, type Upstream } from '../support/upstream.ts';

const HOUR_S = 3_600;
/** Of Codex's registration: its browser comes back to no other. */
const CODEX_PORT = 1_455;
const ada = { email: 'ada@example.com', id: 'acct-ada', name: 'Ada', plan: 'plus' };
const bob = { email: 'bob@example.com', id: 'acct-bob', name: 'Bob', plan: 'plus' };

describe.skipIf(NO_BROWSER !== undefined)('signing in at a provider', () => {
  let dashboard: Dashboard;
  let claude: ClaudeAuthServer;
  let codex: CodexAuthServer;
  let iflow: IflowAuthServer;
  let qwen: QwenAuthServer;
  let inference: Upstream;
  const home = mkdtempSync(join(tmpdir(), 'omniroute-home-'));
  beforeAll(async () => {
    [claude, codex, iflow, qwen] = await Promise.all([
      startClaudeAuth(ada),
      startCodexAuth(ada),
      startIflowAuth(ada),
      startQwenAuth(),
    ]);
    inference = await startUpstream((_received, response) => sendJson(response, { error: { message: 'no' } }, 400));
    const at = ({ url }: { url: string }) => ({
      hosts: { api: inference.url, account: url, authorize: url, token: url, device: url },
    });
    dashboard = await startDashboard({
      env: { HOME: home },
      providersFile: { claude: at(claude), codex: at(codex), iflow: at(iflow), qwen: at(qwen) },
    });
  });
  afterAll(async () => {
    await dashboard.stop();
    await Promise.all([claude, codex, iflow, qwen, inference].map((server) => server.close()));
    rmSync(home, { recursive: true, force: true });
  });

  const emailsOf = async (provider: string): Promise<unknown[]> =>
    objectsOf((await dashboard.api.get('/api/providers'))['connections'])
      .filter((connection) => connection['provider'] === provider)
      .map(({ email }) => email);
  const dialogOf = (page: Page) => page.getByRole('dialog', { name: /^Sign in to / });
  const openDialog = async (provider: string) => {
    const opened = await dashboard.open({ path: `/providers/${provider}?signIn=new` });
    return { ...opened, dialog: dialogOf(opened.page) };
  };
  /** With the button that starts it pressed, and the code on screen. */
  const askForCode = async () => {
    const opened = await openDialog('qwen');
    await opened.dialog.getByRole('button', { name: 'Get a code' }).click();
    await opened.dialog.getByText(USER_CODE).waitFor();
    return opened;
  };

  it.each(LOOKS)('offers the ways at $width px in $theme, with whose terms apply', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/providers/claude?signIn=new', theme, width });
    const dialog = dialogOf(opened.page);
    await dialog.getByRole('link', { name: 'Read the terms' }).waitFor();
    expect(await dialog.getByRole('radio').count()).toBe(2);
    await expectGoodLook(opened, `login-start-${theme}-${width}`);
  });

  it.each(LOOKS)('waits with a code at $width px in $theme', async ({ theme, width }) => {
    const opened = await dashboard.open({ path: '/providers/qwen?signIn=new', theme, width });
    const dialog = dialogOf(opened.page);
    await dialog.getByRole('button', { name: 'Get a code' }).click();
    await dialog.getByText(USER_CODE).waitFor();
    await expectGoodLook(opened, `login-code-${theme}-${width}`);
    await dialog.getByRole('button', { name: 'Cancel sign-in' }).click();
    await dialog.getByText('The sign-in was cancelled.').waitFor();
  });

  it('opens the provider’s page with the click, and shows the account that came back', async () => {
    const opened = await dashboard.open({ path: '/providers' });
    const { page } = opened;
    await page.getByRole('link', { name: 'Sign in to Claude', exact: false }).click();
    const dialog = dialogOf(page);
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      dialog.getByRole('button', { name: 'Continue in the browser' }).click(),
    ]);
    await popup.getByText('Signed in', { exact: true }).waitFor();
    await dialog.getByText(`Signed in as ${ada.email}.`).waitFor();
    await expectGoodLook(opened, 'login-done');
    await dialog.getByRole('button', { name: 'Show the account' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('list', { name: 'Accounts' }).getByText(ada.email).first().waitFor();
    expect([await emailsOf('claude'), claude.faults]).toEqual([[ada.email], []]);
  });

  it('takes a pasted code where the provider shows one, and refuses one that is not its own', async () => {
    claude.next.account = bob;
    const opened = await openDialog('claude');
    const { page, dialog } = opened;
    // What the browser opens stays there: the provider sends on to a page of its own, which is not of this machine.
    await page.context().route(`${claude.url}/**`, (route) => route.fulfill({ body: 'Sign in' }));
    await dialog.getByRole('radio', { name: 'With a code to copy' }).click();
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      dialog.getByRole('button', { name: 'Continue in the browser' }).click(),
    ]);
    await popup.waitForURL(`${claude.url}/**`);
    const back = new URL(await openInBrowser(popup.url()));
    await dialog.getByLabel('Address or code from the browser').fill('https://example.com/?code=x&state=another');
    await dialog.getByRole('button', { name: 'Finish' }).click();
    await dialog.getByRole('alert').waitFor();
    await expectGoodLook({ page, errors: [] }, 'login-paste-refused');
    await dialog
      .getByLabel('Address or code from the browser')
      .fill(`${back.searchParams.get('code')}#${back.searchParams.get('state')}`);
    await dialog.getByRole('button', { name: 'Finish' }).click();
    await dialog.getByText(`Signed in as ${bob.email}.`).waitFor();
    expect([await emailsOf('claude'), claude.faults]).toEqual([[ada.email, bob.email], []]);
  });

  it('keeps a sign-in over a reload and in another window, to its account', async () => {
    const { page } = await dashboard.open({ path: '/providers/qwen' });
    await page.getByText('No account yet. Sign in to use its models.').waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click();
    await dialogOf(page).getByRole('button', { name: 'Get a code' }).click();
    await dialogOf(page).getByText(USER_CODE).waitFor();
    await page.reload();
    await dialogOf(page).getByText(USER_CODE).waitFor();
    expect(await dialogOf(page).getByRole('textbox').count()).toBe(0);
    const { page: other } = await dashboard.open({ path: '/providers' });
    await other.goto(page.url());
    const link = dialogOf(other).getByRole('link', { name: 'Open the page to type it' });
    expect(await link.getAttribute('href')).toMatch(/user_code=WXYZ-\d{4}/);
    qwen.desk.enter(ada);
    await dialogOf(other)
      .getByText(/^Signed in as /)
      .waitFor();
    await dialogOf(page)
      .getByText(/^Signed in as /)
      .waitFor();
    expect((await emailsOf('qwen')).length).toBe(1);
  });

  it('says why a sign-in failed, and starts anew', async () => {
    const { page, dialog } = await askForCode();
    qwen.desk.deny();
    await dialog.getByRole('alert').getByText('was declined').waitFor();
    await expectGoodLook({ page, errors: [] }, 'login-denied');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.getByRole('button', { name: 'Get a code' }).waitFor();
  });

  it('says that the provider’s page declined', async () => {
    claude.answerInstead('/oauth/authorize', ({ query }) =>
      redirectTo(query.get('redirect_uri') ?? '', { error: 'access_denied', state: query.get('state') ?? '' }),
    );
    const { page, dialog } = await openDialog('claude');
    await page.getByRole('button', { name: 'Continue in the browser' }).click();
    await dialog.getByRole('alert').getByText('was declined').waitFor();
    claude.answerInstead('/oauth/authorize', undefined);
  });

  it('waits with the link and a place to paste, where the browser does not come back', async () => {
    claude.answerInstead('/oauth/authorize', () => ({ body: '<h1>Sign in</h1>' }));
    const opened = await openDialog('claude');
    const { page, dialog } = opened;
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      dialog.getByRole('button', { name: 'Continue in the browser' }).click(),
    ]);
    await popup.waitForURL(`${claude.url}/**`);
    await expectGoodLook(opened, 'login-browser');
    await page.reload();
    const link = dialog.getByRole('link', { name: 'Open the sign-in page' });
    expect(await link.getAttribute('href')).toContain(`${claude.url}/oauth/authorize?`);
    await dialog.getByRole('button', { name: 'The browser did not come back?' }).click();
    await dialog.getByLabel('Address or code from the browser').waitFor();
    await expectGoodLook(opened, 'login-browser-paste');
    await dialog.getByRole('button', { name: 'Cancel sign-in' }).click();
    await dialog.getByText('The sign-in was cancelled.').waitFor();
    claude.answerInstead('/oauth/authorize', undefined);
  });

  it('leads on by its link where the browser blocks windows', async () => {
    const { page } = await dashboard.open({ path: '/providers/claude' });
    await page.evaluate('window.open = () => null');
    await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Continue in the browser' }).click();
    const link = dialogOf(page).getByRole('link', { name: 'Open the sign-in page' });
    const [popup] = await Promise.all([page.context().waitForEvent('page'), link.click()]);
    await popup.getByText('Signed in', { exact: true }).waitFor();
    await dialogOf(page)
      .getByText(/^Signed in as /)
      .waitFor();
  });

  it('says that the port is taken, and takes the address instead', async () => {
    // Taken by whoever came first: this test, or another run of such tests on this machine.
    const taker = createServer().on('error', () => undefined);
    taker.listen(CODEX_PORT, '127.0.0.1');
    const { page, dialog } = await openDialog('codex');
    await page.context().route(`${codex.url}/**`, (route) => route.fulfill({ body: 'Sign in' }));
    const [popup] = await Promise.all([
      page.waitForEvent('popup'),
      dialog.getByRole('button', { name: 'Continue in the browser' }).click(),
    ]);
    await dialog.getByText(`Port ${CODEX_PORT} of this machine`).waitFor();
    await expectGoodLook({ page, errors: [] }, 'login-port-taken');
    await popup.waitForURL(`${codex.url}/**`);
    await dialog.getByLabel('Address or code from the browser').fill(await openInBrowser(popup.url()));
    await dialog.getByRole('button', { name: 'Finish' }).click();
    await dialog.getByText(`Signed in as ${ada.email}.`).waitFor();
    taker.close();
    expect([await emailsOf('codex'), codex.faults]).toEqual([[ada.email], []]);
  });

  it('says that a sign-in is no longer known', async () => {
    const { page } = await dashboard.open({ path: '/providers/claude?signIn=login_long_gone' });
    await page.getByText('This sign-in is no longer known.').waitFor();
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('button', { name: 'Continue in the browser' }).waitFor();
  });

  it('shows the ways out where a secret is missing, and takes the secret', async () => {
    const opened = await openDialog('iflow');
    const { page, dialog } = opened;
    await dialog.getByText('needs the client secret of iFlow CLI').waitFor();
    const start = dialog.getByRole('button', { name: 'Continue in the browser' });
    expect(await start.isDisabled()).toBe(true);
    await dialog.getByRole('button', { name: 'Look for logins on this machine' }).click();
    await dialog.getByText('None found.').waitFor();
    await expectGoodLook(opened, 'login-secret-missing');
    await dialog.getByLabel('Client secret').fill('two words');
    const [needless] = await Promise.all([page.waitForEvent('popup'), start.click()]);
    await dialog.getByRole('alert').getByText('has not the right form').waitFor();
    await expect.poll(() => needless.isClosed()).toBe(true);
    await dialog.getByLabel('Client secret').fill(IFLOW_SECRET);
    const [popup] = await Promise.all([page.waitForEvent('popup'), start.click()]);
    await popup.getByText('Signed in', { exact: true }).waitFor();
    await dialog.getByText(`Signed in as ${ada.email}.`).waitFor();
    expect([await emailsOf('iflow'), iflow.faults]).toEqual([[ada.email], []]);
  });

  /** What `codex login` leaves behind, its access token good for so long; the vendor takes it. */
  const signInWithCodex = (lifeS: number): void => {
    const { refreshToken } = codex.families.grant(ada);
    const access_token = unsignedToken({ exp: Math.floor(Date.now() / 1_000) + lifeS, jti: refreshToken });
    const id_token = unsignedToken({
      ...{ email: ada.email, name: ada.name },
      'https://api.openai.com/auth': { chatgpt_account_id: ada.id, chatgpt_plan_type: ada.plan },
    });
    codex.answerInstead('/backend-api/wham/usage', ({ headers }) =>
      headers.authorization === `Bearer ${access_token}`
        ? { body: { plan_type: 'plus', rate_limit: {} } }
        : { status: 401, body: { detail: 'Could not parse your authentication token.' } },
    );
    const tokens = { id_token, access_token, refresh_token: refreshToken, account_id: ada.id };
    mkdirSync(join(home, '.codex'), { recursive: true });
    writeFileSync(join(home, '.codex', 'auth.json'), JSON.stringify({ OPENAI_API_KEY: null, tokens }));
  };

  it('takes over a login of the vendor’s tool, which follows its file', async () => {
    signInWithCodex(-HOUR_S);
    const { page } = await dashboard.open({ path: '/providers/codex' });
    await page.getByRole('banner').getByRole('button', { name: 'Sign in' }).click();
    const dialog = dialogOf(page);
    const look = dialog.getByRole('button', { name: /^Look/ });
    expect(await dialog.getByText('auth.json').count()).toBe(0);
    await look.click();
    await dialog.getByText(join(home, '.codex', 'auth.json')).waitFor();
    await dialog.getByText('each renewal ends the one before').waitFor();
    await dialog.getByLabel("Follow the tool's file").click();
    await expectGoodLook({ page, errors: [] }, 'login-found');
    // One that is not followed would be renewed now, which ends the tool's own.
    await dialog.getByRole('button', { name: 'Take over' }).click();
    await dialog.getByRole('alert').getByText('Start Codex CLI once').waitFor();
    signInWithCodex(HOUR_S);
    await dialog.getByRole('button', { name: 'Take over' }).click();
    await dialog.waitFor({ state: 'detached' });
    await settled(page);
    await page.getByRole('list', { name: 'Accounts' }).getByText(ada.email).first().waitFor();
    expect([await emailsOf('codex'), codex.families.refreshes]).toEqual([[ada.email], 0]);
  });
});
