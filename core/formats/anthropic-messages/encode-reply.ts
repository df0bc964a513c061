/** A whole answer for a client. */
import { asObject, type JsonObject } from '../../base/json.ts';
import type { ChatEvent, StartEvent } from '../../model/event.ts';
import { LossList } from '../../model/loss.ts';
import { foldReply } from '../../model/reply.ts';
import type { EncodedReply, ReplyContext } from '../format.ts';
import { encodeErrorEvent } from './errors.ts';
import { encodeReplyBlock } from './reply-blocks.ts';
import { encodeStopReason } from './stop-reason.ts';
import { encodeUsage } from './usage.ts';
import { loseForeignExt, ownFields, restOf } from './wire.ts';

/** A `message` object, or an error body where the answer failed. */
export function encodeReply(events: Iterable<ChatEvent>, context: ReplyContext): EncodedReply {
  const losses = new LossList();
  const { start, parts, finish, error } = foldReply(events);
  if (error !== undefined) return { body: encodeErrorEvent(error), losses: losses.list() };
  const content = parts.flatMap(({ choice, part }, index) => {
    if (choice > 0) {
      losses.add('choices', 'choices', 'Only the first of several answers is given.');
      return [];
    }
    const block = encodeReplyBlock(part, `parts[${index}]`, losses);
    return block === undefined ? [] : [block];
  });
  const usage = finish?.usage ?? start.usage;
  loseForeignExt(finish?.ext, 'finish', losses);
  const body: JsonObject = {
    ...messageHead(start, context),
    content,
    stop_reason: finish === undefined ? null : encodeStopReason(finish, losses),
    stop_sequence: finish?.stopSequence ?? null,
    usage: usage === undefined ? { input_tokens: 0, output_tokens: 0 } : encodeUsage(usage, losses),
    ...closingFields(finish?.ext),
  };
  return { body, losses: losses.list() };
}

/** Id, role and model. An id that is not of this protocol's shape gives way to the gateway's. */
export function messageHead(start: StartEvent, context: ReplyContext): JsonObject {
  return {
    id: start.id?.startsWith('msg_') ? start.id : `msg_${context.id}`,
    type: 'message',
    role: 'assistant',
    model: start.model ?? context.model,
    ...asObject(ownFields(start.ext)),
  };
}

/** Further closing members of the same protocol: `stop_details`, `container`, `context_management`. */
export function closingFields(ext: StartEvent['ext']): JsonObject {
  return restOf(ownFields(ext), ['stop_reason']);
}
