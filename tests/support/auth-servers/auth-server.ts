/**
 * What the simulated authorization servers share: a real socket, a list of all that a strict vendor would have refused,
 * codes that work once, and refresh tokens that rotate, where a used one ends its whole family (RFC 9700, 4.14.2).
 * Written from the protocol facts, never from our own requests.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { asObject, asString, type JsonObject, parseJson } from '../../../core/base/json.ts';
import { MARK, markedSecret } from '../marked-secrets.ts';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** A form's or a JSON object's members that are texts. */
  readonly fields: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status?: number;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Route = (asked: Asked) => Answered | Promise<Answered>;

export interface SimulatedAccount {
  readonly email: string;
  readonly id: string;
  readonly name?: string;
  /** The team whose plan the person signs in with, where the vendor has those. */
  readonly team?: string;
}

export interface AuthServer {
  readonly url: string;
  /** What a strict vendor would have refused, in words. */
  readonly faults: string[];
  readonly asked: Asked[];
  readonly families: TokenFamilies;
  /** Answers the next requests of a path with this instead, until it is undefined. */
  answerInstead(path: string, route: Route | undefined): void;
  /** What calls of a path do is done at once, as ever; their answers come when they are let go. */
  holdAnswers(path: string): HeldAnswers;
  close(): Promise<void>;
}

export interface HeldAnswers {
  readonly waiting: () => number;
  release(): void;
}

/** Where vendors tell quotas, which are read in the background whenever that is due; these tests are not about it. */
const QUOTA_PATHS = new Set([
  ...['/api/oauth/usage', '/backend-api/wham/usage', '/copilot_internal/user', '/v1internal:retrieveUserQuota'],
]);

function asksForQuota({ path, headers }: Asked): boolean {
  return QUOTA_PATHS.has(path) || /\.GetUsageLimits$/.test(String(headers['x-amz-target'] ?? ''));
}

