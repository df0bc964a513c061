import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { bodies, chunk, DONE, decode, encode, fold, parts, STOP } from './support.ts';

const calls = (...tool_calls: JsonObject[]) => chunk({ tool_calls });
const CALLED = chunk({}, { finish_reason: 'tool_calls' });
const toolsOf = (...deltas: JsonObject[][]) =>
  parts(fold([...deltas.map((delta) => calls(...delta)), CALLED, DONE])).map((part) =>
    part.type === 'tool-call' ? [part.id, part.name, part.input] : part,
  );

describe('an upstream stream', () => {
  it('gives events in order, with usage from the chunk without choices', () => {
    const usage = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } };
    const events = decode([
      chunk({ role: 'assistant', content: '' }),
      chunk({ reasoning_content: 'r' }),
      chunk({ content: 'a' }),
      chunk({ content: 'b' }),
      STOP,
      { data: JSON.stringify(usage) },
      DONE,
    ]);
    expect(events).toEqual([
      { type: 'start', id: 'c1', model: 'm', createdAtS: 5 },
      { type: 'part-start', index: 0, part: { type: 'reasoning', form: 'full' } },
      { type: 'part-delta', index: 0, text: 'r' },
      { type: 'part-end', index: 0 },
      { type: 'part-start', index: 1, part: { type: 'text' } },
      { type: 'part-delta', index: 1, text: 'a' },
      { type: 'part-delta', index: 1, text: 'b' },
      { type: 'part-end', index: 1 },
      { type: 'finish', reason: 'stop', usage: { inputTokens: 1, outputTokens: 2 } },
    ]);
  });

  it.each<[string, JsonObject]>([
    ['in the last content chunk', { usage: { prompt_tokens: 1, completion_tokens: 2 } }],
    ['in x_groq', { x_groq: { usage: { prompt_tokens: 1, completion_tokens: 2 } } }],
  ])('finds usage %s', (_where, more) => {
    expect(
      fold([chunk({ content: 'a' }, { usage: null }), chunk({}, { finish_reason: 'stop', ...more }), DONE]).finish
        ?.usage,
    ).toEqual({
      inputTokens: 1,
      outputTokens: 2,
    });
  });

  it('finds usage inside the choice (Moonshot)', () => {
    const choices = [{ index: 0, delta: {}, finish_reason: 'stop', usage: { prompt_tokens: 1, completion_tokens: 2 } }];
    expect(fold([{ data: JSON.stringify({ choices }) }]).finish?.usage).toEqual({ inputTokens: 1, outputTokens: 2 });
  });

  it('D.15-5: data: null and other stray frames are nothing', () => {
    expect(
      decode([
        { data: 'null' },
        chunk({ content: 'a' }),
        { data: '' },
        { data: 'x' },
        STOP,
        DONE,
        { data: 'null' },
        STOP,
      ]),
    ).toEqual(decode([chunk({ content: 'a' }), STOP, DONE]));
  });

  it('pitfall 13: a stream that ends without a finish reason was cut', () => {
    const cut = {
      type: 'error',
      code: 'upstream_stream_cut',
      message: 'The provider closed the stream before the end of the answer.',
    };
    expect(decode([chunk({ content: 'a' })]).at(-1)).toEqual(cut);
    expect(decode([]).at(-1)).toEqual(cut);
    expect(decode([chunk({ content: 'a' }), STOP]).at(-1)).toEqual({ type: 'finish', reason: 'stop' });
  });

  it('an error inside the stream ends it', () => {
    const error = { error: { message: 'Overloaded', type: 'overloaded_error' } };
    expect(decode([chunk({ content: 'a' }), { data: JSON.stringify(error) }, STOP, DONE]).at(-1)).toEqual({
      type: 'error',
      code: 'upstream_overloaded',
      message: 'Overloaded',
      upstreamCode: 'overloaded_error',
    });
    expect(decode([{ event: 'error', data: '{"message":"boom"}' }])).toMatchObject([
      { type: 'error', message: 'boom' },
    ]);
    expect(decode([{ data: '{"object":"error","message":"bad","code":400}' }])).toMatchObject([
      { code: 'upstream_bad_request' },
    ]);
  });

  it('several choices are kept apart; all must finish', () => {
    const frames = [chunk({ content: 'a' }), chunk({ content: 'b' }, { index: 1 }), STOP];
    expect(decode(frames).at(-1)).toMatchObject({ code: 'upstream_stream_cut' });
    const reply = fold([...frames, chunk({}, { index: 1, finish_reason: 'length' }), DONE]);
    expect(reply.parts).toEqual([
      { choice: 0, part: { type: 'text', text: 'a' } },
      { choice: 1, part: { type: 'text', text: 'b' } },
    ]);
    expect(reply.finish).toEqual({ type: 'finish', reason: 'stop', choices: [{ choice: 1, reason: 'length' }] });
  });

  it("merges OpenRouter's details and does not tell their text twice", () => {
    const detail = (text: string, more: JsonObject = {}) => ({ type: 'reasoning.text', text, index: 0, ...more });
    const reply = fold([
      chunk({ reasoning: 'a', reasoning_details: [detail('a')] }),
      chunk({ reasoning: 'b', reasoning_details: [detail('b', { signature: 's' })] }),
      chunk({ content: 'c' }),
      STOP,
    ]);
    expect(parts(reply)[0]).toEqual({
      type: 'reasoning',
      form: 'full',
      text: 'ab',
      ext: {
        origin: 'openai-chat',
        issuer: 'maker',
        data: { field: 'reasoning', details: [detail('ab', { signature: 's' })] },
      },
    });
  });

  it('late annotations and top-level fields are kept', () => {
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://x' } }];
    const reply = fold([
      chunk({ content: 'a' }),
      chunk({ annotations }),
      chunk({}, { finish_reason: 'stop', citations: ['y'] }),
      DONE,
    ]);
    expect(parts(reply)).toEqual([{ type: 'text', text: 'a', citations: [{ url: 'https://x' }] }]);
    expect(reply.finish?.ext?.data).toEqual({ fields: { citations: ['y'] } });
  });

  it('puts spoken pieces together', () => {
    const audio = (data: string, transcript: string) => chunk({ audio: { id: 'au', data, transcript } });
    expect(parts(fold([audio('YQ==', 'x'), audio('Yg==', 'y'), STOP]))).toEqual([
      {
        type: 'media',
        kind: 'audio',
        source: { type: 'base64', mediaType: 'audio/wav', data: 'YWI=' },
        ext: { origin: 'openai-chat', data: { id: 'au', transcript: 'xy' } },
      },
    ]);
  });
});

