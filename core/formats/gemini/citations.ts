/**
 * Sources of an answer: Gemini's `groundingMetadata` and `citationMetadata` point into the text by UTF-8 byte offsets
 * (https://ai.google.dev/api/generate-content#Segment), the hub's citations by UTF-16 ones.
 */
import { asNumber, asObject, asString, type JsonObject, objectsOf } from '../../base/json.ts';
import type { LossList } from '../../model/loss.ts';
import type { Citation } from '../../model/part.ts';

/** The citations with spans that a candidate's metadata gives for its only text. */
export function decodeCitations(candidate: JsonObject, text: string): Citation[] {
  const grounding = asObject(candidate['groundingMetadata']);
  const cited = asObject(candidate['citationMetadata']);
  const supports = objectsOf(grounding?.['groundingSupports']);
  const sources = objectsOf(cited?.['citationSources'] ?? cited?.['citations']);
  if (supports.length === 0 && sources.length === 0) return [];
  const bytes = Buffer.from(text);
  const chunks = objectsOf(grounding?.['groundingChunks']);
  return [
    ...supports.flatMap((support) => supportCitations(support, chunks, bytes)),
    ...sources.flatMap((source) => citation(source, source, bytes)),
  ];
}

function supportCitations(support: JsonObject, chunks: readonly JsonObject[], bytes: Buffer): Citation[] {
  const segment = asObject(support['segment']);
  const indices = support['groundingChunkIndices'];
  if (segment === undefined || !Array.isArray(indices)) return [];
  return indices.flatMap((index) => {
    const chunk = typeof index === 'number' ? chunks[index] : undefined;
    const source = asObject(chunk?.['web']) ?? asObject(chunk?.['retrievedContext']) ?? asObject(chunk?.['maps']);
    return source === undefined ? [] : citation(source, segment, bytes);
  });
}

function citation(source: JsonObject, segment: JsonObject, bytes: Buffer): Citation[] {
  const end = asNumber(segment['endIndex']);
  if (end === undefined) return [];
  const start = asNumber(segment['startIndex']) ?? 0;
  const url = asString(source['uri']);
  const title = asString(source['title']);
  return [
    {
      ...(url !== undefined && { url }),
      ...(title !== undefined && { title }),
      start: bytes.subarray(0, start).toString().length,
      end: bytes.subarray(0, end).toString().length,
    },
  ];
}

export interface CitedText {
  readonly text: string;
  readonly citations: readonly Citation[];
}

/** `groundingMetadata` for the texts of an answer; undefined where no citation names an address. */
export function encodeCitations(texts: readonly CitedText[], losses: LossList): JsonObject | undefined {
  const chunks: JsonObject[] = [];
  const supports: JsonObject[] = [];
  const indexByUrl = new Map<string, number>();
  texts.forEach(({ text, citations }, partIndex) => {
    for (const { url, title, start, end } of citations) {
      if (url === undefined) {
        losses.add('citations', `parts[${partIndex}]`, 'Gemini cites web addresses only; this source has none.');
        continue;
      }
      const index = indexByUrl.get(url) ?? chunks.push({ web: { uri: url, title: title ?? url } }) - 1;
      indexByUrl.set(url, index);
      if (end === undefined) continue;
      const segment = {
        ...(partIndex > 0 && { partIndex }),
        startIndex: Buffer.byteLength(text.slice(0, start ?? 0)),
        endIndex: Buffer.byteLength(text.slice(0, end)),
        text: text.slice(start ?? 0, end),
      };
      supports.push({ segment, groundingChunkIndices: [index] });
    }
  });
  if (chunks.length === 0) return undefined;
  return { groundingChunks: chunks, ...(supports.length > 0 && { groundingSupports: supports }) };
}
