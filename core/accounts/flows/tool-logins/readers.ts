/** Every tool whose login can be taken over (facts.md B.6), with the shape of its file. */
import { join } from 'node:path';
import { asNumber, asObject, asString, compact, type JsonObject } from '../../../base/json.ts';
import { Secret } from '../../../base/secret.ts';
import { claimsOf } from '../../oauth/claims.ts';
import type { Machine, ToolLoginReader, ToolTokens } from './tool-login.ts';

/** Claude Code: https://code.claude.com/docs/en/authentication. On macOS it uses the keychain instead of this file. */
const claudeCode: ToolLoginReader = {
  provider: 'claude',
  tool: 'Claude Code',
  rotates: true,
  paths: ({ homeDirectory, env }) => [
    join(env['CLAUDE_CONFIG_DIR'] ?? join(homeDirectory, '.claude'), '.credentials.json'),
  ],
  read: (json) => {
    const login = asObject(json['claudeAiOauth']);
    const tokens = tokensOf(login, {
      access: 'accessToken',
      refresh: 'refreshToken',
      expiresAtMs: asNumber(login?.['expiresAt']),
    });
    return tokens === undefined ? [] : [compact({ tokens, plan: asString(login?.['subscriptionType']) })];
  },
};

/** Codex CLI: https://developers.openai.com/codex/auth. A file with an API key instead of tokens is no login. */
const codexCli: ToolLoginReader = {
  provider: 'codex',
  tool: 'Codex CLI',
  rotates: true,
  paths: ({ homeDirectory, env }) => [join(env['CODEX_HOME'] ?? join(homeDirectory, '.codex'), 'auth.json')],
  read: (json) => {
    const login = asObject(json['tokens']);
    const tokens = tokensOf(login, SNAKE_CASE);
    if (tokens === undefined) return [];
    const claims = claimsOf(tokens.idToken);
    const expiresAtMs = secondsToMs(asNumber(claimsOf(tokens.accessToken)['exp']));
    const plan = asString(asObject(claims['https://api.openai.com/auth'])?.['chatgpt_plan_type']);
    return [compact({ tokens: compact({ ...tokens, expiresAtMs }), account: asString(claims['email']), plan })];
  },
};

/** Gemini CLI: https://geminicli.com/docs. Google gives no new refresh token at a renewal, so both can use it. */
const geminiCliTool: ToolLoginReader = {
  provider: 'gemini-cli',
  tool: 'Gemini CLI',
  rotates: false,
  paths: ({ homeDirectory, env }) => [join(env['GEMINI_CLI_HOME'] ?? homeDirectory, '.gemini', 'oauth_creds.json')],
  read: (json, beside) => {
    const tokens = tokensOf(json, { ...SNAKE_CASE, expiresAtMs: asNumber(json['expiry_date']) });
    if (tokens === undefined) return [];
    const email = asString(claimsOf(tokens.idToken)['email']);
    return [compact({ tokens, account: asString(beside('google_accounts.json')?.['active']) ?? email })];
  },
};

/** Qwen Code: https://github.com/QwenLM/qwen-code. `resource_url` is the host to call, often without a scheme. */
const qwenCode: ToolLoginReader = {
  provider: 'qwen',
  tool: 'Qwen Code',
  rotates: true,
  paths: ({ homeDirectory }) => [join(homeDirectory, '.qwen', 'oauth_creds.json')],
  read: (json) => {
    const tokens = tokensOf(json, { ...SNAKE_CASE, expiresAtMs: asNumber(json['expiry_date']) });
    return tokens === undefined ? [] : [{ tokens, answer: compact({ resource_url: asString(json['resource_url']) }) }];
  },
};

