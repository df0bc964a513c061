/**
 * OpenAI Codex: authorization code with PKCE, on a port that the client's registration fixes. Who signed in, and with
 * which plan and workspace, stands in the ID token (claim `https://api.openai.com/auth`).
 */
import { asObject, asString, type JsonObject, objectsOf } from '../../base/json.ts';
import type { Secret } from '../../base/secret.ts';
import { claimsOf } from '../oauth/claims.ts';
import { FORM } from '../oauth/wire.ts';
import {
  exchangeCode,
  figure,
  grantCall,
  pageUrl,
  pkceParameters,
  refreshGrant,
  textsOf,
  tokensOf,
  urlAt,
} from './common.ts';
import type { Flow } from './flow.ts';

const TOKEN_PATH = '/oauth/token';
const DAY_MS = 86_400_000;
const AUTH_CLAIM = 'https://api.openai.com/auth';

export const codexFlow: Flow = {
  provider: 'codex',
  methods: [
    {
      kind: 'code',
      id: 'browser',
      label: 'In the browser',
      redirect: { to: 'loopback', path: '/auth/callback', port: 1455, isPortFixed: true },
      style: FORM,
      usesPkce: true,
      authorizeUrl: ({ redirectUri, state, codeChallenge }, { row, client }) =>
        pageUrl(urlAt(row, 'authorize', '/oauth/authorize'), {
          response_type: 'code',
          client_id: client.id,
          redirect_uri: redirectUri,
          scope: figure(row, 'scope'),
          ...pkceParameters(codeChallenge),
          id_token_add_organizations: 'true',
          codex_cli_simplified_flow: 'true',
          originator: 'codex_cli_rs',
          state,
        }),
      exchange: (answer, context) =>
        exchangeCode(answer, grantCall(context, urlAt(context.row, 'token', TOKEN_PATH), FORM)),
    },
  ],
  refreshLeadMs: 5 * DAY_MS,
  terminalCodes: [
    ...['refresh_token_reused', 'refresh_token_expired', 'refresh_token_invalidated', 'invalid_refresh_token'],
    ...['token_expired', 'app_session_terminated'],
  ],
  complete(granted, _login, context) {
    const claims = claimsOf(granted.idToken);
    const data = accountData(granted.idToken);
    const workspace = asString(data['workspaceId']);
    const [email, displayName] = [asString(claims['email']), asString(claims['name'])];
    return Promise.resolve({
      tokens: { ...tokensOf(granted, context), data, secrets: {} },
      ...(email !== undefined && { email }),
      ...(displayName !== undefined && { displayName }),
      ...(workspace !== undefined && { workspace }),
    });
  },
  async refresh(tokens, context) {
    const call = grantCall(context, urlAt(context.row, 'token', TOKEN_PATH), FORM);
    const granted = await refreshGrant(tokens, call, { scope: figure(context.row, 'scope') });
    const data = { ...tokens.data, ...planData(granted.idToken) };
    return { ...tokensOf(granted, context, tokens), data, secrets: tokens.secrets };
  },
};

/**
 * `accountId` goes into calls; `workspaceId` tells the person's accounts apart: by that id first, since each account is told
 * with all organisations of its person.
 */
function accountData(idToken: Secret | undefined): JsonObject {
  const auth = asObject(claimsOf(idToken)[AUTH_CLAIM]) ?? {};
  const accountId = asString(auth['chatgpt_account_id']);
  const chosen = workspaceOf(objectsOf(auth['organizations']));
  return textsOf({
    accountId,
    userId: auth['chatgpt_user_id'],
    plan: auth['chatgpt_plan_type'],
    workspaceId: [accountId, asString(chosen?.['id'])].filter((id) => id !== undefined).join('/') || undefined,
    workspace: chosen?.['title'],
  });
}

function planData(idToken: Secret | undefined): JsonObject {
  const auth = asObject(claimsOf(idToken)[AUTH_CLAIM]) ?? {};
  return textsOf({ plan: auth['chatgpt_plan_type'] });
}

/** A team's workspace before the personal one; undefined when there is only that. */
function workspaceOf(organizations: readonly JsonObject[]): JsonObject | undefined {
  const shared = organizations.filter(({ title }) => !/\bpersonal\b/i.test(asString(title) ?? 'personal'));
  return shared.find(({ is_default: isDefault }) => isDefault === true) ?? shared[0];
}
