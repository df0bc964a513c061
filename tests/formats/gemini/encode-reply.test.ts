import { describe, expect, it } from 'vitest';
import { type JsonObject, type JsonValue, objectsOf, parseJson } from '../../../core/base/json.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { openExt } from '../../../core/model/ext.ts';
import { CONTEXT, decode, encodedStream, SOURCE } from './support.ts';

const foreign: ChatEvent[] = [
  { type: 'start', id: 'msg_1', model: 'claude' },
  { type: 'part-start', index: 0, part: { type: 'reasoning', form: 'full' } },
  { type: 'part-delta', index: 0, text: 'hm' },
  {
    type: 'part-end',
    index: 0,
    ext: { origin: 'anthropic-messages', issuer: 'anthropic', data: { signature: 'sig' } },
  },
  { type: 'part-start', index: 1, part: { type: 'text' } },
  { type: 'part-delta', index: 1, text: 'Hi' },
  { type: 'part-start', index: 2, part: { type: 'tool-call', id: 'toolu_1', name: 'f', kind: 'function' } },
  { type: 'part-start', index: 3, part: { type: 'tool-call', id: 'toolu_2', name: 'g', kind: 'function' } },
  { type: 'part-delta', index: 2, text: '{"a"' },
  { type: 'part-delta', index: 3, text: '' },
  { type: 'part-delta', index: 2, text: ':1}' },
  { type: 'part-end', index: 1 },
  { type: 'part-end', index: 2 },
  { type: 'part-end', index: 3 },
  {
    type: 'finish',
    reason: 'tool-calls',
    usage: { inputTokens: 10, outputTokens: 8, cachedInputTokens: 4, reasoningTokens: 3 },
  },
];

