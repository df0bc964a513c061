import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import { type JsonObject, type JsonValue, parseJson } from '../../../core/base/json.ts';
import type { ReplyContext } from '../../../core/formats/format.ts';
import { ollamaChat } from '../../../core/formats/ollama-chat/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { foldReply } from '../../../core/model/reply.ts';

const SOURCE = { issuer: 'ollama' };
const CONTEXT: ReplyContext = {
  id: 'a1b2c3d4e5f6a1b2c3d4e5f6',
  model: 'qwen3',
  createdAtS: 1_760_000_000,
  request: { model: 'qwen3', stream: true, messages: [] },
  body: {},
};
const streamed = (chunks: readonly JsonValue[]): ChatEvent[] => {
  const decoder = ollamaChat.decodeStream(SOURCE);
  return [...chunks.flatMap((chunk) => decoder.push({ data: JSON.stringify(chunk) })), ...decoder.end()];
};
const encoded = (events: readonly ChatEvent[]): JsonValue[] => {
  const encoder = ollamaChat.encodeStream(CONTEXT);
  return events.flatMap((event) => encoder.push(event)).map((frame) => parseJson(frame.data) ?? null);
};

const at = { model: 'qwen3', created_at: '2026-01-01T00:00:00.123456789Z' };
const line = (message: JsonObject, more: JsonObject = {}): JsonObject => ({
  ...at,
  message: { role: 'assistant', content: '', ...message },
  done: false,
  ...more,
});
const counts = { total_duration: 5, prompt_eval_count: 11, eval_count: 7 };
const STREAM = [
  line({ thinking: 'h' }),
  line({ thinking: 'm' }),
  line({ content: 'Hel' }, { logprobs: [{ token: 'Hel', logprob: -1 }] }),
  line({ content: 'lo' }),
  line({
    tool_calls: [
      { function: { index: 0, name: 'f', arguments: { a: 1 } } },
      { id: 'call_1', function: { index: 1, name: 'f', arguments: {} } },
    ],
  }),
  line({ tool_calls: [{ function: { index: 2, name: '', arguments: {} } }] }),
  line({}, { done: true, done_reason: 'stop', ...counts }),
];

