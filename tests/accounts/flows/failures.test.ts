/** Whatever goes wrong with a sign-in ends in a sentence that says what to do, on the page and in the API. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asString, type JsonObject } from '../../../core/base/json.ts';
import {
  type AuthServer,
  openInBrowser,
  type Route,
  type SimulatedAccount,
} from '../../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../../support/auth-servers/claude.ts';
import { startGeminiAuth } from '../../support/auth-servers/gemini-cli.ts';
import { type GitHubAuthServer, startGitHubAuth } from '../../support/auth-servers/github.ts';
import { startIflowAuth } from '../../support/auth-servers/iflow.ts';
import { type LoginCore, sentenceOf, startLoginCore } from './login-core.ts';

const ada: SimulatedAccount = { email: 'ada@example.com', id: 'ada' };
const TOKEN = '/v1/oauth/token';

let claude: ClaudeAuthServer;
let github: GitHubAuthServer;
let gemini: AuthServer;
let iflow: AuthServer;
let login: LoginCore;
beforeAll(async () => {
  [claude, github, gemini, iflow] = await Promise.all([
    startClaudeAuth(ada),
    startGitHubAuth(),
    startGeminiAuth(ada),
    startIflowAuth(ada),
  ]);
  const hosts = ({ url }: { url: string }) => ({
    hosts: { api: url, account: url, authorize: url, token: url, device: url },
  });
  login = await startLoginCore(
    {
      claude: hosts(claude),
      github: hosts(github),
      'gemini-cli': { ...hosts(gemini), oauth: { clientSecret: 'GOCSPX-not-the-right-one-0000' } },
      iflow: hosts(iflow),
      // Nobody listens there.
      qwen: { hosts: { device: 'http://127.0.0.1:9', token: 'http://127.0.0.1:9' } },
    },
    { env: { PATH: '/nowhere' } },
  );
});
afterAll(async () => {
  await login.stop();
  await Promise.all([claude, github, gemini, iflow].map((server) => server.close()));
});
beforeEach(() => {
  claude.answerInstead(TOKEN, undefined);
});

async function start(provider: string, more: object = {}): Promise<JsonObject> {
  return (await login.call('POST', '/api/oauth/start', { provider, ...more })).body;
}
const text = (body: JsonObject, name: string): string => asString(body[name]) ?? '';
const sessionOf = async (started: JsonObject): Promise<JsonObject> =>
  (await login.call('GET', `/api/oauth/sessions/${text(started, 'sessionId')}`)).body;

/** What the browser shows when it comes back with this. */
async function page(url: string): Promise<{ status: number; words: string }> {
  const response = await fetch(url);
  const words = (await response.text()).replace(/<style>.*?<\/style>/s, '').replace(/<[^>]+>/g, ' ');
  return { status: response.status, words };
}

