/** Finished content blocks of an answer and the hub's parts, one by one. Streams build the same from their pieces. */
import { asString, compact, type JsonObject } from '../../base/json.ts';
import { ENVELOPE_START, type Ext, sealExt } from '../../model/ext.ts';
import type { LossList } from '../../model/loss.ts';
import type { Part, ReasoningPart, TextPart, ToolCallPart } from '../../model/part.ts';
import { CUSTOM_INPUT } from '../../model/tool-names.ts';
import { readCitations, writeCitationForClient } from './citations.ts';
import { redactedData } from './decode-blocks.ts';
import { toolInput } from './encode-blocks.ts';
import { extOf, filledRestOf, loseForeignExt, ORIGIN, ownFields } from './wire.ts';

/** What a block of an answer is to the hub: its kind without its text. */
export type BlockKind = 'text' | 'reasoning' | 'tool-call' | 'opaque';

export function kindOfBlock(type: string): BlockKind {
  if (type === 'text') return 'text';
  if (type === 'thinking' || type === 'redacted_thinking') return 'reasoning';
  return type === 'tool_use' ? 'tool-call' : 'opaque';
}

/** The `ext` of thoughts: signature or redacted data, and who made them. */
export function reasoningExt(block: JsonObject, issuer: string): Ext {
  const data = filledRestOf(block, ['type', 'thinking', 'signature']);
  const signature = asString(block['signature']);
  return {
    origin: ORIGIN,
    issuer,
    data: signature === undefined || signature === '' ? data : { ...data, signature },
  };
}

export function textExt(block: JsonObject): { readonly ext?: Ext } {
  return extOf(filledRestOf(block, ['type', 'text', 'citations']));
}

export function toolCallExt(block: JsonObject): { readonly ext?: Ext } {
  return extOf(filledRestOf(block, ['type', 'id', 'name', 'input']));
}

/** A finished block as a part. */
export function decodeReplyBlock(block: JsonObject, issuer: string): Part {
  const type = asString(block['type']) ?? 'unknown';
  switch (kindOfBlock(type)) {
    case 'text':
      return {
        type: 'text',
        text: asString(block['text']) ?? '',
        ...compact({ citations: readCitations(block) }),
        ...textExt(block),
      };
    case 'reasoning':
      return {
        type: 'reasoning',
        text: asString(block['thinking']) ?? '',
        form: 'full',
        ext: reasoningExt(block, issuer),
      };
    case 'tool-call':
      return {
        type: 'tool-call',
        id: asString(block['id']) ?? '',
        name: asString(block['name']) ?? '',
        kind: 'function',
        input: inputText(block['input']),
        ...toolCallExt(block),
      };
    case 'opaque':
      return { type: 'opaque', label: type, ext: { origin: ORIGIN, data: block } };
  }
}

/** Arguments as JSON text; a server that already sends text is taken at its word. */
export function inputText(input: JsonObject[string] | undefined): string {
  if (typeof input === 'string') return input;
  return JSON.stringify(input ?? {});
}

/** A part as a block for a client; undefined, with a loss, for what the protocol has no block for. */
export function encodeReplyBlock(part: Part, path: string, losses: LossList): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      loseTextDetails(part, path, losses);
      return { ...textHead(part), text: part.text, ...citationsOf(part, path, losses) };
    case 'reasoning':
      return redactedBlock(part.ext) ?? { type: 'thinking', thinking: part.text, ...signatureOf(part) };
    case 'tool-call':
      loseCallDetails(part, path, losses);
      return {
        ...toolCallHead(part),
        input: part.kind === 'custom' ? { [CUSTOM_INPUT]: part.input } : toolInput(part.input, path, losses),
      };
    case 'media':
      losses.add(part.kind, path, 'An answer of this protocol holds no media; it is left out.');
      return undefined;
    case 'opaque':
      if (part.ext.origin === ORIGIN) return part.ext.data;
      losses.add('opaque', path, `An item "${part.label}" of ${part.ext.origin} is left out.`);
      return undefined;
    case 'tool-result':
      losses.add('tool-result-orphan', path, 'An answer holds no tool result; it is left out.');
      return undefined;
  }
}

export function textHead(part: Pick<TextPart, 'ext'>): JsonObject {
  return { type: 'text', text: '', ...ownFields(part.ext) };
}

export function toolCallHead(part: Pick<ToolCallPart, 'id' | 'name' | 'ext'>): JsonObject {
  return { type: 'tool_use', id: part.id, name: part.name, input: {}, ...ownFields(part.ext) };
}

export function redactedBlock(ext: Ext | undefined): JsonObject | undefined {
  return redactedData(ext) === undefined ? undefined : { type: 'redacted_thinking', ...ownFields(ext) };
}

/**
 * Thoughts always carry a signature. Anthropic's is given as it is; everything else travels in an envelope, also a
 * signature that is itself one: the gateway behind it wants its own back.
 */
export function signatureOf(part: Pick<ReasoningPart, 'ext'>): JsonObject & { signature: string } {
  const own = ownFields(part.ext);
  const signature = asString(own['signature']);
  if (signature !== undefined && !signature.startsWith(ENVELOPE_START)) return { ...own, signature };
  return { signature: sealExt(part.ext ?? { origin: 'openai-chat', data: {} }) };
}

export function loseTextDetails(part: Pick<TextPart, 'ext' | 'refusal'>, path: string, losses: LossList): void {
  loseForeignExt(part.ext, path, losses);
  if (part.refusal === true) losses.add('refusal', path, 'A refusal is given as plain text.');
}

export function loseCallDetails(part: Pick<ToolCallPart, 'ext' | 'kind'>, path: string, losses: LossList): void {
  loseForeignExt(part.ext, path, losses);
  if (part.kind === 'custom') losses.add('tool-custom', path, 'Free-text input is given as one field.');
}

function citationsOf(part: TextPart, path: string, losses: LossList): JsonObject {
  if (part.logprobs !== undefined) losses.add('logprobs', path, 'Log probabilities are left out.');
  const citations = (part.citations ?? []).flatMap((citation) => {
    const raw = writeCitationForClient(citation, path, losses);
    return raw === undefined ? [] : [raw];
  });
  return citations.length > 0 ? { citations } : {};
}
