/** Accounts at a start that goes badly: without the network, and with a clock that is wrong. */
import { expect, it, onTestFinished } from 'vitest';
import { asString, type JsonObject } from '../../../core/base/json.ts';
import { temporaryFolder } from '../../store/temporary-store.ts';
import { openInBrowser, type SimulatedAccount } from '../../support/auth-servers/auth-server.ts';
import { startClaudeAuth } from '../../support/auth-servers/claude.ts';
import { startGitHubAuth } from '../../support/auth-servers/github.ts';
import { chatAnswer, messagesAnswer, sendJson, startUpstream } from '../../support/upstream.ts';
import { type LoginCore, startLoginCore } from '../flows/login-core.ts';

const ada: SimulatedAccount = { email: 'ada@example.com', id: 'ada' };
const messages = [{ role: 'user', content: 'hi' }];
/** As the issue asks. */
const RECOVERY_MS = 150_000;

const hostsAt = (url: string, api: string): object => ({
  hosts: { api, account: url, authorize: url, token: url, device: url },
});
const only = async (login: LoginCore): Promise<JsonObject> => (await login.connections())[0] ?? {};

it(
  'without the network keeps the account, says so, and has it back when the network is',
  async () => {
    const vendor = await startClaudeAuth(ada);
    const inference = await startUpstream((_received, response) =>
      sendJson(response, messagesAnswer([{ type: 'text', text: 'hi' }])),
    );
    onTestFinished(async () => void (await Promise.all([vendor.close(), inference.close()])));
    const dataDirectory = temporaryFolder();
    const overrides = { claude: hostsAt(vendor.url, inference.url) };
    vendor.next.expiresInS = 1;
    const before = await startLoginCore(overrides, { dataDirectory });
    const { body } = await before.call('POST', '/api/oauth/start', { provider: 'claude', method: 'paste' });
    const pasted = await openInBrowser(asString(body['authUrl']) ?? '');
    await before.call('POST', `/api/oauth/sessions/${asString(body['sessionId'])}/complete`, { pasted });
    await before.stop();
    await new Promise((resolve) => setTimeout(resolve, 1_000));

    vendor.next.expiresInS = 3_600;
    vendor.answerInstead('/v1/oauth/token', () => ({ status: 0 }));
    const login = await startLoginCore(overrides, { dataDirectory });
    onTestFinished(() => login.stop());
    const ask = async (): Promise<readonly [number, string]> => {
      const answer = await login.core.post('/v1/messages', { model: 'cc/claude-sonnet-4-5', max_tokens: 9, messages });
      return [answer.status, await answer.text()];
    };
    // Past the first look at all accounts, two seconds after the start.
    const offlineMs = performance.now() + 3_000;
    for (; performance.now() < offlineMs; await new Promise((resolve) => setTimeout(resolve, 100))) {
      const [status, text] = await ask();
      expect(status).toBeGreaterThan(499);
      expect(text).toMatch(/no fresh token|tried again/);
    }
    expect(await only(login)).toMatchObject({ isActive: true, email: ada.email });
    expect((await only(login))['testStatus']).not.toBe('expired');
    vendor.answerInstead('/v1/oauth/token', undefined);
    await expect.poll(async () => (await ask())[0], { timeout: RECOVERY_MS, interval: 500 }).toBe(200);
    expect([vendor.families.refreshes, vendor.families.reuses, vendor.faults]).toEqual([1, 0, []]);
  },
  RECOVERY_MS + 30_000,
);

it.each([
  ['ahead', 50 * 60_000],
  ['behind', -50 * 60_000],
])('with a clock that is 50 minutes %s, a token that lasts for 30 is got once and used', async (_name, byMs) => {
  const github = await startGitHubAuth();
  const inference = await startUpstream((_received, response) => sendJson(response, chatAnswer('hi')));
  const clock = { nowMs: () => Date.now() + byMs };
  const login = await startLoginCore({ github: hostsAt(github.url, inference.url) }, { clock });
  onTestFinished(async () => {
    await login.stop();
    await Promise.all([github.close(), inference.close()]);
  });
  const { body } = await login.call('POST', '/api/oauth/start', { provider: 'github' });
  github.desk.enter(ada);
  expect(await login.ended(asString(body['sessionId']) ?? '')).toMatchObject({ state: 'done' });
  for (let turn = 0; turn < 10; turn += 1) {
    const answer = await login.core.post('/v1/chat/completions', { model: 'gh/gpt-4.1', messages });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringContaining('hi')]);
  }
  expect(github.copilot.exchanges).toBe(1);
});
