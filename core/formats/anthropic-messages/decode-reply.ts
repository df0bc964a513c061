/** An upstream's whole answer as events: https://docs.anthropic.com/en/api/messages#response-content. */
import { asObject, asString, compact, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { ChatEvent, FinishEvent, StartEvent } from '../../model/event.ts';
import type { Part } from '../../model/part.ts';
import { replyEvents } from '../../model/reply.ts';
import type { DecodeSource } from '../format.ts';
import { errorEvent } from './errors.ts';
import { decodeReplyBlock } from './reply-blocks.ts';
import { decodeStopReason, isDirectCall, type SeenCalls } from './stop-reason.ts';
import { decodeUsage } from './usage.ts';
import { extOf, filledRestOf } from './wire.ts';

/** The members of a message that have a place of their own in events. */
export const MESSAGE_FIELDS = ['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence', 'usage'];

/** Events of the answer; one error event for an error body, whatever its status was. */
export function decodeReply(body: JsonValue, source: DecodeSource): ChatEvent[] {
  const message = asObject(body);
  if (message === undefined || message['type'] === 'error' || asObject(message['error']) !== undefined) {
    return [errorEvent(body)];
  }
  if (!Array.isArray(message['content'])) {
    return [{ type: 'error', code: 'upstream_bad_response', message: 'The provider answered without content.' }];
  }
  const decoded = objectsOf(message['content']).map((block) => decodeReplyBlock(block, source.issuer));
  const parts = decoded.filter(isUsable);
  const calls: SeenCalls = {
    passed: parts.filter((part) => part.type === 'tool-call').length,
    direct: parts.filter((part) => part.type === 'tool-call' && isDirectCall(part.ext)).length,
    dropped: decoded.length - parts.length,
  };
  return replyEvents({
    start: decodeStart(message),
    parts: parts.map((part) => ({ choice: 0, part })),
    finish: decodeFinish(message, calls, filledRestOf(message, MESSAGE_FIELDS)),
  });
}

/** A call without a name would crash clients (facts D.15-6). */
function isUsable(part: Part): boolean {
  return part.type !== 'tool-call' || part.name !== '';
}

/** Id and model of an answer. */
export function decodeStart(message: JsonObject): StartEvent {
  return { type: 'start', ...compact({ id: asString(message['id']), model: asString(message['model']) }) };
}

/**
 * The end of an answer from an object with `stop_reason`, `stop_sequence` and `usage`. `rest` are its further members,
 * kept verbatim.
 */
export function decodeFinish(closing: JsonObject, calls: SeenCalls, rest: JsonObject): FinishEvent {
  const { reason, kept } = decodeStopReason(asString(closing['stop_reason']), calls);
  return {
    type: 'finish',
    reason,
    ...compact({
      stopSequence: asString(closing['stop_sequence']),
      usage: decodeUsage(asObject(closing['usage'])),
    }),
    ...extOf({ ...rest, ...kept }),
  };
}
