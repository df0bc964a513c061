/** Logins of Codex's own command line, taken over and followed, against the vendor's simulated servers. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FOLLOWS } from '../../../core/accounts/logins/follows.ts';
import { followedTokens } from '../../../core/accounts/logins/imports.ts';
import { asString, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { Secret } from '../../../core/base/secret.ts';
import { unsignedToken } from '../../support/auth-servers/auth-server.ts';
import { type CodexAuthServer, startCodexAuth } from '../../support/auth-servers/codex.ts';
import { type LoginCore, sentenceOf, startLoginCore } from './login-core.ts';

const ada = { email: 'ada@example.com', id: 'acct-ada', name: 'Ada', plan: 'plus' };
const HOUR_S = 3_600;

let vendor: CodexAuthServer;
let login: LoginCore;
let home: string;
/** Tokens that the simulated vendor takes for good. */
let good: Set<string>;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'omniroute-home-'));
  good = new Set();
  vendor = await startCodexAuth(ada);
  // https://developers.openai.com/codex: the account's limits, behind the token and the account's id.
  vendor.answerInstead('/backend-api/wham/usage', ({ headers }) =>
    good.has(headers.authorization ?? '') && headers['chatgpt-account-id'] === ada.id
      ? { body: { plan_type: 'plus', rate_limit: {} } }
      : { status: 401, body: { detail: 'Could not parse your authentication token.' } },
  );
  const hosts = { authorize: vendor.url, token: vendor.url, account: vendor.url, api: vendor.url };
  login = await startLoginCore({ codex: { hosts } }, { env: { HOME: home } });
});
afterEach(async () => {
  await login.stop();
  await vendor.close();
  rmSync(home, { recursive: true, force: true });
});

/** What `codex login` leaves behind, its access token good for so long. */
function signInWithTool(lifeS = HOUR_S): { accessToken: string; refreshToken: string } {
  const { refreshToken } = vendor.families.grant(ada);
  const accessToken = unsignedToken({ exp: Math.floor(Date.now() / 1_000) + lifeS, jti: refreshToken });
  const id_token = unsignedToken({
    email: ada.email,
    name: ada.name,
    'https://api.openai.com/auth': { chatgpt_account_id: ada.id, chatgpt_plan_type: ada.plan },
  });
  good.add(`Bearer ${accessToken}`);
  const tokens = { id_token, access_token: accessToken, refresh_token: refreshToken, account_id: ada.id };
  mkdirSync(join(home, '.codex'), { recursive: true });
  writeFileSync(
    join(home, '.codex', 'auth.json'),
    JSON.stringify({ OPENAI_API_KEY: null, tokens, last_refresh: '2026-11-25T00:00:00Z' }),
  );
  return { accessToken, refreshToken };
}

async function found(): Promise<JsonObject> {
  const { body, text } = await login.call('GET', '/api/oauth/imports');
  expect(text).not.toMatch(/rt-|eyJ/);
  return objectsOf(body['logins'])[0] ?? {};
}
const take = async (follow: boolean) =>
  login.call('POST', '/api/oauth/imports', { id: asString((await found())['id']) ?? '', follow });

