/** Qwen's device flow with PKCE (facts.md B.1 to B.4): the host of the account comes with the tokens. */
import { type AuthServer, checkBody, checkFields, provesPossession, startAuthServer } from './auth-server.ts';
import { DEVICE_ERRORS, type DeviceDesk, deviceDesk } from './device-flow.ts';

const CLIENT = 'f0304373b74a44d2b584a3fb70ca9e56';
const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

export interface QwenAuthServer extends AuthServer {
  readonly desk: DeviceDesk;
  next: { resourceUrl: string; expiresInS: number };
}

export async function startQwenAuth(): Promise<QwenAuthServer> {
  const desk = deviceDesk();
  const next: QwenAuthServer['next'] = { resourceUrl: 'portal.qwen.ai', expiresInS: 21_600 };
  const tokens = ({ accessToken, refreshToken }: { accessToken: string; refreshToken: string }): object => ({
    ...{ access_token: accessToken, refresh_token: refreshToken, token_type: 'Bearer' },
    ...{ expires_in: next.expiresInS, resource_url: next.resourceUrl },
  });
  const server = await startAuthServer(({ families, fault }) => ({
    'POST /api/v1/oauth2/device/code': (asked) => {
      const { fields } = asked;
      checkBody(asked, 'form', fault);
      const scope = 'openid profile email model.completion';
      const pkce = { code_challenge: /^[\w-]{43}$/, code_challenge_method: 'S256' };
      checkFields('device', fields, { client_id: CLIENT, scope, ...pkce }, fault);
      const { deviceCode, userCode } = desk.issue({ challenge: fields['code_challenge'] ?? null });
      return {
        body: {
          ...{ device_code: deviceCode, user_code: userCode, verification_uri: 'https://chat.qwen.ai/authorize' },
          verification_uri_complete: `https://chat.qwen.ai/authorize?user_code=${userCode}&client=qwen-code`,
          ...{ expires_in: desk.rules.expiresInS, interval: desk.rules.intervalS },
        },
      };
    },
    'POST /api/v1/oauth2/token': (asked) => {
      const { fields } = asked;
      checkBody(asked, 'form', fault);
      if (fields['grant_type'] === 'refresh_token') {
        checkFields('refresh', fields, { grant_type: /./, refresh_token: /^rt-/, client_id: CLIENT }, fault);
        const rotated = families.rotate(fields['refresh_token'] ?? '');
        const error = { error: 'invalid_request', error_description: 'Invalid refresh token' };
        return rotated === undefined ? { status: 400, body: error } : { body: tokens(rotated) };
      }
      const wanted = { grant_type: GRANT, client_id: CLIENT, device_code: /^dc-/, code_verifier: /^[\w.~-]{43,128}$/ };
      checkFields('token', fields, wanted, fault);
      const polled = desk.poll(fields['device_code'] ?? '', fault);
      if (polled.state !== 'entered')
        return { status: polled.state === 'slow_down' ? 429 : 400, body: { error: DEVICE_ERRORS[polled.state] } };
      if (!provesPossession(fields['code_verifier'], polled.challenge))
        return { status: 400, body: { error: 'invalid_grant' } };
      return { body: tokens(families.grant(polled.account)) };
    },
  }));
  return Object.assign(server, { desk, next });
}
