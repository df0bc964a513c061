/**
 * The OAuth library's requests and answers as a vendor wants them. The library speaks RFC 6749 and 8628: forms with
 * snake_case names, errors with status 400. Each deviation is named here once, in both directions; the call itself goes
 * through the folder's own HTTP client, and so through the network proxy in force.
 */
import type { CustomFetchOptions } from 'oauth4webapi';
import { asNumber, asObject, asString, type JsonObject, parseJson } from '../../base/json.ts';
import type { HttpSend } from '../http.ts';

export interface WireStyle {
  /** `json`: the standard's names in a JSON object. `camel-json`: in camelCase (AWS). */
  readonly body: 'form' | 'json' | 'camel-json';
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ten years: what is said to last for longer is no date any more. */
const LONGEST_S = 315_360_000;

export const FORM: WireStyle = { body: 'form' };

/** What an endpoint answered, as it came, besides the library's reading of it. */
export interface Exchange {
  fetch(url: string, options: CustomFetchOptions<'POST', URLSearchParams>): Promise<Response>;
  /** The answer's body, its names in snake_case; empty before there is one, and when it is no JSON object. */
  answered(): JsonObject;
}

export function wireExchange(send: HttpSend, style: WireStyle, signal: AbortSignal): Exchange {
  let answered: JsonObject = {};
  return {
    answered: () => answered,
    async fetch(url, { body, headers }) {
      const answer = await send(
        {
          method: 'POST',
          url,
          headers: {
            ...headers,
            ...(style.body !== 'form' && { 'content-type': 'application/json' }),
            ...style.headers,
          },
          body: style.body === 'form' ? body.toString() : JSON.stringify(namesOf(body, style)),
        },
        signal,
      );
      const parsed = asObject(parseJson(answer.body));
      if (parsed === undefined) return new Response(answer.body, { status: statusOf(answer.status) });
      answered = renamed(parsed, toSnake);
      return standardAnswer(answer.status, answered, answer.keptForMs);
    },
  };
}

function namesOf(body: URLSearchParams, style: WireStyle): JsonObject {
  const members = Object.fromEntries(body);
  return style.body === 'camel-json' ? renamed(members, toCamel) : members;
}

/**
 * The answer as the standard has it: an error reported with status 200 gets 400 (GitHub), an error object becomes its
 * code (OpenAI, Anthropic), a missing `token_type` is Bearer. The ID token is left out: it came straight from the token
 * endpoint, which vouches for it (OpenID Connect Core, 3.1.3.7), and its issuer differs by installation.
 */
function standardAnswer(status: number, body: JsonObject, keptForMs = 0): Response {
  const detail = asObject(body['error']);
  const error = detail === undefined ? asString(body['error']) : (asString(detail['code']) ?? asString(detail['type']));
  const isError = error !== undefined && body['access_token'] === undefined;
  if (isError || detail !== undefined) {
    const description = asString(body['error_description']) ?? asString(detail?.['message']);
    return json(status < 400 ? 400 : status, {
      error: error ?? 'error',
      ...(description !== undefined && { error_description: description }),
    });
  }
  const { id_token: _validatedByOrigin, expires_in, refresh_token, scope, interval, ...rest } = body;
  return json(statusOf(status), {
    token_type: 'bearer',
    ...rest,
    // A lifetime of zero or null means that none is told.
    ...(Number(expires_in) > 0 && { expires_in: leftOf(Number(expires_in), keptForMs) }),
    ...(asString(refresh_token) && { refresh_token: String(refresh_token) }),
    ...(asString(scope) !== undefined && { scope: String(scope) }),
    ...((asNumber(interval) ?? 0) > 0 && { interval: Number(interval) }),
  });
}

/** A token that was kept may have ended; a second is the least that is told then, or what it was given to live. */
function leftOf(expiresInS: number, keptForMs: number): number {
  return Math.max(Math.min(expiresInS, 1), Math.min(expiresInS, LONGEST_S) - Math.floor(keptForMs / 1_000));
}

function json(status: number, body: JsonObject): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
}

/** A `Response` takes no status below 200, and none with a body among 204, 205 and 304. */
function statusOf(status: number): number {
  return status < 200 || [204, 205, 304].includes(status) ? 502 : status;
}

function renamed(body: JsonObject, rename: (name: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [rename(name), value]));
}

function toCamel(name: string): string {
  return name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
}

function toSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
