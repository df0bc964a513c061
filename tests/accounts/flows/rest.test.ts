/** The calls of the original (facts.md B.5), as a program makes them that knows nothing of sessions. */
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asString, type JsonObject } from '../../../core/base/json.ts';
import { openInBrowser, type SimulatedAccount } from '../../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../../support/auth-servers/claude.ts';
import { type CodexAuthServer, startCodexAuth } from '../../support/auth-servers/codex.ts';
import { USER_CODE } from '../../support/auth-servers/device-flow.ts';
import { type KiroAuthServer, startKiroAuth } from '../../support/auth-servers/kiro.ts';
import { type QwenAuthServer, startQwenAuth } from '../../support/auth-servers/qwen.ts';
import { type LoginCore, sentenceOf, startLoginCore, untilPortIsFree } from './login-core.ts';

const ada: SimulatedAccount = { email: 'ada@example.com', id: 'ada', name: 'Ada' };
const isSignedIn = (provider: string) => ({
  success: true,
  connection: { id: expect.any(String), provider, name: 'ada@example.com', email: 'ada@example.com' },
});

let claude: ClaudeAuthServer;
let codex: CodexAuthServer;
let kiro: KiroAuthServer;
let qwen: QwenAuthServer;
let login: LoginCore;
beforeAll(async () => {
  [claude, codex, kiro, qwen] = await Promise.all([
    startClaudeAuth(ada),
    startCodexAuth({ ...ada, plan: 'plus' }),
    startKiroAuth(ada),
    startQwenAuth(),
  ]);
  const hosts = ({ url }: { url: string }) => ({
    hosts: { api: url, account: url, authorize: url, token: url, device: url },
  });
  login = await startLoginCore({ claude: hosts(claude), codex: hosts(codex), kiro: hosts(kiro), qwen: hosts(qwen) });
});
afterAll(async () => {
  await login.stop();
  await Promise.all([claude, codex, kiro, qwen].map((server) => server.close()));
});

const text = (body: JsonObject, name: string): string => asString(body[name]) ?? '';

