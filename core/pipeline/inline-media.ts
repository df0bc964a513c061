/** Replaces remote images and files of a request by their bytes, for targets that take only inline data. */
import type { MediaPart, Part } from '../model/part.ts';
import type { ChatRequest, Message } from '../model/request.ts';
import type { LanePorts } from './lane.ts';

/** At most this many remote parts are fetched for one request. */
const REMOTE_LIMIT = 32;

/** The request with every remote medium inline. Throws `media_unavailable` with the path of the part at fault. */
export async function inlineMedia(
  request: ChatRequest,
  ports: Pick<LanePorts, 'fetchMedia'>,
  signal: AbortSignal,
): Promise<ChatRequest> {
  if (!holdsRemoteMedia(request)) return request;
  const fetched = new Map<string, ReturnType<LanePorts['fetchMedia']>>();
  const inline = async (part: Part): Promise<Part> => {
    if (part.type === 'tool-result') return { ...part, content: await Promise.all(part.content.map(inline)) };
    if (!isRemote(part)) return part;
    const { url } = part.source;
    let media = fetched.get(url);
    if (media === undefined) {
      if (fetched.size >= REMOTE_LIMIT) return part;
      media = ports.fetchMedia(url, signal);
      fetched.set(url, media);
    }
    const { mediaType, data } = await media;
    const known = mediaType === 'application/octet-stream' ? (part.source.mediaType ?? mediaType) : mediaType;
    return { ...part, source: { type: 'base64', mediaType: known, data } };
  };
  const messages = await Promise.all(
    request.messages.map(async (message) => ({ ...message, parts: await Promise.all(message.parts.map(inline)) })),
  );
  return { ...request, messages };
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
