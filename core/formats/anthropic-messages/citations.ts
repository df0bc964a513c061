/**
 * Citations stand on a text block as a list of source locations
 * (https://docs.anthropic.com/en/docs/build-with-claude/citations). Ours travel verbatim in `ext`. A web citation of
 * another protocol becomes a `web_search_result_location` whose opaque `encrypted_index` is an envelope, so that the
 * client can send it back and nothing is forged.
 */
import { asNumber, asObject, asString, compact, type JsonObject, objectsOf } from '../../base/json.ts';
import { type Ext, openExt, sealExt } from '../../model/ext.ts';
import type { LossList } from '../../model/loss.ts';
import type { Citation } from '../../model/part.ts';
import { ORIGIN } from './wire.ts';

/** The citations of a block; undefined when it has none. */
export function readCitations(block: JsonObject): readonly Citation[] | undefined {
  const citations = objectsOf(block['citations']).map(readCitation);
  return citations.length > 0 ? citations : undefined;
}

/** One location as a citation; what an envelope holds is opened. */
export function readCitation(raw: JsonObject): Citation {
  const source = asString(raw['source']);
  const seen = compact({
    url: asString(raw['url']) ?? (source !== undefined && /^https?:/i.test(source) ? source : undefined),
    title: asString(raw['title']) ?? asString(raw['document_title']),
    citedText: asString(raw['cited_text']),
  });
  const sealed = openExt(asString(raw['encrypted_index']));
  if (sealed === undefined) return { ...seen, ext: { origin: ORIGIN, data: raw } };
  const { citedText, ...named } = seen;
  const data = asObject(sealed.data['data']);
  return {
    ...named,
    ...(citedText !== undefined && citedText !== '' && { citedText }),
    ...compact({ start: asNumber(sealed.data['start']), end: asNumber(sealed.data['end']) }),
    ...(data !== undefined && { ext: { ...sealed, data } }),
  };
}

/** For a client: our own verbatim, foreign ones with a URL in an envelope; others are lost. */
export function writeCitationForClient(citation: Citation, path: string, losses: LossList): JsonObject | undefined {
  if (citation.ext?.origin === ORIGIN) return citation.ext.data;
  if (citation.url === undefined) {
    losses.add('citations', path, 'A citation without a URL is left out.');
    return undefined;
  }
  if (citation.start !== undefined) losses.add('citations', path, 'The span of text a citation covers is not shown.');
  const data: JsonObject = {
    ...compact({ start: citation.start, end: citation.end }),
    ...(citation.ext !== undefined && { data: citation.ext.data }),
  };
  const holder: Ext = citation.ext ?? { origin: 'openai-chat', data: {} };
  return {
    type: 'web_search_result_location',
    url: citation.url,
    title: citation.title ?? null,
    cited_text: citation.citedText ?? '',
    encrypted_index: sealExt({ ...holder, data }),
  };
}

/** For an upstream: only what came from this protocol. */
export function writeCitationForUpstream(citation: Citation, path: string, losses: LossList): JsonObject | undefined {
  if (citation.ext?.origin === ORIGIN) return citation.ext.data;
  losses.add('citations', path, 'A citation of another protocol is left out.');
  return undefined;
}
