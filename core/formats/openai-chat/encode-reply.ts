/** A whole answer for a client. https://platform.openai.com/docs/api-reference/chat/object */
import { asObject, type JsonObject, objectsOf } from '../../base/json.ts';
import type { ChatEvent, FinishEvent } from '../../model/event.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import { LossList } from '../../model/loss.ts';
import type { Part, TextPart } from '../../model/part.ts';
import { foldReply, type Reply } from '../../model/reply.ts';
import type { EncodedReply, ReplyContext } from '../format.ts';
import { encodeErrorEvent } from './errors.ts';
import { encodeReason } from './finish.ts';
import { mergeDetails } from './reasoning.ts';
import { callWire, citationsWire, mediaWire, opaqueWire, reasoningOf, reportStart } from './reply-parts.ts';
import { encodeUsage } from './usage.ts';
import { FORMAT, ownData } from './wire.ts';

/** The body, or the error body when the reply failed. */
export function encodeReply(events: Iterable<ChatEvent>, context: ReplyContext): EncodedReply {
  const reply = foldReply(events);
  const losses = new LossList();
  if (reply.error !== undefined) return { body: encodeErrorEvent(reply.error), losses: [] };
  reportStart(reply.start, losses);
  return { body: encodeBody(reply, context, losses), losses: losses.list() };
}

function encodeBody(reply: Reply, context: ReplyContext, losses: LossList): JsonObject {
  const { start, finish } = reply;
  const numbers = new Set([0, ...reply.parts.map(({ choice }) => choice)]);
  for (const { choice } of finish?.choices ?? []) numbers.add(choice);
  const choices = [...numbers].sort((a, b) => a - b).map((number) => encodeChoice(number, reply, losses));
  return {
    ...ownData(start.ext),
    ...asObject(ownData(finish?.ext)['fields']),
    id: start.id ?? `chatcmpl-${context.id}`,
    object: 'chat.completion',
    created: start.createdAtS ?? context.createdAtS,
    model: start.model ?? context.model,
    choices,
    ...(finish?.usage !== undefined && { usage: encodeUsage(finish.usage) }),
  };
}

function encodeChoice(number: number, reply: Reply, losses: LossList): JsonObject {
  const parts = reply.parts.filter(({ choice }) => choice === number).map(({ part }) => part);
  const { rest, messageRest, reason } = choiceEnd(reply.finish, number, losses);
  const texts = parts.filter((part) => part.type === 'text');
  const logprobs = encodeLogprobs(texts);
  return {
    index: number,
    message: { ...messageRest, ...encodeMessage(parts, losses) },
    ...rest,
    logprobs,
    finish_reason: reason,
  };
}

/** How a choice ended: its reason's word, and what its own protocol said besides. */
export function choiceEnd(
  finish: FinishEvent | undefined,
  number: number,
  losses: LossList,
): { readonly rest: JsonObject; readonly messageRest: JsonObject; readonly reason: string } {
  const data = ownData(finish?.ext);
  const key = String(number);
  // vLLM tells the stop sequence in a field of the choice.
  const rest: JsonObject = { ...asObject(asObject(data['choices'])?.[key]) };
  const vendorWord = asObject(data['reasons'])?.[key];
  const reason =
    (number === 0 ? finish?.reason : finish?.choices?.find(({ choice }) => choice === number)?.reason) ?? 'stop';
  const word = reason === 'other' && typeof vendorWord === 'string' ? vendorWord : encodeReason(reason);
  const isUntold = reason === 'stop-sequence' && rest['stop_reason'] === undefined;
  if (reason === 'pause' || isUntold || (reason === 'other' && word !== vendorWord)) {
    losses.add('finish-reason', `choices[${number}]`, `The reason "${reason}" is told as "${word}".`);
  }
  return {
    rest,
    messageRest: { ...asObject(asObject(data['messages'])?.[key]) },
    reason: word,
  };
}

function encodeLogprobs(texts: readonly TextPart[]): JsonObject | null {
  const content = texts.filter(({ refusal }) => refusal !== true).flatMap(({ logprobs }) => logprobs ?? []);
  const refusal = texts.filter((part) => part.refusal === true).flatMap(({ logprobs }) => logprobs ?? []);
  if (content.length === 0 && refusal.length === 0) return null;
  return { content: content.length > 0 ? content : null, refusal: refusal.length > 0 ? refusal : null };
}

function encodeMessage(parts: readonly Part[], losses: LossList): JsonObject {
  const blocks: JsonObject[] = [];
  const details: JsonObject[] = [];
  const fields: JsonObject = {};
  const calls: JsonObject[] = [];
  const annotations: JsonObject[] = [];
  let hasOwnBlocks = false;
  let refusal: string | null = null;
  for (const part of parts) {
    if (part.type === 'text') loseForeignFields(part.ext, { format: FORMAT, path: 'parts', losses });
    if (part.type === 'text' && part.refusal === true) refusal = (refusal ?? '') + part.text;
    else if (part.type === 'text') {
      blocks.push({ type: 'text', text: part.text });
      annotations.push(...citationsWire(part.citations ?? [], losses));
    } else if (part.type === 'reasoning') {
      const wire = reasoningOf(part, losses);
      if (wire.block !== undefined) blocks.push(wire.block);
      else if (wire.field !== undefined && part.text !== '') {
        const before = fields[wire.field];
        fields[wire.field] = (typeof before === 'string' ? before : '') + part.text;
      }
      hasOwnBlocks ||= wire.block !== undefined;
      mergeDetails(details, wire.details);
    } else if (part.type === 'tool-call') calls.push(callWire(part, losses));
    else if (part.type === 'media') addMedia(fields, mediaWire(part, losses));
    else {
      const block = opaqueWire(part, losses);
      if (block !== undefined) blocks.push(block);
      hasOwnBlocks ||= block !== undefined;
    }
  }
  return {
    role: 'assistant',
    content: hasOwnBlocks ? blocks : plainContent(blocks, calls.length > 0 || refusal !== null),
    refusal,
    ...fields,
    ...(details.length > 0 && { reasoning_details: details }),
    ...(annotations.length > 0 && { annotations }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

function addMedia(fields: JsonObject, { images, audio }: ReturnType<typeof mediaWire>): void {
  if (images !== undefined) fields['images'] = [...objectsOf(fields['images']), ...images];
  if (audio !== undefined) fields['audio'] = audio;
}

/** One string. Null, as the API has it, where the model only called tools or refused; else at least an empty one. */
function plainContent(blocks: readonly JsonObject[], isSilent: boolean): string | null {
  if (blocks.length === 0 && isSilent) return null;
  return blocks.map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}
