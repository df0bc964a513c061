/** OpenAI's sign-in as Codex uses it (facts.md B.1 to B.4): a fixed port, forms, rotating refresh tokens, ID token claims. */
import {
  type Asked,
  type AuthServer,
  Codes,
  checkBody,
  checkFields,
  provesPossession,
  redirectTo,
  type SimulatedAccount,
  startAuthServer,
  type Tools,
  unsignedToken,
} from './auth-server.ts';

const CLIENT = 'app_EMoamEEZ73f0CkXaXp7hrann';
const REDIRECT = 'http://localhost:1455/auth/callback';
const SCOPE = 'openid profile email offline_access';

export interface CodexAccount extends SimulatedAccount {
  readonly plan: string;
  readonly organizations?: readonly { readonly id: string; readonly title: string; readonly is_default: boolean }[];
}

export interface CodexAuthServer extends AuthServer {
  /** Who signs in next, and how it answers. */
  next: { account: CodexAccount; expiresInS: number; deny?: string };
}

export async function startCodexAuth(account: CodexAccount): Promise<CodexAuthServer> {
  const codes = new Codes();
  const next: CodexAuthServer['next'] = { account, expiresInS: 864_000 };
  const server = await startAuthServer((tools) => ({
    'GET /oauth/authorize': ({ query }) => {
      checkFields(
        'authorize',
        Object.fromEntries(query),
        {
          response_type: 'code',
          client_id: CLIENT,
          redirect_uri: REDIRECT,
          scope: SCOPE,
          code_challenge: /^[\w-]{43}$/,
          code_challenge_method: 'S256',
          id_token_add_organizations: 'true',
          codex_cli_simplified_flow: 'true',
          originator: 'codex_cli_rs',
          state: /^[\w-]{20,}$/,
        },
        tools.fault,
      );
      const state = query.get('state') ?? '';
      if (next.deny !== undefined) return redirectTo(REDIRECT, { error: next.deny, state });
      return redirectTo(REDIRECT, { code: codes.issue(query, next.account), state });
    },
    'POST /oauth/token': (asked) =>
      asked.fields['grant_type'] === 'refresh_token'
        ? refresh(asked, tools, next)
        : exchange(asked, tools, { codes, expiresInS: next.expiresInS }),
  }));
  return Object.assign(server, { next });
}

function exchange(
  asked: Asked,
  { families, fault }: Tools,
  { codes, expiresInS }: { codes: Codes; expiresInS: number },
) {
  const { fields } = asked;
  checkBody(asked, 'form', fault);
  checkFields(
    'token',
    fields,
    {
      grant_type: 'authorization_code',
      code: /^code-/,
      redirect_uri: REDIRECT,
      client_id: CLIENT,
      code_verifier: /^[\w.~-]{43,128}$/,
    },
    fault,
  );
  const issued = codes.take(fields['code']);
  if (issued === undefined || !provesPossession(fields['code_verifier'], issued.query.get('code_challenge')))
    return { status: 400, body: { error: 'invalid_grant', error_description: `bad code ${fields['code']}` } };
  return tokens(families.grant(issued.account), issued.account as CodexAccount, expiresInS);
}

function refresh(asked: Asked, { families, fault }: Tools, { expiresInS }: CodexAuthServer['next']) {
  const { fields } = asked;
  checkBody(asked, 'form', fault);
  const wanted = { grant_type: 'refresh_token', refresh_token: /^rt-/, client_id: CLIENT, scope: SCOPE };
  checkFields('refresh', fields, wanted, fault);
  const rotated = families.rotate(fields['refresh_token'] ?? '');
  if (rotated === undefined) {
    const message = `Your refresh token ${fields['refresh_token']} has already been used.`;
    return { status: 401, body: { error: { message, type: 'invalid_request_error', code: 'refresh_token_reused' } } };
  }
  return tokens(rotated, rotated.account as CodexAccount, expiresInS);
}

function tokens(pair: { accessToken: string; refreshToken: string }, account: CodexAccount, expiresInS: number) {
  const claims = {
    iss: 'https://auth.openai.com',
    aud: [CLIENT],
    email: account.email,
    name: account.name,
    'https://api.openai.com/auth': {
      chatgpt_account_id: account.id,
      chatgpt_plan_type: account.plan,
      chatgpt_user_id: `user-${account.id}`,
      organizations: account.organizations ?? [{ id: `org-${account.id}`, title: 'Personal', is_default: true }],
    },
  };
  const { accessToken: access_token, refreshToken: refresh_token } = pair;
  return {
    body: {
      access_token,
      refresh_token,
      id_token: unsignedToken(claims),
      token_type: 'Bearer',
      expires_in: expiresInS,
    },
  };
}
