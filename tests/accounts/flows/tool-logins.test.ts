import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findToolLogins, readToolLogin } from '../../../core/accounts/flows/tool-logins/find.ts';
import type { Machine } from '../../../core/accounts/flows/tool-logins/tool-login.ts';
import { temporaryFolder } from '../../store/temporary-store.ts';

/** A home with files in it; the shapes are those of facts.md B.6. */
function home(files: Readonly<Record<string, unknown>>, change: Partial<Machine> = {}): Machine {
  const homeDirectory = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    const file = join(homeDirectory, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return { platform: 'linux', homeDirectory, env: {}, ...change };
}

const jwt = (claims: object): string =>
  [{ alg: 'RS256' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
    .concat('.c2ln');

/** Tokens revealed, for comparison. */
const seen = (machine: Machine) =>
  findToolLogins(machine).map(({ reader, login, problem }) => ({
    provider: reader.provider,
    ...(problem !== undefined && { problem }),
    ...(login && {
      access: login.tokens.accessToken?.reveal(),
      refresh: login.tokens.refreshToken?.reveal(),
      expiresAtMs: login.tokens.expiresAtMs,
      account: login.account,
      plan: login.plan,
      ...(login.method !== undefined && { method: login.method }),
      ...(login.options && { options: login.options }),
      ...(login.answer && { answer: login.answer }),
      ...(login.client && { client: [login.client.id, login.client.secret.reveal()] }),
    }),
  }));

const CLAUDE = {
  claudeAiOauth: {
    accessToken: 'at',
    refreshToken: 'rt',
    expiresAt: 1_900_000_000_000,
    scopes: ['user:inference'],
    subscriptionType: 'max',
  },
};

describe('logins of the vendors’ tools', () => {
  it('finds nothing in an empty home', () => expect(findToolLogins(home({}))).toEqual([]));

  it('Claude Code, where its folder is moved too', () => {
    const login = {
      provider: 'claude',
      access: 'at',
      refresh: 'rt',
      expiresAtMs: 1_900_000_000_000,
      plan: 'max',
    };
    expect(seen(home({ '.claude/.credentials.json': CLAUDE }))).toEqual([login]);
    const machine = home({ 'elsewhere/.credentials.json': CLAUDE });
    expect(seen({ ...machine, env: { CLAUDE_CONFIG_DIR: join(machine.homeDirectory, 'elsewhere') } })).toEqual([login]);
  });

  it('Codex: account, plan and expiry from the tokens; an API key is no login', () => {
    const claims = {
      email: 'me@example.org',
      'https://api.openai.com/auth': { chatgpt_plan_type: 'plus', chatgpt_account_id: 'acc' },
    };
    const tokens = { id_token: jwt(claims), access_token: jwt({ exp: 1_900_000_000 }), refresh_token: 'rt' };
    expect(
      seen(home({ '.codex/auth.json': { OPENAI_API_KEY: null, tokens, last_refresh: '2026-11-01T00:00:00Z' } })),
    ).toEqual([
      {
        provider: 'codex',
        access: tokens.access_token,
        refresh: 'rt',
        expiresAtMs: 1_900_000_000_000,
        account: 'me@example.org',
        plan: 'plus',
      },
    ]);
    expect(seen(home({ '.codex/auth.json': { OPENAI_API_KEY: 'sk-1', tokens: null } }))).toEqual([]);
  });

  it('Gemini CLI: the e-mail address stands in a file beside it', () => {
    const files = {
      '.gemini/oauth_creds.json': {
        access_token: 'at',
        refresh_token: 'rt',
        scope: 's',
        token_type: 'Bearer',
        expiry_date: 5,
      },
      '.gemini/google_accounts.json': { active: 'me@example.org', old: [] },
    };
    expect(seen(home(files))).toMatchObject([{ provider: 'gemini-cli', account: 'me@example.org', expiresAtMs: 5 }]);
  });

  it('Qwen Code: the host to call', () => {
    const login = {
      access_token: 'at',
      refresh_token: 'rt',
      token_type: 'Bearer',
      resource_url: 'portal.qwen.ai',
      expiry_date: 5,
    };
    expect(seen(home({ '.qwen/oauth_creds.json': login }))).toMatchObject([
      { provider: 'qwen', answer: { resource_url: 'portal.qwen.ai' } },
    ]);
  });

  it('Kiro: the client registered for a Builder ID lies beside it, and no path leads out of the folder', () => {
    const login = {
      accessToken: 'at',
      refreshToken: 'aorAAAAAGx',
      expiresAt: '2026-12-01T00:00:00.000Z',
      authMethod: 'IdC',
      provider: 'BuilderId',
      region: 'us-east-1',
      clientIdHash: 'abc123',
    };
    const cache = '.aws/sso/cache';
    const files = {
      [`${cache}/kiro-auth-token.json`]: login,
      [`${cache}/abc123.json`]: { clientId: 'cid', clientSecret: 'cs' },
    };
    expect(seen(home(files))).toEqual([
      {
        provider: 'kiro',
        access: 'at',
        refresh: 'aorAAAAAGx',
        expiresAtMs: Date.UTC(2026, 11, 1),
        method: 'builder-id',
        options: { region: 'us-east-1' },
        answer: {},
        client: ['cid', 'cs'],
      },
    ]);
    const outside = {
      [`${cache}/kiro-auth-token.json`]: { ...login, clientIdHash: '../x' },
      '.aws/sso/x.json': { clientId: 'cid', clientSecret: 'cs' },
    };
    expect(seen(home(outside))[0]).not.toHaveProperty('client');
  });

  it('GitHub Copilot: every account at github.com, from the newer of its files', () => {
    const files = {
      '.config/github-copilot/apps.json': {
        'github.com:Iv1.b507a08c87ecfe98': { user: 'octo', oauth_token: 'ghu_1', githubAppId: 'Iv1.b507a08c87ecfe98' },
        'ghe.example.org:Iv1.b507a08c87ecfe98': { user: 'work', oauth_token: 'ghu_2' },
      },
      '.config/github-copilot/hosts.json': { 'github.com': { user: 'old', oauth_token: 'ghu_0' } },
    };
    expect(seen(home(files))).toMatchObject([{ provider: 'github', account: 'octo', access: 'ghu_1' }]);
    const onlyOld = { '.config/github-copilot/hosts.json': files['.config/github-copilot/hosts.json'] };
    expect(seen(home(onlyOld))).toMatchObject([{ account: 'old' }]);
  });

  it('GitHub Copilot: one person’s logins of two editors can each be chosen', () => {
    const apps = {
      'github.com:Iv1.b507a08c87ecfe98': { user: 'octo', oauth_token: 'ghu_1' },
      'github.com:Iv23ctfURkiMfJ4xr5mv': { user: 'octo', oauth_token: 'ghu_2' },
    };
    const machine = home({ '.config/github-copilot/apps.json': apps });
    const tokens = findToolLogins(machine).map(({ id }) => readToolLogin(machine, id)?.login?.tokens.accessToken);
    expect(tokens.map((token) => token?.reveal())).toEqual(['ghu_1', 'ghu_2']);
  });

  it('iFlow CLI', () => {
    const login = { access_token: 'at', refresh_token: 'rt', expiry_date: 5, token_type: 'bearer' };
    expect(seen(home({ '.iflow/oauth_creds.json': login }))).toMatchObject([
      { provider: 'iflow', access: 'at', refresh: 'rt' },
    ]);
  });

  it('takes an end that is no date for none', () => {
    const claudeAiOauth = { accessToken: 'at', expiresAt: 9e20 };
    const machine = home({ '.claude/.credentials.json': { claudeAiOauth } });
    expect(findToolLogins(machine)[0]?.login?.tokens).not.toHaveProperty('expiresAtMs');
  });

  it('names a file that is no login, and goes on with the others', () => {
    const machine = home({
      '.claude/.credentials.json': '{"claudeAiOauth":',
      '.qwen/oauth_creds.json': { access_token: 'at' },
    });
    expect(seen(machine)).toMatchObject([
      {
        provider: 'claude',
        problem: expect.stringContaining('.credentials.json does not hold a login. Sign in again'),
      },
      { provider: 'qwen' },
    ]);
  });

  it('names a file that may not be read', (context) => {
    if (process.getuid?.() === 0) context.skip('root may read everything');
    const machine = home({ '.claude/.credentials.json': CLAUDE });
    chmodSync(join(machine.homeDirectory, '.claude/.credentials.json'), 0);
    expect(seen(machine)).toMatchObject([{ problem: expect.stringContaining('cannot be read') }]);
  });

  it('keeps its id from look to look, and tokens out of sight', () => {
    const machine = home({ '.claude/.credentials.json': CLAUDE });
    const [first, second] = [findToolLogins(machine), findToolLogins(machine)];
    expect(first[0]?.id).toBe(second[0]?.id);
    expect(JSON.stringify(first)).not.toMatch(/"(?:at|rt)"/);
  });
});
