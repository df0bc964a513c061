/** Parts of a reply as wire members, the same for a whole message and for the deltas of a stream. */
import { asObject, type JsonObject } from '../../base/json.ts';
import { dataUrl } from '../../model/data-url.ts';
import type { StartEvent } from '../../model/event.ts';
import { type Ext, extBelongsTo, sealExt } from '../../model/ext.ts';
import type { LossList } from '../../model/loss.ts';
import type { Citation, MediaPart, OpaquePart, ReasoningPart, ToolCallPart } from '../../model/part.ts';
import { encodeAnnotation } from './annotations.ts';
import { encodeAudio } from './audio.ts';
import { type ReasoningWire, reasoningWire } from './reasoning.ts';
import { FORMAT, innerData, ownData } from './wire.ts';

/** Declares what another protocol told about the reply as a whole. */
export function reportStart({ ext }: StartEvent, losses: LossList): void {
  if (ext === undefined || ext.origin === FORMAT) return;
  const names = Object.keys(ext.data).filter((key) => !key.startsWith('#'));
  for (const name of names) losses.add('extension', name, `"${name}" is known only to ${ext.origin} and is left out.`);
}

/** Where a part's thoughts stand. Chat Completions has no place for another protocol's signature. */
export function reasoningOf(part: Pick<ReasoningPart, 'ext'> & { text?: string }, losses: LossList): ReasoningWire {
  const { ext, text = '' } = part;
  if (ext !== undefined && ext.origin !== FORMAT && Object.keys(ext.data).length > 0) {
    losses.add('reasoning-signature', 'reasoning', `A signature of ${ext.origin} cannot be given to this client.`);
  }
  return reasoningWire(extBelongsTo(ext, FORMAT) ? ext.data : {}, text);
}

/** Annotations for citations; those without a URL are a loss. */
export function citationsWire(citations: readonly Citation[], losses: LossList): JsonObject[] {
  return citations.flatMap((citation) => {
    const annotation = encodeAnnotation(citation);
    if (annotation !== undefined) return [annotation];
    losses.add('citations', 'citations', 'A citation without a URL has no form here and is left out.');
    return [];
  });
}

/** A whole tool call. */
export function callWire(part: ToolCallPart, losses: LossList): JsonObject {
  const { id, name, kind, input, ext, namespace } = part;
  if (namespace !== undefined) {
    losses.add('tool-namespace', 'tool-call', `The group "${namespace}" of the tool "${name}" cannot be told.`);
  }
  const inner = innerData(ext);
  const body =
    kind === 'custom' ? { custom: { name, input, ...inner } } : { function: { name, arguments: input, ...inner } };
  return { id, type: kind, ...body, ...callExtras(ext, losses) };
}

/** What goes along with a call: Gemini's signature, sealed with its maker; this protocol's own members. */
export function callExtras(ext: Ext | undefined, losses: LossList): JsonObject {
  if (ext === undefined) return {};
  if (ext.origin === FORMAT) return ownData(ext);
  if (ext.origin === 'gemini' && ext.data['thoughtSignature'] !== undefined) {
    return { extra_content: { google: { thought_signature: sealExt(ext) } } };
  }
  const names = Object.keys(ext.data).filter((key) => !key.startsWith('#'));
  if (names.length > 0) losses.add('extension', 'tool-call', `Only ${ext.origin} knows ${names.join(', ')}.`);
  return {};
}

/** Pictures as OpenRouter gives them, speech as OpenAI does; other media is a loss. */
export function mediaWire(part: MediaPart, losses: LossList): { images?: JsonObject[]; audio?: JsonObject } {
  const { kind, source, ext } = part;
  if (kind === 'image' && (source.type === 'base64' || source.type === 'url')) {
    const url = source.type === 'url' ? source.url : dataUrl(source.mediaType, source.data);
    return { images: [{ type: 'image_url', image_url: { url, ...asObject(innerData(ext)) }, ...ownData(ext) }] };
  }
  const audio = kind === 'audio' ? encodeAudio(part) : undefined;
  if (audio !== undefined) return { audio };
  losses.add(kind, 'media', `A reply of this protocol cannot hold this ${kind}; it is left out.`);
  return {};
}

/** A content block this protocol alone knows; undefined, and a loss, for another's. */
export function opaqueWire(part: OpaquePart | { type: string }, losses: LossList): JsonObject | undefined {
  const ext = 'ext' in part ? part.ext : undefined;
  if (extBelongsTo(ext, FORMAT)) return ext.data;
  const label = 'label' in part ? part.label : part.type;
  losses.add('opaque', label, `"${label}" is known only to another API and is left out.`);
  return undefined;
}
