/**
 * Content blocks inside messages and tool outputs: `input_text`, `output_text`, `refusal`, `input_image`, `input_file`,
 * `input_audio`. https://platform.openai.com/docs/api-reference/responses/create
 */
import { asString, isObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import { dataUrl, normalMediaType, sourceFromUrl } from '../../model/data-url.ts';
import type { LossFeature, LossList } from '../../model/loss.ts';
import type { MediaPart, MediaSource, Part, TextPart } from '../../model/part.ts';
import { decodeAnnotation, encodeAnnotation } from './annotations.ts';
import { FORMAT, optional, optionalObject, ownData, refuse, required, restOf, under, withExt } from './wire.ts';

const IMAGE_MEMBERS = ['type', 'image_url', 'file_id', 'detail'];
const FILE_MEMBERS = ['type', 'file_data', 'file_url', 'file_id', 'filename', 'detail'];

/** The content of a message or tool output as parts; a block this format has no word for here becomes opaque. */
export function decodeContent(value: JsonValue | undefined, path: string): Part[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'string') return [{ type: 'text', text: value }];
  if (!Array.isArray(value)) return refuse(path, `"${path}" must be a string or an array of content parts.`);
  return value.map((block, index) => {
    const at = `${path}[${index}]`;
    return isObject(block) ? decodeBlock(block, at) : refuse(at, `"${at}" must be an object.`);
  });
}

function decodeBlock(block: JsonObject, path: string): Part {
  switch (block['type']) {
    case 'input_text':
    case 'output_text':
    case 'summary_text':
    case 'text':
      return decodeText(block, path);
    case 'refusal':
      return {
        type: 'text',
        text: required(block, under(path, 'refusal')),
        refusal: true,
        ...blockExt(block, ['type', 'refusal']),
      };
    case 'input_image':
      return decodeImage(block, path);
    case 'input_file':
      return decodeFile(block, path);
    case 'input_audio':
      return decodeAudio(block, path);
    default: {
      const label = required(block, under(path, 'type'));
      return { type: 'opaque', label, ext: { origin: FORMAT, data: block } };
    }
  }
}

function decodeText(block: JsonObject, path: string): TextPart {
  const citations = objectsOf(block['annotations']).map(decodeAnnotation);
  const logprobs = objectsOf(block['logprobs']);
  return {
    type: 'text',
    text: required(block, under(path, 'text')),
    ...(citations.length > 0 && { citations }),
    ...(logprobs.length > 0 && { logprobs }),
    ...blockExt(block, ['type', 'text', 'annotations', 'logprobs']),
  };
}

/** What a block holds beyond its known members, under `part`: message fields stand beside it. */
function blockExt(block: JsonObject, known: readonly string[]): ReturnType<typeof withExt> {
  const rest = restOf(block, known);
  return withExt(Object.keys(rest).length === 0 ? {} : { part: rest });
}

function decodeImage(block: JsonObject, path: string): MediaPart {
  const nested = isObject(block['image_url']) ? block['image_url'] : undefined;
  const url = nested === undefined ? optional(block, under(path, 'image_url'), 'string') : asString(nested['url']);
  const fileId = optional(block, under(path, 'file_id'), 'string');
  const detail = optional(block, under(path, 'detail'), 'string');
  const source = url === undefined ? fileSource(fileId) : sourceFromUrl(url);
  if (source === undefined) return refuse(path, `"${path}" needs an image_url or a file_id.`);
  return {
    type: 'media',
    kind: 'image',
    source,
    ...(detail !== undefined && { detail }),
    ...mediaExt(source, restOf(block, IMAGE_MEMBERS)),
  };
}

function decodeFile(block: JsonObject, path: string): MediaPart {
  const inline = optional(block, under(path, 'file_data'), 'string');
  const url = optional(block, under(path, 'file_url'), 'string');
  const filename = optional(block, under(path, 'filename'), 'string');
  const detail = optional(block, under(path, 'detail'), 'string');
  const source =
    (inline === undefined ? undefined : inlineSource(inline, filename)) ??
    (url === undefined ? undefined : sourceFromUrl(url)) ??
    fileSource(optional(block, under(path, 'file_id'), 'string'));
  if (source === undefined) return refuse(path, `"${path}" needs file_data, a file_url or a file_id.`);
  return {
    type: 'media',
    kind: 'file',
    source,
    ...(filename !== undefined && { filename }),
    ...(detail !== undefined && { detail }),
    ...mediaExt(source, restOf(block, FILE_MEMBERS), filename === undefined),
  };
}

