/**
 * The grammar of streams towards clients: whatever the upstream's events, in whatever order their parts overlap and
 * wherever they fail, the client gets a stream that ends in its protocol's own way, exactly once.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../core/base/framing.ts';
import { asObject, type JsonObject, objectsOf, parseJson } from '../../core/base/json.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { ChatEvent } from '../../core/model/event.ts';
import { FORMAT_IDS, type FormatId } from '../../core/model/format-id.ts';
import { foldReply } from '../../core/model/reply.ts';
import { curiousContext } from '../support/replies.ts';
import { anyEvents } from '../support/requests.ts';

const FAILURE: ChatEvent = { type: 'error', code: 'upstream_stream_cut', message: 'It broke off.' };

function encode(format: FormatId, events: readonly ChatEvent[]): Frame[] {
  const encoder = FORMATS[format].encodeStream(curiousContext(true));
  return events.flatMap((event) => encoder.push(event));
}

function decode(format: FormatId, frames: readonly Frame[]): ChatEvent[] {
  const decoder = FORMATS[format].decodeStream({ issuer: 'maker' });
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

function body({ data }: Frame): JsonObject {
  return asObject(parseJson(data)) ?? { raw: data };
}

/** By each protocol's reference: is this frame a clean end, or a failure? */
const ENDS: Readonly<Record<FormatId, { clean: (frame: Frame) => boolean; failed: (frame: Frame) => boolean }>> = {
  'openai-chat': {
    clean: ({ data }) => data === '[DONE]',
    failed: (frame) => body(frame)['error'] !== undefined,
  },
  'openai-responses': {
    clean: ({ event }) => event === 'response.completed' || event === 'response.incomplete',
    failed: ({ event }) => event === 'response.failed',
  },
  'anthropic-messages': {
    clean: ({ event }) => event === 'message_stop',
    failed: ({ event }) => event === 'error',
  },
  gemini: {
    clean: (frame) => objectsOf(body(frame)['candidates']).some((candidate) => candidate['finishReason'] !== undefined),
    failed: (frame) => body(frame)['error'] !== undefined,
  },
  'ollama-chat': {
    clean: (frame) => body(frame)['done'] === true,
    failed: (frame) => body(frame)['error'] !== undefined,
  },
};

/** The events up to a place, and there a failure. */
const failing = fc.tuple(anyEvents, fc.nat(40)).map(([events, at]): ChatEvent[] => {
  return [...events.slice(0, Math.min(at, events.length - 1)), FAILURE];
});

/** Throws on events outside the grammar: indexes out of order, parts never opened, anything after the end. */
function checkGrammar(events: readonly ChatEvent[]): void {
  const ends = events.filter(({ type }) => type === 'finish' || type === 'error');
  expect(ends).toHaveLength(1);
  expect(events.at(-1)).toBe(ends[0]);
  expect(events.filter(({ type }) => type === 'start').length).toBeLessThanOrEqual(1);
  foldReply(events);
}

describe.each(FORMAT_IDS)('%s: streams for clients', (format) => {
  const { clean, failed } = ENDS[format];

  it('end cleanly once, and their own decoder reads them to the finish', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        const frames = encode(format, events);
        // Gemini tells the end of each choice.
        const ends = frames.filter(clean);
        expect(format === 'gemini' ? Math.min(ends.length, 1) : ends.length).toBe(1);
        expect(frames.some(failed)).toBe(false);
        expect(clean(frames.at(-1) ?? { data: '' })).toBe(true);
        const decoded = decode(format, frames);
        checkGrammar(decoded);
        expect(decoded.at(-1)?.type).toBe('finish');
      }),
    );
  });

  it('pitfall 13: that fail anywhere never look like a clean end', () => {
    fc.assert(
      fc.property(failing, (events) => {
        const frames = encode(format, events);
        expect(frames.some(clean)).toBe(false);
        expect(frames.filter(failed)).toHaveLength(1);
        expect(failed(frames.at(-1) ?? { data: '' })).toBe(true);
        const decoded = decode(format, frames);
        checkGrammar(decoded);
        expect(decoded.at(-1)).toMatchObject({ type: 'error', message: 'It broke off.' });
      }),
    );
  });

  it('hold nothing after their end', () => {
    fc.assert(
      fc.property(fc.oneof(anyEvents, failing), anyEvents, (events, more) => {
        const encoder = FORMATS[format].encodeStream(curiousContext(true));
        for (const event of events) encoder.push(event);
        expect([...more, FAILURE].flatMap((event) => encoder.push(event))).toEqual([]);
      }),
    );
  });

  it('cut before their end are told from finished ones by their own decoder', () => {
    fc.assert(
      fc.property(anyEvents, fc.nat(100), (events, at) => {
        const frames = encode(format, events);
        const end = frames.findIndex(clean);
        const short = frames.slice(0, Math.min(at, end));
        const decoded = decode(format, short);
        // OpenAI's finish reasons (one a choice) and Anthropic's stop reason come before the last frame and say it too.
        const reasons = (some: readonly Frame[]): number =>
          some.filter(({ data }) => /"(finish_reason|stop_reason)":"/.test(data)).length;
        const isWhole = reasons(short) > 0 && reasons(short) === reasons(frames);
        expect(decoded.at(-1)?.type).toBe(isWhole ? 'finish' : 'error');
      }),
    );
  });

  it('are read on the side as they are decoded', () => {
    fc.assert(
      fc.property(fc.oneof(anyEvents, failing), (events) => {
        const frames = encode(format, events);
        const observer = FORMATS[format].observeStream();
        for (const frame of frames) observer.push(frame);
        const summary = observer.summary();
        const last = decode(format, frames).at(-1);
        expect(summary.error === undefined).toBe(last?.type === 'finish');
        if (last?.type === 'finish') {
          expect(summary.ended).toBe(true);
          expect(summary.usage).toMatchObject({ inputTokens: 7, outputTokens: 5 });
        }
      }),
    );
  });

  it('and whole answers alike: every reply is encoded, and decoded to a finish or the error', () => {
    fc.assert(
      fc.property(fc.oneof(anyEvents, failing), (events) => {
        const { body: whole } = FORMATS[format].encodeReply(events, curiousContext(false));
        const decoded = FORMATS[format].decodeReply(whole, { issuer: 'maker' });
        checkGrammar(decoded);
        expect(decoded.at(-1)?.type).toBe(events.at(-1)?.type);
      }),
    );
  });
});
