/**
 * What every request passes before anything reads it. A gateway on localhost is reachable from every web page the user
 * opens, and by DNS rebinding even under a foreign name; it holds paid accounts. So the Host must be one of ours, a page's
 * Origin must be ours or allow-listed, and "local" is what the socket says. A request without Origin and Sec-Fetch-Site
 * is no browser's: it needs only its key or session.
 */
import type { IncomingMessage } from 'node:http';
import { OmniError } from '../base/errors.ts';
import { pathOf } from '../base/request-path.ts';
import { isLoopbackAddress, isLoopbackName, parseHost, plainAddress } from './hosts.ts';
import type { Settings } from './settings.ts';

export interface DoorRequest {
  readonly method: string;
  /** Without query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly hasBody: boolean;
  /** Of the socket. */
  readonly remoteAddress: string | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
}

export interface DoorRules {
  /** `name` for any port or `name:port`; from settings, `BASE_URL` and the bound host. */
  readonly allowedHosts: readonly string[];
  /** Lower case, as browsers send them. */
  readonly allowedOrigins: readonly string[];
  /** A public URL is configured, so a proxy on this machine may speak for strangers: nobody counts as local then. */
  readonly hasPublicUrl: boolean;
}

export type DoorDecision =
  /** Go on; `isLocal` when a process of this machine asks with nothing in between. */
  | { readonly kind: 'pass'; readonly headers: Readonly<Record<string, string>>; readonly isLocal: boolean }
  /** Answer at once, without a body. */
  | { readonly kind: 'answer'; readonly status: 204; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'refuse'; readonly error: OmniError };

/** Paths under `/api/` that are Ollama's and not management's: its clients send JSON without saying so. */
const CLIENT_API = /^\/api\/(chat|generate|tags|show|ps|version|embed|embeddings)\/*$/;
/** What a proxy or tunnel adds. Such a header never makes a request local; it only shows that it is not. */
const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via', 'cf-connecting-ip'];
const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const PREFLIGHT_AGE_S = '600';

/** Is the path management's (`/api/…` without the client-facing ones)? */
export function isManagementPath(path: string): boolean {
  return /^\/api(\/|$)/.test(path) && !CLIENT_API.test(path);
}

/** The rules from the settings and the gateway's own public URL (`BASE_URL`), where one is set. */
export function doorRules(settings: Pick<Settings, 'allowedHosts' | 'allowedOrigins'>, baseUrl?: string): DoorRules {
  const url = baseUrl === undefined ? undefined : new URL(baseUrl);
  const own = url === undefined ? [] : [url];
  return {
    allowedHosts: [...settings.allowedHosts, ...own.map(({ host }) => host)],
    allowedOrigins: [...settings.allowedOrigins, ...own.map(({ origin }) => origin)],
    hasPublicUrl: url !== undefined && !isLoopbackName(url.hostname.replace(/^\[|\]$/g, '')),
  };
}

/** The parts of a request the door looks at. */
export function doorRequest(request: IncomingMessage): DoorRequest {
  const { headers, socket } = request;
  return {
    method: request.method ?? 'GET',
    path: pathOf(request),
    headers,
    hasBody: headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0,
    remoteAddress: socket.remoteAddress,
    localAddress: socket.localAddress,
    localPort: socket.localPort,
  };
}

/** Decides about one request: `forbidden_host`, `forbidden_origin` and `unsupported_media_type` are its refusals. */
export function decideDoor(request: DoorRequest, rules: DoorRules): DoorDecision {
  const host = header(request, 'host');
  if (host === undefined || !isAllowedHost(host, request, rules)) return refuseHost(host);
  const origin = header(request, 'origin')?.toLowerCase();
  const isListed = origin !== undefined && rules.allowedOrigins.includes(origin);
  if (origin !== undefined && !isListed && !isOwnOrigin(origin, host, request)) return refuseOrigin(origin);
  if (!isListed && isForeignFetch(request)) return refuseOrigin(undefined);
  const cors: Record<string, string> = origin !== undefined && isListed ? corsHeaders(origin) : {};
  if (request.method === 'OPTIONS') return preflight(request, cors);
  if (!hasJsonBody(request)) {
    const message = 'The body must be JSON, and the request must say so with Content-Type: application/json.';
    return { kind: 'refuse', error: new OmniError('unsupported_media_type', message) };
  }
  return { kind: 'pass', headers: cors, isLocal: !rules.hasPublicUrl && isLocal(request, host) };
}

