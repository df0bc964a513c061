/** iFlow's sign-in (facts.md B.1 to B.4): no PKCE, the redirect in a parameter of its own, Basic, and a key at its end. */
import { createHash } from 'node:crypto';
import { MARK } from '../marked-secrets.ts';
import {
  type AuthServer,
  Codes,
  checkBody,
  checkFields,
  redirectTo,
  type SimulatedAccount,
  startAuthServer,
} from './auth-server.ts';

const CLIENT = '10009311001';
/** No secret of anybody's. */
export const IFLOW_SECRET = `Simulated${MARK}0123456789`;

export interface IflowAuthServer extends AuthServer {
  next: { account: SimulatedAccount; expiresInS: number };
  keyOf(account: SimulatedAccount): string;
}

export async function startIflowAuth(account: SimulatedAccount): Promise<IflowAuthServer> {
  const codes = new Codes();
  const next: IflowAuthServer['next'] = { account, expiresInS: 172_800 };
  const keyOf = ({ id }: SimulatedAccount): string =>
    `sk-${MARK}${createHash('sha256').update(`key of ${id}`).digest('hex')}`;
  const basic = `Basic ${Buffer.from(`${CLIENT}:${IFLOW_SECRET}`).toString('base64')}`;
  const server = await startAuthServer(({ families, fault }) => ({
    'GET /oauth': ({ query }) => {
      const wanted = { loginMethod: 'phone', type: 'phone', state: /^[\w-]{20,}$/, client_id: CLIENT };
      const redirect = /^http:\/\/localhost:\d+\/callback$/;
      checkFields('authorize', Object.fromEntries(query), { ...wanted, redirect }, fault);
      return redirectTo(query.get('redirect') ?? '', {
        code: codes.issue(query, next.account),
        state: query.get('state') ?? '',
      });
    },
    'POST /oauth/token': (asked) => {
      const { fields, headers } = asked;
      checkBody(asked, 'form', fault);
      if (headers.authorization !== basic) return { status: 401, body: { error: 'invalid_client' } };
      const isRefresh = fields['grant_type'] === 'refresh_token';
      const wanted = isRefresh
        ? { grant_type: /./, refresh_token: /^rt-/ }
        : { grant_type: 'authorization_code', code: /^code-/, redirect_uri: /^http:\/\/localhost/ };
      checkFields('token', fields, wanted, fault);
      const issued = isRefresh ? undefined : codes.take(fields['code']);
      const isGood = issued !== undefined && issued.query.get('redirect') === fields['redirect_uri'];
      const pair = isRefresh
        ? families.rotate(fields['refresh_token'] ?? '')
        : isGood
          ? families.grant(issued.account)
          : undefined;
      if (pair === undefined) return { status: 400, body: { error: 'invalid_grant' } };
      const { accessToken: access_token, refreshToken: refresh_token } = pair;
      return { body: { access_token, refresh_token, token_type: 'bearer', expires_in: next.expiresInS, scope: '' } };
    },
    'GET /api/oauth/getUserInfo': ({ query }) => {
      checkFields('getUserInfo', Object.fromEntries(query), { accessToken: /^at-/ }, fault);
      const owner = families.accountOf(query.get('accessToken') ?? '');
      if (owner === undefined) return { status: 401, body: { success: false } };
      return { body: { success: true, data: { apiKey: keyOf(owner), email: owner.email, nickname: owner.name } } };
    },
  }));
  return Object.assign(server, { next, keyOf });
}
