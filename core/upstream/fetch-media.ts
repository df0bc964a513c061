/**
 * Fetches an image or file that a request names by URL, for targets that take only inline data. The URL comes from a
 * request, so it may reach public addresses only: the name is resolved here, each address is checked, the connection is
 * made to a checked address, and every redirect is checked again. Bounded in time, size and hops.
 */
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, request } from 'undici';
import { OmniError } from '../base/errors.ts';
import { untilAborted } from '../base/until-aborted.ts';
import { normalMediaType } from '../model/data-url.ts';

export interface Media {
  /** Lower case, without parameters. */
  readonly mediaType: string;
  /** Standard base64. */
  readonly data: string;
}

const MEDIA_LIMIT_BYTES = 20 * 1024 * 1024;
const FETCH_TIMEOUT_MS = 15_000;
const REDIRECT_LIMIT = 3;

/** Is this a public unicast address? IPv4 inside IPv6 (mapped, 6to4, NAT64) is judged by the IPv4 address. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.isIPv4MappedAddress())
    return parsed.toIPv4Address().range() === 'unicast';
  return parsed.range() === 'unicast';
}

export interface MediaRules {
  /** Decides on each resolved address; default: public ones. */
  readonly isAllowed?: ((address: string) => boolean) | undefined;
  /** The addresses of a host name; default: the machine's own look-up. */
  readonly resolve?: (host: string) => Promise<readonly LookupAddress[]>;
  /** The network proxy to go through, if any: an address that was checked is what it is asked for. */
  readonly proxyFor?: ((origin: string) => Dispatcher | undefined) | undefined;
  /** Told the bytes of each piece that came; may throw to end it. */
  readonly received?: ((bytes: number) => void) | undefined;
}

/**
 * Fetches the URL. Throws `media_unavailable`, which is the request's fault, when it is refused, missing or too large.
 */
export async function fetchMedia(url: string, signal: AbortSignal, rules: MediaRules = {}): Promise<Media> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
  let next = parseUrl(url);
  for (let hop = 0; hop <= REDIRECT_LIMIT; hop += 1) {
    const answer = await fetchOnce(next, limit, rules);
    if (answer.redirect === undefined) return answer.media;
    next = parseUrl(answer.redirect, next);
  }
  throw mediaUnavailable(url, `it redirects more than ${REDIRECT_LIMIT} times`);
}

type Fetched = { readonly redirect: string } | { readonly redirect?: undefined; readonly media: Media };

async function fetchOnce(url: URL, signal: AbortSignal, rules: MediaRules): Promise<Fetched> {
  const addresses = await checkedAddresses(url, signal, rules);
  const proxy = rules.proxyFor?.(url.origin);
  if (proxy !== undefined) return await fetchThrough(proxy, addresses, { url, signal, received: rules.received });
  const pinned = new Agent({
    connect: { timeout: FETCH_TIMEOUT_MS, lookup: (_name, _options, done) => done(null, [...addresses]) },
  });
  try {
    const asked = request(url, { dispatcher: pinned, signal });
    return await read(url, await untilAborted(signal, asked).catch(mediaFailure(url.href)), rules.received);
  } finally {
    await pinned.destroy();
  }
}

interface Fetch {
  readonly url: URL;
  readonly signal: AbortSignal;
  readonly received: MediaRules['received'];
}

/** Asks the proxy for one address after the other, until it reaches one. */
async function fetchThrough(
  proxy: Dispatcher,
  [first, ...others]: CheckedAddresses,
  { url, signal, received }: Fetch,
): Promise<Fetched> {
  const host = first.family === 6 ? `[${first.address}]` : first.address;
  const place = new URL(`${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}${url.pathname}${url.search}`);
  try {
    const asked = request(place, { dispatcher: proxy, signal, headers: { host: url.host } });
    return await read(url, await untilAborted(signal, asked), received);
  } catch (error) {
    const isUnreachable = error instanceof OmniError && error.code === 'upstream_unreachable';
    const [second, ...rest] = others;
    if (isUnreachable && second !== undefined)
      return await fetchThrough(proxy, [second, ...rest], { url, signal, received });
    return mediaFailure(url.href)(error);
  }
}

/**
 * Throws what a fetch failed with as it is to be told: a host that a proxy cannot reach, and a limit of time that was set
 * for the provider's answer, are not the provider's fault.
 */
export function mediaFailure(url: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof OmniError && !error.code.startsWith('upstream_')) throw error;
    throw mediaUnavailable(url, 'its server did not deliver it', error);
  };
}

async function read(
  url: URL,
  { statusCode, headers, body }: Dispatcher.ResponseData,
  received: MediaRules['received'],
): Promise<Fetched> {
  try {
    const location = headers['location'];
    if (statusCode >= 300 && statusCode < 400 && typeof location === 'string') {
      await body.dump();
      return { redirect: location };
    }
    if (statusCode !== 200) throw mediaUnavailable(url.href, `its server answered ${statusCode}`);
    return { media: { mediaType: mediaTypeOf(headers['content-type']), data: await readBase64(url, body, received) } };
  } catch (error) {
    return mediaFailure(url.href)(error);
  }
}

type CheckedAddresses = readonly [LookupAddress, ...LookupAddress[]];

/** All that the host's name stands for: a name with one address that is not allowed is not asked at all. */
async function checkedAddresses(url: URL, signal: AbortSignal, rules: MediaRules): Promise<CheckedAddresses> {
  const { isAllowed = isPublicAddress, resolve = (name: string) => lookup(name, { all: true }) } = rules;
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const addresses = await untilAborted(signal, resolve(host)).catch((error: unknown) => {
    if (error instanceof OmniError) return mediaFailure(url.href)(error);
    throw mediaUnavailable(url.href, 'its host name cannot be resolved', error);
  });
  const [first, ...others] = addresses;
  if (first !== undefined && addresses.every(({ address }) => isAllowed(address))) return [first, ...others];
  throw mediaUnavailable(url.href, 'its host is not a public address');
}

async function readBase64(url: URL, body: AsyncIterable<Buffer>, received: MediaRules['received']): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    received?.(chunk.length);
    if (size > MEDIA_LIMIT_BYTES)
      throw mediaUnavailable(url.href, `it is larger than ${MEDIA_LIMIT_BYTES / 1_048_576} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('base64');
}

function mediaTypeOf(header: string | string[] | undefined): string {
  return typeof header === 'string' ? normalMediaType(header) : 'application/octet-stream';
}

function parseUrl(url: string, base?: URL): URL {
  const parsed = URL.canParse(url, base?.href) ? new URL(url, base) : undefined;
  if (parsed === undefined || (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')) {
    throw mediaUnavailable(url, 'it is no http or https URL');
  }
  return parsed;
}

/** The error for a medium that cannot be fetched, and why. It is kept, so nothing stays of the URL that may be secret. */
export function mediaUnavailable(url: string, why: string, cause?: unknown): OmniError {
  const place = placeOf(url);
  const shown = place.length > 120 ? `${place.slice(0, 120)}…` : place;
  return new OmniError(
    'media_unavailable',
    `The media at ${shown} cannot be fetched: ${why}. Send it inline instead.`,
    { cause },
  );
}

/** Without user name, password, query and fragment. */
function placeOf(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return (url.split(/[?#]/, 1)[0] ?? '').replace(/\/\/[^/]*@/, '//');
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