function isAllowedHost(host: string, request: DoorRequest, rules: DoorRules): boolean {
  const asked = parseHost(host);
  if (asked === undefined) return false;
  const isOurPort = asked.port === undefined || asked.port === request.localPort;
  if (isOurPort && isLoopbackName(asked.name)) return true;
  const local = request.localAddress === undefined ? undefined : plainAddress(request.localAddress);
  if (isOurPort && asked.name === local) return true;
  return rules.allowedHosts.some((entry) => {
    const allowed = parseHost(entry);
    return allowed?.name === asked.name && (allowed.port === undefined || allowed.port === asked.port);
  });
}

/** Ours is the origin the request itself was sent to, or this listener under another name of this machine. */
function isOwnOrigin(origin: string, host: string, request: DoorRequest): boolean {
  const match = /^(https?):\/\/([^/]+)$/.exec(origin);
  const from = match?.[2] === undefined ? undefined : parseHost(match[2]);
  const to = parseHost(host);
  if (from === undefined || to === undefined) return false;
  const standardPort = match?.[1] === 'https' ? 443 : 80;
  const fromPort = from.port ?? standardPort;
  if (from.name === to.name && fromPort === (to.port ?? standardPort)) return true;
  return isLoopbackName(from.name) && isLoopbackName(to.name) && fromPort === request.localPort;
}

/**
 * Browsers leave Origin out of plain GETs (images, scripts, frames) but say where those come from; `same-site` is any
 * other port of localhost. Opening one of our pages from a link is allowed: its answer is not readable to the page
 * with the link, and neither API has side effects on GET. https://www.w3.org/TR/fetch-metadata/
 */
function isForeignFetch(request: DoorRequest): boolean {
  const site = header(request, 'sec-fetch-site');
  if (site !== 'cross-site' && site !== 'same-site') return false;
  if (header(request, 'origin') !== undefined && site === 'same-site') return false;
  const isPageVisit =
    (request.method === 'GET' || request.method === 'HEAD') &&
    header(request, 'sec-fetch-mode') === 'navigate' &&
    header(request, 'sec-fetch-dest') === 'document' &&
    !/^\/(api|v1|v1beta)(\/|$)/.test(request.path);
  return !isPageVisit;
}

function hasJsonBody(request: DoorRequest): boolean {
  if (!request.hasBody || !isManagementPath(request.path)) return true;
  return /^application\/json\s*(;|$)/i.test(header(request, 'content-type') ?? '');
}

function isLocal(request: DoorRequest, host: string): boolean {
  if (!isLoopbackAddress(request.remoteAddress)) return false;
  if (FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined)) return false;
  return isLoopbackName(parseHost(host)?.name ?? '');
}

function corsHeaders(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'x-request-id, retry-after',
    vary: 'Origin',
  };
}

function preflight(request: DoorRequest, cors: Readonly<Record<string, string>>): DoorDecision {
  const headers: Record<string, string> = { ...cors, allow: METHODS };
  const asked = header(request, 'access-control-request-headers');
  if (cors['access-control-allow-origin'] !== undefined) {
    headers['access-control-allow-methods'] = METHODS;
    headers['access-control-max-age'] = PREFLIGHT_AGE_S;
    if (asked !== undefined && /^[\w\-, ]+$/.test(asked)) headers['access-control-allow-headers'] = asked;
    if (header(request, 'access-control-request-private-network') === 'true') {
      headers['access-control-allow-private-network'] = 'true';
    }
  }
  return { kind: 'answer', status: 204, headers };
}

function refuseHost(host: string | undefined): DoorDecision {
  const message =
    host === undefined
      ? 'The request has no Host header.'
      : `This gateway does not answer to the host "${host.slice(0, 100)}". If it is yours, add it to allowedHosts in the settings, or set BASE_URL.`;
  return { kind: 'refuse', error: new OmniError('forbidden_host', message) };
}

function refuseOrigin(origin: string | undefined): DoorDecision {
  const who = origin === undefined ? 'Another site' : `The origin "${origin.slice(0, 100)}"`;
  const message = `${who} may not use this gateway from a browser. If it is yours, add its origin to allowedOrigins in the settings.`;
  return { kind: 'refuse', error: new OmniError('forbidden_origin', message) };
}

function header(request: DoorRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : value?.[0];
}
