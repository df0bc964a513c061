/**
 * Kiro: AWS's OIDC device flow for Builder ID and for companies (IAM Identity Center), with a client that each
 * installation registers, JSON bodies and camelCase names (https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference);
 * and its own sign-in with Google or GitHub, which returns to a scheme of Kiro's app, so that the person pastes the URL.
 * Its tokens are opaque and a profile is shared by many people: who signed in is told with the account's usage limits.
 */
import { OmniError } from '../../base/errors.ts';
import { asString } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import { type Granted, plainToken } from '../oauth/grants.ts';
import type { WireStyle } from '../oauth/wire.ts';
import {
  askAccount,
  DEFAULT_REGION,
  figure,
  grantCall,
  pageUrl,
  pkceParameters,
  refreshGrant,
  refreshTokenOf,
  textsOf,
  tokensOf,
  urlAt,
} from './common.ts';
import type { CodeMethod, DeviceMethod, Flow, FlowContext, MethodOption, TokenSet } from './flow.ts';
import { personOf, profileOf } from './kiro-account.ts';

const CAMEL: WireStyle = { body: 'camel-json' };
const JSON_STYLE: WireStyle = { body: 'json' };
const SOCIAL = new Set(['google', 'github']);
const REGION: MethodOption = {
  name: 'region',
  label: 'Region',
  isRequired: false,
  default: DEFAULT_REGION,
  pattern: /^[a-z]{2}(?:-[a-z]+){1,3}-\d$/,
};
const START_URL: MethodOption = {
  name: 'startUrl',
  label: 'Start URL of your company',
  isRequired: true,
  pattern: /^https:\/\/[\w.-]+(?::\d+)?(?:\/[\w./#-]*)?$/,
};

function deviceMethod(id: string, label: string, options: readonly MethodOption[]): DeviceMethod {
  return {
    ...{ kind: 'device', id, label, options, style: CAMEL, usesPkce: false },
    deviceUrl: (row, chosen) => urlAt(row, 'device', '/device_authorization', chosen),
    tokenUrl: (row, chosen) => urlAt(row, 'token', '/token', chosen),
    deviceParameters: ({ options: chosen }, row) => ({ start_url: chosen['startUrl'] ?? figure(row, 'startUrl') }),
    async register(chosen, context) {
      const { row } = context;
      const answer = await askAccount(
        urlAt(row, 'device', '/client/register', chosen),
        {
          clientName: figure(row, 'clientName'),
          clientType: 'public',
          scopes: figure(row, 'scope').split(' '),
          grantTypes: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'],
          issuerUrl: figure(row, 'issuerUrl'),
        },
        {},
        context,
      );
      const [clientId, clientSecret] = [asString(answer['clientId']), asString(answer['clientSecret'])];
      if (clientId === undefined || clientSecret === undefined)
        throw new OmniError('upstream_bad_response', 'AWS registered no client for this installation.');
      return { id: clientId, secret: new Secret(clientSecret), auth: 'post' };
    },
  };
}

function socialMethod(id: string, label: string, idp: string): CodeMethod {
  return {
    ...{ kind: 'code', id, label, style: JSON_STYLE, usesPkce: true },
    redirect: { to: 'elsewhere', uri: 'kiro://kiro.kiroAgent/authenticate-success' },
    authorizeUrl: ({ redirectUri, state, codeChallenge }, { row }) =>
      pageUrl(urlAt(row, 'authorize', '/login'), {
        idp,
        redirect_uri: redirectUri,
        ...pkceParameters(codeChallenge),
        state,
        prompt: 'select_account',
      }),
    exchange: ({ code, redirectUri, codeVerifier = '' }, context) =>
      plainToken(
        { code, code_verifier: codeVerifier, redirect_uri: redirectUri },
        grantCall(context, urlAt(context.row, 'authorize', '/oauth/token'), JSON_STYLE),
      ),
  };
}

export const kiroFlow: Flow = {
  provider: 'kiro',
  methods: [
    deviceMethod('builder-id', 'With an AWS Builder ID', [REGION]),
    deviceMethod('idc', 'With a company account (IAM Identity Center)', [START_URL, REGION]),
    socialMethod('google', 'With Google', 'Google'),
    socialMethod('github', 'With GitHub', 'Github'),
  ],
  refreshLeadMs: 300_000,
  // The registered client ends too, after 90 days: only a sign-in registers another one.
  terminalCodes: ['invalid_client', 'expired_token'],
  async complete(granted, { method, options }, context) {
    const { client, row } = context;
    const { region: ssoRegion = DEFAULT_REGION, startUrl = figure(row, 'startUrl') } = options;
    const isSocial = SOCIAL.has(method);
    // One address may have an account with each; a company's login that was found names no company.
    const workspace = isSocial ? method : method === 'idc' ? options['startUrl'] : startUrl;
    const data = {
      authMethod: method,
      ...(workspace !== undefined && { workspaceId: workspace }),
      // Where the login is renewed; `region` is where the service is asked.
      ...(isSocial ? {} : { ssoRegion, startUrl, clientId: client.id }),
      ...(await profileOf(granted, ssoRegion, context)),
    };
    const secrets = client.secret === undefined || isSocial ? {} : { clientSecret: client.secret };
    return {
      tokens: { ...tokensOf(granted, context), data, secrets },
      ...(workspace !== undefined && { workspace }),
      ...(await personOf(granted, data, context)),
    };
  },
  async refresh(tokens, context) {
    const granted = SOCIAL.has(asString(tokens.data['authMethod']) ?? '')
      ? await refreshSocial(tokens, context)
      : await refreshDevice(tokens, context);
    const data = { ...tokens.data, ...textsOf({ profileArn: granted.answer['profile_arn'] }) };
    return { ...tokensOf(granted, context, tokens), data, secrets: tokens.secrets };
  },
};

function refreshSocial(tokens: TokenSet, context: FlowContext): Promise<Granted> {
  const call = grantCall(context, urlAt(context.row, 'authorize', '/refreshToken'), CAMEL);
  return plainToken({ refresh_token: refreshTokenOf(tokens.refreshToken) }, call);
}

function refreshDevice(tokens: TokenSet, context: FlowContext): Promise<Granted> {
  const [id, secret] = [asString(tokens.data['clientId']), tokens.secrets['clientSecret']];
  if (id === undefined || secret === undefined)
    throw new OmniError('upstream_auth', 'The login came without its registered client.', {
      upstreamCode: 'invalid_grant',
    });
  const region = asString(tokens.data['ssoRegion']) ?? asString(tokens.data['region']) ?? DEFAULT_REGION;
  const call = grantCall(context, urlAt(context.row, 'token', '/token', { region }), CAMEL);
  return refreshGrant(tokens, { ...call, client: { id, secret, auth: 'post' } });
}
