/** Shows 3: within a format, decode∘encode is the identity for whatever the format can express. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isObject, type JsonValue } from '../../core/base/json.ts';
import type { DecodeSource, EncodeTarget } from '../../core/formats/format.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { ChatEvent } from '../../core/model/event.ts';
import { FORMAT_IDS, type FormatId } from '../../core/model/format-id.ts';
import { foldReply, type Reply, replyEvents } from '../../core/model/reply.ts';
import type { ChatRequest, Message } from '../../core/model/request.ts';
import { curiousContext } from '../support/replies.ts';
import { chopped, replyFor, requestFor } from '../support/requests.ts';

const TARGET: EncodeTarget = { model: 'm', issuer: 'maker', maxOutputTokens: 9_000, reasoningStyle: 'effort' };
const SOURCE: DecodeSource = { issuer: 'maker' };

/** What says nothing: own spelling, counters of zero (some are demanded), the usual kind of a tool. */
const UNSAID: readonly ((key: string, value: unknown) => boolean)[] = [
  (key) => key === 'ext',
  (key, value) => /Tokens$/.test(key) && value === 0,
  (key, value) => key === 'kind' && value === 'function',
];

/** Without `ext` (where a format keeps its own spelling) and the names of results, which calls tell as well. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return value;
  const isResult = isObject(value) && value['type'] === 'tool-result';
  return Object.fromEntries(
    Object.entries(value)
      .filter(
        ([key, member]) =>
          member !== undefined && !UNSAID.some((is) => is(key, member)) && !(isResult && key === 'name'),
      )
      .map(([key, member]) => [key, key === 'input' ? parsed(member) : essence(member)]),
  );
}

function parsed(input: unknown): unknown {
  return typeof input === 'string' && input.startsWith('{') ? (JSON.parse(input) as JsonValue) : input;
}

/** What a request says; chat has a message for each result, others one for all of a turn. */
function asked(request: ChatRequest): unknown {
  const messages: Message[] = [];
  for (const message of request.messages) {
    const last = messages.at(-1);
    if (last?.role === 'tool' && message.role === 'tool') {
      messages[messages.length - 1] = { ...last, parts: [...last.parts, ...message.parts] };
    } else messages.push(message);
  }
  return essence({ ...request, messages });
}

/** What a reply says: the same whether reasoning is called a summary or the thoughts themselves. */
function heard({ parts, finish, error }: Reply): unknown {
  return essence({
    parts: parts.map(({ choice, part }) => ({
      choice,
      part: part.type === 'reasoning' ? { ...part, form: '' } : part,
    })),
    reason: finish?.reason,
    usage: finish?.usage,
    error,
  });
}

function read(format: FormatId, events: readonly ChatEvent[]): ChatEvent[] {
  const encoder = FORMATS[format].encodeStream(curiousContext(true));
  const decoder = FORMATS[format].decodeStream(SOURCE);
  const frames = events.flatMap((event) => encoder.push(event));
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

describe.each(FORMAT_IDS)('%s: decode∘encode', (format) => {
  const codec = FORMATS[format];
  const decoded = (body: Parameters<typeof codec.decodeRequest>[0], stream: boolean): ChatRequest =>
    codec.decodeRequest(body, { model: 'm', stream });

  it('gives every request back', () => {
    fc.assert(
      fc.property(requestFor(format), (request) => {
        const { body, losses } = codec.encodeRequest(request, TARGET);
        expect(losses).toEqual([]);
        expect(asked(decoded(body, request.stream))).toEqual(asked(request));
      }),
    );
  });

  it('settles at once: what was decoded is encoded to the same body again', () => {
    fc.assert(
      fc.property(requestFor(format), (request) => {
        const { body } = codec.encodeRequest(request, TARGET);
        expect(codec.encodeRequest(decoded(body, request.stream), TARGET).body).toEqual(body);
      }),
    );
  });

  it('gives every reply back', () => {
    fc.assert(
      fc.property(replyFor(format), (reply) => {
        const { body, losses } = codec.encodeReply(replyEvents(reply), curiousContext(false));
        expect(losses).toEqual([]);
        expect(heard(foldReply(codec.decodeReply(body, SOURCE)))).toEqual(heard(reply));
      }),
    );
  });

  it('gives every stream back, in whatever pieces its text comes', () => {
    fc.assert(
      fc.property(replyFor(format), fc.integer({ min: 1, max: 5 }), (reply, size) => {
        expect(heard(foldReply(read(format, chopped(reply, size))))).toEqual(heard(reply));
      }),
    );
  });

  it('says the same as a stream and as a whole', () => {
    fc.assert(
      fc.property(replyFor(format), (reply) => {
        const { body } = codec.encodeReply(replyEvents(reply), curiousContext(false));
        const whole = foldReply(codec.decodeReply(body, SOURCE));
        expect(heard(foldReply(read(format, replyEvents(reply))))).toEqual(heard(whole));
      }),
    );
  });
});
