/**
 * Replaces remote images and files of a request by their bytes, for targets that take only inline data. What one request
 * may fetch is bounded in number and in bytes of all together; each by itself is bounded in `upstream/fetch-media.ts`.
 */
import { Turns } from '../base/turns.ts';
import type { MediaPart, Part } from '../model/part.ts';
import type { ChatRequest, Message } from '../model/request.ts';
import { mediaFailure, mediaUnavailable } from '../upstream/fetch-media.ts';
import type { LanePorts, MediaFetch } from './lane.ts';

export interface MediaBounds {
  /** Different addresses. */
  readonly count: number;
  readonly bytes: number;
  /** Fetches of one request at the same time. */
  readonly atOnce: number;
}

/** More than any provider takes in one request: Gemini 20 MB, Anthropic 32 MB and 100 images, Bedrock 20 images. */
const BOUNDS: MediaBounds = { count: 32, bytes: 64 * 1024 * 1024, atOnce: 4 };

/**
 * The request with every remote medium inline. Throws `media_unavailable`, which names the medium at fault: one that
 * cannot be had, or the first beyond a bound; the other fetches are given up then.
 */
export async function inlineMedia(
  request: ChatRequest,
  ports: Pick<LanePorts, 'fetchMedia'>,
  fetch: Omit<MediaFetch, 'received'>,
  bounds: MediaBounds = BOUNDS,
): Promise<ChatRequest> {
  if (!holdsRemoteMedia(request)) return request;
  const failure = new AbortController();
  const signal = AbortSignal.any([fetch.signal, failure.signal]);
  const media = new RequestMedia(ports, { ...fetch, signal }, bounds);
  const inline = async (part: Part): Promise<Part> => {
    if (part.type === 'tool-result') return { ...part, content: await Promise.all(part.content.map(inline)) };
    if (!isRemote(part)) return part;
    const { mediaType, data } = await media.get(part.source.url);
    return { ...part, source: { type: 'base64', mediaType: typeOf(part, mediaType, data), data } };
  };
  try {
    const messages = await Promise.all(
      request.messages.map(async (message) => ({ ...message, parts: await Promise.all(message.parts.map(inline)) })),
    );
    return { ...request, messages };
  } finally {
    failure.abort();
  }
}

/** How files of these types begin, from the byte on (https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern). */
const BEGINNINGS: readonly (readonly [type: string, at: number, bytes: string])[] = [
  ['image/png', 0, '\u0089PNG\r\n'],
  ['image/jpeg', 0, '\u00ff\u00d8\u00ff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBPVP'],
  ['application/pdf', 0, '%PDF-'],
];

/** The type by the bytes, where they tell; else as the server says; else as the client does. Throws for a page in place of an image. */
function typeOf({ kind, source }: RemotePart, served: string, data: string): string {
  const start = Buffer.from(data.slice(0, 24), 'base64').toString('latin1');
  const told = BEGINNINGS.find(([, at, bytes]) => start.startsWith(bytes, at))?.[0];
  if (told !== undefined) return told;
  const type = served.endsWith('/octet-stream') ? (source.mediaType ?? served) : served;
  if (kind === 'image' && !type.startsWith('image/') && !type.endsWith('/octet-stream'))
    throw mediaUnavailable(source.url, `it is ${type} and no image`);
  return type;
}

/** What one request fetches: each address once. */
class RequestMedia {
  readonly #ports: Pick<LanePorts, 'fetchMedia'>;
  readonly #fetch: Omit<MediaFetch, 'received'>;
  readonly #bounds: MediaBounds;
  readonly #turns: Turns;
  readonly #fetched = new Map<string, ReturnType<LanePorts['fetchMedia']>>();
  #bytes = 0;

  constructor(ports: Pick<LanePorts, 'fetchMedia'>, fetch: Omit<MediaFetch, 'received'>, bounds: MediaBounds) {
    this.#ports = ports;
    this.#fetch = fetch;
    this.#bounds = bounds;
    this.#turns = new Turns(bounds.atOnce);
  }

  get(url: string): ReturnType<LanePorts['fetchMedia']> {
    const known = this.#fetched.get(url);
    if (known !== undefined) return known;
    const { count } = this.#bounds;
    if (this.#fetched.size >= count) {
      return Promise.reject(mediaUnavailable(url, `a request may name at most ${count} remote images and files`));
    }
    const received = (bytes: number): void => this.#take(url, bytes);
    const media = this.#turns
      .run(() => this.#ports.fetchMedia(url, { ...this.#fetch, received }), this.#fetch.signal)
      .catch(mediaFailure(url));
    this.#fetched.set(url, media);
    return media;
  }

  #take(url: string, bytes: number): void {
    this.#bytes += bytes;
    const limit = this.#bounds.bytes;
    if (this.#bytes <= limit) return;
    throw mediaUnavailable(
      url,
      `with it the remote images and files of this request are larger than ${limit / 1_048_576} MB together`,
    );
  }
}

/** Does any part name its bytes by a URL? */
export function holdsRemoteMedia({ messages }: ChatRequest): boolean {
  return messages.some(hasRemote);
}

type RemotePart = MediaPart & { readonly source: Extract<MediaPart['source'], { type: 'url' }> };

function isRemote(part: Part): part is RemotePart {
  return part.type === 'media' && part.source.type === 'url' && /^https?:/i.test(part.source.url);
}

function hasRemote(message: Message): boolean {
  return message.parts.some((part) => isRemote(part) || (part.type === 'tool-result' && part.content.some(isRemote)));
}