describe('in the browser', () => {
  it('a person who declines is told so, and how to go on', async () => {
    const started = await start('claude');
    const url = new URL(await openInBrowser(text(started, 'authUrl')));
    const denied = new URL(url.origin + url.pathname);
    denied.searchParams.set('error', 'access_denied');
    denied.searchParams.set('state', url.searchParams.get('state') ?? '');
    const shown = await page(denied.href);
    expect(shown).toEqual({ status: 400, words: expect.stringMatching(/declined.*Start the sign-in again/) });
    expect(await sessionOf(started)).toMatchObject({ state: 'failed', message: expect.stringContaining('declined') });
  });

  it('an answer with another state changes nothing, and the right one is taken once', async () => {
    const started = await start('claude');
    const right = await openInBrowser(text(started, 'authUrl'));
    const wrong = new URL(right);
    wrong.searchParams.set('state', 'somebody-elses-state-of-a-sign-in-of-his');
    expect(await page(wrong.href)).toEqual({ status: 400, words: expect.stringContaining('not of the sign-in') });
    wrong.searchParams.delete('state');
    expect((await page(wrong.href)).status).toBe(400);
    expect(await sessionOf(started)).toMatchObject({ state: 'waiting' });
    const elsewhere = new URL(right);
    elsewhere.pathname = '/another';
    expect(await page(elsewhere.href)).toEqual({ status: 404, words: expect.stringContaining('Nothing here') });
    expect((await page(right)).status).toBe(200);
    expect(await sessionOf(started)).toMatchObject({ state: 'done' });
    await expect(fetch(right)).rejects.toThrow();
    const again = await login.call('POST', `/api/oauth/sessions/${text(started, 'sessionId')}/complete`, {
      pasted: right,
    });
    expect([again.status, sentenceOf(again.body)]).toEqual([409, expect.stringContaining('Start a new one')]);
  });

  it('a refusal that comes after the answer changes nothing: the sign-in goes on with what it has', async () => {
    const started = await start('claude');
    const right = new URL(await openInBrowser(text(started, 'authUrl')));
    const held = claude.holdAnswers(TOKEN);
    const first = page(right.href);
    await expect.poll(held.waiting, { timeout: 5_000 }).toBe(1);
    const refusal = new URL(right);
    refusal.searchParams.delete('code');
    refusal.searchParams.set('error', 'access_denied');
    expect(await page(refusal.href)).toMatchObject({ status: 400, words: expect.stringContaining('takes none twice') });
    held.release();
    expect((await first).status).toBe(200);
    expect(await sessionOf(started)).toMatchObject({ state: 'done' });
  });

  const answers: readonly (readonly [name: string, route: Route, says: RegExp])[] = [
    [
      'a code that is too old',
      () => ({ status: 400, body: { error: 'invalid_grant' } }),
      /used already, or is too old/,
    ],
    ['a client that is unknown', () => ({ status: 401, body: { error: 'invalid_client' } }), /client id and secret/],
    ['a server that fails', () => ({ status: 500, body: 'oops' }), /Wait a moment/],
    ['a connection that breaks off', () => ({ status: 0 }), /Check the network/],
    ['a page instead of tokens', () => ({ body: '<html>sign in</html>' }), /no answer of a sign-in.*hosts/],
    ['JSON without a token', () => ({ body: { hello: 'there' } }), /no answer of a sign-in/],
    [
      'an error of another form',
      () => ({ status: 400, body: { error: { message: 'Nope', type: 'odd' } } }),
      /Nope.*again/,
    ],
    ['a redirect', () => ({ status: 302, headers: { location: 'http://127.0.0.1:9/' } }), /no answer of a sign-in/],
  ];
  it.each(answers)('%s', async (_name, route, says) => {
    const started = await start('claude');
    const back = await openInBrowser(text(started, 'authUrl'));
    claude.answerInstead(TOKEN, route);
    const shown = await page(back);
    expect(shown).toEqual({ status: 400, words: expect.stringMatching(says) });
    const view = await sessionOf(started);
    expect(view).toMatchObject({ state: 'failed', message: expect.stringMatching(says) });
    const code = new URL(back).searchParams.get('code') ?? '';
    expect(shown.words + JSON.stringify(view)).not.toContain(code);
  });

  it('a browser that is closed leaves a sign-in that can be cancelled, and its listener goes', async () => {
    const started = await start('claude');
    const { port } = new URL(new URL(text(started, 'authUrl')).searchParams.get('redirect_uri') ?? '');
    const cancelled = await login.call('POST', `/api/oauth/sessions/${text(started, 'sessionId')}/cancel`, {});
    expect(cancelled.body).toMatchObject({ state: 'cancelled' });
    await expect(fetch(`http://127.0.0.1:${port}/callback`)).rejects.toThrow();
  });

  it('text that is no answer is sent back with what to copy', async () => {
    const started = await start('claude', { method: 'paste' });
    for (const pasted of ['two words', 'https://claude.ai/new', '   ', text(started, 'authUrl')]) {
      const { status, body } = await login.call('POST', `/api/oauth/sessions/${text(started, 'sessionId')}/complete`, {
        pasted,
      });
      expect([status, sentenceOf(body)]).toEqual([
        400,
        expect.stringMatching(/neither a code|must not be empty|at least/i),
      ]);
    }
    expect(await sessionOf(started)).toMatchObject({ state: 'waiting' });
  });

  it('a client secret that is wrong or missing is named with the ways to give it', async () => {
    const started = await start('gemini-cli');
    await page(await openInBrowser(text(started, 'authUrl')));
    expect(await sessionOf(started)).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('secret is wrong'),
    });
    const missing = await login.call('POST', '/api/oauth/start', { provider: 'iflow' });
    expect([missing.status, sentenceOf(missing.body)]).toEqual([
      400,
      expect.stringMatching(/Install iFlow CLI.*IFLOW_OAUTH_CLIENT_SECRET.*providers\.json/),
    ]);
    const { body } = await login.call('GET', '/api/oauth/providers');
    const rows = Array.isArray(body['providers']) ? body['providers'] : [];
    expect(rows).toContainEqual(
      expect.objectContaining({ provider: 'iflow', isReady: false, missing: sentenceOf(missing.body) }),
    );
  });
});

