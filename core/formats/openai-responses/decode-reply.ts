/** An upstream's `response` object as hub events. https://platform.openai.com/docs/api-reference/responses/object */
import { asNumber, asObject, asString, isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ChatEvent, FinishEvent, FinishReason, StartEvent } from '../../model/event.ts';
import type { DecodeSource } from '../format.ts';
import { errorEvent } from './errors.ts';
import { ReplyReader } from './reply-reader.ts';
import { decodeUsage } from './usage.ts';
import { withExt } from './wire.ts';

/** Reads a whole answer. A body that carries an error, or is no response, yields an error event. */
export function decodeReply(body: JsonValue, source: DecodeSource): ChatEvent[] {
  if (!isObject(body)) return [unreadable()];
  if (isFailed(body)) return [errorEvent(body)];
  if (!Array.isArray(body['output'])) return [unreadable()];
  const reader = new ReplyReader(source.issuer);
  reader.output(body['output']);
  return [startEvent(body), ...reader.take(), finishEvent(body, reader.called)];
}

function unreadable(): ChatEvent {
  return {
    type: 'error',
    code: 'upstream_bad_response',
    message: 'The provider answered with something that is no Responses object.',
  };
}

/** Does a response (or a body in its place) report a failure? */
export function isFailed(response: JsonObject): boolean {
  const { status, error } = response;
  return status === 'failed' || (error !== undefined && error !== null);
}

/** The start of a reply from a response object; unknown members are left absent. */
export function startEvent(response: JsonObject): StartEvent {
  const id = asString(response['id']);
  const model = asString(response['model']);
  const createdAtS = asNumber(response['created_at']);
  return {
    type: 'start',
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
    ...(createdAtS !== undefined && { createdAtS }),
    // An id of another shape (a UUID, say) is still this protocol's: it is kept so that clients get it as it was.
    ...(id !== undefined && !id.startsWith('resp_') && withExt({ id })),
  };
}

/** The end of a reply from a finished response object. `called`: it holds a tool call. */
export function finishEvent(response: JsonObject, called: boolean): FinishEvent {
  const usage = decodeUsage(response['usage']);
  const reason = finishReason(response, called);
  const tier = asString(response['service_tier']);
  const data: JsonObject = {
    ...(reason === 'other' && { status: response['status'] ?? null }),
    ...(reason === 'other' && { incomplete_details: response['incomplete_details'] ?? null }),
    ...(tier !== undefined && { service_tier: tier }),
  };
  return { type: 'finish', reason, ...(usage !== undefined && { usage }), ...withExt(data) };
}

function finishReason(response: JsonObject, called: boolean): FinishReason {
  const why = asString(asObject(response['incomplete_details'])?.['reason']);
  if (why === 'max_output_tokens' || why === 'max_tokens') return 'length';
  if (why === 'content_filter') return 'refusal';
  const status = asString(response['status']) ?? 'completed';
  if (status !== 'completed') return 'other';
  return called ? 'tool-calls' : 'stop';
}
