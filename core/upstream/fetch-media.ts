/**
 * Fetches an image or file that a request names by URL, for targets that take only inline data. The URL comes from a
 * request, so it may reach public addresses only: the name is resolved here, each address is checked, the connection is
 * made to the checked address, and every redirect is checked again. Bounded in time, size and hops.
 */
import { lookup } from 'node:dns/promises';
import ipaddr from 'ipaddr.js';
import { Agent, type Dispatcher, request } from 'undici';
import { OmniError } from '../base/errors.ts';
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
  /** The network proxy to go through, if any: the address that was checked is what it is asked for. */
  readonly proxyFor?: (origin: string) => Dispatcher | undefined;
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
  const checked = await checkedAddress(url, rules.isAllowed ?? isPublicAddress);
  const proxy = rules.proxyFor?.(url.origin);
  if (proxy !== undefined) {
    const host = checked.family === 6 ? `[${checked.address}]` : checked.address;
    const asked = new URL(
      `${url.protocol}//${host}${url.port === '' ? '' : `:${url.port}`}${url.pathname}${url.search}`,
    );
    return read(
      url,
      await request(asked, { dispatcher: proxy, signal, headers: { host: url.host } }).catch(failed(url)),
      rules.received,
    );
  }
  const { address, family } = checked;
  const pinned = new Agent({
    connect: { timeout: FETCH_TIMEOUT_MS, lookup: (_name, _options, done) => done(null, [{ address, family }]) },
  });
  try {
    return await read(url, await request(url, { dispatcher: pinned, signal }).catch(failed(url)), rules.received);
  } finally {
    await pinned.destroy();
  }
}

function failed(url: URL): (error: unknown) => never {
  return (error) => {
    throw error instanceof OmniError ? error : mediaUnavailable(url.href, 'its server did not deliver it', error);
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
    if (error instanceof OmniError) throw error;
    throw mediaUnavailable(url.href, 'its server did not deliver it', error);
  }
}

async function checkedAddress(
  url: URL,
  isAllowed: (address: string) => boolean,
): Promise<{ address: string; family: number }> {
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  try {
    const addresses = await lookup(host, { all: true });
    const [first] = addresses;
    if (first !== undefined && addresses.every(({ address }) => isAllowed(address))) return first;
  } catch (error) {
    throw mediaUnavailable(url.href, 'its host name cannot be resolved', error);
  }
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

/** The error for a medium that cannot be fetched, and why. */
export function mediaUnavailable(url: string, why: string, cause?: unknown): OmniError {
  const shown = url.length > 120 ? `${url.slice(0, 120)}…` : url;
  return new OmniError(
    'media_unavailable',
    `The media at ${shown} cannot be fetched: ${why}. Send it inline instead.`,
    { cause },
  );
}
