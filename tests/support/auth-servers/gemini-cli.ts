/** Google's sign-in as Gemini CLI uses it, and the set-up of a Code Assist project (facts.md B.1 to B.4, A.4). */
import { isObject, parseJson } from '../../../core/base/json.ts';
import { MARK } from '../marked-secrets.ts';
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
} from './auth-server.ts';

const CLIENT = '681255809395-oo8ft2oprdrnp9e3aqf6av3hmdib135j.apps.googleusercontent.com';
const SCOPES = ['cloud-platform', 'userinfo.email', 'userinfo.profile'].map(
  (name) => `https://www.googleapis.com/auth/${name}`,
);
const METADATA = { ideType: 'IDE_UNSPECIFIED', platform: 'PLATFORM_UNSPECIFIED', pluginType: 'GEMINI' };
/** No secret of anybody's: in the form of those that Google gives installed apps. */
export const GOOGLE_SECRET = `GOCSPX-simulated-${MARK}`;

export interface GeminiAuthServer extends AuthServer {
  next: {
    account: SimulatedAccount;
    expiresInS: number;
    /** Of an account that has one already. */
    project?: string;
    /** How often it is not done yet. */
    onboardingSteps: number;
  };
  onboarded: string[];
}

export async function startGeminiAuth(account: SimulatedAccount): Promise<GeminiAuthServer> {
  const next: GeminiAuthServer['next'] = { account, expiresInS: 3_600, onboardingSteps: 0 };
  const onboarded: string[] = [];
  const server = await startAuthServer((tools) => ({
    ...googleRoutes(tools, next),
    ...codeAssistRoutes(tools, { next, onboarded }),
  }));
  return Object.assign(server, { next, onboarded });
}

function googleRoutes({ families, fault }: Tools, next: GeminiAuthServer['next']): Record<string, Route> {
  const codes = new Codes();
  const refused = (error: string, error_description: string) => ({ status: 400, body: { error, error_description } });
  return {
    'GET /o/oauth2/v2/auth': ({ query }) => {
      const wanted = {
        ...{ client_id: CLIENT, response_type: 'code', redirect_uri: /^http:\/\/localhost:\d+\/callback$/ },
        ...{ scope: SCOPES.join(' '), state: /^[\w-]{20,}$/, access_type: 'offline', prompt: 'consent' },
        ...{ code_challenge: /^[\w-]{43}$/, code_challenge_method: 'S256' },
      };
      checkFields('authorize', Object.fromEntries(query), wanted, fault);
      const [code, state] = [codes.issue(query, next.account), query.get('state') ?? ''];
      return redirectTo(query.get('redirect_uri') ?? '', { code, state, scope: SCOPES[0] ?? '' });
    },
    'POST /token': (asked) => {
      const { fields } = asked;
      checkBody(asked, 'form', fault);
      const client = { client_id: CLIENT, client_secret: GOOGLE_SECRET };
      if (fields['client_secret'] !== GOOGLE_SECRET)
        return refused('invalid_client', 'The provided client secret is invalid.');
      const expires_in = next.expiresInS;
      if (fields['grant_type'] === 'refresh_token') {
        checkFields('refresh', fields, { ...client, grant_type: /./, refresh_token: /^rt-/ }, fault);
        const renewed = families.renew(fields['refresh_token'] ?? '');
        if (renewed === undefined) return refused('invalid_grant', 'Token has been expired or revoked.');
        return { body: { access_token: renewed.accessToken, expires_in, token_type: 'Bearer' } };
      }
      const grant = { grant_type: 'authorization_code', code: /^code-/, redirect_uri: /^http:\/\/localhost/ };
      checkFields('token', fields, { ...client, ...grant, code_verifier: /./ }, fault);
      const issued = codes.take(fields['code']);
      if (issued === undefined || !provesPossession(fields['code_verifier'], issued.query.get('code_challenge')))
        return refused('invalid_grant', 'Bad Request');
      if (fields['redirect_uri'] !== issued.query.get('redirect_uri'))
        return refused('redirect_uri_mismatch', 'Bad Request');
      const { accessToken: access_token, refreshToken: refresh_token } = families.grant(issued.account);
      const scope = SCOPES.join(' ');
      return { body: { access_token, refresh_token, expires_in, scope, token_type: 'Bearer' } };
    },
    'GET /oauth2/v1/userinfo': (asked) => {
      const owner = families.accountOf(bearerOf(asked));
      if (asked.query.get('alt') !== 'json') fault('userinfo: alt=json is missing');
      return owner === undefined ? { status: 401, body: {} } : { body: { email: owner.email, name: owner.name } };
    },
  };
}

function codeAssistRoutes(
  { families, fault }: Tools,
  { next, onboarded }: Pick<GeminiAuthServer, 'next' | 'onboarded'>,
): Record<string, Route> {
  const body = (asked: Asked) => {
    const json = parseJson(asked.text);
    checkBody(asked, 'json', fault);
    if (families.accountOf(bearerOf(asked)) === undefined) fault(`${asked.path}: no token of this vendor`);
    if (!isObject(json) || JSON.stringify(json['metadata']) !== JSON.stringify(METADATA))
      fault(`${asked.path}: the metadata is ${asked.text}`);
    return isObject(json) ? json : {};
  };
  return {
    'POST /v1internal:loadCodeAssist': (asked) => {
      body(asked);
      const allowedTiers = [{ id: 'legacy-tier' }, { id: 'free-tier', name: 'Gemini Code Assist', isDefault: true }];
      if (next.project === undefined) return { body: { allowedTiers } };
      const currentTier = { id: 'standard-tier', name: 'Standard' };
      return { body: { currentTier, cloudaicompanionProject: next.project } };
    },
    'POST /v1internal:onboardUser': (asked) => {
      const { tierId } = body(asked);
      if (tierId !== 'free-tier') fault(`onboardUser: the tier is ${String(tierId)}, not the default`);
      onboarded.push(String(tierId));
      if (onboarded.length <= next.onboardingSteps) return { body: { name: 'operations/1' } };
      return { body: { done: true, response: { cloudaicompanionProject: { id: `project-of-${next.account.id}` } } } };
    },
  };
}
