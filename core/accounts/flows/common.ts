/** What several flows share: hosts, figures of the row, calls that read an account, and tokens made of an answer. */
import { OmniError } from '../../base/errors.ts';
import { asObject, asString, compact, type JsonObject, parseJson } from '../../base/json.ts';
import type { Hosts, Provider } from '../../providers/provider.ts';
import { type GrantCall, type Granted, grantToken } from '../oauth/grants.ts';
import type { WireStyle } from '../oauth/wire.ts';
import type { CodeAnswer, FlowContext, LoginOptions, TokenSet } from './flow.ts';

export const DEFAULT_REGION = 'us-east-1';

/** The URL of a path on one of the row's hosts, the region filled in. Throws `internal` for a row without that host. */
export function urlAt(row: Provider, host: keyof Hosts, path: string, options: LoginOptions = {}): string {
  const base = row.hosts[host];
  if (base === undefined)
    throw new OmniError('internal', `The provider ${row.id} has no host "${host}" to sign in at.`);
  return base.replace('{region}', options['region'] ?? DEFAULT_REGION) + path;
}

/** A figure of the row's sign-in, such as its scope; empty when it has none. */
export function figure({ oauth }: Pick<Provider, 'oauth'>, name: string): string {
  return oauth?.[name] ?? '';
}

/** The page that the browser opens. Parameters that are undefined are left out. */
export function pageUrl(base: string, parameters: Readonly<Record<string, string | undefined>>): URL {
  const url = new URL(base);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}

export function pkceParameters(codeChallenge: string | undefined): Readonly<Record<string, string>> {
  return codeChallenge === undefined ? {} : { code_challenge: codeChallenge, code_challenge_method: 'S256' };
}

/** A call of a grant with the flow's client, by the network's way of this login. */
export function grantCall({ client, send, signal }: FlowContext, url: string, style: WireStyle): GrantCall {
  return { url, client, style, send, signal };
}

/** The standard's exchange of a code: RFC 6749, 4.1.3, with RFC 7636 where there is a verifier. */
export function exchangeCode(
  { code, redirectUri, codeVerifier }: CodeAnswer,
  call: GrantCall,
  extra: Readonly<Record<string, string>> = {},
): Promise<Granted> {
  const verifier = codeVerifier === undefined ? {} : { code_verifier: codeVerifier };
  return grantToken('authorization_code', { code, redirect_uri: redirectUri, ...verifier, ...extra }, call);
}

/** The standard's refresh: RFC 6749, 6. Throws `upstream_auth` when there is nothing to refresh with. */
export function refreshGrant(
  { refreshToken }: TokenSet,
  call: GrantCall,
  extra: Readonly<Record<string, string>> = {},
): Promise<Granted> {
  return grantToken('refresh_token', { refresh_token: refreshTokenOf(refreshToken), ...extra }, call);
}

export function refreshTokenOf(token: TokenSet['refreshToken']): string {
  if (token !== undefined) return token.reveal();
  throw new OmniError('upstream_auth', 'The login came without a refresh token.', { upstreamCode: 'invalid_grant' });
}

/** The tokens of an answer; what it leaves out (a refresh token that stays, the scope) is taken from those before. */
export function tokensOf(
  granted: Granted,
  { clock }: Pick<FlowContext, 'clock'>,
  before?: TokenSet,
): Omit<TokenSet, 'data' | 'secrets'> {
  const { accessToken, expiresInS } = granted;
  return {
    accessToken,
    ...compact({
      refreshToken: granted.refreshToken ?? before?.refreshToken,
      idToken: granted.idToken ?? before?.idToken,
      expiresAtMs: expiresInS === undefined ? undefined : clock.nowMs() + expiresInS * 1_000,
      scope: granted.scope ?? before?.scope,
    }),
  };
}

/** GETs JSON with the account's token. Throws `upstream_*` with the status, and never with the answer's text. */
export async function readAccount(
  url: string,
  headers: Readonly<Record<string, string>>,
  { send, signal }: Pick<FlowContext, 'send' | 'signal'>,
): Promise<JsonObject> {
  const answer = await send({ method: 'GET', url, headers: { accept: 'application/json', ...headers } }, signal);
  return accountAnswer(url, answer);
}

/** POSTs JSON with the account's token; errors as those of `readAccount`. */
export async function askAccount(
  url: string,
  body: JsonObject,
  headers: Readonly<Record<string, string>>,
  { send, signal }: Pick<FlowContext, 'send' | 'signal'>,
): Promise<JsonObject> {
  const json = { accept: 'application/json', 'content-type': 'application/json' };
  const answer = await send(
    { method: 'POST', url, headers: { ...json, ...headers }, body: JSON.stringify(body) },
    signal,
  );
  return accountAnswer(url, answer);
}

function accountAnswer(url: string, answer: { readonly status: number; readonly body: string }): JsonObject {
  const { host, pathname } = new URL(url);
  const { status } = answer;
  const body = asObject(parseJson(answer.body));
  if (status >= 200 && status < 300 && body !== undefined) return body;
  // A page is not the vendor's word, but that of something on the way to it.
  const isPage = body === undefined && answer.body !== '';
  const code =
    status === 401 && !isPage
      ? 'upstream_auth'
      : status === 403
        ? 'upstream_permission'
        : status >= 500
          ? 'upstream_server_error'
          : 'upstream_bad_response';
  throw new OmniError(code, `${host}${pathname} answered with status ${status}.`, {
    status: status >= 400 ? status : 502,
  });
}

export function bearer(token: { reveal(): string }): { readonly authorization: string } {
  return { authorization: `Bearer ${token.reveal()}` };
}

/** Only the members that are texts. */
export function textsOf(members: Readonly<Record<string, unknown>>): JsonObject {
  return compact(
    Object.fromEntries(Object.entries(members).map(([name, value]) => [name, asString(value)])),
  ) as JsonObject;
}
