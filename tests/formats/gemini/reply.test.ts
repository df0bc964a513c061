import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import { type JsonObject, type JsonValue, objectsOf, parseJson } from '../../../core/base/json.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { openExt } from '../../../core/model/ext.ts';
import { foldReply } from '../../../core/model/reply.ts';
import { CONTEXT, decode, encodedStream, recorded, recordedExists, SOURCE, streamed } from './support.ts';

const chunk = (parts: JsonValue[], more: JsonObject = {}): JsonObject => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
  modelVersion: 'gemini-2.5-flash',
  responseId: 'r1',
});
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

describe('gemini errors', () => {
  it('its own shape with status word, field and delay', () => {
    expect(gemini.encodeError(new OmniError('invalid_request', 'bad', { path: 'contents[0]' }))).toEqual({
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'bad',
          status: 'INVALID_ARGUMENT',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.BadRequest',
              fieldViolations: [{ field: 'contents[0]', description: 'bad' }],
            },
          ],
        },
      },
    });
    expect(gemini.encodeError(new OmniError('upstream_quota', 'wait', { retryAfterMs: 1500 })).body).toMatchObject({
      error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '1.5s' }] },
    });
    expect(gemini.encodeError(new OmniError('client_closed', 'gone'))).toMatchObject({
      status: 499,
      body: { error: { status: 'CANCELLED' } },
    });
  });
  it('reads any body', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    expect(
      gemini.decodeError([
        { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details } },
      ]),
    ).toEqual({
      message: 'API key not valid.',
      type: 'INVALID_ARGUMENT',
      code: 'API_KEY_INVALID',
    });
    expect(gemini.decodeError('<html><style>x</style><h1>Bad\n Gateway</h1></html>')).toEqual({
      message: 'Bad Gateway',
    });
    expect(gemini.decodeError({ error: 'plain' })).toEqual({ message: 'plain' });
    for (const odd of [null, 1, [], {}, [null], { error: {} }, { error: null }, '']) {
      expect(gemini.decodeError(odd).message.length).toBeGreaterThan(0);
    }
    expect(gemini.decodeError('x'.repeat(9999)).message).toHaveLength(500);
  });
});

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

describe('gemini observer', () => {
  it('tells prelude, content, end and error, and is not fooled by the text', () => {
    const observer = gemini.observeStream();
    const say = (value: JsonValue): string => observer.push({ data: JSON.stringify(value) });
    expect(say({ ...chunk([{ text: '' }]), usageMetadata: { promptTokenCount: 4 } })).toBe('prelude');
    expect(say(chunk([{ text: 'hello' }]))).toBe('content');
    expect(say(chunk([{ text: '{"finishReason":"STOP","error":{"message":"x"},"promptTokenCount":99}' }]))).toBe(
      'content',
    );
    expect(observer.summary()).toMatchObject({ ended: false, usage: { inputTokens: 4 } });
    expect(say(chunk([], { finishReason: 'STOP' }))).toBe('end');
    expect(observer.summary().ended).toBe(true);
    expect(observer.push({ data: 'no json' })).toBe('content');
    const failed = gemini.observeStream();
    expect(failed.push({ data: '{"error":{"message":"no","status":"UNAVAILABLE"}}' })).toBe('error');
    expect(failed.summary()).toMatchObject({ ended: false, error: { message: 'no', type: 'UNAVAILABLE' } });
  });
});
