/** Real answers of OpenAI, LM Studio and xAI: through the hub and back they are what they were, and reading aside agrees. */
import { describe, expect, it } from 'vitest';
import { readFrames } from '../../../core/base/framing.ts';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';
import { foldReply } from '../../../core/model/reply.ts';
import { recordedMissing, recordings } from '../../support/recorded.ts';
import { decodeBytes } from '../../support/replies.ts';
import { contextOf } from './support.ts';

const SOURCE = { issuer: 'maker' };
const all = recordings().filter(({ format }) => format === 'openai-responses');
const replies = all.flatMap(({ name, content }) => (content.type === 'reply' ? [{ name, body: content.body }] : []));
const streams = all.flatMap(({ name, content }) => (content.type === 'stream' ? [{ name, bytes: content.bytes }] : []));
if (recordedMissing !== undefined) console.log(`openai-responses recordings are skipped: ${recordedMissing}`);

describe.skipIf(recordedMissing !== undefined)('recorded Responses traffic', () => {
  it.each(replies.filter(({ name }) => !name.includes('error')))('$name comes back whole', ({ body }) => {
    const events = openaiResponses.decodeReply(body, SOURCE);
    const context = contextOf({ service_tier: 'default' });
    const { body: encoded, losses } = openaiResponses.encodeReply(events, context);
    const before = foldReply(events);
    const after = foldReply(openaiResponses.decodeReply(encoded, SOURCE));
    expect(losses).toEqual([]);
    expect(after.parts).toEqual(before.parts);
    expect(after.finish?.usage).toEqual(before.finish?.usage);
    expect(after.start).toEqual(before.start);
  });

  it.each(streams)('$name comes back whole, and reading aside agrees', ({ bytes }) => {
    const events = decodeBytes(openaiResponses, [bytes]);
    const encoder = openaiResponses.encodeStream(contextOf());
    const decoder = openaiResponses.decodeStream(SOURCE);
    const again = [
      ...events.flatMap((event) => encoder.push(event)).flatMap((frame) => decoder.push(frame)),
      ...decoder.end(),
    ];
    const before = foldReply(events);
    const after = foldReply(again);
    expect(encoder.losses()).toEqual([]);
    expect(after.parts).toEqual(before.parts);
    expect(after.finish?.usage).toEqual(before.finish?.usage);
    expect(after.error?.code).toEqual(before.error?.code);

    const observer = openaiResponses.observeStream();
    const reader = readFrames('sse');
    const meanings = [...reader.push(bytes), ...reader.end()].map((frame) => observer.push(frame));
    const summary = observer.summary();
    expect(summary.usage).toEqual(before.finish?.usage);
    if (before.start.model !== undefined) expect(summary.model).toBe(before.start.model);
    expect(summary.error?.message).toEqual(before.error?.message);
    expect(meanings.filter((meaning) => meaning === 'end' || meaning === 'error')).toEqual([
      before.error === undefined ? 'end' : 'error',
    ]);
  });
});
