/**
 * AWS's OIDC service as Kiro uses it (https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference) and Kiro's own
 * sign-in with Google or GitHub (facts.md B.1 to B.4): JSON in camelCase, a client that each installation registers.
 */
import { randomBytes } from 'node:crypto';
import { asObject, parseJson } from '../../../core/base/json.ts';
import { markedSecret } from '../marked-secrets.ts';
import {
  type Asked,
  type AuthServer,
  bearerOf,
  Codes,
  checkBody,
  checkFields,
  provesPossession,
  type Route,
  redirectTo,
  type SimulatedAccount,
  startAuthServer,
  type Tools,
  unsignedToken,
} from './auth-server.ts';
import { DEVICE_ERRORS, type DeviceDesk, deviceDesk } from './device-flow.ts';

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const REDIRECT = 'kiro://kiro.kiroAgent/authenticate-success';
/** Of all who sign in with Google or GitHub. */
export const KIRO_PROFILE = 'arn:aws:codewhisperer:us-east-1:123456789012:profile/SIMULATED';

const REGISTRATION = {
  clientName: 'kiro-oauth-client',
  clientType: 'public',
  scopes: ['completions', 'analysis', 'conversations'].map((name) => `codewhisperer:${name}`),
  grantTypes: [DEVICE_GRANT, 'refresh_token'],
  issuerUrl: 'https://identitycenter.amazonaws.com/ssoins-722374e8c3c8e6c6',
};

export interface KiroAuthServer extends AuthServer {
  readonly desk: DeviceDesk;
  next: {
    account: SimulatedAccount;
    expiresInS: number;
    /** Of the company whose account signs in. */
    profiles: readonly { readonly arn: string; readonly profileName: string }[];
  };
  /** The start URLs that were asked for. */
  readonly startUrls: string[];
}

export async function startKiroAuth(account: SimulatedAccount): Promise<KiroAuthServer> {
  const desk = deviceDesk();
  const next: KiroAuthServer['next'] = { account, expiresInS: 3_600, profiles: [] };
  const startUrls: string[] = [];
  const server = await startAuthServer((tools) => ({
    ...oidcRoutes(tools, { desk, next, startUrls }),
    ...socialRoutes(tools, next),
    'POST /': (asked) => listProfiles(asked, tools, next),
  }));
  return Object.assign(server, { desk, next, startUrls });
}

type Pair = { readonly accessToken: string; readonly refreshToken: string };

/** The service's own operation; it lists nothing for accounts without a company. */
function listProfiles(asked: Asked, { families, fault }: Tools, { profiles }: KiroAuthServer['next']) {
  if (asked.headers['x-amz-target'] !== 'AmazonCodeWhispererService.ListAvailableProfiles')
    fault(`POST /: ${String(asked.headers['x-amz-target'])} is no operation here`);
  if (asked.headers['content-type'] !== 'application/x-amz-json-1.0')
    fault('ListAvailableProfiles: the body is no JSON of AWS');
  if (asked.text !== '{"maxResults":10}') fault(`ListAvailableProfiles: ${asked.text}`);
  const isKnown = families.accountOf(bearerOf(asked)) !== undefined;
  return isKnown ? { body: { profiles } } : { status: 403, body: { __type: 'AccessDeniedException' } };
}

function oidcRoutes(
  { families, fault }: Tools,
  { desk, next, startUrls }: Pick<KiroAuthServer, 'desk' | 'next' | 'startUrls'>,
): Record<string, Route> {
  const clients = new Map<string, string>();
  const isClient = (asked: Asked): boolean => {
    checkBody(asked, 'json', fault);
    const isKnown = clients.get(asked.fields['clientId'] ?? '') === asked.fields['clientSecret'];
    if (!isKnown) fault(`${asked.path}: not a registered client`);
    return isKnown;
  };
  const answer = ({ accessToken, refreshToken }: Pair, more: object = {}) => ({
    body: { accessToken, refreshToken, expiresIn: next.expiresInS, tokenType: 'Bearer', ...more },
  });
  return {
    'POST /client/register': (asked) => {
      checkBody(asked, 'json', fault);
      if (JSON.stringify(asObject(parseJson(asked.text))) !== JSON.stringify(REGISTRATION)) {
        fault(`register: ${asked.text}`);
      }
      const [clientId, clientSecret] = [randomBytes(9).toString('hex'), markedSecret('cs-')];
      clients.set(clientId, clientSecret);
      return { body: { clientId, clientSecret, clientSecretExpiresAt: 4_000_000_000 } };
    },
    'POST /device_authorization': (asked) => {
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
  };
}

function socialRoutes({ families, fault }: Tools, next: KiroAuthServer['next']): Record<string, Route> {
  const codes = new Codes();
  const answer = ({ accessToken, refreshToken }: Pair) => ({
    body: { accessToken, refreshToken, expiresIn: next.expiresInS, profileArn: KIRO_PROFILE },
  });
  return {
    'GET /login': ({ query }) => {
      const wanted = { idp: /^(?:Google|Github)$/, redirect_uri: REDIRECT, prompt: 'select_account' };
      const pkce = { code_challenge: /^[\w-]{43}$/, code_challenge_method: 'S256', state: /^[\w-]{20,}$/ };
      checkFields('login', Object.fromEntries(query), { ...wanted, ...pkce }, fault);
      return redirectTo(REDIRECT, { code: codes.issue(query, next.account), state: query.get('state') ?? '' });
    },
    'POST /oauth/token': (asked) => {
      checkBody(asked, 'json', fault);
      checkFields('token', asked.fields, { code: /^code-/, code_verifier: /./, redirect_uri: REDIRECT }, fault);
      const issued = codes.take(asked.fields['code']);
      if (issued === undefined || !provesPossession(asked.fields['code_verifier'], issued.query.get('code_challenge')))
        return { status: 401, body: { message: 'Invalid authorization code' } };
      return answer(families.grant(issued.account));
    },
    'POST /refreshToken': (asked) => {
      checkBody(asked, 'json', fault);
      checkFields('refresh', asked.fields, { refreshToken: /^rt-/ }, fault);
      const rotated = families.rotate(asked.fields['refreshToken'] ?? '');
      return rotated === undefined ? { status: 401, body: { message: 'Bad credentials' } } : answer(rotated);
    },
  };
}
