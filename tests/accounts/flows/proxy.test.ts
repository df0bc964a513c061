/** A login's own traffic goes through the network proxy in force, as its account's calls do, and never around it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest';
import { asString } from '../../../core/base/json.ts';
import { openInBrowser } from '../../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../../support/auth-servers/claude.ts';
import { startHttpProxy, type TestProxy } from '../../support/http-proxy.ts';
import { markedSecret } from '../../support/marked-secrets.ts';
import { startSocks5Proxy } from '../../support/socks5-proxy.ts';
import { messagesAnswer, sendJson, startUpstream, type Upstream } from '../../support/upstream.ts';
import { type LoginCore, startLoginCore } from './login-core.ts';

const TOKEN = '/v1/oauth/token';
const PROXY_PASSWORD = markedSecret('proxy-');

let claude: ClaudeAuthServer;
let inference: Upstream;
let login: LoginCore;
beforeAll(async () => {
  claude = await startClaudeAuth({ email: 'ada@example.com', id: 'ada' });
  inference = await startUpstream((_received, response) =>
    sendJson(response, messagesAnswer([{ type: 'text', text: 'hi' }])),
  );
  const { url } = claude;
  login = await startLoginCore({
    claude: { hosts: { api: inference.url, account: url, authorize: url, token: url } },
  });
});
afterAll(async () => {
  await login.stop();
  await Promise.all([claude.close(), inference.close()]);
});

beforeEach(async () => {
  for (const { id } of await login.connections()) await login.call('DELETE', `/api/providers/${asString(id)}`);
  claude.answerInstead(TOKEN, undefined);
});

/** Every call of the provider goes that way from now on. */
async function setProxy(type: string, { port }: TestProxy): Promise<void> {
  const proxy = { type, host: '127.0.0.1', port, username: 'me', password: PROXY_PASSWORD };
  await login.core.manage('PUT', '/api/settings/proxy', { providers: { claude: proxy } });
}

async function signIn(): Promise<string> {
  const { body } = await login.call('POST', '/api/oauth/start', { provider: 'claude', method: 'paste' });
  const pasted = await openInBrowser(asString(body['authUrl']) ?? '');
  const path = `/api/oauth/sessions/${asString(body['sessionId'])}/complete`;
  return asString((await login.call('POST', path, { pasted })).body['message']) ?? '';
}

it.each([
  ['http', startHttpProxy],
  ['socks5', startSocks5Proxy],
] as const)(
  'the exchange, the account and the refresh go through the %s proxy, and nowhere when it is gone',
  async (type, startProxy) => {
    const proxy = await startProxy('me', PROXY_PASSWORD);
    onTestFinished(() => proxy.close());
    await setProxy(type, proxy);
    claude.next.expiresInS = 1;
    expect(await signIn()).toContain('Signed in');
    const { host } = new URL(claude.url);
    const seen = (): number => proxy.tunnels.filter((target) => target === host).length;
    expect(seen()).toBeGreaterThan(0);
    const [asked, refreshes] = [claude.asked.length, claude.families.refreshes];
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const ask = () =>
      login.core.post('/v1/messages', {
        model: 'cc/claude-sonnet-4-5',
        max_tokens: 9,
        messages: [{ role: 'user', content: 'hi' }],
      });
    expect((await ask()).status).toBe(200);
    // The sweep in the background may have been there first.
    expect(claude.families.refreshes).toBeGreaterThan(refreshes);
    expect(claude.asked.length - asked).toBe(claude.families.refreshes - refreshes);

    await proxy.close();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const tokenCalls = (): number => claude.asked.filter(({ path }) => path === TOKEN).length;
    const before = tokenCalls();
    expect((await ask()).status).toBeGreaterThan(499);
    expect(await signIn()).toMatch(/proxy/i);
    expect(tokenCalls()).toBe(before);
  },
);

it('a refresh through a proxy is made by a process of its own, which outlives this one', async () => {
  const proxy = await startHttpProxy('me', PROXY_PASSWORD);
  onTestFinished(() => proxy.close());
  await setProxy('http', proxy);
  claude.next.expiresInS = 1;
  expect(await signIn()).toContain('Signed in');
  let callers: string[] = [];
  claude.answerInstead(TOKEN, () => {
    callers = readdirSync(join(login.dataDirectory, 'refreshes')).filter((name) => name.endsWith('.turn'));
    return { status: 503, body: 'later' };
  });
  await expect.poll(() => callers.length, { timeout: 60_000 }).toBe(1);
}, 90_000);
