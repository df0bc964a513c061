import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asString, type JsonObject } from '../../../core/base/json.ts';
import { openInBrowser } from '../../support/auth-servers/auth-server.ts';
import { type CodexAuthServer, startCodexAuth } from '../../support/auth-servers/codex.ts';
import { type LoginCore, startLoginCore, untilPortIsFree } from './login-core.ts';

const ada = { email: 'ada@example.com', id: 'acct-ada', name: 'Ada', plan: 'plus' };

let vendor: CodexAuthServer;
let login: LoginCore;
beforeAll(async () => {
  vendor = await startCodexAuth(ada);
  login = await startLoginCore({
    codex: { hosts: { authorize: vendor.url, token: vendor.url, account: vendor.url, api: vendor.url } },
  });
});
afterAll(async () => {
  await login.stop();
  await vendor.close();
});

/** A sign-in in the browser, to its end. */
async function signIn(): Promise<{ view: JsonObject; page: string; pageStatus: number }> {
  await untilPortIsFree(1455);
  const { body } = await login.call('POST', '/api/oauth/start', { provider: 'codex' });
  const back = await openInBrowser(asString(body['authUrl']) ?? '');
  const response = await fetch(back);
  return {
    view: await login.ended(asString(body['sessionId']) ?? ''),
    page: await response.text(),
    pageStatus: response.status,
  };
}

describe('Codex', () => {
  it('is signed in to in the browser, on its own port', async () => {
    const { view, page, pageStatus } = await signIn();
    expect(view).toMatchObject({ state: 'done', connection: { provider: 'codex', email: 'ada@example.com' } });
    expect([pageStatus, page]).toEqual([200, expect.stringContaining('Signed in')]);
    expect(vendor.faults).toEqual([]);
    expect(await login.connections()).toEqual([
      expect.objectContaining({
        provider: 'codex',
        authType: 'oauth',
        email: 'ada@example.com',
        displayName: 'Ada',
        plan: 'plus',
        testStatus: 'active',
        isActive: true,
        hasApiKey: false,
        expiresAt: expect.stringMatching(/^\d{4}-/),
      }),
    ]);
  });

  it('updates the account that matches, and keeps another workspace and another person apart', async () => {
    await signIn();
    expect(await login.connections()).toHaveLength(1);
    const organizations = [
      { id: 'org-1', title: 'Personal', is_default: true },
      { id: 'org-2', title: 'Analytical Engines', is_default: false },
    ];
    vendor.next.account = { ...ada, id: 'acct-team', plan: 'team', organizations };
    await signIn();
    vendor.next.account = { email: 'bob@example.com', id: 'acct-bob', plan: 'pro' };
    await signIn();
    // The plan of her own, told with the organisations that she belongs to elsewhere.
    vendor.next.account = { ...ada, id: 'acct-pro', plan: 'pro', organizations };
    await signIn();
    const connections = await login.connections();
    expect(connections.map(({ email, plan, workspace }) => [email, plan, workspace])).toEqual([
      ['ada@example.com', 'plus', undefined],
      ['ada@example.com', 'team', 'Analytical Engines'],
      ['bob@example.com', 'pro', undefined],
      ['ada@example.com', 'pro', 'Analytical Engines'],
    ]);
    expect(new Set(connections.map(({ name }) => name)).size).toBe(4);
    expect(vendor.faults).toEqual([]);
  });
});
