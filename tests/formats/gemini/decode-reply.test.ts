import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../core/base/json.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';
import { foldReply } from '../../../core/model/reply.ts';
import { chunk, SOURCE, streamed } from './support.ts';

const usageMetadata = { promptTokenCount: 10, candidatesTokenCount: 3, totalTokenCount: 13 };

describe('gemini streams, decoded', () => {
  it('gathers text, attaches a late signature to it, and finishes at the end', () => {
    const events = streamed([
      chunk([{ text: 'thinking', thought: true }]),
      chunk([{ text: 'Hel' }]),
      chunk([{ text: 'lo' }]),
      { ...chunk([{ text: '', thoughtSignature: 'SIG' }], { finishReason: 'STOP' }), usageMetadata },
    ]);
    expect(events).toEqual([
      { type: 'start', id: 'r1', model: 'gemini-2.5-flash' },
      {
        type: 'part-start',
        index: 0,
        part: { type: 'reasoning', form: 'summary', ext: { origin: 'gemini', issuer: 'google', data: {} } },
      },
      { type: 'part-delta', index: 0, text: 'thinking' },
      { type: 'part-end', index: 0 },
      { type: 'part-start', index: 1, part: { type: 'text' } },
      { type: 'part-delta', index: 1, text: 'Hel' },
      { type: 'part-delta', index: 1, text: 'lo' },
      { type: 'part-end', index: 1, ext: { origin: 'gemini', issuer: 'google', data: { thoughtSignature: 'SIG' } } },
      { type: 'finish', reason: 'stop', usage: { inputTokens: 10, outputTokens: 3 } },
    ]);
  });
  it('a reply with calls finishes "tool-calls" though Gemini says STOP, and parallel calls stay apart', () => {
    const reply = foldReply(
      streamed([
        chunk([
          { functionCall: { name: 'f', args: { a: 1 } }, thoughtSignature: 'S' },
          { functionCall: { name: 'f', args: { a: 2 } } },
        ]),
        chunk([{ functionCall: { id: 'own', name: 'g' } }]),
        chunk([{ text: '' }], { finishReason: 'STOP' }),
      ]),
    );
    expect(reply.finish?.reason).toBe('tool-calls');
    const calls = reply.parts.map(({ part }) => (part.type === 'tool-call' ? [part.id, part.name, part.input] : []));
    expect(calls.map(([, name, input]) => [name, input])).toEqual([
      ['f', '{"a":1}'],
      ['f', '{"a":2}'],
      ['g', '{}'],
    ]);
    expect(calls[2]?.[0]).toBe('own');
    expect(new Set(calls.map(([id]) => id)).size).toBe(3);
    expect(reply.parts[0]?.part.ext).toEqual({ origin: 'gemini', issuer: 'google', data: { thoughtSignature: 'S' } });
  });
  it('calls of different replies never share an id, also from hosts that name no reply', () => {
    const idOf = (body: JsonObject): unknown =>
      gemini
        .decodeReply(body, SOURCE)
        .flatMap((event) => (event.type === 'part-start' && event.part.type === 'tool-call' ? [event.part.id] : []))[0];
    const call = {
      candidates: [{ content: { parts: [{ functionCall: { name: 'ls', args: {} } }] }, finishReason: 'STOP' }],
    };
    const first = idOf({ ...call, usageMetadata: { promptTokenCount: 5 } });
    expect(first).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(idOf({ ...call, usageMetadata: { promptTokenCount: 9 } })).not.toBe(first);
    expect(idOf({ ...call, responseId: 'x' })).not.toBe(idOf({ ...call, responseId: 'y' }));
  });
  it('D.15-6: a call without a name is filtered', () => {
    const events = streamed([chunk([{ functionCall: { name: '', args: {} } }], { finishReason: 'STOP' })]);
    expect(events.map(({ type }) => type)).toEqual(['start', 'finish']);
  });
  it('assembles arguments that come in pieces', () => {
    const piece = (partialArgs: JsonValue[]): JsonObject =>
      chunk([{ functionCall: { partialArgs, willContinue: true } }]);
    const reply = foldReply(
      streamed([
        chunk([{ functionCall: { name: 'f', willContinue: true }, thoughtSignature: 'S' }]),
        piece([{ jsonPath: '$.a.b[0].c', stringValue: 'x', willContinue: true }]),
        piece([{ jsonPath: '$.a.b[0].c', stringValue: 'y' }]),
        piece([
          { jsonPath: "$['__proto__'].polluted", boolValue: true },
          { jsonPath: '$.n', numberValue: 0.5 },
          { jsonPath: '$.z', nullValue: 'NULL_VALUE' },
        ]),
        piece([{ jsonPath: '$.huge[4000000000]', stringValue: 'no' }]),
        chunk([{ functionCall: {} }], { finishReason: 'STOP' }),
      ]),
    );
    const part = reply.parts[0]?.part;
    expect(part?.type === 'tool-call' && part.input).toBe(
      '{"a":{"b":[{"c":"xy"}]},"__proto__":{"polluted":true},"n":0.5,"z":null,"huge":[]}',
    );
    expect('polluted' in {}).toBe(false);
  });
  it('pitfall 13: a stream without a finish reason is a cut', () => {
    expect(streamed([chunk([{ text: 'Hel' }])]).at(-1)).toMatchObject({ type: 'error', code: 'upstream_stream_cut' });
    expect(streamed([])).toMatchObject([{ type: 'error', code: 'upstream_stream_cut' }]);
  });
  it('pitfall 16: an error inside a stream is an error, and nothing follows', () => {
    const error = {
      error: { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '34.07s' }] },
    };
    expect(streamed([chunk([{ text: 'a' }]), error, chunk([{ text: 'b' }], { finishReason: 'STOP' })]).at(-1)).toEqual({
      type: 'error',
      code: 'upstream_rate_limited',
      message: 'slow down',
      upstreamCode: 'RESOURCE_EXHAUSTED',
      retryAfterMs: 34_070,
    });
  });
  it('a finish reason in every chunk does not end the answer early', () => {
    const reply = foldReply(
      streamed([
        chunk([{ text: 'a' }], { finishReason: 'STOP' }),
        chunk([{ text: 'b' }], { finishReason: 'MAX_TOKENS' }),
      ]),
    );
    expect(reply.parts[0]?.part).toMatchObject({ text: 'ab' });
    expect(reply.finish?.reason).toBe('length');
  });
  it('a blocked prompt is a refusal, not an error', () => {
    expect(streamed([{ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 4 } }])).toEqual([
      { type: 'start' },
      {
        type: 'finish',
        reason: 'refusal',
        usage: { inputTokens: 4, outputTokens: 0 },
        ext: { origin: 'gemini', data: { promptFeedback: { blockReason: 'SAFETY' } } },
      },
    ]);
  });
  it('counts cached, tool-use and thought tokens as the hub does; the last chunk wins', () => {
    const late = {
      promptTokenCount: 100,
      cachedContentTokenCount: 60,
      toolUsePromptTokenCount: 7,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 20,
      totalTokenCount: 132,
    };
    const finish = streamed([
      { ...chunk([{ text: 'a' }]), usageMetadata },
      { ...chunk([], { finishReason: 'STOP' }), usageMetadata: late },
    ]).at(-1);
    expect(finish).toMatchObject({
      usage: { inputTokens: 107, outputTokens: 25, cachedInputTokens: 60, reasoningTokens: 20 },
    });
  });
  it('reads sources by bytes and gives them by characters', () => {
    const grounding = {
      groundingChunks: [{ web: { uri: 'https://a.example', title: 'A' } }],
      groundingSupports: [{ segment: { startIndex: 3, endIndex: 8, text: 'welt' }, groundingChunkIndices: [0] }],
    };
    const reply = foldReply(
      streamed([chunk([{ text: 'Ä wält!' }], { finishReason: 'STOP', groundingMetadata: grounding })]),
    );
    expect(reply.parts[0]?.part).toMatchObject({
      citations: [{ url: 'https://a.example', title: 'A', start: 2, end: 6 }],
    });
    expect(reply.finish?.ext?.data).toEqual({ candidates: { '0': { groundingMetadata: grounding } } });
  });
  it('keeps media, provider-run items and several candidates', () => {
    const events = streamed([
      {
        candidates: [
          {
            content: {
              parts: [{ inlineData: { mimeType: 'image/png', data: 'AA' } }, { executableCode: { code: '1' } }],
            },
            index: 0,
            finishReason: 'STOP',
          },
          { content: { parts: [{ text: 'two' }] }, index: 1, finishReason: 'RECITATION' },
        ],
      },
    ]);
    const reply = foldReply(events);
    expect(reply.parts.map(({ choice, part }) => [choice, part.type])).toEqual([
      [0, 'media'],
      [0, 'opaque'],
      [1, 'text'],
    ]);
    expect(reply.finish).toMatchObject({ reason: 'stop', choices: [{ choice: 1, reason: 'refusal' }] });
  });
  it('opens the envelope of the CLI backend', () => {
    expect(foldReply(streamed([{ response: chunk([{ text: 'a' }], { finishReason: 'STOP' }) }])).parts).toHaveLength(1);
  });
});

describe('gemini whole answers', () => {
  it('an array of chunks, an error, and what is neither', () => {
    expect(
      foldReply(gemini.decodeReply([chunk([{ text: 'a' }]), chunk([{ text: 'b' }], { finishReason: 'STOP' })], SOURCE))
        .parts[0]?.part,
    ).toMatchObject({ text: 'ab' });
    expect(gemini.decodeReply([{ error: { message: 'no', status: 'UNAUTHENTICATED' } }], SOURCE)).toMatchObject([
      { code: 'upstream_auth' },
    ]);
    expect(gemini.decodeReply('<html>', SOURCE)).toMatchObject([{ code: 'upstream_bad_response' }]);
    expect(gemini.decodeReply({ choices: [] }, SOURCE).at(-1)).toMatchObject({ code: 'upstream_bad_response' });
  });
  it('an answer without text is an answer', () => {
    expect(gemini.decodeReply({ candidates: [{ finishReason: 'STOP', index: 0 }] }, SOURCE)).toEqual([
      { type: 'start' },
      { type: 'finish', reason: 'stop' },
    ]);
  });
});