/** Starts a server whose routes are `METHOD /path`. What no route knows is a fault. */
export async function startAuthServer(routes: (tools: Tools) => Readonly<Record<string, Route>>): Promise<AuthServer> {
  const faults: string[] = [];
  const asked: Asked[] = [];
  const families = new TokenFamilies();
  const overrides = new Map<string, Route>();
  const held = new Map<string, (() => void)[]>();
  const fault = (what: string): void => void faults.push(what);
  const table = routes({ families, fault });
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://localhost');
      const text = Buffer.concat(chunks).toString('utf8');
      const one: Asked = {
        method: request.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        text,
        fields: fieldsOf(text, request.headers['content-type']),
      };
      if (asksForQuota(one) && !overrides.has(one.path)) return void response.writeHead(404).end();
      asked.push(one);
      const route = overrides.get(one.path) ?? table[`${one.method} ${one.path}`];
      if (route === undefined) fault(`${one.method} ${one.path} is no path of this vendor`);
      void Promise.resolve(route?.(one) ?? { status: 404, body: 'not found' }).then(
        async ({ status, body, headers }) => {
          const waiting = held.get(one.path);
          if (waiting !== undefined) await new Promise<void>((resolve) => waiting.push(resolve));
          if (status === 0) return void response.destroy();
          const isText = typeof body === 'string' || body === undefined;
          response.writeHead(status ?? 200, { 'content-type': isText ? 'text/html' : 'application/json', ...headers });
          response.end(isText ? body : JSON.stringify(body));
        },
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ...{ faults, asked, families },
    answerInstead: (path, route) => void (route === undefined ? overrides.delete(path) : overrides.set(path, route)),
    holdAnswers(path) {
      const waiting: (() => void)[] = [];
      held.set(path, waiting);
      return {
        waiting: () => waiting.length,
        release() {
          held.delete(path);
          for (const letGo of waiting.splice(0)) letGo();
        },
      };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

export interface Tools {
  readonly families: TokenFamilies;
  fault(what: string): void;
}

function fieldsOf(text: string, type = ''): Record<string, string> {
  if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(text));
  const members: JsonObject = asObject(parseJson(text)) ?? {};
  return Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );
}

interface Pair {
  readonly accessToken: string;
  readonly refreshToken: string;
}

interface Family {
  readonly account: SimulatedAccount;
  isRevoked: boolean;
  rotations: number;
  current: string;
}

/** Refresh tokens and what they belong to. */
export class TokenFamilies {
  readonly #byRefresh = new Map<string, Family>();
  readonly #byAccess = new Map<string, Family>();
  /** How often a used refresh token came again. */
  reuses = 0;
  /** Every token that was given out. */
  readonly given: string[] = [];
  /** How often tokens were refreshed. */
  refreshes = 0;

  grant(account: SimulatedAccount): Pair {
    const family: Family = { account, isRevoked: false, rotations: 0, current: '' };
    return this.#next(family);
  }

  /** The next pair; undefined when the token is unknown, its family is revoked, or it was used: then all of it is over. */
  rotate(refreshToken: string): { accessToken: string; refreshToken: string; account: SimulatedAccount } | undefined {
    const family = this.#byRefresh.get(refreshToken);
    if (family === undefined || family.isRevoked) return undefined;
    if (family.current !== refreshToken) {
      this.reuses += 1;
      family.isRevoked = true;
      return undefined;
    }
    this.refreshes += 1;
    family.rotations += 1;
    return { ...this.#next(family), account: family.account };
  }

  /** A new access token for the same refresh token, as vendors do that do not rotate. */
  renew(refreshToken: string): { accessToken: string; account: SimulatedAccount } | undefined {
    const family = this.#byRefresh.get(refreshToken);
    if (family === undefined || family.isRevoked) return undefined;
    this.refreshes += 1;
    const accessToken = markedSecret('at-');
    this.given.push(accessToken);
    this.#byAccess.set(accessToken, family);
    return { accessToken, account: family.account };
  }

  accountOf(accessToken: string): SimulatedAccount | undefined {
    const family = this.#byAccess.get(accessToken);
    return family === undefined || family.isRevoked ? undefined : family.account;
  }

  /** Access tokens given until now work no more; refresh tokens do. */
  forgetAccess(): void {
    this.#byAccess.clear();
  }

  /** Every login is over. */
  revokeAll(): void {
    for (const family of this.#byRefresh.values()) family.isRevoked = true;
  }

  #next(family: Family): Pair {
    const accessToken = markedSecret('at-');
    const refreshToken = markedSecret('rt-');
    family.current = refreshToken;
    this.given.push(accessToken, refreshToken);
    this.#byAccess.set(accessToken, family);
    this.#byRefresh.set(refreshToken, family);
    return { accessToken, refreshToken };
  }
}

/** Codes of one server: each is bound to what the browser brought, and works once. */
export class Codes {
  readonly #open = new Map<string, { readonly query: URLSearchParams; readonly account: SimulatedAccount }>();
  issue(query: URLSearchParams, account: SimulatedAccount): string {
    const code = markedSecret('code-');
    this.#open.set(code, { query, account });
    return code;
  }
  take(code: string | undefined): { readonly query: URLSearchParams; readonly account: SimulatedAccount } | undefined {
    const found = this.#open.get(code ?? '');
    this.#open.delete(code ?? '');
    return found;
  }
}

/** RFC 7636, 4.6. */
export function provesPossession(verifier: string | undefined, challenge: string | null): boolean {
  if (verifier === undefined || !/^[\w.~-]{43,128}$/.test(verifier)) return false;
  return createHash('sha256').update(verifier).digest('base64url') === challenge;
}

/** A fault for each value that is not as wanted, and for each name that is not known. */
export function checkFields(
  what: string,
  given: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string | RegExp>>,
  fault: Tools['fault'],
): void {
  for (const [name, value] of Object.entries(wanted)) {
    const found = given[name];
    const isRight = typeof value === 'string' ? found === value : found !== undefined && value.test(found);
    if (!isRight) fault(`${what}: ${name} is ${JSON.stringify(found)}, not ${String(value)}`);
  }
  for (const name of Object.keys(given)) if (!(name in wanted)) fault(`${what}: ${name} is not known`);
}

/** A fault for a body of another type than the vendor takes, and for a client that did not ask for JSON. */
export function checkBody({ path, headers }: Asked, type: 'form' | 'json', fault: Tools['fault']): void {
  const wanted = type === 'form' ? 'application/x-www-form-urlencoded' : 'application/json';
  const given = headers['content-type'] ?? '';
  if (given.split(';')[0] !== wanted) fault(`${path}: the body is ${given}, not ${wanted}`);
  if (!headers.accept?.includes('application/json')) fault(`${path}: JSON is not asked for, but ${headers.accept}`);
}

/** Back to where the client wants the browser, as RFC 6749, 4.1.2 says. */
export function redirectTo(uri: string, parameters: Readonly<Record<string, string>>): Answered {
  const url = new URL(uri);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { status: 302, headers: { location: url.href } };
}

/** A token that says these claims; its signature is nobody's, and marks it. */
export function unsignedToken(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${MARK}`;
}

/** What a person's browser does: opens the page, and is sent on. Returns where to. */
export async function openInBrowser(authUrl: string): Promise<string> {
  const response = await fetch(authUrl, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (location === null) throw new Error(`The sign-in page answered ${response.status}: ${await response.text()}`);
  return location;
}

/** The `Bearer` of a request. */
export function bearerOf({ headers }: Asked): string {
  return asString(headers.authorization)?.replace(/^Bearer /, '') ?? '';
}
