/**
 * The two calls that logins are made of, over the OAuth library: a token for a grant (code, device code, refresh token),
 * and a device code. What can go wrong becomes an OmniError without any of the secrets that were sent:
 * `upstream_auth` with the vendor's error code as `upstreamCode` when the grant was refused, `upstream_server_error`,
 * `upstream_rate_limited`, `upstream_bad_response` and the network's own.
 */
import {
  type AuthorizationServer,
  allowInsecureRequests,
  type Client,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  deviceAuthorizationRequest,
  genericTokenEndpointRequest,
  None,
  processDeviceAuthorizationResponse,
  processGenericTokenEndpointResponse,
  ResponseBodyError,
} from 'oauth4webapi';
import { OmniError } from '../../base/errors.ts';
import { asString, compact, type JsonObject } from '../../base/json.ts';
import { scrubbed } from '../../base/scrub.ts';
import { Secret } from '../../base/secret.ts';
import type { HttpSend } from '../http.ts';
import { type Exchange, type WireStyle, wireExchange } from './wire.ts';

export interface OAuthClient {
  readonly id: string;
  readonly secret?: Secret;
  /** How the secret travels; without one there is none to send. */
  readonly auth?: 'basic' | 'post';
}

export interface GrantCall {
  /** The endpoint's URL. */
  readonly url: string;
  readonly client: OAuthClient;
  readonly style: WireStyle;
  readonly send: HttpSend;
  readonly signal: AbortSignal;
}

export interface Granted {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
  readonly idToken?: Secret;
  readonly expiresInS?: number;
  readonly scope?: string;
  /** The whole answer, with names in snake_case: vendors put account data beside the tokens. Holds the tokens too. */
  readonly answer: JsonObject;
}

export interface DeviceCode {
  readonly deviceCode: Secret;
  readonly userCode: string;
  readonly verificationUri: string;
  readonly verificationUriComplete?: string;
  readonly expiresInS: number;
  readonly intervalS: number;
}

/** RFC 8628, 3.5: the interval where the server names none. */
const DEFAULT_INTERVAL_S = 5;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const DETAIL_LIMIT = 200;

type Parameters = Readonly<Record<string, string>>;

export async function grantToken(grantType: string, parameters: Parameters, call: GrantCall): Promise<Granted> {
  const exchange = wireExchange(call.send, call.style, call.signal);
  const [server, client] = partiesOf(call);
  try {
    const options = { [customFetch]: exchange.fetch, [allowInsecureRequests]: true };
    const response = await genericTokenEndpointRequest(server, client, authOf(call), grantType, parameters, options);
    const read = await processGenericTokenEndpointResponse(server, client, response);
    return grantedOf(read, exchange);
  } catch (error) {
    throw failureOf(error, call, parameters);
  }
}

/** A token from an endpoint that knows no grant types and no clients, only what is sent (Kiro's social sign-in). */
export async function plainToken(parameters: Parameters, call: GrantCall): Promise<Granted> {
  const exchange = wireExchange(call.send, call.style, call.signal);
  const [server, client] = partiesOf(call);
  const headers = { accept: 'application/json' };
  try {
    const body = new URLSearchParams(parameters);
    const response = await exchange.fetch(call.url, { method: 'POST', redirect: 'manual', body, headers });
    // It has no error codes either: its status alone says that the grant was refused.
    const isRefusal = response.status === 400 || response.status === 401;
    if (isRefusal && exchange.answered()['error'] === undefined && !(await isPage(response, exchange)))
      throw refused(call, 'invalid_grant', response.status);
    return grantedOf(await processGenericTokenEndpointResponse(server, client, response), exchange);
  } catch (error) {
    throw failureOf(error, call, parameters);
  }
}

/** Not the endpoint's own words, but those of something on the way to it. */
async function isPage(response: Response, exchange: Exchange): Promise<boolean> {
  return Object.keys(exchange.answered()).length === 0 && (await response.clone().text()) !== '';
}

export function grantDeviceToken(deviceCode: Secret, extra: Parameters, call: GrantCall): Promise<Granted> {
  return grantToken(DEVICE_GRANT, { device_code: deviceCode.reveal(), ...extra }, call);
}

