/**
 * Claude Code: authorization code with PKCE. Its token endpoint wants JSON, with the state among the parameters; the code
 * that a person copies from its page is `code#state`.
 */
import { OmniError } from '../../base/errors.ts';
import { asObject, asString, type JsonObject } from '../../base/json.ts';
import type { WireStyle } from '../oauth/wire.ts';
import {
  bearer,
  exchangeCode,
  figure,
  grantCall,
  pageUrl,
  pkceParameters,
  readAccount,
  refreshGrant,
  textsOf,
  tokensOf,
  urlAt,
} from './common.ts';
import type { CodeMethod, Flow, FlowContext, Redirect } from './flow.ts';

const STYLE: WireStyle = { body: 'json' };
const TOKEN_PATH = '/v1/oauth/token';
const HOUR_MS = 3_600_000;

function method(id: string, label: string, redirect: Redirect): CodeMethod {
  return {
    ...{ kind: 'code', id, label, redirect, style: STYLE, usesPkce: true },
    authorizeUrl: ({ redirectUri, state, codeChallenge }, { row, client }) =>
      pageUrl(urlAt(row, 'authorize', '/oauth/authorize'), {
        code: 'true',
        client_id: client.id,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: figure(row, 'scope'),
        ...pkceParameters(codeChallenge),
        state,
      }),
    exchange: (answer, context) =>
      exchangeCode(answer, grantCall(context, urlAt(context.row, 'token', TOKEN_PATH), STYLE), { state: answer.state }),
  };
}

export const claudeFlow: Flow = {
  provider: 'claude',
  methods: [
    method('browser', 'In the browser', { to: 'loopback', path: '/callback', port: 54_545, isPortFixed: false }),
    method('paste', 'With a code to copy', {
      to: 'elsewhere',
      uri: 'https://platform.claude.com/oauth/code/callback',
    }),
  ],
  refreshLeadMs: 4 * HOUR_MS,
  async complete(granted, _login, context) {
    context.progress('Reading the account.');
    const { account: told, organization } = granted.answer;
    const profile = await profileOf(granted.accessToken, context, asObject(told) !== undefined);
    const account = { ...asObject(told), ...asObject(profile['account']) };
    const company = { ...asObject(organization), ...asObject(profile['organization']) };
    const email = asString(account['email']) ?? asString(account['email_address']);
    const displayName = asString(account['display_name']) ?? asString(account['full_name']);
    const workspaceId = asString(company['uuid']);
    const isShared = /team|enterprise/.test(asString(company['organization_type']) ?? '');
    return {
      tokens: {
        ...tokensOf(granted, context),
        data: textsOf({
          accountId: account['uuid'],
          organizationId: workspaceId,
          organization: company['name'],
          plan: planOf(account, company),
          // One address may have a plan of its own and be of a team.
          workspaceId,
          workspace: isShared ? company['name'] : undefined,
        }),
        secrets: {},
      },
      ...(email !== undefined && { email }),
      ...(displayName !== undefined && { displayName }),
      ...(workspaceId !== undefined && { workspace: workspaceId }),
    };
  },
  async refresh(tokens, context) {
    const call = grantCall(context, urlAt(context.row, 'token', TOKEN_PATH), STYLE);
    const { data, secrets } = tokens;
    return { ...tokensOf(await refreshGrant(tokens, call), context, tokens), data, secrets };
  },
};

/** Without it a login still works, where the token's answer has told who it is. */
async function profileOf(token: { reveal(): string }, context: FlowContext, isKnown: boolean): Promise<JsonObject> {
  try {
    const headers = { ...bearer(token), 'anthropic-beta': 'oauth-2025-04-20' };
    return await readAccount(urlAt(context.row, 'account', '/api/oauth/profile'), headers, context);
  } catch (error) {
    if (isKnown && error instanceof OmniError && !context.signal.aborted) return {};
    throw error;
  }
}

function planOf(account: JsonObject, organization: JsonObject): string | undefined {
  if (account['has_claude_max'] === true) return 'max';
  if (account['has_claude_pro'] === true) return 'pro';
  return asString(organization['organization_type'])?.replace(/^claude_/, '');
}
