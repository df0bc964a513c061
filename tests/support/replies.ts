/** What a reply says, protocol aside: for comparing answers before and after a translation. */

import { readFrames } from '../../core/base/framing.ts';
import { type JsonValue, parseJson } from '../../core/base/json.ts';
import type { Format, ReplyContext } from '../../core/formats/format.ts';
import type { ChatEvent, FinishReason } from '../../core/model/event.ts';
import { foldReply } from '../../core/model/reply.ts';
import type { Usage } from '../../core/model/usage.ts';

export interface Said {
  readonly text: string;
  readonly refusal: string;
  readonly reasoning: string;
  readonly toolCalls: readonly { readonly name: string; readonly input: JsonValue | string }[];
  readonly opaque: readonly string[];
  readonly media: number;
  readonly reason: FinishReason | undefined;
  readonly usage: Omit<Usage, 'ext' | 'estimated'> | undefined;
  readonly error: string | undefined;
}

/** The fold of events as what was said. */
export function said(events: Iterable<ChatEvent>): Said {
  const { parts, finish, error } = foldReply(events);
  const all = parts.map(({ part }) => part);
  const { ext: _ext, estimated: _estimated, ...usage } = finish?.usage ?? { inputTokens: -1, outputTokens: -1 };
  return {
    text: all.flatMap((part) => (part.type === 'text' && part.refusal !== true ? part.text : [])).join(''),
    refusal: all.flatMap((part) => (part.type === 'text' && part.refusal === true ? part.text : [])).join(''),
    reasoning: all.flatMap((part) => (part.type === 'reasoning' ? part.text : [])).join(''),
    toolCalls: all.flatMap((part) =>
      part.type === 'tool-call' ? { name: part.name, input: inputOf(part.input) } : [],
    ),
    opaque: all.flatMap((part) => (part.type === 'opaque' ? part.label : [])),
    media: all.filter((part) => part.type === 'media').length,
    reason: finish?.reason,
    usage: finish?.usage === undefined ? undefined : withoutZeros(usage),
    error: error?.message,
  };
}

function inputOf(input: string): JsonValue | string {
  return input === '' ? {} : (parseJson(input) ?? input);
}

/** A counter of zero and an absent one say the same. */
function withoutZeros(usage: Omit<Usage, 'ext' | 'estimated'>): Omit<Usage, 'ext' | 'estimated'> {
  const { inputTokens, outputTokens, ...details } = usage;
  return {
    inputTokens,
    outputTokens,
    ...Object.fromEntries(Object.entries(details).filter(([, count]) => count !== 0)),
  };
}

/** Decodes a stream's bytes, cut into the given pieces. */
export function decodeBytes(format: Format, pieces: Iterable<Uint8Array>): ChatEvent[] {
  const reader = readFrames('sse');
  const decoder = format.decodeStream({ issuer: 'maker' });
  const events: ChatEvent[] = [];
  for (const piece of pieces) for (const frame of reader.push(piece)) events.push(...decoder.push(frame));
  for (const frame of reader.end()) events.push(...decoder.push(frame));
  events.push(...decoder.end());
  return events;
}

/** A context of a client that asked for everything a reply can hold. */
export function curiousContext(stream: boolean): ReplyContext {
  return {
    id: 'abcdefghijklmnopqrstuvwx',
    model: 'asked/model',
    createdAtS: 1_780_000_000,
    request: { model: 'asked/model', stream, messages: [], includeUsage: true, reasoning: { replayable: true } },
    body: { model: 'asked/model' },
  };
}