describe('ollama-chat streams', () => {
  it('decodes thoughts, text, calls and counters', () => {
    const reply = foldReply(streamed(STREAM));
    expect(reply).toMatchObject({
      start: { model: 'qwen3', createdAtS: 1_767_225_600 },
      parts: [
        { part: { type: 'reasoning', text: 'hm' } },
        { part: { type: 'text', text: 'Hello', logprobs: [{ token: 'Hel', logprob: -1 }] } },
        { part: { type: 'tool-call', name: 'f', input: '{"a":1}' } },
        { part: { type: 'tool-call', id: 'call_1', input: '{}' } },
      ],
      finish: {
        reason: 'tool-calls',
        usage: { inputTokens: 11, outputTokens: 7 },
        ext: { data: { total_duration: 5 } },
      },
    });
    expect(reply.parts).toHaveLength(4);
  });
  it('survives being encoded, as lines and as one object', () => {
    const events = streamed(STREAM);
    expect(foldReply(streamed(encoded(events)))).toEqual(foldReply(events));
    const { body } = ollamaChat.encodeReply(events, CONTEXT);
    expect(foldReply(ollamaChat.decodeReply(body, SOURCE))).toEqual(foldReply(events));
    expect(body).toMatchObject({
      ...at,
      done: true,
      done_reason: 'stop',
      ...counts,
      message: { role: 'assistant', content: 'Hello', thinking: 'hm' },
    });
  });
  it('writes Ollama’s grammar: done false, then one line with done true', () => {
    const lines = encoded([
      { type: 'start' },
      { type: 'part-start', index: 0, part: { type: 'text' } },
      { type: 'part-delta', index: 0, text: 'Hi' },
      { type: 'part-start', index: 1, part: { type: 'tool-call', id: 'toolu_1', name: 'f', kind: 'function' } },
      { type: 'part-delta', index: 1, text: '{"a"' },
      { type: 'part-delta', index: 1, text: ':1}' },
      { type: 'part-end', index: 0 },
      { type: 'part-end', index: 1 },
      { type: 'finish', reason: 'tool-calls', usage: { inputTokens: 3, outputTokens: 2 } },
    ]);
    const head = { model: 'qwen3', created_at: '2025-10-09T08:53:20.000Z' };
    expect(lines).toEqual([
      { ...head, message: { role: 'assistant', content: 'Hi' }, done: false },
      {
        ...head,
        message: {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'toolu_1', function: { index: 0, name: 'f', arguments: { a: 1 } } }],
        },
        done: false,
      },
      {
        ...head,
        message: { role: 'assistant', content: '' },
        done: true,
        done_reason: 'stop',
        prompt_eval_count: 3,
        eval_count: 2,
      },
    ]);
  });
  it('pitfall 13: a cut is an error, and an error ends the stream', () => {
    expect(streamed(STREAM.slice(0, 3)).at(-1)).toMatchObject({ type: 'error', code: 'upstream_stream_cut' });
    expect(
      streamed([line({ content: 'a' }), { error: 'model runner has unexpectedly stopped' }, STREAM[6] ?? null]).at(-1),
    ).toMatchObject({
      type: 'error',
      message: 'model runner has unexpectedly stopped',
    });
    expect(
      encoded([
        { type: 'error', code: 'upstream_overloaded', message: 'full' },
        { type: 'finish', reason: 'stop' },
      ]),
    ).toEqual([{ error: 'full' }]);
  });
  it('an empty answer, a load and a length are answers', () => {
    expect(streamed([line({}, { done: true, done_reason: 'load' })]).at(-1)).toEqual({
      type: 'finish',
      reason: 'other',
      ext: { origin: 'ollama-chat', data: { done_reason: 'load' } },
    });
    expect(
      ollamaChat
        .decodeReply({ ...at, message: { role: 'assistant', content: '' }, done: true, done_reason: 'length' }, SOURCE)
        .at(-1),
    ).toMatchObject({ reason: 'length' });
    expect(ollamaChat.decodeReply('<html>', SOURCE)).toMatchObject([{ code: 'upstream_bad_response' }]);
  });
  it('the observer agrees with the decoder and is not fooled by the text', () => {
    const observer = ollamaChat.observeStream();
    const say = (value: JsonValue): string => observer.push({ data: JSON.stringify(value) });
    expect(say(line({}))).toBe('prelude');
    expect(say(line({ content: 'x' }))).toBe('content');
    expect(say(line({ content: '{"done":true,"error":"x"}' }))).toBe('content');
    expect(observer.summary().ended).toBe(false);
    expect(say(STREAM[6] ?? null)).toBe('end');
    expect(observer.summary()).toMatchObject({
      ended: true,
      model: 'qwen3',
      usage: { inputTokens: 11, outputTokens: 7 },
    });
    const failed = ollamaChat.observeStream();
    expect(failed.push({ data: '{"error":"no"}' })).toBe('error');
    expect(failed.summary()).toMatchObject({ ended: false, error: { message: 'no' } });
  });
  it('errors have its shape, and any body is read', () => {
    expect(ollamaChat.encodeError(new OmniError('model_not_found', "model 'x' not found"))).toEqual({
      status: 404,
      body: { error: "model 'x' not found" },
    });
    expect(ollamaChat.decodeError({ error: 'plain' })).toEqual({ message: 'plain' });
    expect(ollamaChat.decodeError({ error: { message: 'm', type: 't', code: 'c' } })).toEqual({
      message: 'm',
      type: 't',
      code: 'c',
    });
    for (const odd of [null, 1, [], {}, '', '<b>x</b>', { error: '' }]) {
      expect(ollamaChat.decodeError(odd).message.length).toBeGreaterThan(0);
    }
  });
});
