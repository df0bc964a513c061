import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { foldReply } from '../../../core/model/reply.ts';
import {
  blockDelta,
  blockStart,
  blockStop,
  decode,
  encode,
  features,
  frames,
  messageDelta,
  payloads,
  STOP,
  start,
} from './support.ts';

const textDelta = (index: number, text: string): JsonObject => blockDelta(index, { type: 'text_delta', text });
const jsonDelta = (index: number, partial_json: string): JsonObject =>
  blockDelta(index, { type: 'input_json_delta', partial_json });
const text0 = blockStart(0, { type: 'text', text: '' });

describe('decodeStream', () => {
  it('reads text, thinking and tool calls', () => {
    const events = decode(
      frames(
        start({ input_tokens: 5, cache_read_input_tokens: 20, cache_creation_input_tokens: 0, output_tokens: 1 }),
        blockStart(0, { type: 'thinking', thinking: '', signature: '' }),
        { type: 'ping' },
        blockDelta(0, { type: 'thinking_delta', thinking: 'hm' }),
        blockDelta(0, { type: 'signature_delta', signature: 'si' }),
        blockDelta(0, { type: 'signature_delta', signature: 'g' }),
        blockStop(0),
        blockStart(1, { type: 'tool_use', id: 't', name: 'f', input: {} }),
        jsonDelta(1, ''),
        jsonDelta(1, '{"a"'),
        jsonDelta(1, ':1}'),
        blockStop(1),
        messageDelta('tool_use', { input_tokens: 5, output_tokens: 9 }),
        STOP,
      ),
    );
    const zero = { cachedInputTokens: 20, cacheWriteTokens: 0 };
    expect(events).toEqual([
      { type: 'start', id: 'msg_1', model: 'claude-x', usage: { inputTokens: 25, outputTokens: 1, ...zero } },
      { type: 'part-start', index: 0, part: { type: 'reasoning', form: 'full' } },
      { type: 'part-delta', index: 0, text: 'hm' },
      {
        type: 'part-end',
        index: 0,
        ext: { origin: 'anthropic-messages', issuer: 'anthropic', data: { signature: 'sig' } },
      },
      { type: 'part-start', index: 1, part: { type: 'tool-call', id: 't', name: 'f', kind: 'function' } },
      { type: 'part-delta', index: 1, text: '{"a"' },
      { type: 'part-delta', index: 1, text: ':1}' },
      { type: 'part-end', index: 1 },
      { type: 'finish', reason: 'tool-calls', usage: { inputTokens: 25, outputTokens: 9, ...zero } },
    ] satisfies ChatEvent[]);
  });

  it('pitfall 4: a duplicate message_start gives one start', () => {
    const events = decode(
      frames(start(), start(), text0, textDelta(0, 'x'), blockStop(0), messageDelta('end_turn'), STOP),
    );
    expect(events.filter(({ type }) => type === 'start')).toHaveLength(1);
    expect(events.at(-1)).toMatchObject({ type: 'finish', usage: { inputTokens: 7, outputTokens: 5 } });
  });

  it('pitfall 4: thinking inside a text block becomes a part of its own', () => {
    const events = decode(
      frames(
        start(),
        text0,
        blockDelta(0, { type: 'thinking_delta', thinking: 'hm' }),
        textDelta(0, 'x'),
        blockStop(0),
        messageDelta('end_turn'),
        STOP,
      ),
    );
    expect(foldReply(events).parts.map(({ part }) => part)).toMatchObject([
      { type: 'text', text: '' },
      { type: 'reasoning', text: 'hm' },
      { type: 'text', text: 'x' },
    ]);
  });

  it('pitfall 5: input that came only in the start of the block is kept, and none is {}', () => {
    const call = (input: JsonObject): JsonObject[] => [
      blockStart(0, { type: 'tool_use', id: 't', name: 'f', input }),
      blockStop(0),
    ];
    for (const [input, expected] of [
      [{ a: 1 }, '{"a":1}'],
      [{}, '{}'],
    ] as const) {
      const { parts } = foldReply(decode(frames(start(), ...call(input), messageDelta('tool_use'), STOP)));
      expect(parts[0]?.part).toMatchObject({ type: 'tool-call', input: expected });
    }
  });

  it('pitfall 6: a delta without its start opens the block, a block without its stop is closed', () => {
    const events = decode(frames(textDelta(0, 'x'), messageDelta('end_turn'), STOP));
    expect(events.map(({ type }) => type)).toEqual(['start', 'part-start', 'part-delta', 'part-end', 'finish']);
  });

  it('D.15-6: a tool call without a name is left out with its deltas', () => {
    const events = decode(
      frames(
        start(),
        blockStart(0, { type: 'tool_use', id: 't', name: '', input: {} }),
        jsonDelta(0, '{}'),
        blockStop(0),
        messageDelta('tool_use'),
        STOP,
      ),
    );
    expect(events.map(({ type }) => type)).toEqual(['start', 'finish']);
    expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  });

  it('D.15-10: input tokens of message_start are kept, also against a zero in message_delta', () => {
    for (const usage of [
      { output_tokens: 3 },
      { input_tokens: 0, output_tokens: 3 },
      { input_tokens: null, output_tokens: 3 },
    ]) {
      expect(decode(frames(start(), messageDelta('end_turn', usage), STOP)).at(-1)).toMatchObject({
        usage: { inputTokens: 7, outputTokens: 3 },
      });
    }
  });

  it('input tokens of message_delta replace those of the start', () => {
    expect(
      decode(frames(start(), messageDelta('end_turn', { input_tokens: 61, output_tokens: 2 }), STOP)).at(-1),
    ).toMatchObject({
      usage: { inputTokens: 61, outputTokens: 2 },
    });
  });

  it('a stop_reason is an end even where message_stop is missing', () => {
    expect(decode(frames(start(), messageDelta('end_turn'))).at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  it('pitfall 13: a stream that is cut ends in an error', () => {
    expect(decode(frames(start(), text0, textDelta(0, 'x'))).at(-1)).toEqual({
      type: 'error',
      code: 'upstream_stream_cut',
      message: 'The provider closed the stream before the end of the answer.',
    });
    expect(decode([]).at(-1)).toMatchObject({ code: 'upstream_stream_cut' });
  });

  it('an error inside the stream ends it', () => {
    const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(decode(frames(start(), error, text0, messageDelta('end_turn'), STOP))).toMatchObject([
      { type: 'start' },
      { type: 'error', code: 'upstream_overloaded', message: 'Overloaded', upstreamCode: 'overloaded_error' },
    ]);
  });

  it('D.15-5: what comes after the end, and what is no JSON, is ignored', () => {
    const events = decode([
      { data: 'not json' },
      { event: 'message_start', data: 'null' },
      ...frames(start(), { type: 'from_the_future' }, messageDelta('end_turn'), STOP, start(), text0),
      { data: '[DONE]' },
    ]);
    expect(events.map(({ type }) => type)).toEqual(['start', 'finish']);
  });

  it('reads a turn that goes on after a programmatic tool call', () => {
    const caller = { type: 'code_execution_20250825', tool_id: 'srv_1' };
    const call = { type: 'tool_use', id: 't', name: 'roll', input: { player: 'a' }, caller };
    const events = decode(
      frames(
        start(
          { input_tokens: 0, output_tokens: 0 },
          { content: [call], stop_reason: 'tool_use', container: { id: 'c' } },
        ),
        STOP,
      ),
    );
    expect(foldReply(events)).toMatchObject({
      start: { ext: { data: { container: { id: 'c' } } } },
      parts: [{ part: { type: 'tool-call', name: 'roll', input: '{"player":"a"}', ext: { data: { caller } } } }],
      finish: { reason: 'tool-calls' },
    });
  });

  it('puts items of the provider together', () => {
    const { parts } = foldReply(
      decode(
        frames(
          start(),
          blockStart(0, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
          jsonDelta(0, '{"query":'),
          jsonDelta(0, '"q"}'),
          blockStop(0),
          blockStart(1, { type: 'compaction', content: null, encrypted_content: null }),
          blockDelta(1, { type: 'compaction_delta', content: 'Sum', encrypted_content: 'old' }),
          blockDelta(1, { type: 'compaction_delta', content: 'mary', encrypted_content: 'new' }),
          blockStop(1),
          messageDelta('compaction'),
          STOP,
        ),
      ),
    );
    expect(parts.map(({ part }) => part.ext?.data)).toEqual([
      { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'q' } },
      { type: 'compaction', content: 'Summary', encrypted_content: 'new' },
    ]);
  });
});

describe('encodeStream', () => {
  it('follows the grammar to the letter', () => {
    const { frames: out } = encode([
      { type: 'start', id: 'chatcmpl-1' },
      { type: 'part-start', index: 0, part: { type: 'text' } },
      { type: 'part-delta', index: 0, text: 'hi' },
      { type: 'part-end', index: 0 },
      {
        type: 'finish',
        reason: 'stop-sequence',
        stopSequence: 'END',
        usage: { inputTokens: 30, outputTokens: 4, cachedInputTokens: 10 },
      },
    ]);
    expect(payloads(out)).toEqual([
      {
        type: 'message_start',
        message: {
          id: 'msg_abcdefghijklmnopqrstuvwx',
          type: 'message',
          role: 'assistant',
          model: 'asked/model',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 0, output_tokens: 0 },
        },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'hi' } },
      { type: 'content_block_stop', index: 0 },
      {
        type: 'message_delta',
        delta: { stop_reason: 'stop_sequence', stop_sequence: 'END' },
        usage: { input_tokens: 20, cache_read_input_tokens: 10, output_tokens: 4 },
      },
      { type: 'message_stop' },
    ]);
    expect(out.every(({ event, data }) => event === JSON.parse(data).type)).toBe(true);
  });

  it('D.15-12, pitfall 4: parallel calls that overlap are written one after the other', () => {
    const head = (id: string) => ({ type: 'tool-call', id, name: 'f', kind: 'function' }) as const;
    const { frames: out } = encode([
      { type: 'start' },
      { type: 'part-start', index: 0, part: head('a') },
      { type: 'part-start', index: 1, part: head('b') },
      { type: 'part-delta', index: 1, text: '{"b":1}' },
      { type: 'part-delta', index: 0, text: '{"a":1}' },
      { type: 'part-start', index: 2, part: { type: 'text' } },
      { type: 'part-end', index: 1 },
      { type: 'part-delta', index: 2, text: 'x' },
      { type: 'part-end', index: 0 },
      { type: 'part-delta', index: 2, text: 'y' },
      { type: 'finish', reason: 'tool-calls' },
    ]);
    expect(payloads(out).slice(1, -2)).toEqual([
      blockStart(0, { type: 'tool_use', id: 'a', name: 'f', input: {} }),
      jsonDelta(0, '{"a":1}'),
      blockStop(0),
      blockStart(1, { type: 'tool_use', id: 'b', name: 'f', input: {} }),
      jsonDelta(1, '{"b":1}'),
      blockStop(1),
      blockStart(2, { type: 'text', text: '' }),
      textDelta(2, 'x'),
      textDelta(2, 'y'),
      blockStop(2),
    ]);
  });

  it('a part the protocol has no block for takes no index', () => {
    const { frames: out, losses } = encode([
      { type: 'start' },
      { type: 'part-start', index: 0, part: { type: 'opaque', label: 'x', ext: { origin: 'gemini', data: {} } } },
      { type: 'part-end', index: 0 },
      { type: 'part-start', index: 1, choice: 1, part: { type: 'text' } },
      { type: 'part-delta', index: 1, text: 'other choice' },
      { type: 'part-end', index: 1 },
      { type: 'part-start', index: 2, part: { type: 'text' } },
      { type: 'part-end', index: 2 },
      { type: 'finish', reason: 'stop' },
    ]);
    expect(payloads(out).slice(1, -2)).toEqual([text0, blockStop(0)]);
    expect(features(losses)).toEqual(['opaque', 'choices']);
  });

  it('free-text input arrives as one JSON field', () => {
    const { frames: out } = encode([
      { type: 'start' },
      { type: 'part-start', index: 0, part: { type: 'tool-call', id: 'a', name: 'patch', kind: 'custom' } },
      { type: 'part-delta', index: 0, text: 'line "1"' },
      { type: 'part-end', index: 0 },
      { type: 'finish', reason: 'tool-calls' },
    ]);
    expect(payloads(out)[2]).toEqual(jsonDelta(0, '{"input":"line \\"1\\""}'));
  });

  it('an error ends the stream with an error event, and nothing follows', () => {
    const { frames: out } = encode([
      { type: 'start' },
      { type: 'error', code: 'upstream_stream_cut', message: 'cut' },
      { type: 'finish', reason: 'stop' },
    ]);
    expect(payloads(out).slice(1)).toEqual([{ type: 'error', error: { type: 'api_error', message: 'cut' } }]);
    expect(out.at(-1)?.event).toBe('error');
  });
});