export async function requestDeviceCode(parameters: Parameters, call: GrantCall): Promise<DeviceCode> {
  const exchange = wireExchange(call.send, call.style, call.signal);
  const [server, client] = partiesOf(call);
  try {
    const options = { [customFetch]: exchange.fetch, [allowInsecureRequests]: true };
    const response = await deviceAuthorizationRequest(server, client, authOf(call), parameters, options);
    const read = await processDeviceAuthorizationResponse(server, client, response);
    return {
      deviceCode: new Secret(read.device_code),
      userCode: read.user_code,
      verificationUri: read.verification_uri,
      ...(read.verification_uri_complete && { verificationUriComplete: read.verification_uri_complete }),
      expiresInS: read.expires_in,
      intervalS: read.interval ?? DEFAULT_INTERVAL_S,
    };
  } catch (error) {
    throw failureOf(error, call, parameters);
  }
}

function partiesOf({ url, client }: GrantCall): readonly [AuthorizationServer, Client] {
  return [
    { issuer: new URL(url).origin, token_endpoint: url, device_authorization_endpoint: url },
    // Where the vendor knows no clients, the library needs one all the same; it is not sent.
    { client_id: client.id || 'none' },
  ];
}

function authOf({ client: { secret, auth } }: GrantCall): ClientAuth {
  if (secret === undefined) return None();
  return auth === 'basic' ? ClientSecretBasic(secret.reveal()) : ClientSecretPost(secret.reveal());
}

function grantedOf(read: Awaited<ReturnType<typeof processGenericTokenEndpointResponse>>, exchange: Exchange): Granted {
  const answer = exchange.answered();
  const idToken = asString(answer['id_token']);
  return {
    accessToken: new Secret(read.access_token),
    ...(read.refresh_token !== undefined && { refreshToken: new Secret(read.refresh_token) }),
    ...(idToken !== undefined && { idToken: new Secret(idToken) }),
    ...compact({ expiresInS: read.expires_in, scope: read.scope }),
    answer,
  };
}

function refused({ url }: GrantCall, upstreamCode: string, status: number): OmniError {
  return new OmniError('upstream_auth', `${new URL(url).host} refused (status ${status}).`, { status, upstreamCode });
}

function failureOf(error: unknown, call: GrantCall, parameters: Parameters): OmniError {
  if (error instanceof OmniError) return error;
  const { host } = new URL(call.url);
  if (!(error instanceof ResponseBodyError)) {
    const status = error instanceof Error && error.cause instanceof Response ? error.cause.status : undefined;
    const code =
      status === 429
        ? 'upstream_rate_limited'
        : status !== undefined && status >= 500
          ? 'upstream_server_error'
          : 'upstream_bad_response';
    return new OmniError(
      code,
      `${host} gave an answer that is no answer of a sign-in${status === undefined ? '' : ` (status ${status})`}.`,
      status === undefined ? {} : { status: code === 'upstream_bad_response' ? 502 : status },
    );
  }
  const secrets = secretsOf(call, parameters);
  const clean = (text: string): string =>
    secrets.reduce((out, value) => scrubbed(out, new Secret(value)), text).slice(0, DETAIL_LIMIT);
  const detail = error.error_description === undefined ? '' : `: ${clean(error.error_description)}`;
  const code =
    error.status >= 500 ? 'upstream_server_error' : error.status === 429 ? 'upstream_rate_limited' : 'upstream_auth';
  return new OmniError(code, `${host} refused (${clean(error.error)}${detail}).`, {
    status: error.status,
    upstreamCode: clean(error.error),
  });
}

/** All that the call sent and that its answer may repeat, the header of its client as it was encoded too. */
function secretsOf(call: GrantCall, parameters: Parameters): readonly string[] {
  const headers = new Headers();
  void authOf(call)(...partiesOf(call), new URLSearchParams(), headers);
  const encoded = headers.get('authorization')?.replace(/^Basic /, '') ?? '';
  const sent = Object.values(parameters).filter((value) => value.length >= 8);
  return [...sent, call.client.secret?.reveal() ?? '', encoded];
}