describe('tool calls in pieces', () => {
  const fn = (name: string | undefined, args: string | undefined): JsonObject => ({
    function: { ...(name !== undefined && { name }), ...(args !== undefined && { arguments: args }) },
  });

  it.each<[string, JsonObject[][], string[][]]>([
    [
      'by index, mixed',
      [
        [{ index: 0, id: 'a', ...fn('f', '') }],
        [{ index: 1, id: 'b', ...fn('g', '{') }],
        [{ index: 0, ...fn(undefined, '{}') }],
        [{ index: 1, ...fn(undefined, '}') }],
      ],
      [
        ['a', 'f', '{}'],
        ['b', 'g', '{}'],
      ],
    ],
    ['pitfall 5: whole in one chunk', [[{ index: 0, id: 'a', ...fn('f', '{"x":1}') }]], [['a', 'f', '{"x":1}']]],
    [
      'D.15-12: without index, told apart by id',
      [
        [
          { id: 'a', ...fn('f', '{}') },
          { id: 'b', ...fn('f', '{}') },
        ],
      ],
      [
        ['a', 'f', '{}'],
        ['b', 'f', '{}'],
      ],
    ],
    [
      'without index, pieces follow',
      [[{ id: 'a', ...fn('f', '{') }], [fn(undefined, '}')], [{ id: 'b', ...fn('g', '{}') }]],
      [
        ['a', 'f', '{}'],
        ['b', 'g', '{}'],
      ],
    ],
    [
      'index 0 for all',
      [[{ index: 0, id: 'a', ...fn('f', '{}') }], [{ index: 0, id: 'b', ...fn('g', '{}') }]],
      [
        ['a', 'f', '{}'],
        ['b', 'g', '{}'],
      ],
    ],
    [
      'id and name repeated',
      [[{ index: 0, id: 'a', ...fn('f', '{') }], [{ index: 0, id: 'a', ...fn('f', '}') }]],
      [['a', 'f', '{}']],
    ],
    [
      'name empty later on (Mistral)',
      [[{ index: 0, id: 'a', ...fn('f', '') }], [{ index: 0, ...fn('', '{}') }]],
      [['a', 'f', '{}']],
    ],
    [
      'name late',
      [[{ index: 0, id: 'a' }], [{ index: 0, ...fn(undefined, '{') }], [{ index: 0, ...fn('f', '}') }]],
      [['a', 'f', '{}']],
    ],
    ['id late', [[{ index: 0, ...fn('f', '{') }], [{ index: 0, id: 'a', ...fn(undefined, '}') }]], [['a', 'f', '{}']]],
    ['D.15-6: never named', [[{ index: 0, id: 'a', ...fn('', '{}') }]], []],
    ['index from 1', [[{ index: 1, id: 'a', ...fn('f', '{}') }]], [['a', 'f', '{}']]],
  ])('%s', (_name, deltas, expected) => {
    expect(toolsOf(...deltas)).toEqual(expected);
  });

  it('without any id, each call gets its own', () => {
    const made = toolsOf([fn('f', '{}')], [fn('f', '{}')]);
    expect(made).toEqual([
      [expect.stringMatching(/^call_[0-9a-f]{24}$/), 'f', '{}'],
      [expect.stringMatching(/^call_[0-9a-f]{24}$/), 'f', '{}'],
    ]);
    expect(made[0]).not.toEqual(made[1]);
  });

  it('free-text calls keep their text', () => {
    const reply = fold([
      calls({ index: 0, id: 'a', type: 'custom', custom: { name: 'p', input: 'x' } }),
      calls({ index: 0, custom: { input: 'y' } }),
      CALLED,
    ]);
    expect(parts(reply)).toEqual([{ type: 'tool-call', id: 'a', name: 'p', kind: 'custom', input: 'xy' }]);
  });

  it("Google's signature is Gemini's ext, with its maker", () => {
    const extra_content = { google: { thought_signature: 'sig' } };
    const reply = fold([calls({ index: 0, id: 'a', ...fn('f', '{}'), extra_content }), CALLED]);
    expect(parts(reply)[0]?.ext).toEqual({ origin: 'gemini', issuer: 'maker', data: { thoughtSignature: 'sig' } });
  });
});

