/**
 * iFlow: authorization code without PKCE, its redirect in a parameter of its own name, the client's secret by HTTP Basic.
 * Calls are made with an API key that the account's page gives for the token.
 */
import { OmniError } from '../../base/errors.ts';
import { asObject, asString } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import { FORM } from '../oauth/wire.ts';
import { exchangeCode, grantCall, pageUrl, readAccount, refreshGrant, textsOf, tokensOf, urlAt } from './common.ts';
import type { Flow, FlowContext } from './flow.ts';

const TOKEN_PATH = '/oauth/token';
const DAY_MS = 86_400_000;

export const iflowFlow: Flow = {
  provider: 'iflow',
  methods: [
    {
      kind: 'code',
      id: 'browser',
      label: 'In the browser',
      redirect: { to: 'loopback', path: '/callback', isPortFixed: false },
      style: FORM,
      usesPkce: false,
      authorizeUrl: ({ redirectUri, state }, { row, client }) =>
        pageUrl(urlAt(row, 'authorize', '/oauth'), {
          loginMethod: 'phone',
          type: 'phone',
          redirect: redirectUri,
          state,
          client_id: client.id,
        }),
      exchange: (answer, context) =>
        exchangeCode(answer, grantCall(context, urlAt(context.row, 'token', TOKEN_PATH), FORM)),
    },
  ],
  refreshLeadMs: DAY_MS,
  secret: {
    auth: 'basic',
    vendorTool: {
      name: 'iFlow CLI',
      command: 'iflow',
      files: ['@iflow-ai/iflow-cli/bundle/iflow.js', '@iflow-ai/iflow-cli/dist/index.js'],
      // The id stands right before its secret.
      pattern: /10009311001["'`][^"'`]{0,80}["'`]([A-Za-z0-9]{20,64})["'`]/,
    },
  },
  async complete(granted, _login, context) {
    context.progress('Getting the API key.');
    const user = await userOf(granted.accessToken, context);
    const email = asString(user.info['email']) ?? asString(user.info['phone']);
    const displayName = asString(user.info['nickname']) ?? asString(user.info['name']);
    return {
      tokens: {
        ...tokensOf(granted, context),
        data: textsOf({ userId: user.info['userId'] }),
        secrets: { apiKey: user.apiKey },
      },
      ...(email !== undefined && { email }),
      ...(displayName !== undefined && { displayName }),
    };
  },
  async refresh(tokens, context) {
    const call = grantCall(context, urlAt(context.row, 'token', TOKEN_PATH), FORM);
    const next = tokensOf(await refreshGrant(tokens, call), context, tokens);
    const { data, secrets } = tokens;
    // The new tokens must be kept even when the key cannot be read at this moment: the old ones are used up.
    const user = await userOf(next.accessToken, context).catch((): undefined => undefined);
    return { ...next, data, secrets: user === undefined ? secrets : { ...secrets, apiKey: user.apiKey } };
  },
  key: ({ secrets }) => secrets['apiKey'],
};

async function userOf(token: Secret, context: FlowContext) {
  const url = urlAt(context.row, 'account', `/api/oauth/getUserInfo?accessToken=${encodeURIComponent(token.reveal())}`);
  const info = asObject((await readAccount(url, {}, context))['data']) ?? {};
  const apiKey = asString(info['apiKey']);
  if (apiKey === undefined || apiKey === '')
    throw new OmniError(
      'upstream_permission',
      'iFlow gave this account no API key. Create one on its page, and sign in again.',
    );
  return { info, apiKey: new Secret(apiKey) };
}
