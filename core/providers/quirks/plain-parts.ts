/** For chat hosts that take only text and images in a message. */
import { asObject, asString, isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Quirk } from '../provider.ts';
import { mapMessages } from './body.ts';

/** Any other part becomes text that says what stood there: a file's name, or its kind. */
export function textAndImageParts(why: string): Quirk {
  return {
    name: 'text-and-image-parts',
    why,
    formats: ['openai-chat'],
    needsText: ['"file"', '"input_audio"', '"refusal"', '"thinking"', '"video_url"'],
    request: (body) => mapMessages(body, withPlainParts),
  };
}

function withPlainParts(message: JsonObject): JsonObject {
  const { content } = message;
  if (!Array.isArray(content)) return message;
  const changed = content.map(plain);
  return changed.every((part, index) => part === content[index]) ? message : { ...message, content: changed };
}

function plain(part: JsonValue): JsonValue {
  if (!isObject(part) || part['type'] === 'text' || part['type'] === 'image_url') return part;
  const name = asString(asObject(part['file'])?.['filename']);
  const said = asString(part['text']) ?? asString(part['refusal']) ?? asString(part['thinking']);
  return {
    type: 'text',
    text: said ?? `[${name ?? String(part['type'])} left out: this model takes text and images only]`,
  };
}