function decodeAudio(block: JsonObject, path: string): MediaPart {
  const audio = optionalObject(block, under(path, 'input_audio'));
  if (audio === undefined) return refuse(path, `"${path}" needs input_audio.`);
  const data = required(audio, under(path, 'input_audio.data'));
  const format = required(audio, under(path, 'input_audio.format'));
  const mediaType = format === 'mp3' ? 'audio/mpeg' : `audio/${format}`;
  return { type: 'media', kind: 'audio', source: { type: 'base64', mediaType, data } };
}

function inlineSource(data: string, filename: string | undefined): MediaSource {
  if (/^data:/i.test(data)) return sourceFromUrl(data);
  const mediaType = /\.pdf$/i.test(filename ?? '') ? 'application/pdf' : 'application/octet-stream';
  return { type: 'base64', mediaType, data };
}

function fileSource(id: string | undefined): MediaSource | undefined {
  return id === undefined ? undefined : { type: 'file-id', id };
}

/** A file id is good at its own protocol only, so its part says where it came from; so does a file without a name. */
function mediaExt(source: MediaSource, rest: JsonObject, nameless = false): ReturnType<typeof withExt> {
  if (Object.keys(rest).length > 0) return withExt({ part: rest });
  return source.type === 'file-id' || nameless ? { ext: { origin: FORMAT, data: {} } } : {};
}

/** Text as `input_text` or `output_text` (or `refusal`) with the annotations and log-probabilities it has. */
export function encodeText(part: TextPart, output: boolean, losses: LossList, path: string): JsonObject {
  const own = partData(part);
  if (part.refusal === true && output) return { type: 'refusal', refusal: part.text, ...own };
  if (!output) return { type: 'input_text', text: part.text, ...own };
  const annotations = (part.citations ?? []).flatMap((citation) => {
    const annotation = encodeAnnotation(citation, part.text.length);
    if (annotation === undefined) losses.add('citations', path, 'A citation without a URL is left out.');
    return annotation === undefined ? [] : [annotation];
  });
  return {
    type: 'output_text',
    text: part.text,
    ...(annotations.length > 0 && { annotations }),
    ...(part.logprobs !== undefined && { logprobs: [...part.logprobs] }),
    ...own,
  };
}

/** An image, file or sound as its input block; undefined, with a loss, where the protocol has none for it. */
export function encodeMedia(part: MediaPart, losses: LossList, path: string): JsonObject | undefined {
  const { source } = part;
  const lost = (feature: LossFeature, detail: string): undefined => {
    losses.add(feature, path, detail);
    return undefined;
  };
  if (source.type === 'file-id' && ownData(part.ext) === undefined) {
    return lost('file-id', `The uploaded file "${source.id}" belongs to another protocol and is left out.`);
  }
  const detail = part.detail === undefined ? {} : { detail: part.detail };
  const own = partData(part);
  if (part.kind === 'image') {
    if (source.type === 'text') return lost('image', 'An image given as text is left out.');
    return source.type === 'file-id'
      ? { type: 'input_image', file_id: source.id, ...detail, ...own }
      : { type: 'input_image', image_url: urlOf(source), ...detail, ...own };
  }
  if (part.kind === 'file') {
    const filename = part.filename === undefined ? {} : { filename: part.filename };
    if (source.type === 'file-id') return { type: 'input_file', file_id: source.id, ...filename, ...detail, ...own };
    if (source.type === 'url') return { type: 'input_file', file_url: source.url, ...filename, ...detail, ...own };
    return { type: 'input_file', file_data: urlOf(source), ...inlineFilename(part), ...detail, ...own };
  }
  if (part.kind === 'audio' && source.type === 'base64') {
    const subtype = normalMediaType(source.mediaType).split('/')[1] ?? 'wav';
    const format = subtype === 'mpeg' ? 'mp3' : subtype.replace(/^x-/, '');
    return { type: 'input_audio', input_audio: { data: source.data, format } };
  }
  return lost(part.kind, `The Responses API takes no ${part.kind} of this kind; it is left out.`);
}

/** OpenAI refuses inline file data without a name; a client of this format that sent none gets its own way. */
function inlineFilename(part: MediaPart): JsonObject {
  if (part.filename !== undefined) return { filename: part.filename };
  if (ownData(part.ext) !== undefined) return {};
  if (part.source.type === 'text') return { filename: 'document.txt' };
  const pdf = part.source.type === 'base64' && normalMediaType(part.source.mediaType) === 'application/pdf';
  return { filename: pdf ? 'document.pdf' : 'document' };
}

function urlOf(source: Exclude<MediaSource, { type: 'file-id' }>): string {
  if (source.type === 'url') return source.url;
  if (source.type === 'base64') return dataUrl(source.mediaType, source.data);
  return dataUrl('text/plain', Buffer.from(source.text).toString('base64'));
}

function partData(part: Part): JsonObject {
  const rest = ownData(part.ext)?.['part'];
  return isObject(rest) ? rest : {};
}
