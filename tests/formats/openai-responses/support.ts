/** Small helpers of the Responses tests: frames from events, a context, the events of a stream. */
import type { Frame } from '../../../core/base/framing.ts';
import { asObject, type JsonObject, parseJson } from '../../../core/base/json.ts';
import type { ReplyContext } from '../../../core/formats/format.ts';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';

export const SOURCE = { issuer: 'openai' };

export function contextOf(body: JsonObject = {}): ReplyContext {
  const whole = { model: 'asked', input: 'q', ...body };
  return {
    id: 'abcdefghijklmnopqrstuvwx',
    model: 'asked',
    createdAtS: 1_700_000_000,
    request: openaiResponses.decodeRequest(whole),
    body: whole,
  };
}

/** Events as SSE frames, the name taken from `type`. */
export function framesOf(events: readonly JsonObject[]): Frame[] {
  return events.map((event) => ({ event: String(event['type']), data: JSON.stringify(event) }));
}

export function decodeEvents(events: readonly JsonObject[]): ChatEvent[] {
  const decoder = openaiResponses.decodeStream(SOURCE);
  return [...framesOf(events).flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

/** What a client reads: each frame's data, checked for its SSE name. */
export function encodeEvents(events: readonly ChatEvent[], context = contextOf()): JsonObject[] {
  const encoder = openaiResponses.encodeStream(context);
  return events
    .flatMap((event) => encoder.push(event))
    .map(({ event, data }) => {
      const body = asObject(parseJson(data));
      if (body === undefined) throw new Error(`not an object: ${data}`);
      if (body['type'] !== event) throw new Error(`${event} carries ${String(body['type'])}`);
      return body;
    });
}

/** The response object in the last event. */
export function lastResponse(events: readonly JsonObject[]): JsonObject {
  return asObject(events.at(-1)?.['response']) ?? {};
}
