/**
 * `image_generation_call` items: the image a model made, as a media part with the item's other fields in `ext`.
 * https://platform.openai.com/docs/guides/tools-image-generation
 */
import { asString, type JsonObject } from '../../base/json.ts';
import type { MediaPart } from '../../model/part.ts';
import { ownData, restOf } from './wire.ts';

/** The image of an item; undefined while it has none (still in progress, or failed). */
export function imagePart(item: JsonObject, issuer?: string): MediaPart | undefined {
  const data = asString(item['result']);
  if (data === undefined || data === '') return undefined;
  const mediaType = `image/${asString(item['output_format']) ?? 'png'}`;
  const rest = restOf(item, ['type', 'result']);
  const ext =
    issuer === undefined
      ? { origin: 'openai-responses' as const, data: { image: rest } }
      : { origin: 'openai-responses' as const, issuer, data: { image: rest } };
  return { type: 'media', kind: 'image', source: { type: 'base64', mediaType, data }, ext };
}

/** The own fields of an image item that a part came from; undefined for any other media. */
export function imageItemFields(part: MediaPart, issuer?: string): JsonObject | undefined {
  const image = ownData(part.ext, issuer)?.['image'];
  return typeof image === 'object' && image !== null && !Array.isArray(image) ? image : undefined;
}

/** The item of a base64 image with the given other fields; undefined for any other media. */
export function imageItem(part: MediaPart, fields: JsonObject): JsonObject | undefined {
  if (part.kind !== 'image' || part.source.type !== 'base64') return undefined;
  return { type: 'image_generation_call', ...fields, result: part.source.data };
}

/** The fields of an item for an image that another protocol's model made: the least a client needs. */
export function newImageFields(part: MediaPart, id: string): JsonObject {
  const mediaType = part.source.type === 'base64' ? part.source.mediaType : '';
  return { id, status: 'completed', output_format: mediaType.split('/')[1] ?? 'png' };
}
