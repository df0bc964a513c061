/**
 * GitHub Copilot: GitHub's device code. GitHub's token does not end; calls are made with a token of half an hour that it
 * is exchanged for, and that exchange is what a refresh is.
 */
import { OmniError } from '../../base/errors.ts';
import { asNumber, asString } from '../../base/json.ts';
import { Secret } from '../../base/secret.ts';
import { FORM } from '../oauth/wire.ts';
import { figure, readAccount, textsOf, tokensOf, urlAt } from './common.ts';
import type { Flow, FlowContext } from './flow.ts';

/** GitHub's API refuses calls without a user agent. */
const HEADERS = { 'user-agent': 'OmniRoute', 'x-github-api-version': '2022-11-28' };

export const githubFlow: Flow = {
  provider: 'github',
  methods: [
    {
      kind: 'device',
      id: 'device',
      label: 'With a code',
      style: FORM,
      usesPkce: false,
      deviceUrl: (row) => urlAt(row, 'device', '/login/device/code'),
      tokenUrl: (row) => urlAt(row, 'token', '/login/oauth/access_token'),
      deviceParameters: (_request, row) => ({ scope: figure(row, 'scope') }),
    },
  ],
  refreshLeadMs: 300_000,
  async complete(granted, _login, context) {
    context.progress('Reading the account.');
    const token = granted.accessToken;
    const headers = { ...HEADERS, ...gitHubToken(token) };
    const user = await readAccount(urlAt(context.row, 'account', '/user'), headers, context);
    context.progress('Getting a Copilot token.');
    const copilot = await copilotToken(token, context);
    const login = asString(user['login']);
    const email = asString(user['email']) ?? login;
    const displayName = asString(user['name']) ?? login;
    return {
      tokens: {
        ...tokensOf(granted, context),
        expiresAtMs: copilot.expiresAtMs,
        data: { ...textsOf({ login }), ...copilot.data },
        secrets: { copilotToken: copilot.token },
      },
      ...(email !== undefined && { email }),
      ...(displayName !== undefined && { displayName }),
    };
  },
  async refresh(tokens, context) {
    const copilot = await copilotToken(tokens.accessToken, context);
    return {
      ...tokens,
      expiresAtMs: copilot.expiresAtMs,
      data: { ...tokens.data, ...copilot.data },
      secrets: { ...tokens.secrets, copilotToken: copilot.token },
    };
  },
  key: ({ secrets }) => secrets['copilotToken'],
};

async function copilotToken(token: Secret, context: FlowContext) {
  const url = urlAt(context.row, 'account', '/copilot_internal/v2/token');
  const answer = await readAccount(url, { ...HEADERS, ...gitHubToken(token) }, context).catch((error: unknown) => {
    throw refusal(error);
  });
  const [value, expiresAtS] = [asString(answer['token']), asNumber(answer['expires_at'])];
  if (value === undefined || expiresAtS === undefined)
    throw new OmniError('upstream_bad_response', 'GitHub answered the exchange for a Copilot token without a token.');
  return {
    token: new Secret(value),
    expiresAtMs: endOf({ expiresAtS, refreshInS: asNumber(answer['refresh_in']), nowMs: context.clock.nowMs() }),
    data: textsOf({ plan: answer['sku'] }),
  };
}

/** So long before its end a Copilot token is to be exchanged anew, as `refresh_in` counts. */
const REFRESHED_EARLY_S = 60;

interface Lifetime {
  readonly expiresAtS: number;
  readonly refreshInS: number | undefined;
  readonly nowMs: number;
}

/** A clock of this machine that runs ahead of GitHub's makes no fresh token old: how long it lasts is told besides. */
function endOf({ expiresAtS, refreshInS, nowMs }: Lifetime): number {
  const toldMs = expiresAtS * 1_000;
  if (refreshInS === undefined) return toldMs;
  const countedMs = nowMs + (refreshInS + REFRESHED_EARLY_S) * 1_000;
  return toldMs > nowMs ? Math.min(toldMs, countedMs) : countedMs;
}

/** 401: GitHub's own token was revoked, so a person must sign in again. 403 and 404: the account has no Copilot. */
function refusal(error: unknown): unknown {
  if (!(error instanceof OmniError)) return error;
  if (error.code === 'upstream_auth')
    return new OmniError('upstream_auth', 'GitHub no longer accepts this login.', {
      status: 401,
      upstreamCode: 'invalid_grant',
    });
  if (error.status === 403 || error.status === 404)
    return new OmniError(
      'upstream_permission',
      'This GitHub account has no Copilot, or its organisation does not allow it. Turn it on at https://github.com/settings/copilot and sign in again.',
      { status: error.status },
    );
  return error;
}

function gitHubToken(token: Secret): { readonly authorization: string } {
  return { authorization: `token ${token.reveal()}` };
}
