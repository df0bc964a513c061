/**
 * Qwen Code: device code with PKCE. The host that serves the account comes with its tokens (`resource_url`), and is the
 * same for many. Who signed in is told only by a token that can be read (an ID token, or an access token that is a JWT);
 * today's are opaque, and Qwen has no page for it: two sign-ins of one person are then two accounts.
 */
import { asString, type JsonObject } from '../../base/json.ts';
import { claimsOf } from '../oauth/claims.ts';
import type { Granted } from '../oauth/grants.ts';
import { FORM } from '../oauth/wire.ts';
import {
  bearer,
  figure,
  grantCall,
  pkceParameters,
  readAccount,
  refreshGrant,
  textsOf,
  tokensOf,
  urlAt,
} from './common.ts';
import type { Flow } from './flow.ts';

const TOKEN_PATH = '/api/v1/oauth2/token';

export const qwenFlow: Flow = {
  provider: 'qwen',
  methods: [
    {
      kind: 'device',
      id: 'device',
      label: 'With a code',
      style: FORM,
      usesPkce: true,
      deviceUrl: (row) => urlAt(row, 'device', '/api/v1/oauth2/device/code'),
      tokenUrl: (row) => urlAt(row, 'token', TOKEN_PATH),
      deviceParameters: ({ codeChallenge }, row) => ({
        scope: figure(row, 'scope'),
        ...pkceParameters(codeChallenge),
      }),
    },
  ],
  refreshLeadMs: 1_200_000,
  terminalCodes: ['invalid_request'],
  complete(granted, _login, context) {
    const claims = { ...claimsOf(granted.accessToken), ...claimsOf(granted.idToken) };
    const [email, identity] = [asString(claims['email']), asString(claims['sub'])];
    return Promise.resolve({
      tokens: { ...tokensOf(granted, context), data: hostData(granted), secrets: {} },
      ...(email !== undefined && { email }),
      ...(identity !== undefined && { identity }),
    });
  },
  async refresh(tokens, context) {
    const granted = await refreshGrant(tokens, grantCall(context, urlAt(context.row, 'token', TOKEN_PATH), FORM));
    const data = { ...tokens.data, ...hostData(granted) };
    return { ...tokensOf(granted, context, tokens), data, secrets: tokens.secrets };
  },
  async probe({ accessToken, data }, context) {
    const { accountCall, hosts } = context.row;
    await readAccount(`${accountCall?.host?.({ data }) ?? hosts.api}/v1/models`, bearer(accessToken), context);
  },
};

function hostData({ answer }: Granted): JsonObject {
  return textsOf({ resourceUrl: answer['resource_url'] });
}