describe('authorize and exchange', () => {
  it('give out state and verifier, and take code, verifier and state, once', async () => {
    const uri = encodeURIComponent('http://localhost:20128/callback');
    const { body } = await login.call('GET', `/api/oauth/claude/authorize?redirect_uri=${uri}`);
    expect(body).toMatchObject({
      redirectUri: 'http://localhost:20128/callback',
      flowType: 'authorization_code_pkce',
      callbackPath: '/callback',
      codeChallenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    const code = new URL(await openInBrowser(text(body, 'authUrl'))).searchParams.get('code') ?? '';
    const { state, codeVerifier, redirectUri } = body;
    const given = { code, state, codeVerifier, redirectUri };
    const wrong = await login.call('POST', '/api/oauth/claude/exchange', { ...given, codeVerifier: 'x'.repeat(43) });
    expect([wrong.status, sentenceOf(wrong.body)]).toEqual([400, expect.stringContaining('verifier')]);
    const done = await login.call('POST', '/api/oauth/claude/exchange', given);
    expect([done.status, done.body]).toMatchObject([200, isSignedIn('claude')]);
    const again = await login.call('POST', '/api/oauth/claude/exchange', given);
    expect([again.status, sentenceOf(again.body)]).toEqual([409, expect.stringContaining('Start a new one')]);
    expect(claude.faults).toEqual([]);
  });

  it.each(['code#state', 'address'])('take a %s, by the page of the vendor', async (form) => {
    const { body } = await login.call('GET', '/api/oauth/claude/authorize');
    expect(body).toMatchObject({ redirectUri: 'https://platform.claude.com/oauth/code/callback' });
    const back = new URL(await openInBrowser(text(body, 'authUrl')));
    const code = form === 'address' ? back.href : `${back.searchParams.get('code')}#${back.searchParams.get('state')}`;
    const done = await login.call('POST', '/api/oauth/claude/exchange', { code });
    expect([done.status, done.body]).toMatchObject([200, isSignedIn('claude')]);
  });

  it('refuse a state that is not theirs, and a code of nobody', async () => {
    const { body } = await login.call('GET', '/api/oauth/claude/authorize');
    const strange = await login.call('POST', '/api/oauth/claude/exchange', { code: 'code-x', state: 'y'.repeat(43) });
    expect([strange.status, sentenceOf(strange.body)]).toEqual([404, expect.stringContaining('Start a new one')]);
    const none = await login.call('POST', '/api/oauth/claude/exchange', { code: 'code-x' });
    expect([none.status, sentenceOf(none.body)]).toEqual([400, expect.stringContaining('state is missing')]);
    const bad = await login.call('POST', '/api/oauth/claude/exchange', { code: 'code-x', state: body['state'] ?? '' });
    expect([bad.status, sentenceOf(bad.body)]).toEqual([400, expect.stringContaining('Start the sign-in again')]);
  });
});

it('the page that the browser comes back to hands the answer over, and shows nothing of it', async () => {
  const page = await fetch(`${login.core.url}/callback?code=code-secret-1234&state=state-1234`);
  const [policy, words] = [page.headers.get('content-security-policy'), await page.text()];
  expect([page.status, policy]).toEqual([200, expect.stringContaining("script-src 'self'")]);
  expect(page.headers.get('referrer-policy')).toBe('no-referrer');
  expect(words).toContain('copy the whole address');
  expect(words).not.toMatch(/code-secret|state-1234/);
  const script = await (await fetch(`${login.core.url}/callback/script.js`)).text();
  expect(script).toMatch(
    /postMessage\(data, location\.origin\)[\s\S]*BroadcastChannel\('oauth_callback'\)[\s\S]*localStorage/,
  );
  expect((await fetch(`${login.core.url}/callback`, { method: 'POST' })).status).toBe(405);
});

describe('start-callback-server and poll-callback', () => {
  it('wait on port 1455, and tell when it is taken and what to do', async () => {
    await untilPortIsFree(1455);
    const { body } = await login.call('GET', '/api/oauth/codex/start-callback-server');
    expect(body).toMatchObject({ fixedPort: 1455, callbackPath: '/auth/callback' });
    const poll = () => login.call('POST', '/api/oauth/codex/poll-callback', { state: body['state'] ?? '' });
    expect((await poll()).body).toMatchObject({ success: false, pending: true });
    const page = await fetch(await openInBrowser(text(body, 'authUrl')));
    expect([page.status, page.headers.get('content-security-policy')]).toEqual([
      200,
      expect.stringContaining("default-src 'none'"),
    ]);
    expect((await poll()).body).toMatchObject(isSignedIn('codex'));
    const unknown = await login.call('POST', '/api/oauth/codex/poll-callback', { state: 'nobody' });
    expect(unknown.status).toBe(404);

    await untilPortIsFree(1455);
    const squatter = createServer().listen(1455, '127.0.0.1');
    await new Promise((resolve) => squatter.once('listening', resolve));
    try {
      const taken = await login.call('GET', '/api/oauth/codex/start-callback-server');
      expect([taken.status, sentenceOf(taken.body)]).toEqual([409, expect.stringMatching(/1455.*paste/s)]);
      const started = await login.call('POST', '/api/oauth/start', { provider: 'codex' });
      expect(started.body).toMatchObject({ state: 'waiting', message: expect.stringMatching(/1455.*paste/s) });
      const pasted = await openInBrowser(text(started.body, 'authUrl'));
      const path = `/api/oauth/sessions/${text(started.body, 'sessionId')}/complete`;
      expect((await login.call('POST', path, { pasted })).body).toMatchObject({ state: 'done' });
    } finally {
      squatter.close();
    }
    expect(codex.faults).toEqual([]);
  });
});

describe('device-code and poll', () => {
  it('give out the code and take it; asking faster than the interval never reaches the vendor', async () => {
    const { body } = await login.call('GET', '/api/oauth/qwen/device-code');
    expect(body).toMatchObject({ user_code: expect.stringMatching(USER_CODE), interval: 1, expires_in: 600 });
    const deviceCode = text(body, 'device_code');
    const codeVerifier = text(body, 'codeVerifier');
    const poll = () => login.call('POST', '/api/oauth/qwen/poll', { deviceCode, codeVerifier });
    for (let turn = 0; turn < 20; turn += 1) {
      expect((await poll()).body).toMatchObject({ success: false, pending: true, error: 'authorization_pending' });
    }
    expect(qwen.desk.polls).toBeLessThan(3);
    qwen.desk.enter(ada);
    let last = await poll();
    for (const untilMs = Date.now() + 15_000; last.body['pending'] === true && Date.now() < untilMs; ) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      last = await poll();
    }
    expect(last.body).toMatchObject({ success: true, connection: { provider: 'qwen' } });
    expect(qwen.faults).toEqual([]);
  });

  it('take a start URL and a region for Kiro, and its social sign-in', async () => {
    const query = `startUrl=${encodeURIComponent('https://example.awsapps.com/start')}&region=eu-west-1`;
    const { body } = await login.call('GET', `/api/oauth/kiro/device-code?${query}`);
    expect(body).toMatchObject({ user_code: expect.stringMatching(USER_CODE), clientId: expect.any(String) });
    expect(JSON.stringify(body)).not.toContain('cs-');
    expect(kiro.startUrls).toEqual(['https://example.awsapps.com/start']);
    const social = await login.call('GET', '/api/oauth/kiro/social-authorize?provider=google');
    const url = await openInBrowser(text(social.body, 'authUrl'));
    const done = await login.call('POST', '/api/oauth/kiro/social-exchange', {
      url,
      state: social.body['state'] ?? '',
    });
    expect([done.status, done.body]).toMatchObject([200, { success: true, connection: { provider: 'kiro' } }]);
    expect(kiro.faults).toEqual([]);
  });
});
