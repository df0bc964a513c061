/** The model's earlier turns for an upstream: text, refusal, thoughts and tool calls. */
import { type JsonObject, objectsOf } from '../../base/json.ts';
import { type Ext, extBelongsTo } from '../../model/ext.ts';
import type { MediaPart, Part, ReasoningPart, TextPart, ToolCallPart } from '../../model/part.ts';
import type { Message } from '../../model/request.ts';
import { CUSTOM_INPUT } from '../../model/tool-names.ts';
import { encodeBlock, joinTexts, type PartPaths, reportForeignExt } from './encode-content.ts';
import type { Writing } from './encode-request.ts';
import { encodeMedia } from './media.ts';
import { DETAILS, mergeDetails, reasoningWire } from './reasoning.ts';
import { callId } from './tool-call-id.ts';
import { FORMAT, innerData, ownData } from './wire.ts';

interface Turn {
  /** Blocks of the content, in order: text, refusals, thinking blocks, blocks this protocol alone knows. */
  readonly blocks: { readonly block: JsonObject; readonly text?: TextPart }[];
  readonly thoughts: Map<string, string>;
  readonly details: JsonObject[];
  readonly images: JsonObject[];
  readonly calls: JsonObject[];
}

/** One assistant message without its name and unknown fields. */
export function encodeAssistant(message: Message, paths: PartPaths, writing: Writing): JsonObject {
  const turn: Turn = { blocks: [], thoughts: new Map(), details: [], images: [], calls: [] };
  for (const part of message.parts) addPart(part, turn, { paths, writing });
  const { content, refusal } = contentOf(turn, writing.isOwn);
  return {
    role: 'assistant',
    content,
    ...(refusal !== undefined && { refusal }),
    ...Object.fromEntries(turn.thoughts),
    ...(turn.details.length > 0 && { [DETAILS]: turn.details }),
    ...(turn.images.length > 0 && { images: turn.images }),
    ...(turn.calls.length > 0 && { tool_calls: turn.calls }),
  };
}

interface PartWriting {
  readonly paths: PartPaths;
  readonly writing: Writing;
}

function addPart(part: Part, turn: Turn, { paths, writing }: PartWriting): void {
  const path = paths.of(part);
  switch (part.type) {
    case 'text':
      for (const block of encodeBlock(part, paths, writing)) turn.blocks.push({ block, text: part });
      break;
    case 'reasoning':
      addReasoning(part, turn, { paths, writing });
      break;
    case 'tool-call':
      turn.calls.push(encodeCall(part, path, writing));
      break;
    case 'media':
      addImage(part, turn, { paths, writing });
      break;
    case 'opaque':
    case 'tool-result':
      for (const block of encodeBlock(part, paths, writing)) turn.blocks.push({ block });
      break;
  }
}

/**
 * Thoughts go back to hosts of this protocol, some of which demand them beside tool calls (DeepSeek, Moonshot). Details
 * with signatures and thinking blocks go only to their maker; another gets the readable text.
 */
function addReasoning(part: ReasoningPart, turn: Turn, { paths, writing }: PartWriting): void {
  const { losses, target } = writing;
  const path = paths.of(part);
  if (part.ext !== undefined && part.ext.origin !== FORMAT) {
    losses.add('reasoning', path, `Reasoning made for ${part.ext.origin} is not sent to another protocol.`);
    return;
  }
  const isMaker = isOurs(part.ext, target.issuer);
  const wire = reasoningWire(isMaker ? (part.ext?.data ?? {}) : {}, part.text);
  if (!isMaker && objectsOf(part.ext?.data['details']).length > 0) {
    losses.add('reasoning-signature', path, 'Signed reasoning details are not sent to another provider.');
  }
  if (wire.block !== undefined) turn.blocks.push({ block: wire.block });
  else if (part.text !== '' && wire.field !== undefined) {
    turn.thoughts.set(wire.field, (turn.thoughts.get(wire.field) ?? '') + part.text);
  }
  // One part's details go back as they came; a signature that came late, after other content, joins its text.
  if (turn.details.length === 0) turn.details.push(...wire.details);
  else mergeDetails(turn.details, wire.details);
}

function isOurs(ext: Ext | undefined, issuer: string): boolean {
  return extBelongsTo(ext, FORMAT, issuer);
}

/** OpenRouter's place for pictures a model made; other hosts refuse the field. */
function addImage(part: MediaPart, turn: Turn, { paths, writing }: PartWriting): void {
  const media = encodeMedia(part, writing.isOwn);
  if (writing.isOwn && 'block' in media) turn.images.push(media.block);
  else {
    const detail = 'Media that the model made cannot be sent back and is left out.';
    writing.losses.add(part.kind, paths.of(part), detail);
  }
}

function encodeCall(part: ToolCallPart, path: string, writing: Writing): JsonObject {
  const { names, isOwn, losses } = writing;
  const id = callId(part.id, path, losses);
  const name = names.wire(part.name, part.namespace);
  const inner = innerData(part.ext);
  const extra = callExtra(part, path, writing);
  if (part.kind === 'custom' && isOwn)
    return { id, type: 'custom', custom: { name, input: part.input, ...inner }, ...extra };
  const text = part.kind === 'custom' ? JSON.stringify({ [CUSTOM_INPUT]: part.input }) : part.input;
  const args = text === '' && !isOwn ? '{}' : text;
  return { id, type: 'function', function: { name, arguments: args, ...inner }, ...extra };
}

/**
 * Gemini's signature goes back in Google's field, to its maker only; one without a known maker came from this client
 * and goes on as the client sent it. Other hosts refuse the field.
 */
function callExtra(part: ToolCallPart, path: string, writing: Writing): JsonObject {
  const { ext } = part;
  const isMaker = ext?.issuer === undefined ? writing.isOwn : ext.issuer === writing.target.issuer;
  const signature = ext?.origin === 'gemini' && isMaker ? ext.data['thoughtSignature'] : undefined;
  if (typeof signature === 'string') return { extra_content: { google: { thought_signature: signature } } };
  reportForeignExt(part, path, writing);
  return ownData(ext, writing.target.issuer);
}

function contentOf(turn: Turn, isOwn: boolean): { content: string | JsonObject[] | null; refusal?: string } {
  const texts = turn.blocks.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const isPlain = turn.blocks.every(({ block, text }) => text !== undefined && Object.keys(block).length === 2);
  const [first, second] = texts;
  const isSimple = texts.length <= 1 || (texts.length === 2 && first?.refusal !== true && second?.refusal === true);
  if (isOwn && !(isPlain && isSimple)) return { content: turn.blocks.map(({ block }) => block) };
  const spoken = texts.filter((part) => part.refusal !== true);
  const refusals = texts.filter((part) => part.refusal === true);
  const isSilent = turn.calls.length > 0 || refusals.length > 0 || isOwn;
  const blocks = turn.blocks.filter(({ text }) => text === undefined).map(({ block }) => block);
  const content = spoken.length > 0 ? joinTexts(spoken) : isSilent ? null : '';
  // Thinking blocks sealed for a client of another protocol come back to their maker (Mistral).
  const all = blocks.length === 0 ? content : [...blocks, ...(content ? [{ type: 'text', text: content }] : [])];
  return { content: all, ...(refusals.length > 0 && { refusal: joinTexts(refusals) }) };
}
