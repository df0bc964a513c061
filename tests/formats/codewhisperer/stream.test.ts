/** CodeWhisperer's answers from their bytes: any cut, damage, failures in the stream, and what was used. */
import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import { readFrames } from '../../../core/base/framing.ts';
import { codewhisperer } from '../../../core/formats/codewhisperer/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { awsEvent, awsException, awsFrame } from '../../support/codewhisperer-wire.ts';

const TURN = Buffer.concat([
  awsEvent('messageMetadataEvent', { conversationId: 'c', utteranceId: 'u' }),
  awsEvent('reasoningContentEvent', { text: 'Let me sée' }),
  awsEvent('assistantResponseEvent', { content: 'It is ' }),
  awsEvent('assistantResponseEvent', { content: '☀ in Rom' }),
  awsEvent('toolUseEvent', { toolUseId: 't1', name: 'weather', input: '{"city":' }),
  awsEvent('toolUseEvent', { toolUseId: 't1', name: 'weather', input: '"Rom"}' }),
  awsEvent('toolUseEvent', { toolUseId: 't1', name: 'weather', stop: true }),
  awsEvent('toolUseEvent', { toolUseId: 't2', name: 'time', input: { zone: 'CET' }, stop: true }),
  awsEvent('toolUseEvent', { toolUseId: 't3', name: 'now', input: '', stop: true }),
  awsEvent('meteringEvent', { unit: 'credit', unitPlural: 'credits', usage: 0.04 }),
  awsEvent('contextUsageEvent', { contextUsagePercentage: 1.5 }),
]);

const SAID: readonly ChatEvent[] = [
  { type: 'start' },
  { type: 'part-start', index: 0, part: { type: 'reasoning', form: 'full' } },
  { type: 'part-delta', index: 0, text: 'Let me sée' },
  { type: 'part-end', index: 0 },
  { type: 'part-start', index: 1, part: { type: 'text' } },
  { type: 'part-delta', index: 1, text: 'It is ' },
  { type: 'part-delta', index: 1, text: '☀ in Rom' },
  { type: 'part-end', index: 1 },
  { type: 'part-start', index: 2, part: { type: 'tool-call', id: 't1', name: 'weather', kind: 'function' } },
  { type: 'part-delta', index: 2, text: '{"city":' },
  { type: 'part-delta', index: 2, text: '"Rom"}' },
  { type: 'part-end', index: 2 },
  { type: 'part-start', index: 3, part: { type: 'tool-call', id: 't2', name: 'time', kind: 'function' } },
  { type: 'part-delta', index: 3, text: '{"zone":"CET"}' },
  { type: 'part-end', index: 3 },
  { type: 'part-start', index: 4, part: { type: 'tool-call', id: 't3', name: 'now', kind: 'function' } },
  { type: 'part-delta', index: 4, text: '{}' },
  { type: 'part-end', index: 4 },
  // 1.5 % of 200,000; 52 characters of thoughts, text and arguments.
  { type: 'finish', reason: 'tool-calls', usage: { inputTokens: 3_000, outputTokens: 13, estimated: true } },
];

function decode(chunks: readonly Uint8Array[]): ChatEvent[] {
  const reader = readFrames(codewhisperer.framing);
  const decoder = codewhisperer.decodeStream({ issuer: 'maker' });
  const frames = [...chunks.flatMap((chunk) => reader.push(chunk)), ...reader.end()];
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

describe('a turn', () => {
  it('says the same wherever its bytes are cut', () => {
    expect(decode([TURN])).toEqual(SAID);
    for (let at = 1; at < TURN.length; at += 1)
      expect(decode([TURN.subarray(0, at), TURN.subarray(at)]), `cut at ${at}`).toEqual(SAID);
    expect(decode([...TURN].map((byte) => Buffer.from([byte])))).toEqual(SAID);
  });

  it('is finished at the end of the stream too, where it was never measured', () => {
    const events = decode([awsEvent('assistantResponseEvent', { content: 'Hi' })]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it.each([
    ['metricsEvent', { inputTokens: 12, outputTokens: 7 }, { inputTokens: 12, outputTokens: 7 }],
    ['metricsEvent', { metricsEvent: { inputTokens: 12, outputTokens: 7 } }, { inputTokens: 12, outputTokens: 7 }],
    [
      'metadataEvent',
      { tokenUsage: { uncachedInputTokens: 2, cacheReadInputTokens: 8, cacheWriteInputTokens: 1, outputTokens: 7 } },
      { inputTokens: 11, cachedInputTokens: 8, cacheWriteTokens: 1, outputTokens: 7 },
    ],
  ])('has the tokens that a %s tells', (type, payload, usage) => {
    const events = decode([awsEvent('assistantResponseEvent', { content: 'Hi' }), awsEvent(type, payload)]);
    expect(events.at(-1)).toEqual({ type: 'finish', reason: 'stop', usage });
  });
});

describe('what goes wrong', () => {
  it.each([
    ['ThrottlingException', { message: 'Rate exceeded' }, 'upstream_rate_limited'],
    ['ServiceQuotaExceededException', { message: 'No credits', reason: 'MONTHLY_REQUEST_COUNT' }, 'upstream_quota'],
    [
      'ValidationException',
      { message: 'Input is too long', reason: 'CONTENT_LENGTH_EXCEEDS_THRESHOLD' },
      'upstream_context_length',
    ],
    ['InternalServerException', { message: 'Oops' }, 'upstream_server_error'],
  ])('an exception %s in the stream is that error', (type, payload, code) => {
    const events = decode([awsEvent('assistantResponseEvent', { content: 'Hi' }), awsException(type, payload)]);
    expect(events.at(-1)).toMatchObject({ type: 'error', code, message: payload.message });
  });

  it('an error frame is told in its own words', () => {
    const frame = awsFrame({ ':message-type': 'error', ':error-code': '500', ':error-message': 'It broke.' }, '');
    expect(decode([frame])).toEqual([
      { type: 'error', code: 'upstream_server_error', message: 'It broke.', upstreamCode: '500' },
    ]);
  });

  it('nothing at all is a cut answer', () => {
    expect(decode([])).toMatchObject([{ type: 'error', code: 'upstream_stream_cut' }]);
  });

  it('any flipped byte is told as damage, or leaves the stream unfinished', () => {
    const frame = awsEvent('assistantResponseEvent', { content: 'Hello' });
    for (let at = 0; at < frame.length; at += 1) {
      const damaged = Buffer.from(frame);
      damaged[at] = (damaged[at] ?? 0) ^ 0x01;
      expect(() => decode([damaged]), `byte ${at}`).toThrow(OmniError);
      expect(() => decode([damaged])).toThrow(/event stream cannot be read: /);
    }
  });

  it('a length that cannot be is refused before anything is held for it', () => {
    const impossible = Buffer.alloc(12);
    impossible.writeUInt32BE(0xffff_ffff);
    expect(() => decode([impossible])).toThrow(/a frame of 4294967295 bytes/);
  });

  it('JSON in place of a stream is told as what it is', () => {
    const body = { __type: 'com.amazon#AccessDeniedException', message: 'The bearer token is invalid.' };
    expect(codewhisperer.decodeError(body)).toEqual({ message: body.message, type: 'AccessDeniedException' });
    expect(codewhisperer.decodeReply(body, { issuer: 'maker' })).toMatchObject([
      { type: 'error', code: 'upstream_bad_response', upstreamCode: 'AccessDeniedException' },
    ]);
  });
});
