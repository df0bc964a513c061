/**
 * Shows 3: every recorded answer decodes; cut anywhere, a stream gives the same events; encoded for each client and
 * decoded again it says the same but for declared losses.
 */
import { describe, expect, it } from 'vitest';
import { asObject, asString } from '../../core/base/json.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { ChatEvent } from '../../core/model/event.ts';
import { FORMAT_IDS, type FormatId } from '../../core/model/format-id.ts';
import type { Loss } from '../../core/model/loss.ts';
import { type Recording, recordedMissing, recordings } from '../support/recorded.ts';
import { curiousContext, decodeBytes, type Said, said } from '../support/replies.ts';

const all = recordings();
const streams = all.flatMap((recording) =>
  recording.content.type === 'stream' ? [{ ...recording, bytes: recording.content.bytes }] : [],
);

/** Recordings that are a provider's error, and one that a vendor's host cut before its end. */
const ERRORS = /error\.1\.(json|chunks\.txt)$|parameter-error\.json$/;

function decode({ format, content }: Recording): ChatEvent[] {
  const codec = FORMATS[format];
  return content.type === 'reply'
    ? codec.decodeReply(content.body, { issuer: 'maker' })
    : decodeBytes(codec, [content.bytes]);
}

/** Encodes for a client and decodes what it would read, as a stream or whole. */
function roundTrip(
  events: readonly ChatEvent[],
  client: FormatId,
  asStream: boolean,
): { said: Said; losses: readonly Loss[] } {
  const codec = FORMATS[client];
  if (!asStream) {
    const { body, losses } = codec.encodeReply(events, curiousContext(false));
    return { said: said(codec.decodeReply(body, { issuer: 'maker' })), losses };
  }
  const encoder = codec.encodeStream(curiousContext(true));
  const frames = events.flatMap((event) => encoder.push(event));
  const decoder = codec.decodeStream({ issuer: 'maker' });
  const decoded = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
  return { said: said(decoded), losses: encoder.losses() };
}

describe.skipIf(recordedMissing !== undefined)(
  `recorded traffic${recordedMissing === undefined ? '' : ` (${recordedMissing})`}`,
  () => {
    it('is there in number', () => {
      expect(all.length).toBeGreaterThan(100);
    });

    it.each(all)('$name decodes whole', (recording) => {
      const events = decode(recording);
      const last = events.at(-1);
      expect(last?.type).toBe(ERRORS.test(recording.name) ? 'error' : 'finish');
      const what = said(events);
      expect(
        what.text + what.reasoning + what.refusal !== '' ||
          what.toolCalls.length + what.opaque.length + what.media > 0 ||
          last?.type === 'error' ||
          what.reason === 'refusal',
      ).toBe(true);
    });

    it.each(streams)('$name gives the same events however it is cut', ({ format, bytes }) => {
      const codec = FORMATS[format];
      const whole = decodeBytes(codec, [bytes]);
      expect(
        decodeBytes(
          codec,
          pieces(bytes, () => 1),
        ),
      ).toEqual(whole);
      for (const seed of [1, 2, 3]) expect(decodeBytes(codec, pieces(bytes, random(seed, 97)))).toEqual(whole);
    });

    it.each(streams)('$name is read on the side as it is decoded', ({ format, bytes }) => {
      const codec = FORMATS[format];
      const finish = decodeBytes(codec, [bytes]).at(-1);
      const observer = codec.observeStream();
      const decoder = new TextDecoder();
      const text = decoder.decode(bytes);
      for (const block of text.split('\n\n').filter((piece) => piece.trim() !== '')) {
        const event = /^event: (.*)$/m.exec(block)?.[1];
        const data = /^data: (.*)$/m.exec(block)?.[1] ?? '';
        observer.push(event === undefined ? { data } : { event, data });
      }
      const summary = observer.summary();
      expect(summary.ended || summary.error !== undefined).toBe(true);
      expect(strip(summary.usage)).toEqual(strip(finish?.type === 'finish' ? finish.usage : undefined));
    });

    describe.each(FORMAT_IDS)('for a client of %s', (client) => {
      it.each(all.filter(({ name }) => !ERRORS.test(name)))(
        '$name says the same but for declared losses',
        (recording) => {
          const events = decode(recording);
          const before = said(events);
          for (const asStream of [true, false]) {
            const { said: after, losses } = roundTrip(events, client, asStream);
            const lost = new Set(losses.map(({ feature }) => feature));
            expect(after.text).toBe(before.text);
            if (!lost.has('refusal')) expect(after.refusal).toBe(before.refusal);
            // A free-text call is given as one argument to clients that know functions only.
            expect(lost.has('tool-custom') ? after.toolCalls.map(unwrapped) : after.toolCalls).toEqual(
              before.toolCalls,
            );
            if (!lost.has('reasoning')) expect(after.reasoning).toBe(before.reasoning);
            if (!lost.has('finish-reason')) expect(after.reason).toBe(before.reason);
            if (!lost.has('opaque')) expect(after.opaque).toEqual(before.opaque);
            if (lost.has('usage-detail')) expect(main(after)).toEqual(main(before));
            else expect(after.usage).toEqual(before.usage);
            expect(after.error).toBeUndefined();
          }
        },
      );
    });
  },
);

function unwrapped({ name, input }: Said['toolCalls'][number]): Said['toolCalls'][number] {
  return { name, input: asString(asObject(input)?.['input']) ?? input };
}

function main(what: Said): unknown {
  return what.usage && { inputTokens: what.usage.inputTokens, outputTokens: what.usage.outputTokens };
}

function strip(usage: { readonly ext?: unknown } | undefined): unknown {
  if (usage === undefined) return undefined;
  const { ext: _ext, ...counts } = usage;
  return counts;
}

function* pieces(bytes: Buffer, size: () => number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const next = at + size();
    yield bytes.subarray(at, next);
    at = next;
  }
}

/** A small reproducible generator of piece sizes from 1 to `most`. */
function random(seed: number, most: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return 1 + (state % most);
  };
}
