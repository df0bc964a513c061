/**
 * Annotations of output text and the hub's citations. What the hub has no word for (file ids, containers) travels in
 * the citation's `ext`. https://platform.openai.com/docs/api-reference/responses/object
 */
import { asNumber, asString, type JsonObject } from '../../base/json.ts';
import type { Citation } from '../../model/part.ts';
import { ownData } from './wire.ts';

const URL_MEMBERS = ['type', 'url', 'title', 'start_index', 'end_index'];

/** One annotation as a citation; `ext` holds it whole unless it is a complete `url_citation` and nothing else. */
export function decodeAnnotation(annotation: JsonObject): Citation {
  const url = asString(annotation['url']);
  const title = asString(annotation['title']) ?? asString(annotation['filename']);
  const start = asNumber(annotation['start_index']);
  const end = asNumber(annotation['end_index']);
  const complete = url !== undefined && title !== undefined && start !== undefined && end !== undefined;
  const plain =
    annotation['type'] === 'url_citation' &&
    complete &&
    Object.keys(annotation).every((key) => URL_MEMBERS.includes(key));
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
    ...(!plain && { ext: { origin: 'openai-responses' as const, data: annotation } }),
  };
}

/**
 * A citation as an annotation: its own one verbatim, else a `url_citation`. The protocol demands a title and a span;
 * where the citation has none, the URL and the text up to `textLength` stand in. Undefined without a URL: the protocol
 * has no annotation for it.
 */
export function encodeAnnotation(citation: Citation, textLength: number): JsonObject | undefined {
  const own = ownData(citation.ext);
  if (own !== undefined) return own;
  if (citation.url === undefined) return undefined;
  return {
    type: 'url_citation',
    url: citation.url,
    title: citation.title ?? citation.url,
    start_index: citation.start ?? 0,
    end_index: citation.end ?? textLength,
  };
}
