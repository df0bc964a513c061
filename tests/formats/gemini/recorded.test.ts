import { describe, expect, it } from 'vitest';
import { type JsonObject, objectsOf, parseJson } from '../../../core/base/json.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';
import { foldReply } from '../../../core/model/reply.ts';
import { CONTEXT, encodedStream, recorded, recordedExists, SOURCE, streamed } from './support.ts';

describe.skipIf(!recordedExists)('gemini recorded traffic', () => {
  const streams = recorded('.chunks.txt');
  it.each(streams)('$name decodes, loses nothing and survives being encoded', ({ text }) => {
    const lines = text.trim().split('\n');
    const events = streamed(lines);
    const reply = foldReply(events);
    expect(reply.error).toBeUndefined();
    const wire = lines.flatMap((line) => objectsOf((parseJson(line) as JsonObject)['candidates'] ?? []));
    const parts = wire.flatMap((one) => objectsOf((one['content'] as JsonObject | undefined)?.['parts'] ?? []));
    const textOf = (all: readonly { text?: unknown }[]): string =>
      all.map((part) => (typeof part.text === 'string' ? part.text : '')).join('');
    expect(textOf(reply.parts.map(({ part }) => part as { text?: unknown }))).toBe(textOf(parts));
    const signatures = parts.flatMap((part) => part['thoughtSignature'] ?? []);
    expect(reply.parts.flatMap(({ part }) => part.ext?.data['thoughtSignature'] ?? [])).toEqual(signatures);
    const names = parts.flatMap((part) => (part['functionCall'] as JsonObject | undefined)?.['name'] ?? []);
    expect(reply.parts.flatMap(({ part }) => (part.type === 'tool-call' ? part.name : []))).toEqual(names);
    const again = foldReply(streamed(encodedStream(events)));
    expect(again).toEqual(reply);
  });
  it.each(recorded('.json'))('$name decodes and survives being encoded', ({ text }) => {
    const body = parseJson(text) ?? null;
    const events = gemini.decodeReply(body, SOURCE);
    expect(events.at(-1)).toMatchObject({ type: 'finish' });
    expect(gemini.encodeReply(events, CONTEXT).body).toEqual(body);
    expect(gemini.decodeReply(gemini.encodeReply(events, CONTEXT).body, SOURCE)).toEqual(events);
  });
  it('assembles the recorded call whose last piece is missing', () => {
    const [stream] = streams.filter(({ name }) => name.includes('missing-terminal'));
    const call = foldReply(streamed((stream?.text ?? '').trim().split('\n'))).parts[0]?.part;
    expect(call?.type === 'tool-call' && parseJson(call.input)).toEqual({
      operations: [
        { action: 'add', description: 'Fresh red apple', itemid: 'apple_001', price: 0.5 },
        { action: 'add', description: 'Ripe yellow banana', itemid: 'banana_001', price: 0.3 },
      ],
    });
  });
  it.each(streams)('$name: the observer agrees with the decoder', ({ text }) => {
    const lines = text.trim().split('\n');
    const observer = gemini.observeStream();
    const meanings = lines.map((data) => observer.push({ data }));
    const finish = streamed(lines).at(-1);
    const summary = observer.summary();
    expect(summary.usage).toEqual(finish?.type === 'finish' ? finish.usage : undefined);
    expect(summary).toMatchObject({ ended: true, model: expect.stringContaining('gemini-3') });
    expect(summary.contentLength).toBeGreaterThan(0);
    expect(meanings[0]).toBe('content');
    expect(meanings.at(-1)).toBe('end');
  });
});
