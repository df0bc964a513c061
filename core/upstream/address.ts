/** Where a request for a target goes, and with which headers. Everything comes from the provider's row and the account. */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../base/json.ts';
import type { Secret } from '../base/secret.ts';
import type { FormatId, UpstreamFormatId } from '../model/format-id.ts';
import { type CallFacts, type OwnClient, sendsIdentity } from '../providers/account-call.ts';
import type { Endpoint, Hosts } from '../providers/provider.ts';
import type { Target } from '../routing/plan.ts';
import type { UpstreamAddress } from './call.ts';

/** Addresses without placeholders are the same for every request of a provider's endpoint. */
const fixedAddresses = new WeakMap<Hosts, Map<Endpoint, UpstreamAddress>>();

/** Where a login names no region. */
const DEFAULT_REGION = 'us-east-1';

/** Request headers of the client that belong to its protocol and go along when the target speaks the same one. */
const PROTOCOL_HEADERS: Readonly<Partial<Record<UpstreamFormatId, readonly string[]>>> = {
  'openai-chat': ['openai-beta'],
  'openai-responses': ['openai-beta'],
  'anthropic-messages': ['anthropic-beta', 'anthropic-version'],
} satisfies Partial<Record<FormatId, readonly string[]>>;

type Place = Pick<Target, 'provider' | 'account'>;

/** The address for generating. Streams of Gemini are asked for as SSE (https://ai.google.dev/api/generate-content). */
export function generateAddress(
  target: Pick<Target, 'provider' | 'endpoint' | 'model' | 'account'>,
  stream: boolean,
): UpstreamAddress {
  const { provider, endpoint, model } = target;
  if (endpoint.path.includes('{')) {
    const { origin, path } = fill(target, endpoint.path, model, stream ? 'streamGenerateContent' : 'generateContent');
    return { origin, path: stream && endpoint.format === 'gemini' ? `${path}?alt=sse` : path };
  }
  if (provider.accountCall?.host !== undefined || provider.hosts.api.includes('{'))
    return addressOf(apiHostOf(target) + endpoint.path);
  return fixedAddress(provider.hosts, endpoint);
}

function fixedAddress(hosts: Hosts, endpoint: Endpoint): UpstreamAddress {
  let ofHosts = fixedAddresses.get(hosts);
  if (ofHosts === undefined) {
    ofHosts = new Map();
    fixedAddresses.set(hosts, ofHosts);
  }
  let address = ofHosts.get(endpoint);
  if (address === undefined) {
    address = addressOf(hosts.api + endpoint.path);
    ofHosts.set(endpoint, address);
  }
  return address;
}

/** A path of the provider's with its placeholders filled in, on its API host. */
export function fill(place: Place, path: string, model: string, action = ''): UpstreamAddress {
  const id = model.split('/').map(encodeURIComponent).join('/');
  return addressOf(apiHostOf(place) + path.replace('{model}', id).replace('{action}', action));
}

/** The host that serves this account: its login may name another one than the row, or a region. */
export function apiHostOf({ provider, account }: Place): string {
  const data = account?.data ?? {};
  const host = provider.accountCall?.host?.({ data }) ?? provider.hosts.api;
  return regional(host, data);
}

/** A region becomes part of a host name, so nothing but letters, digits and hyphens may stand in it. */
function regional(host: string, { region }: JsonObject): string {
  const isName = typeof region === 'string' && /^[a-z0-9-]{1,32}$/.test(region);
  return host.replace('{region}', isName ? region : DEFAULT_REGION);
}

function addressOf(text: string): UpstreamAddress {
  const { origin, pathname, search } = new URL(text);
  return { origin, path: pathname + search };
}

/** What is known of a call that is about to be made. `body` is read at most once, and only where a provider asks for it. */
export function callFacts(
  { endpoint, model, account }: Pick<Target, 'endpoint' | 'model' | 'account'>,
  { stream, body }: { readonly stream: boolean; body(): JsonObject },
): CallFacts {
  const facts = { data: account?.data ?? NO_DATA, format: endpoint.format, model, stream, body };
  return new PlannedCall(account?.key === undefined ? facts : { ...facts, key: account.key });
}

const NO_DATA: JsonObject = {};

/** Made for every call, while few providers ask for an id. */
class PlannedCall implements CallFacts {
  readonly data: JsonObject;
  readonly key?: Secret;
  readonly format: UpstreamFormatId;
  readonly model: string;
  readonly stream: boolean;
  readonly body: () => JsonObject;
  readonly nowMs = Date.now();
  #callId: string | undefined;

  constructor({ data, key, format, model, stream, body }: Omit<CallFacts, 'callId' | 'nowMs'>) {
    this.data = data;
    if (key !== undefined) this.key = key;
    this.format = format;
    this.model = model;
    this.stream = stream;
    this.body = body;
  }

  get callId(): string {
    this.#callId ??= randomUUID();
    return this.#callId;
  }
}

/**
 * The headers of a call: the protocol's, the row's, the account's key, what its login adds. `client` is given where the
 * client speaks the target's own protocol; `call` where an answer is to be generated.
 */
export function callHeaders(
  target: Pick<Target, 'provider' | 'endpoint' | 'account'>,
  client?: IncomingHttpHeaders,
  call?: CallFacts,
): Record<string, string> {
  const { provider, endpoint, account } = target;
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    ...endpoint.headers,
    ...(call && provider.accountCall?.headers?.(call)),
  };
  if (provider.ownClient !== undefined) identify(headers, provider.ownClient, target, client);
  for (const name of (client && PROTOCOL_HEADERS[endpoint.format]) ?? []) {
    const value = client?.[name];
    if (typeof value === 'string') headers[name] = mergeList(name, headers[name], value);
  }
  if (account?.key !== undefined) {
    const auth = account.login === undefined ? (endpoint.keyAuth ?? endpoint.auth) : endpoint.auth;
    headers[auth.header] = (auth.prefix ?? '') + account.key.reveal();
  }
  return headers;
}

/** The vendor's own client keeps its identity headers; another one is given them only where the person wants that. */
function identify(
  headers: Record<string, string>,
  own: OwnClient,
  { account }: Pick<Target, 'account'>,
  client: IncomingHttpHeaders | undefined,
): void {
  if (client !== undefined && own.userAgent.test(client['user-agent'] ?? '')) {
    for (const [name, value] of Object.entries(client)) {
      if (typeof value === 'string' && own.passes.some((pattern) => namesHeader(pattern, name))) headers[name] = value;
    }
    return;
  }
  if (!sendsIdentity(account?.data ?? {})) return;
  for (const [name, value] of Object.entries(own.identity ?? {})) headers[name] = mergeList(name, headers[name], value);
}

function namesHeader(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** Beta flags of the row and of the client are both kept; any other header is the client's. */
function mergeList(name: string, ours: string | undefined, theirs: string): string {
  if (ours === undefined || name !== 'anthropic-beta') return theirs;
  const flags = [...theirs.split(','), ...ours.split(',')].map((flag) => flag.trim());
  return [...new Set(flags)].filter((flag) => flag !== '').join(',');
}
