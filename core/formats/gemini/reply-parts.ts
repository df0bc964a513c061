/**
 * Parts of a reply for a Gemini client. Whatever a part must bring back in the next turn travels in `thoughtSignature`,
 * the protocol's opaque slot: Gemini's own verbatim, another protocol's in an envelope.
 */
import { isObject, type JsonObject } from '../../base/json.ts';
import { callArguments } from '../../model/call-arguments.ts';
import { isMadeCallId } from '../../model/call-ids.ts';
import { type Ext, sealExt } from '../../model/ext.ts';
import type { LossList } from '../../model/loss.ts';
import type { Part } from '../../model/part.ts';
import { FILE_DATA, INNER, notesOf } from './wire.ts';

/** The wire fields that carry a part's ext. */
export function replyNotes(ext: Ext | undefined): JsonObject {
  if (ext === undefined) return {};
  return ext.origin === 'gemini' ? notesOf(ext.data) : { thoughtSignature: sealExt(ext) };
}

/** A finished part as a wire part; undefined where nothing is left to say. Losses are added under `path`. */
export function replyPart(part: Part, path: string, losses: LossList): JsonObject | undefined {
  const notes = replyNotes(part.ext);
  const inner = part.ext?.origin === 'gemini' && isObject(part.ext.data[INNER]) ? part.ext.data[INNER] : {};
  switch (part.type) {
    case 'text':
      if (part.refusal === true) losses.add('refusal', path, 'The refusal is sent as plain text.');
      return part.text === '' && Object.keys(notes).length === 0 ? undefined : { text: part.text, ...notes };
    case 'reasoning':
      if (part.text === '' && Object.keys(notes).length === 0) return undefined;
      return { text: part.text, thought: true, ...notes };
    case 'tool-call': {
      const id = isMadeCallId(part.id) ? {} : { id: part.id };
      const args = callArguments(part, path, losses);
      if (part.kind === 'custom') losses.add('tool-custom', path, 'The free-text call is sent with one string.');
      return { functionCall: { ...id, name: part.name, args, ...inner }, ...notes };
    }
    case 'media': {
      const { source } = part;
      if (source.type === 'base64' && part.ext?.data[FILE_DATA] !== true) {
        return { inlineData: { mimeType: source.mediaType, data: source.data, ...inner }, ...notes };
      }
      if (source.type === 'url') {
        const type = source.mediaType === undefined ? {} : { mimeType: source.mediaType };
        return { fileData: { fileUri: source.url, ...type, ...inner }, ...notes };
      }
      losses.add(part.kind, path, 'Gemini answers hold media inline or by address; this one is left out.');
      return undefined;
    }
    case 'opaque':
      if (part.ext.origin === 'gemini') return part.ext.data;
      losses.add('opaque', path, `The ${part.label} item of another protocol is left out.`);
      return undefined;
    case 'tool-result':
      losses.add('opaque', path, 'An answer holds no tool result.');
      return undefined;
  }
}
