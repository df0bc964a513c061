/** Data URLs (RFC 2397) as clients send images, files and audio. */
import type { MediaPart, MediaSource } from './part.ts';

/**
 * A data URL or plain URL as a source. The media type loses its parameters and becomes lower case; percent-encoded
 * data becomes base64; a data URL without a type is `application/octet-stream`.
 */
export function sourceFromUrl(url: string): MediaSource {
  if (!/^data:/i.test(url)) return { type: 'url', url };
  const comma = url.indexOf(',');
  const head = comma < 0 ? url.slice(5) : url.slice(5, comma);
  const raw = comma < 0 ? '' : url.slice(comma + 1);
  const [type = '', ...parameters] = head.split(';').map((piece) => piece.trim().toLowerCase());
  const mediaType = type === '' ? 'application/octet-stream' : type;
  if (parameters.includes('base64')) return { type: 'base64', mediaType, data: raw.replace(/\s+/g, '') };
  return { type: 'base64', mediaType, data: Buffer.from(decodeLoosely(raw)).toString('base64') };
}

/** Inline bytes as a data URL. */
export function dataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`;
}

/** `image/jpg` and parameters, as clients write them, in the registered form. */
export function normalMediaType(mediaType: string): string {
  const plain = (mediaType.split(';')[0] ?? '').trim().toLowerCase();
  return plain === 'image/jpg' ? 'image/jpeg' : plain;
}

/** The kind of media a type belongs to; what is neither image, audio nor video is a file. */
export function kindOfMediaType(mediaType: string): MediaPart['kind'] {
  const family = mediaType.split('/')[0];
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'file';
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