describe('gemini replies, encoded', () => {
  const head = { modelVersion: 'claude', responseId: 'msg_1' };
  const usage = {
    promptTokenCount: 10,
    candidatesTokenCount: 5,
    thoughtsTokenCount: 3,
    cachedContentTokenCount: 4,
    totalTokenCount: 18,
  };
  it('chunks of one candidate, calls whole, the last with reason and counters', () => {
    const chunks = encodedStream(foreign);
    const parts = chunks.map((one) => objectsOf((one as { candidates: JsonValue }).candidates)[0]?.['content']);
    const sealed = (parts[1] as { parts: [{ thoughtSignature: string }] }).parts[0].thoughtSignature;
    expect(openExt(sealed)).toEqual({ origin: 'anthropic-messages', issuer: 'anthropic', data: { signature: 'sig' } });
    expect(parts).toEqual([
      { parts: [{ text: 'hm', thought: true }], role: 'model' },
      { parts: [{ text: '', thought: true, thoughtSignature: sealed }], role: 'model' },
      { parts: [{ text: 'Hi' }], role: 'model' },
      { parts: [{ functionCall: { id: 'toolu_1', name: 'f', args: { a: 1 } } }], role: 'model' },
      { parts: [{ functionCall: { id: 'toolu_2', name: 'g', args: {} } }], role: 'model' },
      { parts: [{ text: '' }], role: 'model' },
    ]);
    expect(chunks.at(-1)).toEqual({
      candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, index: 0, finishReason: 'STOP' }],
      usageMetadata: usage,
      ...head,
    });
  });
  it('a whole answer says the same', () => {
    const { body } = gemini.encodeReply(foreign, CONTEXT);
    expect(body).toMatchObject({
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              { text: 'hm', thought: true, thoughtSignature: expect.any(String) },
              { text: 'Hi' },
              { functionCall: { id: 'toolu_1', name: 'f', args: { a: 1 } } },
              { functionCall: { id: 'toolu_2', name: 'g', args: {} } },
            ],
          },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      usageMetadata: usage,
      ...head,
    });
  });
  it('pitfall 13: a failure in the middle is an error chunk, and nothing follows', () => {
    const chunks = encodedStream([
      ...foreign.slice(0, 3),
      { type: 'error', code: 'upstream_overloaded', message: 'full' },
      { type: 'finish', reason: 'stop' },
    ]);
    expect(chunks.at(-1)).toEqual({ error: { code: 503, message: 'full', status: 'UNAVAILABLE' } });
    expect(chunks).toHaveLength(2);
  });
  it.each(['server_error', '503', 'overloaded_error'])(
    'never gives %s of another maker as google.rpc status',
    (code) => {
      const [chunk] = encodedStream([
        { type: 'error', code: 'upstream_overloaded', message: 'full', upstreamCode: code },
      ]);
      expect(chunk).toEqual({ error: { code: 503, message: 'full', status: 'UNAVAILABLE' } });
    },
  );
  it('writes sources and log probabilities, and declares what it cannot', () => {
    const encoder = gemini.encodeStream(CONTEXT);
    const logprobs = [{ token: 'é', logprob: -0.5, bytes: [195, 169], top_logprobs: [{ token: 'e', logprob: -1 }] }];
    const events: ChatEvent[] = [
      { type: 'start' },
      { type: 'part-start', index: 0, part: { type: 'text' } },
      { type: 'part-delta', index: 0, text: 'é!', logprobs },
      {
        type: 'part-delta',
        index: 0,
        text: '',
        citations: [{ url: 'https://a', title: 'A', start: 1, end: 2 }, { citedText: 'x' }],
      },
      { type: 'part-end', index: 0 },
      {
        type: 'part-start',
        index: 1,
        part: { type: 'opaque', label: 'web_search_call', ext: { origin: 'openai-responses', data: {} } },
      },
      { type: 'part-end', index: 1 },
      { type: 'finish', reason: 'stop-sequence', usage: { inputTokens: 1, outputTokens: 1, cacheWriteTokens: 1 } },
    ];
    const chunks = events.flatMap((event) => encoder.push(event)).map((frame) => parseJson(frame.data));
    expect(chunks[0]).toMatchObject({
      candidates: [
        {
          logprobsResult: {
            chosenCandidates: [{ token: 'é', logProbability: -0.5 }],
            topCandidates: [{ candidates: [{ token: 'e', logProbability: -1 }] }],
          },
        },
      ],
    });
    expect(chunks.at(-1)).toMatchObject({
      candidates: [
        {
          finishReason: 'STOP',
          groundingMetadata: {
            groundingChunks: [{ web: { uri: 'https://a', title: 'A' } }],
            groundingSupports: [{ segment: { startIndex: 2, endIndex: 3, text: '!' }, groundingChunkIndices: [0] }],
          },
        },
      ],
    });
    expect(
      encoder
        .losses()
        .map(({ feature }) => feature)
        .sort(),
    ).toEqual(['citations', 'finish-reason', 'opaque', 'usage-detail']);
  });
  it('pitfall 1: a Gemini client’s three turns with parallel calls keep their signatures, with no memory in between', () => {
    const turn = (id: string, signature: string): JsonObject => ({
      candidates: [
        {
          content: {
            role: 'model',
            parts: [
              { functionCall: { name: 'f', args: { id } }, thoughtSignature: signature },
              { functionCall: { name: 'f', args: {} } },
            ],
          },
          finishReason: 'STOP',
          index: 0,
        },
      ],
      responseId: id,
    });
    const contents: JsonValue[] = [{ role: 'user', parts: [{ text: 'go' }] }];
    for (const [id, signature] of [
      ['a', 'S1'],
      ['b', 'S2'],
      ['c', 'S3'],
    ] as const) {
      const { body } = gemini.encodeReply(gemini.decodeReply(turn(id, signature), SOURCE), CONTEXT);
      const content = objectsOf(body['candidates'])[0]?.['content'] ?? null;
      contents.push(content, {
        role: 'user',
        parts: [
          { functionResponse: { name: 'f', response: { output: '1' } } },
          { functionResponse: { name: 'f', response: { output: '2' } } },
        ],
      });
      const sent = gemini.encodeRequest(decode({ contents }), { model: 'gemini-3-pro-preview', issuer: 'google' });
      expect(sent.body['contents']).toEqual(contents);
      expect(sent.losses).toEqual([]);
    }
    expect(JSON.stringify(contents)).toMatch(/S1.*S2.*S3/);
  });
});
