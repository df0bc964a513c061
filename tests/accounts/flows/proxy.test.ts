/** A login's own traffic goes through the network proxy in force, as its account's calls do, and never around it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { asString } from '../../../core/base/json.ts';
import { openInBrowser } from '../../support/auth-servers/auth-server.ts';
import { type ClaudeAuthServer, startClaudeAuth } from '../../support/auth-servers/claude.ts';
import { startHttpProxy, type TestProxy } from '../../support/http-proxy.ts';
import { messagesAnswer, sendJson, startUpstream, type Upstream } from '../../support/upstream.ts';
import { type LoginCore, startLoginCore } from './login-core.ts';

let claude: ClaudeAuthServer;
let inference: Upstream;
let proxy: TestProxy;
let login: LoginCore;
beforeAll(async () => {
  claude = await startClaudeAuth({ email: 'ada@example.com', id: 'ada' });
  inference = await startUpstream((_received, response) =>
    sendJson(response, messagesAnswer([{ type: 'text', text: 'hi' }])),
  );
  proxy = await startHttpProxy('me', 'planted proxy password');
  const { url } = claude;
  login = await startLoginCore({
    claude: { hosts: { api: inference.url, account: url, authorize: url, token: url } },
  });
  await login.core.manage('PUT', '/api/settings/proxy', {
    providers: {
      claude: { type: 'http', host: '127.0.0.1', port: proxy.port, username: 'me', password: 'planted proxy password' },
    },
  });
});
afterAll(async () => {
  await login.stop();
  await Promise.all([claude.close(), inference.close(), proxy.close()]);
});

async function signIn(): Promise<string> {
  const { body } = await login.call('POST', '/api/oauth/start', { provider: 'claude', method: 'paste' });
  const pasted = await openInBrowser(asString(body['authUrl']) ?? '');
  const path = `/api/oauth/sessions/${asString(body['sessionId'])}/complete`;
  return asString((await login.call('POST', path, { pasted })).body['message']) ?? '';
}

it('the exchange, the account and the refresh go through the proxy, and nowhere when it is gone', async () => {
  claude.next.expiresInS = 1;
  expect(await signIn()).toContain('Signed in');
  const { host } = new URL(claude.url);
  const seen = (): number => proxy.tunnels.filter((target) => target === host).length;
  expect(seen()).toBeGreaterThan(0);
  const asked = claude.asked.length;
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const ask = () =>
    login.core.post('/v1/messages', {
      model: 'cc/claude-sonnet-4-5',
      max_tokens: 9,
      messages: [{ role: 'user', content: 'hi' }],
    });
  expect((await ask()).status).toBe(200);
  // The sweep in the background may have been there first.
  expect(claude.families.refreshes).toBeGreaterThan(0);
  expect(claude.asked.length).toBe(asked + claude.families.refreshes);

  await proxy.close();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const tokenCalls = (): number => claude.asked.filter(({ path }) => path === '/v1/oauth/token').length;
  const before = tokenCalls();
  expect((await ask()).status).toBeGreaterThan(499);
  expect(await signIn()).toMatch(/proxy/i);
  expect(tokenCalls()).toBe(before);
});
