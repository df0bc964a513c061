/**
 * Images, audio, video and files in content blocks. OpenAI knows `image_url`, `input_audio` and `file`; `video_url` and
 * `audio_url` are what Qwen, Moonshot and vLLM add (https://docs.vllm.ai/en/latest/features/multimodal_inputs).
 */

import type { JsonObject } from '../../base/json.ts';
import { refuse } from '../../base/member-reader.ts';
import { dataUrl, normalMediaType, sourceFromUrl } from '../../model/data-url.ts';
import type { LossFeature } from '../../model/loss.ts';
import type { MediaPart, MediaSource } from '../../model/part.ts';
import { Fields, innerData, ownData, restWithInner, withExt } from './wire.ts';

type Media = Omit<MediaPart, 'cache'>;

const URL_KINDS: Readonly<Record<string, MediaPart['kind']>> = {
  image_url: 'image',
  video_url: 'video',
  audio_url: 'audio',
};

/** A media block; undefined when `type` is none of the media types. Throws `invalid_request` on a malformed one. */
export function decodeMedia(type: string, block: Fields): Media | undefined {
  const kind = URL_KINDS[type];
  if (kind !== undefined) return decodeUrl(type, kind, block);
  if (type === 'input_audio') return decodeAudio(block);
  return type === 'file' ? decodeFile(block) : undefined;
}

function decodeUrl(type: string, kind: MediaPart['kind'], block: Fields): Media {
  const value = block.take(type);
  // Mistral and a few clients write the URL as a plain string.
  const inner = new Fields(typeof value === 'string' ? { url: value } : value, block.at(type));
  const url = inner.requiredString('url');
  const detail = kind === 'image' ? inner.string('detail') : undefined;
  return {
    type: 'media',
    kind,
    source: normalSource(sourceFromUrl(url)),
    ...(detail !== undefined && { detail }),
    ...withExt(restWithInner(block.rest(), inner.rest())),
  };
}

const AUDIO_FORMATS: Readonly<Record<string, string>> = { mp3: 'audio/mpeg', pcm16: 'audio/pcm' };

function decodeAudio(block: Fields): Media {
  const inner = block.fields('input_audio');
  const data = inner.requiredString('data');
  const format = inner.string('format');
  const mediaType = AUDIO_FORMATS[format ?? ''] ?? `audio/${format ?? 'wav'}`;
  // Qwen takes a URL or a data URL in `data`.
  const source: MediaSource = /^(data:|https?:)/i.test(data)
    ? normalSource(sourceFromUrl(data))
    : { type: 'base64', mediaType, data };
  return { type: 'media', kind: 'audio', source, ...withExt(restWithInner(block.rest(), inner.rest())) };
}

function decodeFile(block: Fields): Media {
  const inner = block.fields('file');
  const filename = inner.string('filename');
  const source = fileSource(inner, filename);
  return {
    type: 'media',
    kind: 'file',
    source,
    ...(filename !== undefined && { filename }),
    ...withExt(restWithInner(block.rest(), inner.rest())),
  };
}

function fileSource(inner: Fields, filename: string | undefined): MediaSource {
  const data = inner.string('file_data');
  const id = inner.string('file_id');
  if (data !== undefined && /^(data:|https?:)/i.test(data)) return normalSource(sourceFromUrl(data));
  if (data !== undefined) {
    const mediaType = /\.pdf$/i.test(filename ?? '') ? 'application/pdf' : 'application/octet-stream';
    return { type: 'base64', mediaType, data };
  }
  return id === undefined ? refuse(inner.path, 'an object with "file_data" or "file_id"') : { type: 'file-id', id };
}

function normalSource(source: MediaSource): MediaSource {
  return source.type === 'base64' ? { ...source, mediaType: normalMediaType(source.mediaType) } : source;
}

/** A block, or what of it cannot be said. */
export type MediaBlock = { readonly block: JsonObject } | { readonly feature: LossFeature; readonly detail: string };

/**
 * Media as a content block. `isOwn`: the request came in as Chat Completions, so ids of uploaded files are the
 * upstream's. A foreign file without a name gets one, which the API demands beside `file_data`.
 */
export function encodeMedia(part: MediaPart, isOwn: boolean): MediaBlock {
  const { kind, source, ext } = part;
  if (source.type === 'text') return { block: { type: 'text', text: source.text, ...ownData(ext) } };
  if (source.type === 'file-id') {
    if (isOwn && kind === 'file') return fileBlock(part, { file_id: source.id });
    return { feature: 'file-id', detail: `The uploaded file "${source.id}" belongs to another API and is left out.` };
  }
  const url = source.type === 'url' ? source.url : dataUrl(source.mediaType, source.data);
  if (kind === 'file') return encodeFile(part, url, isOwn);
  if (kind === 'audio' && source.type === 'base64') {
    const input = { data: source.data, format: audioFormat(source.mediaType), ...innerData(ext) };
    return { block: { type: 'input_audio', input_audio: input, ...ownData(ext) } };
  }
  const name = `${kind}_url`;
  const detail = kind === 'image' && part.detail !== undefined ? { detail: part.detail } : {};
  return { block: { type: name, [name]: { url, ...detail, ...innerData(ext) }, ...ownData(ext) } };
}

function encodeFile(part: MediaPart, url: string, isOwn: boolean): MediaBlock {
  if (part.source.type === 'url' && !isOwn) {
    return { feature: 'file', detail: 'A file given by its URL cannot be sent; it is left out.' };
  }
  const isNamed = part.filename !== undefined || isOwn;
  const extension = part.source.type === 'base64' ? (part.source.mediaType.split('/')[1] ?? 'bin') : 'bin';
  return fileBlock(isNamed ? part : { ...part, filename: `file.${extension}` }, { file_data: url });
}

function fileBlock({ filename, ext }: MediaPart, source: JsonObject): MediaBlock {
  const file = { ...(filename !== undefined && { filename }), ...source, ...innerData(ext) };
  return { block: { type: 'file', file, ...ownData(ext) } };
}

/** The API's word for an audio type: `wav`, `mp3`, else the subtype. */
export function audioFormat(mediaType: string): string {
  const known = Object.entries(AUDIO_FORMATS).find(([, type]) => type === mediaType)?.[0];
  return known ?? (mediaType.split('/')[1] ?? 'wav').replace(/^(x-|vnd\.)+/, '').replace(/^wave$/, 'wav');
}