describe('the login of a vendor’s tool', () => {
  it('is shown before anything is taken, with the warning that it rotates', async () => {
    signInWithTool();
    expect(await found()).toMatchObject({
      ...{ provider: 'codex', tool: 'Codex CLI', account: ada.email, plan: 'plus', follow: 'may' },
      path: join(home, '.codex', 'auth.json'),
      warning: expect.stringContaining('each renewal ends the one before'),
    });
    expect(vendor.asked).toEqual([]);
    expect(await login.connections()).toEqual([]);
  });

  it('is asked for at the provider, kept, and the same account when it is taken again', async () => {
    signInWithTool();
    const { status, body } = await take(false);
    expect([status, body]).toEqual([
      201,
      { connection: expect.objectContaining({ provider: 'codex', email: ada.email }) },
    ]);
    await take(true);
    expect(await login.connections()).toEqual([
      expect.objectContaining({ plan: 'plus', testStatus: 'active', isActive: true }),
    ]);
  });

  it('is not kept when its provider takes it no more', async () => {
    signInWithTool();
    good.clear();
    const { status, body, text } = await take(false);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(sentenceOf(body)).toBe(
      'OpenAI Codex no longer accepts this login. Sign in with Codex CLI again, or sign in here.',
    );
    expect(text).not.toMatch(/rt-|eyJ/);
    expect(await login.connections()).toEqual([]);
  });

  it('that has ended is renewed when it is taken over, and not when it is followed', async () => {
    signInWithTool(-HOUR_S);
    const followed = await take(true);
    expect([followed.status, sentenceOf(followed.body)]).toEqual([
      400,
      expect.stringContaining('Start Codex CLI once'),
    ]);
    expect(vendor.families.refreshes).toBe(0);
    vendor.answerInstead('/backend-api/wham/usage', () => ({ body: { plan_type: 'plus' } }));
    expect((await take(false)).status).toBe(201);
    expect([vendor.families.refreshes, vendor.families.reuses, vendor.faults]).toEqual([1, 0, []]);
  });

  it('that was renewed, and could not be asked for then, is taken at the next try: its old token is used up', async () => {
    signInWithTool(-HOUR_S);
    vendor.answerInstead('/backend-api/wham/usage', () => ({ status: 503, body: 'down' }));
    expect((await take(false)).status).toBe(503);
    vendor.answerInstead('/backend-api/wham/usage', () => ({ body: { plan_type: 'plus' } }));
    expect((await take(false)).status).toBe(201);
    expect([vendor.families.refreshes, vendor.families.reuses, vendor.faults]).toEqual([1, 0, []]);
  });

  it('that is followed gets the tool’s next token from the file, and never renews it', async () => {
    const tool = signInWithTool();
    expect((await take(true)).status).toBe(201);
    const id = String((await found())['id']);
    const machine = { platform: process.platform, homeDirectory: home, env: {} };
    const held = { accessToken: new Secret(tool.accessToken), data: { accountId: ada.id, [FOLLOWS]: id }, secrets: {} };
    const next = signInWithTool(2 * HOUR_S);
    const followed = followedTokens(machine, held, Date.now());
    expect(followed).toMatchObject({ data: held.data, expiresAtMs: expect.any(Number) });
    expect([followed?.accessToken.reveal(), followed?.refreshToken]).toEqual([next.accessToken, undefined]);
    expect(() => followedTokens(machine, held, Date.now() + 3 * HOUR_S * 1_000)).toThrow('Start Codex CLI once');
    expect(followedTokens(machine, { ...held, data: {} }, Date.now())).toBeUndefined();
    expect(vendor.families.refreshes).toBe(0);
  });

  it('does not follow a file where renewing takes nothing: Copilot’s short token would never be exchanged anew', async () => {
    mkdirSync(join(home, '.config', 'github-copilot'), { recursive: true });
    const apps = { 'github.com:Iv1.b507a08c87ecfe98': { user: 'ada', oauth_token: 'gho_1' } };
    writeFileSync(join(home, '.config', 'github-copilot', 'apps.json'), JSON.stringify(apps));
    expect(await found()).toMatchObject({ provider: 'github', follow: 'no' });
    const { status, body } = await take(true);
    expect([status, sentenceOf(body)]).toEqual([400, expect.stringContaining('without following')]);
  });

  it('is gone when its file is', async () => {
    signInWithTool();
    const { id } = await found();
    rmSync(join(home, '.codex'), { recursive: true });
    const { status, body } = await login.call('POST', '/api/oauth/imports', { id, follow: false });
    expect([status, sentenceOf(body)]).toEqual([404, expect.stringContaining('Look for logins again')]);
  });
});