describe('by a code', () => {
  it.each([
    ['declined', () => github.desk.deny(), 'failed', /declined.*Start the sign-in again/],
    ['run out', () => github.desk.expire(), 'expired', /ran out.*Start the sign-in again/],
  ] as const)('that is %s', async (_name, happen, state, says) => {
    const started = await start('github');
    happen();
    expect(await login.ended(text(started, 'sessionId'))).toMatchObject({
      state,
      message: expect.stringMatching(says),
    });
    expect(github.faults).toEqual([]);
  });

  it('the vendor that wants to be asked less often is, and network that is gone is waited for', async () => {
    const started = await start('github');
    github.desk.slowDown();
    const polls = github.desk.polls;
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(github.desk.polls - polls).toBe(1);
    expect(await sessionOf(started)).toMatchObject({ state: 'waiting' });
    await login.call('POST', `/api/oauth/sessions/${text(started, 'sessionId')}/cancel`, {});

    github.answerInstead('/login/oauth/access_token', () => ({ status: 0 }));
    const second = await start('github');
    github.desk.enter(ada);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await sessionOf(second)).toMatchObject({
      state: 'waiting',
      message: expect.stringContaining('asked again'),
    });
    github.answerInstead('/login/oauth/access_token', undefined);
    expect(await login.ended(text(second, 'sessionId'))).toMatchObject({ state: 'done' });
    expect(github.faults).toEqual([]);
  }, 30_000);

  it('is waited for where a page says that there were too many calls', async () => {
    github.answerInstead('/login/oauth/access_token', () => ({ status: 429, body: '<h1>Too many requests</h1>' }));
    const started = await start('github');
    github.desk.enter(ada);
    await expect
      .poll(() => sessionOf(started), { timeout: 5_000 })
      .toMatchObject({
        ...{ state: 'waiting', message: expect.stringContaining('asked again') },
      });
    github.answerInstead('/login/oauth/access_token', undefined);
    expect(await login.ended(text(started, 'sessionId'))).toMatchObject({ state: 'done' });
  });

  it('of an account without the offer', async () => {
    github.copilot.hasPlan = false;
    const started = await start('github');
    github.desk.enter({ email: 'none@example.com', id: 'none' });
    const view = await login.ended(text(started, 'sessionId'));
    expect(view).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('https://github.com/settings/copilot'),
    });
    github.copilot.hasPlan = true;
  });

  it('that cannot be asked for, since nobody answers', async () => {
    const { status, body } = await login.call('POST', '/api/oauth/start', { provider: 'qwen' });
    expect([status, sentenceOf(body)]).toEqual([502, expect.stringMatching(/cannot be reached.*Check the network/)]);
    const old = await login.call('GET', '/api/oauth/qwen/device-code');
    expect([old.status, sentenceOf(old.body)]).toEqual([502, expect.stringContaining('Check the network')]);
  });
});

it.each([
  ['POST', '/api/oauth/start', { provider: 'openai' }, /no sign-in/],
  ['POST', '/api/oauth/start', { provider: 'claude', method: 'carrier-pigeon' }, /Use one of: browser, paste/],
  ['POST', '/api/oauth/start', { provider: 'kiro', method: 'idc' }, /Start URL.*missing/],
  ['POST', '/api/oauth/start', { provider: 'kiro', method: 'idc', options: { startUrl: 'ftp://x' } }, /right form/],
  ['POST', '/api/oauth/start', { provider: 'kiro', options: { region: 'evil.example/' } }, /right form/],
  ['POST', '/api/oauth/start', { provider: 'claude', options: { colour: 'red' } }, /no option/],
  ['GET', '/api/oauth/sessions/login_nobody', undefined, /Start a new one/],
  ['GET', '/api/oauth/openai/authorize', undefined, /no sign-in/],
  ['GET', '/api/oauth/github/authorize', undefined, /device-code/],
  ['GET', '/api/oauth/claude/device-code', undefined, /not signed in to with a device code/],
  ['POST', '/api/oauth/claude/exchange', {}, /"code" is required/],
])('%s %s %o', async (method, path, body, says) => {
  const answer = await login.call(method, path, body);
  expect(answer.status, answer.text).toBeGreaterThan(399);
  expect(answer.status).toBeLessThan(500);
  expect(sentenceOf(answer.body)).toMatch(says);
});