describe("a client's stream", () => {
  const EVENTS: ChatEvent[] = [
    { type: 'start', id: 'c1', model: 'm', createdAtS: 5 },
    { type: 'part-start', index: 0, part: { type: 'reasoning', form: 'full' } },
    { type: 'part-delta', index: 0, text: 'r' },
    { type: 'part-end', index: 0 },
    { type: 'part-start', index: 1, part: { type: 'text' } },
    { type: 'part-delta', index: 1, text: 'a' },
    { type: 'part-end', index: 1 },
    { type: 'part-start', index: 2, part: { type: 'tool-call', id: 'x', name: 'f', kind: 'function' } },
    { type: 'part-start', index: 3, part: { type: 'tool-call', id: 'y', name: 'g', kind: 'custom' } },
    { type: 'part-delta', index: 3, text: 'in' },
    { type: 'part-delta', index: 2, text: '{}' },
    { type: 'part-end', index: 2 },
    { type: 'part-end', index: 3 },
    { type: 'finish', reason: 'tool-calls', usage: { inputTokens: 1, outputTokens: 2 } },
  ];
  const head = { id: 'c1', object: 'chat.completion.chunk', created: 5, model: 'm' };
  const wire = (delta: JsonObject, finish_reason: string | null = null) => ({
    ...head,
    choices: [{ index: 0, delta, logprobs: null, finish_reason }],
  });
  const DELTAS = [
    { role: 'assistant', content: '' },
    { reasoning_content: 'r' },
    { content: 'a' },
    { tool_calls: [{ index: 0, id: 'x', type: 'function', function: { name: 'f', arguments: '' } }] },
    { tool_calls: [{ index: 1, id: 'y', type: 'custom', custom: { name: 'g', input: '' } }] },
    { tool_calls: [{ index: 1, custom: { input: 'in' } }] },
    { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
  ];

  it('pitfalls 11 and 12: role first, a finish reason always, [DONE] once; no usage unasked', () => {
    expect(bodies(encode(EVENTS))).toEqual([...DELTAS.map((delta) => wire(delta)), wire({}, 'tool_calls'), '[DONE]']);
  });

  it('tells usage in a chunk without choices when asked, and never makes it up', () => {
    const asked = bodies(encode(EVENTS, { includeUsage: true }));
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    expect(asked.at(-2)).toEqual({ ...head, choices: [], usage });
    expect(asked[0]).toMatchObject({ usage: null });
    const [start] = EVENTS;
    const silent =
      start === undefined ? [] : bodies(encode([start, { type: 'finish', reason: 'stop' }], { includeUsage: true }));
    expect(silent).toHaveLength(3);
  });

  it('an error is the last chunk, without [DONE]', () => {
    const error: ChatEvent = {
      type: 'error',
      code: 'upstream_rate_limited',
      message: 'slow',
      upstreamCode: 'rate_limit_exceeded',
    };
    const frames = encode([...EVENTS.slice(0, 3), error, ...EVENTS.slice(3)]);
    expect(bodies(frames).slice(2)).toEqual([
      { error: { message: 'slow', type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
    ]);
  });

  it('gives each choice its role and its reason', () => {
    const frames = encode([
      { type: 'start', id: 'c1', model: 'm', createdAtS: 5 },
      { type: 'part-start', index: 0, choice: 1, part: { type: 'text' } },
      { type: 'part-delta', index: 0, text: 'b' },
      { type: 'part-end', index: 0 },
      { type: 'finish', reason: 'stop', choices: [{ choice: 1, reason: 'length' }] },
    ]);
    const told = frames
      .slice(0, -1)
      .map(({ data }) => /"index":(\d).*"finish_reason":(null|"\w+")/.exec(data)?.slice(1).join(' '));
    expect(told).toEqual(['0 null', '1 null', '1 null', '0 "stop"', '1 "length"']);
  });
});
