/**
 * Annotations of a message and the hub's citations. Some hosts write the members of `url_citation` flat beside `type`;
 * OpenRouter adds the cited `content`. https://platform.openai.com/docs/guides/tools-web-search
 */
import { asNumber, asObject, asString, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import { extBelongsTo } from '../../model/ext.ts';
import type { Citation } from '../../model/part.ts';
import { FORMAT } from './wire.ts';

const NESTED = ['type', 'url_citation'];
const MEMBERS = ['url', 'title', 'content', 'start_index', 'end_index'];

/** Annotations as citations. What is not exactly a nested `url_citation` is kept whole in the citation's `ext`. */
export function decodeAnnotations(value: JsonValue | undefined): Citation[] {
  return objectsOf(value).map((annotation) => {
    const nested = asObject(annotation['url_citation']);
    const inner = nested ?? annotation;
    const isPlain =
      nested !== undefined &&
      annotation['type'] === 'url_citation' &&
      asString(nested['url']) !== undefined &&
      Object.keys(annotation).every((key) => NESTED.includes(key)) &&
      Object.keys(nested).every((key) => MEMBERS.includes(key));
    return citation(inner, isPlain ? undefined : annotation);
  });
}

function citation(inner: JsonObject, whole: JsonObject | undefined): Citation {
  const url = asString(inner['url']);
  const title = asString(inner['title']);
  const citedText = asString(inner['content']);
  const start = asNumber(inner['start_index']);
  const end = asNumber(inner['end_index']);
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { citedText }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(whole !== undefined && { ext: { origin: FORMAT, data: whole } }),
  };
}

/** A citation as an annotation; undefined where the protocol has none for it (no URL). */
export function encodeAnnotation({ url, title, citedText, start, end, ext }: Citation): JsonObject | undefined {
  if (extBelongsTo(ext, FORMAT)) return ext.data;
  if (url === undefined) return undefined;
  return {
    type: 'url_citation',
    url_citation: {
      url,
      ...(title !== undefined && { title }),
      ...(citedText !== undefined && { content: citedText }),
      ...(start !== undefined && { start_index: start }),
      ...(end !== undefined && { end_index: end }),
    },
  };
}
