/**
 * Images and documents for an upstream. The API takes JPEG, PNG, GIF and WebP images
 * (https://docs.anthropic.com/en/docs/build-with-claude/vision), PDF and plain-text documents, by value, URL or file id.
 */
import { compact, type JsonObject } from '../../base/json.ts';
import { normalMediaType } from '../../model/data-url.ts';
import type { LossFeature } from '../../model/loss.ts';
import type { MediaPart } from '../../model/part.ts';
import { type EncodeContext, loseForeignExt, ORIGIN, ownFields, writeCache } from './wire.ts';

const IMAGE_TYPES = ['image/jpeg', 'image/png', 'image/gif', 'image/webp'];

/** A block of type image or document; undefined, with a loss, for what the API does not take. */
export function encodeMedia(part: MediaPart, path: string, context: EncodeContext): JsonObject | undefined {
  const { losses } = context;
  loseForeignExt(part.ext, path, losses, context.target.issuer);
  const source = part.kind === 'audio' || part.kind === 'video' ? undefined : encodeSource(part);
  if (source === undefined) {
    const feature: LossFeature = part.source.type === 'file-id' ? 'file-id' : part.kind;
    losses.add(feature, path, `${describe(part)} is left out: the API does not take it.`);
    return undefined;
  }
  if (part.detail !== undefined && part.detail !== 'auto') {
    losses.add('image-detail', path, `The image detail "${part.detail}" is left out.`);
  }
  if (part.kind === 'image') {
    if (part.filename !== undefined) losses.add('filename', path, 'The name of an image is left out.');
    return { type: 'image', source, ...writeCache(part.cache), ...ownFields(part.ext, context.target.issuer) };
  }
  return {
    type: 'document',
    source,
    ...compact({ title: part.filename }),
    ...writeCache(part.cache),
    ...ownFields(part.ext, context.target.issuer),
  };
}

function encodeSource(part: MediaPart): JsonObject | undefined {
  const { source } = part;
  switch (source.type) {
    case 'url':
      return { type: 'url', url: source.url };
    case 'file-id':
      return part.ext?.origin === ORIGIN ? { type: 'file', file_id: source.id } : undefined;
    case 'text':
      return part.kind === 'file' ? plainText(source.text) : undefined;
    case 'base64': {
      const mediaType = normalMediaType(source.mediaType);
      const accepted = part.kind === 'image' ? IMAGE_TYPES.includes(mediaType) : mediaType === 'application/pdf';
      if (accepted) return { type: 'base64', media_type: mediaType, data: source.data };
      const readable = mediaType.startsWith('text/') || mediaType === 'application/json';
      if (part.kind === 'image' || !readable) return undefined;
      return plainText(Buffer.from(source.data, 'base64').toString('utf8'));
    }
  }
}

function plainText(data: string): JsonObject {
  return { type: 'text', media_type: 'text/plain', data };
}

function describe(part: MediaPart): string {
  const type = part.source.type === 'base64' ? ` of type ${part.source.mediaType}` : '';
  return `A part of kind ${part.kind}${type}`;
}
