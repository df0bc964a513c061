/** Anthropic's sign-in as Claude Code uses it (facts.md B.1 to B.4): JSON bodies, the state in them, rotating tokens. */
import {
  type AuthServer,
  bearerOf,
  Codes,
  checkBody,
  checkFields,
  provesPossession,
  redirectTo,
  type SimulatedAccount,
  startAuthServer,
} from './auth-server.ts';

const CLIENT = '9d1c250a-e61b-44d9-88ed-5944d1962f5e';
const SCOPE = 'org:create_api_key user:profile user:inference user:sessions:claude_code user:mcp_servers';
const REDIRECT = /^(?:http:\/\/localhost:\d+\/callback|https:\/\/platform\.claude\.com\/oauth\/code\/callback)$/;

export interface ClaudeAuthServer extends AuthServer {
  next: { account: SimulatedAccount; expiresInS: number };
}

export async function startClaudeAuth(account: SimulatedAccount): Promise<ClaudeAuthServer> {
  const codes = new Codes();
  const next: ClaudeAuthServer['next'] = { account, expiresInS: 28_800 };
  const server = await startAuthServer(({ families, fault }) => ({
    'GET /oauth/authorize': ({ query }) => {
      const wanted = {
        ...{ code: 'true', client_id: CLIENT, response_type: 'code', redirect_uri: REDIRECT, scope: SCOPE },
        ...{ code_challenge: /^[\w-]{43}$/, code_challenge_method: 'S256', state: /^[\w-]{20,}$/ },
      };
      checkFields('authorize', Object.fromEntries(query), wanted, fault);
      return redirectTo(query.get('redirect_uri') ?? '', {
        code: codes.issue(query, next.account),
        state: query.get('state') ?? '',
      });
    },
    'POST /v1/oauth/token': (asked) => {
      const { fields } = asked;
      checkBody(asked, 'json', fault);
      const isRefresh = fields['grant_type'] === 'refresh_token';
      if (isRefresh) {
        checkFields('refresh', fields, { grant_type: /./, refresh_token: /^rt-/, client_id: CLIENT }, fault);
      } else {
        const wanted = { grant_type: 'authorization_code', code: /^code-/, state: /./, client_id: CLIENT };
        checkFields('token', fields, { ...wanted, redirect_uri: REDIRECT, code_verifier: /./ }, fault);
      }
      const issued = isRefresh ? undefined : codes.take(fields['code']);
      const isGood =
        issued !== undefined &&
        fields['redirect_uri'] === issued.query.get('redirect_uri') &&
        fields['state'] === issued.query.get('state') &&
        provesPossession(fields['code_verifier'], issued.query.get('code_challenge'));
      const refreshed = isRefresh ? families.rotate(fields['refresh_token'] ?? '') : undefined;
      const pair = refreshed ?? (isGood ? families.grant(issued.account) : undefined);
      if (pair === undefined)
        return {
          status: 400,
          body: { error: 'invalid_grant', error_description: 'Refresh token not found or invalid' },
        };
      const owner = refreshed?.account ?? issued?.account ?? next.account;
      return {
        body: {
          ...{ token_type: 'Bearer', access_token: pair.accessToken, refresh_token: pair.refreshToken },
          ...{ expires_in: next.expiresInS, scope: SCOPE },
          account: { uuid: owner.id, email_address: owner.email },
          organization: organizationOf(owner),
        },
      };
    },
    'GET /api/oauth/profile': (asked) => {
      if (asked.headers['anthropic-beta'] !== 'oauth-2025-04-20') fault('profile: the OAuth beta is not named');
      const owner = families.accountOf(bearerOf(asked));
      if (owner === undefined) return { status: 401, body: { type: 'error', error: { type: 'authentication_error' } } };
      return {
        body: {
          account: { uuid: owner.id, email: owner.email, full_name: owner.name, has_claude_max: true },
          organization: {
            ...organizationOf(owner),
            organization_type: owner.team === undefined ? 'claude_max' : 'claude_team',
          },
        },
      };
    },
  }));
  return Object.assign(server, { next });
}

function organizationOf({ id, email, team }: SimulatedAccount): { readonly uuid: string; readonly name: string } {
  return { uuid: `org-${team ?? id}`, name: team ?? `${email}'s Organization` };
}
