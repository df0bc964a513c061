/** Where a request for a target goes, and with which headers. Everything comes from the provider's row and the account. */
import type { IncomingHttpHeaders } from 'node:http';
import type { FormatId } from '../model/format-id.ts';
import type { Endpoint, Provider } from '../providers/provider.ts';
import type { Target } from '../routing/plan.ts';
import type { UpstreamAddress } from './call.ts';

/** Addresses without placeholders are the same for every request of an endpoint. */
const fixedAddresses = new WeakMap<Endpoint, UpstreamAddress>();

/** Request headers of the client that belong to its protocol and go along when the target speaks the same one. */
const PROTOCOL_HEADERS: Readonly<Record<FormatId, readonly string[]>> = {
  'openai-chat': ['openai-beta'],
  'openai-responses': ['openai-beta'],
  'anthropic-messages': ['anthropic-beta', 'anthropic-version'],
  gemini: [],
  'ollama-chat': [],
};

/** The address for generating. Streams of Gemini are asked for as SSE (https://ai.google.dev/api/generate-content). */
export function generateAddress(
  target: Pick<Target, 'provider' | 'endpoint' | 'model'>,
  stream: boolean,
): UpstreamAddress {
  const { provider, endpoint, model } = target;
  if (endpoint.path.includes('{')) {
    const { origin, path } = fill(provider, endpoint.path, model, stream ? 'streamGenerateContent' : 'generateContent');
    return { origin, path: stream && endpoint.format === 'gemini' ? `${path}?alt=sse` : path };
  }
  let address = fixedAddresses.get(endpoint);
  if (address === undefined) {
    address = addressOf(provider.hosts.api + endpoint.path);
    fixedAddresses.set(endpoint, address);
  }
  return address;
}

/** A path of the provider's with its placeholders filled in, on its API host. */
export function fill(provider: Provider, path: string, model: string, action = ''): UpstreamAddress {
  const id = model.split('/').map(encodeURIComponent).join('/');
  return addressOf(provider.hosts.api + path.replace('{model}', id).replace('{action}', action));
}

function addressOf(text: string): UpstreamAddress {
  const { origin, pathname, search } = new URL(text);
  return { origin, path: pathname + search };
}

/** The headers of a call: the protocol's, the row's, the account's key. `client` is given in the same-format lane only. */
export function callHeaders(
  target: Pick<Target, 'endpoint' | 'account'>,
  client?: IncomingHttpHeaders,
): Record<string, string> {
  const { endpoint, account } = target;
  const headers: Record<string, string> = { 'content-type': 'application/json', ...endpoint.headers };
  if (client !== undefined) {
    for (const name of PROTOCOL_HEADERS[endpoint.format]) {
      const value = client[name];
      if (typeof value === 'string') headers[name] = mergeList(name, headers[name], value);
    }
  }
  if (account?.key !== undefined) headers[endpoint.auth.header] = (endpoint.auth.prefix ?? '') + account.key.reveal();
  return headers;
}

/** Beta flags of the row and of the client are both kept; any other header is the client's. */
function mergeList(name: string, ours: string | undefined, theirs: string): string {
  if (ours === undefined || name !== 'anthropic-beta') return theirs;
  const flags = [...theirs.split(','), ...ours.split(',')].map((flag) => flag.trim());
  return [...new Set(flags)].filter((flag) => flag !== '').join(',');
}
