/** GitHub's device flow and the exchange for a Copilot token (facts.md B.1 to B.3, A.4). Errors come with status 200. */
import { markedSecret } from '../marked-secrets.ts';
import { type AuthServer, checkBody, checkFields, type SimulatedAccount, startAuthServer } from './auth-server.ts';
import { DEVICE_ERRORS, type DeviceDesk, deviceDesk } from './device-flow.ts';

const CLIENT = 'Iv1.b507a08c87ecfe98';
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

export interface GitHubAuthServer extends AuthServer {
  readonly desk: DeviceDesk;
  /** Of the Copilot tokens given from now on; without a plan an account has no Copilot. */
  copilot: { livesS: number; hasPlan: boolean; exchanges: number };
  /** Is it a Copilot token that was given and is not over? */
  knowsCopilotToken(token: string): boolean;
}

export async function startGitHubAuth(): Promise<GitHubAuthServer> {
  const desk = deviceDesk();
  const copilot = { livesS: 1_800, hasPlan: true, exchanges: 0 };
  const copilotTokens = new Map<string, number>();
  const server = await startAuthServer(({ families, fault }) => {
    const ownerOf = (authorization: string | undefined): SimulatedAccount | undefined => {
      const [, token = ''] = /^(?:token|Bearer) (at-.*)$/.exec(authorization ?? '') ?? [];
      return families.accountOf(token);
    };
    return {
      'POST /login/device/code': (asked) => {
        const { fields } = asked;
        // GitHub answers in forms unless asked for JSON.
        checkBody(asked, 'form', fault);
        checkFields('device', fields, { client_id: CLIENT, scope: 'read:user' }, fault);
        const { deviceCode: device_code, userCode: user_code } = desk.issue({});
        const { intervalS: interval, expiresInS: expires_in } = desk.rules;
        return {
          body: { device_code, user_code, verification_uri: 'https://github.com/login/device', expires_in, interval },
        };
      },
      'POST /login/oauth/access_token': (asked) => {
        const { fields } = asked;
        checkBody(asked, 'form', fault);
        checkFields('token', fields, { client_id: CLIENT, device_code: /^dc-/, grant_type: GRANT }, fault);
        const polled = desk.poll(fields['device_code'] ?? '', fault);
        if (polled.state !== 'entered')
          return { body: { error: DEVICE_ERRORS[polled.state], error_description: 'no' } };
        const { accessToken: access_token } = families.grant(polled.account);
        return { body: { access_token, token_type: 'bearer', scope: 'read:user' } };
      },
      'GET /user': ({ headers }) => {
        if (headers['user-agent'] === undefined) fault('user: GitHub refuses calls without a user agent');
        const owner = ownerOf(headers.authorization);
        if (owner === undefined) return { status: 401, body: { message: 'Bad credentials' } };
        return { body: { login: owner.id, email: owner.email, name: owner.name } };
      },
      'GET /copilot_internal/v2/token': ({ headers }) => {
        copilot.exchanges += 1;
        const owner = ownerOf(headers.authorization);
        if (!headers.authorization?.startsWith('token ')) fault('copilot: the token travels as "token …"');
        if (owner === undefined) return { status: 401, body: { message: 'Bad credentials' } };
        if (!copilot.hasPlan) return { status: 403, body: { message: 'No access to GitHub Copilot found' } };
        const token = `${markedSecret('tid=')};exp=1`;
        const expires_at = Math.floor(Date.now() / 1_000) + copilot.livesS;
        copilotTokens.set(token, expires_at);
        return { body: { token, expires_at, refresh_in: copilot.livesS - 60, sku: 'monthly_subscriber' } };
      },
    };
  });
  const knowsCopilotToken = (token: string): boolean => (copilotTokens.get(token) ?? 0) * 1_000 > Date.now();
  return Object.assign(server, { desk, copilot, knowsCopilotToken });
}
