/** Parts of a request as content blocks for an upstream. */
import { asObject, asString, type JsonObject, parseJson } from '../../base/json.ts';
import { extBelongsTo } from '../../model/ext.ts';
import type { LossList } from '../../model/loss.ts';
import type { Part, ReasoningPart, TextPart, ToolCallPart, ToolResultPart } from '../../model/part.ts';
import { CUSTOM_INPUT } from '../../model/tool-names.ts';
import { writeCitationForUpstream } from './citations.ts';
import { encodeMedia } from './encode-media.ts';
import { type EncodeContext, isOwn, loseForeignExt, ORIGIN, ownFields, wireToolId, writeCache } from './wire.ts';

/**
 * The block for a part; undefined for what cannot be said, with a loss where that takes something from the model.
 * `place` decides about media: the assistant and the system have none.
 */
export function encodeBlock(
  part: Part,
  at: { readonly path: string; readonly place: 'user' | 'assistant' | 'system' },
  context: EncodeContext,
): JsonObject | undefined {
  const { path } = at;
  switch (part.type) {
    case 'text':
      return encodeText(part, path, context);
    case 'media':
      if (at.place === 'user') return encodeMedia(part, path, context);
      context.losses.add(part.kind, path, `The API takes no media in ${at.place} text; it is left out.`);
      return undefined;
    case 'reasoning':
      return encodeReasoningPart(part, path, context);
    case 'tool-call':
      return encodeToolCall(part, path, context);
    case 'tool-result':
      return encodeToolResult(part, path, context);
    case 'opaque':
      if (isOwn(part.ext, context.target.issuer)) return part.ext.data;
      context.losses.add('opaque', path, `An item "${part.label}" of ${part.ext.origin} is left out.`);
      return undefined;
  }
}

/** Blank text is left out: the API refuses it (facts D.15-8). */
function encodeText(part: TextPart, path: string, context: EncodeContext): JsonObject | undefined {
  const { losses } = context;
  if (part.text.trim() === '') return undefined;
  loseForeignExt(part.ext, path, losses, context.target.issuer);
  if (part.refusal === true) losses.add('refusal', path, 'A refusal is sent as plain text.');
  const citations = (part.citations ?? []).flatMap((citation) => {
    const raw = writeCitationForUpstream(citation, path, losses);
    return raw === undefined ? [] : [raw];
  });
  return {
    type: 'text',
    text: part.text,
    ...(citations.length > 0 && { citations }),
    ...writeCache(part.cache),
    ...ownFields(part.ext, context.target.issuer),
  };
}

/**
 * Thoughts go back only to who made them. An unsigned block would be refused ("Invalid signature in thinking block",
 * pitfall 3), so one is written only for the compatible server that itself sent it without a signature.
 */
function encodeReasoningPart(part: ReasoningPart, path: string, context: EncodeContext): JsonObject | undefined {
  const { ext } = part;
  if (extBelongsTo(ext, ORIGIN, context.target.issuer)) {
    if (asString(ext.data['data']) !== undefined) return { type: 'redacted_thinking', ...ext.data };
    const signed = asString(ext.data['signature']) !== undefined;
    if (signed || ext.issuer === context.target.issuer) return { type: 'thinking', thinking: part.text, ...ext.data };
  }
  context.losses.add('reasoning', path, 'Thoughts that this provider did not sign are left out.');
  return undefined;
}

function encodeToolCall(part: ToolCallPart, path: string, context: EncodeContext): JsonObject {
  loseForeignExt(part.ext, path, context.losses, context.target.issuer);
  return {
    type: 'tool_use',
    id: wireToolId(part.id, path, context.losses),
    name: context.names.wire(part.name, part.namespace),
    input: part.kind === 'custom' ? { [CUSTOM_INPUT]: part.input } : toolInput(part.input, path, context.losses),
    ...writeCache(part.cache),
    ...ownFields(part.ext, context.target.issuer),
  };
}

/** Arguments as the object the protocol demands. No text is `{}`; what is no object is wrapped, with a loss. */
export function toolInput(input: string, path: string, losses: LossList): JsonObject {
  if (input.trim() === '') return {};
  const parsed = asObject(parseJson(input));
  if (parsed !== undefined) return parsed;
  losses.add('tool-arguments', path, 'Arguments that are no JSON object are sent as the text of one field.');
  return { [CUSTOM_INPUT]: input };
}

function encodeToolResult(part: ToolResultPart, path: string, context: EncodeContext): JsonObject {
  loseForeignExt(part.ext, path, context.losses, context.target.issuer);
  const content = part.content.flatMap((inner, index) => {
    const block = encodeBlock(inner, { path: `${path}.content[${index}]`, place: 'user' }, context);
    return block === undefined ? [] : [block];
  });
  return {
    type: 'tool_result',
    tool_use_id: wireToolId(part.callId, path, context.losses),
    ...(content.length > 0 && { content: shortContent(content) }),
    ...(part.isError !== undefined && { is_error: part.isError }),
    ...writeCache(part.cache),
    ...ownFields(part.ext, context.target.issuer),
  };
}

/** A single plain text block as the string that means the same; compatible servers know that form best. */
export function shortContent(blocks: JsonObject[]): string | JsonObject[] {
  const [only, ...others] = blocks;
  if (only === undefined || others.length > 0 || Object.keys(only).length !== 2) return blocks;
  return asString(only['text']) ?? blocks;
}
