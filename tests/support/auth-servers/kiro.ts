/**
 * AWS's OIDC service as Kiro uses it (https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference) and Kiro's own
 * sign-in with Google or GitHub (facts.md B.1 to B.4): JSON in camelCase, a client that each installation registers.
 */
import { randomBytes } from 'node:crypto';
import { asObject, parseJson } from '../../../core/base/json.ts';
import {
  type Asked,
  type AuthServer,
  Codes,
  checkFields,
  provesPossession,
  redirectTo,
  type SimulatedAccount,
  startAuthServer,
  unsignedToken,
} from './auth-server.ts';
import { DEVICE_ERRORS, type DeviceDesk, deviceDesk } from './device-flow.ts';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const REDIRECT = 'kiro://kiro.kiroAgent/authenticate-success';
const PROFILE = 'arn:aws:codewhisperer:us-east-1:123456789012:profile/SIMULATED';

export interface KiroAuthServer extends AuthServer {
  readonly desk: DeviceDesk;
  next: { account: SimulatedAccount; expiresInS: number };
  /** The start URLs that were asked for. */
  readonly startUrls: string[];
}

export async function startKiroAuth(account: SimulatedAccount): Promise<KiroAuthServer> {
  const [desk, codes] = [deviceDesk(), new Codes()];
  const next: KiroAuthServer['next'] = { account, expiresInS: 3_600 };
  const startUrls: string[] = [];
  const clients = new Map<string, string>();
  const answer = ({ accessToken, refreshToken }: { accessToken: string; refreshToken: string }, more: object = {}) => ({
    body: { accessToken, refreshToken, expiresIn: next.expiresInS, tokenType: 'Bearer', ...more },
  });
  const server = await startAuthServer(({ families, fault }) => {
    const json = ({ headers, path }: Asked): void => {
      if (!headers['content-type']?.startsWith('application/json')) fault(`${path}: the body is no JSON`);
    };
    const isClient = ({ fields, path }: Asked): boolean => {
      const isKnown = clients.get(fields['clientId'] ?? '') === fields['clientSecret'];
      if (!isKnown) fault(`${path}: not a registered client`);
      return isKnown;
    };
    return {
      'POST /client/register': (asked) => {
        json(asked);
        const body = asObject(parseJson(asked.text)) ?? {};
        const wanted = {
          clientName: 'kiro-oauth-client',
          clientType: 'public',
          scopes: ['completions', 'analysis', 'conversations'].map((name) => `codewhisperer:${name}`),
          grantTypes: [DEVICE_GRANT, 'refresh_token'],
          issuerUrl: 'https://identitycenter.amazonaws.com/ssoins-722374e8c3c8e6c6',
        };
        if (JSON.stringify(body) !== JSON.stringify(wanted)) fault(`register: ${asked.text}`);
        const [clientId, clientSecret] = [randomBytes(9).toString('hex'), `cs-${randomBytes(24).toString('hex')}`];
        clients.set(clientId, clientSecret);
        return { body: { clientId, clientSecret, clientSecretExpiresAt: 4_000_000_000 } };
      },
      'POST /device_authorization': (asked) => {
        json(asked);
        if (!isClient(asked)) return { status: 401, body: { error: 'invalid_client' } };
        checkFields('device', asked.fields, { clientId: /./, clientSecret: /./, startUrl: /^https:/ }, fault);
        startUrls.push(asked.fields['startUrl'] ?? '');
        const { deviceCode, userCode } = desk.issue({});
        const verificationUri = 'https://device.sso.us-east-1.amazonaws.com/';
        const { intervalS: interval, expiresInS: expiresIn } = desk.rules;
        const verificationUriComplete = `${verificationUri}?user_code=${userCode}`;
        return { body: { deviceCode, userCode, verificationUri, verificationUriComplete, expiresIn, interval } };
      },
      'POST /token': (asked) => {
        json(asked);
        if (!isClient(asked)) return { status: 401, body: { error: 'invalid_client' } };
        const client = { clientId: /./, clientSecret: /./ };
        if (asked.fields['grantType'] === 'refresh_token') {
          checkFields('refresh', asked.fields, { ...client, grantType: /./, refreshToken: /^rt-/ }, fault);
          const rotated = families.rotate(asked.fields['refreshToken'] ?? '');
          return rotated === undefined ? { status: 400, body: { error: 'invalid_grant' } } : answer(rotated);
        }
        checkFields('token', asked.fields, { ...client, grantType: DEVICE_GRANT, deviceCode: /^dc-/ }, fault);
        const polled = desk.poll(asked.fields['deviceCode'] ?? '', fault);
        if (polled.state !== 'entered') return { status: 400, body: { error: DEVICE_ERRORS[polled.state] } };
        return answer(families.grant(polled.account), { idToken: unsignedToken({ email: polled.account.email }) });
      },
      'GET /login': ({ query }) => {
        const wanted = { idp: /^(?:Google|Github)$/, redirect_uri: REDIRECT, prompt: 'select_account' };
        const pkce = { code_challenge: /^[\w-]{43}$/, code_challenge_method: 'S256', state: /^[\w-]{20,}$/ };
        checkFields('login', Object.fromEntries(query), { ...wanted, ...pkce }, fault);
        return redirectTo(REDIRECT, { code: codes.issue(query, next.account), state: query.get('state') ?? '' });
      },
      'POST /oauth/token': (asked) => {
        json(asked);
        checkFields('token', asked.fields, { code: /^code-/, code_verifier: /./, redirect_uri: REDIRECT }, fault);
        const issued = codes.take(asked.fields['code']);
        if (
          issued === undefined ||
          !provesPossession(asked.fields['code_verifier'], issued.query.get('code_challenge'))
        )
          return { status: 401, body: { message: 'Invalid authorization code' } };
        const pair = families.grant(issued.account);
        return { body: { ...pair, expiresIn: next.expiresInS, profileArn: PROFILE } };
      },
      'POST /refreshToken': (asked) => {
        json(asked);
        checkFields('refresh', asked.fields, { refreshToken: /^rt-/ }, fault);
        const rotated = families.rotate(asked.fields['refreshToken'] ?? '');
        if (rotated === undefined) return { status: 401, body: { message: 'Bad credentials' } };
        const { accessToken, refreshToken } = rotated;
        return { body: { accessToken, refreshToken, expiresIn: next.expiresInS, profileArn: PROFILE } };
      },
    };
  });
  return Object.assign(server, { desk, next, startUrls });
}