/** Kiro's IDE, in AWS's SSO cache; the client that signed in with a Builder ID or a company's start URL lies beside it. */
const kiroIde: ToolLoginReader = {
  provider: 'kiro',
  tool: 'Kiro',
  rotates: true,
  paths: ({ homeDirectory }) => [join(homeDirectory, '.aws', 'sso', 'cache', 'kiro-auth-token.json')],
  read: (json, beside) => {
    const tokens = tokensOf(json, {
      access: 'accessToken',
      refresh: 'refreshToken',
      expiresAtMs: dateMs(asString(json['expiresAt'])),
    });
    if (tokens === undefined) return [];
    const clientIdHash = asString(json['clientIdHash']);
    const client =
      clientIdHash === undefined || !/^[\w-]+$/.test(clientIdHash) ? undefined : beside(`${clientIdHash}.json`);
    const [id, secret] = [asString(client?.['clientId']), asString(client?.['clientSecret'])];
    const region = asString(json['region']);
    return [
      compact({
        tokens,
        method: kiroMethod(asString(json['provider']), asString(json['authMethod'])),
        options: region === undefined ? undefined : { region },
        answer: compact({ profile_arn: asString(json['profileArn']) }),
        client: id === undefined || secret === undefined ? undefined : { id, secret: new Secret(secret) },
      }),
    ];
  },
};

/** Kiro names who signed the person in; what it calls `IdC` is a company's as well as a Builder ID's way. */
function kiroMethod(idp: string | undefined, authMethod: string | undefined): string {
  const known: Readonly<Record<string, string>> = { Google: 'google', Github: 'github', BuilderId: 'builder-id' };
  return known[idp ?? ''] ?? (authMethod === 'social' ? 'google' : 'idc');
}

/** GitHub Copilot's editor plug-ins: `apps.json`, before that `hosts.json`; one entry for each host and app. */
const copilotPlugin: ToolLoginReader = {
  provider: 'github',
  tool: 'GitHub Copilot',
  rotates: false,
  paths: (machine) =>
    ['apps.json', 'hosts.json'].map((name) => join(copilotDirectory(machine), 'github-copilot', name)),
  read: (json) =>
    Object.entries(json).flatMap(([host, entry]) => {
      const login = asObject(entry);
      const token = asString(login?.['oauth_token']);
      if (token === undefined || !/^github\.com(?::|$)/.test(host)) return [];
      return [compact({ tokens: { accessToken: new Secret(token) }, account: asString(login?.['user']) })];
    }),
};

/** iFlow CLI. Its login ends in an API key, which it keeps as well. */
const iflowCli: ToolLoginReader = {
  provider: 'iflow',
  tool: 'iFlow CLI',
  rotates: true,
  paths: ({ homeDirectory }) => [join(homeDirectory, '.iflow', 'oauth_creds.json')],
  read: (json) => {
    const tokens = tokensOf(json, { ...SNAKE_CASE, expiresAtMs: asNumber(json['expiry_date']) });
    return tokens === undefined
      ? []
      : [compact({ tokens, account: asString(json['userName']) ?? asString(json['email']) })];
  },
};

export const TOOL_LOGIN_READERS: readonly ToolLoginReader[] = [
  ...[claudeCode, codexCli, geminiCliTool, copilotPlugin],
  ...[qwenCode, kiroIde, iflowCli],
];

interface TokenNames {
  readonly access: string;
  readonly refresh: string;
  readonly id?: string;
  readonly expiresAtMs?: number | undefined;
}
const SNAKE_CASE = { access: 'access_token', refresh: 'refresh_token', id: 'id_token' };

/** Undefined where there is neither an access nor a refresh token: nobody is signed in. */
function tokensOf(
  login: JsonObject | undefined,
  { access, refresh, id, expiresAtMs }: TokenNames,
): ToolTokens | undefined {
  const secret = (name: string | undefined): Secret | undefined => {
    const text = name === undefined ? undefined : asString(login?.[name]);
    return text === undefined || text === '' ? undefined : new Secret(text);
  };
  const [accessToken, refreshToken, idToken] = [secret(access), secret(refresh), secret(id)];
  if (accessToken === undefined && refreshToken === undefined) return undefined;
  const isDate = expiresAtMs !== undefined && Number.isFinite(new Date(expiresAtMs).getTime());
  const ends = isDate ? { expiresAtMs } : {};
  return { ...compact({ accessToken, refreshToken, idToken, scope: asString(login?.['scope']) }), ...ends };
}

function copilotDirectory({ platform, homeDirectory, env }: Machine): string {
  if (platform === 'win32') return env['LOCALAPPDATA'] ?? join(homeDirectory, 'AppData', 'Local');
  return env['XDG_CONFIG_HOME'] ?? join(homeDirectory, '.config');
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}

function dateMs(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
