/**
 * Refresh under fire: many requests at one moment, refusals, a failing token endpoint, logins that are over. The vendor
 * ends a whole login when a refresh token comes twice, so a single race shows.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { asString, type JsonObject } from '../../../core/base/json.ts';
import { openInBrowser, type SimulatedAccount } from '../../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../../support/auth-servers/claude.ts';
import { type GitHubAuthServer, startGitHubAuth } from '../../support/auth-servers/github.ts';
import {
  chatAnswer,
  messagesAnswer,
  type Received,
  sendJson,
  startUpstream,
  type Upstream,
} from '../../support/upstream.ts';
import { type LoginCore, startLoginCore } from '../flows/login-core.ts';

const ada: SimulatedAccount = { email: 'ada@example.com', id: 'ada' };
const bob: SimulatedAccount = { email: 'bob@example.com', id: 'bob' };
const TOKEN = '/v1/oauth/token';

let claude: ClaudeAuthServer;
let github: GitHubAuthServer;
let inference: Upstream;
let login: LoginCore;
beforeAll(async () => {
  [claude, github] = await Promise.all([startClaudeAuth(ada), startGitHubAuth()]);
  const tokenIn = ({ headers }: Received): string => headers.authorization?.replace('Bearer ', '') ?? '';
  inference = await startUpstream((received, response) => {
    if (received.path.includes('/messages')) {
      const owner = claude.families.accountOf(tokenIn(received));
      if (owner === undefined)
        return sendJson(response, { error: { type: 'authentication_error', message: 'no' } }, 401);
      return sendJson(response, messagesAnswer([{ type: 'text', text: owner.email }]));
    }
    return github.knowsCopilotToken(tokenIn(received))
      ? sendJson(response, chatAnswer('hello'))
      : sendJson(response, { error: { message: 'token expired', code: 'unauthorized' } }, 401);
  });
  const hosts = ({ url }: { url: string }) => ({
    hosts: { api: inference.url, account: url, authorize: url, token: url, device: url },
  });
  login = await startLoginCore({ claude: hosts(claude), github: hosts(github) });
});
afterAll(async () => {
  await login.stop();
  await Promise.all([claude, github, inference].map((server) => server.close()));
});
beforeEach(async () => {
  for (const { id } of await login.connections()) await login.call('DELETE', `/api/providers/${asString(id)}`);
  claude.answerInstead(TOKEN, undefined);
  Object.assign(claude.families, { refreshes: 0, reuses: 0 });
});

async function signIn(account: SimulatedAccount, expiresInS: number): Promise<void> {
  Object.assign(claude.next, { account, expiresInS });
  const { body } = await login.call('POST', '/api/oauth/start', { provider: 'claude', method: 'paste' });
  const pasted = await openInBrowser(asString(body['authUrl']) ?? '');
  const path = `/api/oauth/sessions/${asString(body['sessionId'])}/complete`;
  const done = await login.call('POST', path, { pasted });
  expect(done.body).toMatchObject({ state: 'done' });
}

async function ask(): Promise<{ status: number; text: string }> {
  const messages = [{ role: 'user', content: 'hi' }];
  const response = await login.core.post('/v1/messages', { model: 'cc/claude-sonnet-4-5', max_tokens: 9, messages });
  return { status: response.status, text: await response.text() };
}
const askMany = async (count: number): Promise<number[]> =>
  (await Promise.all(Array.from({ length: count }, ask))).map(({ status }) => status);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const only = async (): Promise<JsonObject> => (await login.connections())[0] ?? {};

describe('a refresh', () => {
  it('is one, when 200 requests meet a token that is over', async () => {
    await signIn(ada, 1);
    claude.next.expiresInS = 3_600;
    await wait(1_100);
    claude.families.forgetAccess();
    expect(new Set(await askMany(200))).toEqual(new Set([200]));
    expect([claude.families.refreshes, claude.families.reuses]).toEqual([1, 0]);
    expect(claude.faults).toEqual([]);
  });

  it('is one, when 50 requests are refused, and each of them is made again', async () => {
    await signIn(ada, 3_600);
    await wait(10);
    claude.families.forgetAccess();
    const before = inference.received.length;
    expect(new Set(await askMany(50))).toEqual(new Set([200]));
    expect([claude.families.refreshes, claude.families.reuses]).toEqual([1, 0]);
    expect(inference.received.length - before).toBeLessThanOrEqual(100);
  });

  it('is made ahead of the end, and a token that works still is used while the vendor fails', async () => {
    await signIn(ada, 8);
    let tries = 0;
    claude.answerInstead(TOKEN, () => {
      tries += 1;
      return { status: 503, body: 'down' };
    });
    await wait(4_100);
    const startedMs = Date.now();
    while (Date.now() - startedMs < 2_000) expect((await ask()).status).toBe(200);
    expect(tries).toBeGreaterThan(0);
    expect(tries).toBeLessThanOrEqual(3);
    expect(await only()).toMatchObject({ isActive: true, testStatus: 'active' });
  });

  it('fails with what to do while there is no token, tries at most once a second, and comes back by itself', async () => {
    await signIn(ada, 1);
    claude.next.expiresInS = 3_600;
    const triesAtMs: number[] = [];
    claude.answerInstead(TOKEN, () => {
      triesAtMs.push(performance.now());
      return { status: 0 };
    });
    await wait(1_100);
    const { status, text } = await ask();
    expect([status, text]).toEqual([502, expect.stringContaining('There is no fresh token for')]);
    for (let turn = 0; turn < 100; turn += 1) await ask();
    await wait(1_500);
    await ask();
    const gapsMs = triesAtMs.slice(1).map((atMs, index) => atMs - (triesAtMs[index] ?? 0));
    expect(Math.min(...gapsMs, 1_000)).toBeGreaterThan(990);
    claude.answerInstead(TOKEN, undefined);
    let last = await ask();
    for (const untilMs = Date.now() + 60_000; last.status !== 200 && Date.now() < untilMs; last = await ask())
      await wait(100);
    expect(last.status).toBe(200);
    expect(claude.families.reuses).toBe(0);
  }, 90_000);

  it('that the vendor refuses for good ends the login; requests go on with the other account', async () => {
    await signIn(ada, 1);
    await signIn(bob, 3_600);
    const expired: unknown[] = [];
    const forget = login.core.core.events.subscribe((event) => {
      if (event.type === 'account-changed' && event.state === 'expired') expired.push(event);
    });
    claude.answerInstead(TOKEN, () => ({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'revoked' },
    }));
    await wait(1_100);
    const answers = await Promise.all(Array.from({ length: 20 }, ask));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(answers[0]?.text).toContain('bob@example.com');
    forget();
    expect(expired).toHaveLength(1);
    const connections = await login.connections();
    expect(connections.find(({ email }) => email === ada.email)).toMatchObject({
      isActive: false,
      testStatus: 'expired',
      lastError: expect.stringContaining('Sign in again'),
    });
    claude.answerInstead(TOKEN, undefined);
    await signIn(ada, 3_600);
    expect((await login.connections()).find(({ email }) => email === ada.email)).toMatchObject({
      isActive: true,
      testStatus: 'active',
    });
  });

  it("of Copilot's token is one exchange, and none of GitHub's own", async () => {
    github.copilot.livesS = 3;
    const { body } = await login.call('POST', '/api/oauth/start', { provider: 'github' });
    github.desk.enter(ada);
    expect(await login.ended(asString(body['sessionId']) ?? '')).toMatchObject({ state: 'done' });
    github.copilot.livesS = 1_800;
    const before = github.copilot.exchanges;
    await wait(3_100);
    const chat = { model: 'gh/gpt-4.1', messages: [{ role: 'user', content: 'hi' }] };
    const answers = await Promise.all(Array.from({ length: 100 }, () => login.core.post('/v1/chat/completions', chat)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(github.copilot.exchanges - before).toBe(1);
    github.families.revokeAll();
    github.copilot.livesS = 0;
    expect(github.faults).toEqual([]);
  });
});
