import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../core/base/json.ts';
import { ollamaChat } from '../../../core/formats/ollama-chat/index.ts';
import { foldReply } from '../../../core/model/reply.ts';

const TARGET = { model: 'qwen3', issuer: 'ollama' };
const SOURCE = { issuer: 'ollama' };
const text = fc.string({ minLength: 1, maxLength: 10 });
const name = fc.stringMatching(/^[a-z_]{1,8}$/);
const args = fc.dictionary(text, fc.oneof(fc.string(), fc.integer()), { maxKeys: 2 });
const option = <T extends JsonValue>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arb, { nil: undefined });
const object = (shape: Record<string, fc.Arbitrary<JsonValue | undefined>>): fc.Arbitrary<JsonObject> =>
  fc.record(shape).map((value) => JSON.parse(JSON.stringify(value)) as JsonObject);

const call = fc.record({ id: option(fc.uuid()), name, arguments: args, content: fc.string() });
const turn = fc
  .record({
    user: object({ role: fc.constant('user'), content: fc.string(), images: option(fc.constant(['iVBORw0KGgoAAAA'])) }),
    thinking: option(text),
    content: fc.string(),
    calls: fc.array(call, { maxLength: 3 }),
  })
  .map(({ user, thinking, content, calls }): JsonValue[] => [
    user,
    {
      role: 'assistant',
      content,
      ...(thinking !== undefined && { thinking }),
      ...(calls.length > 0 && {
        tool_calls: calls.map((one) => ({
          ...(one.id !== undefined && { id: one.id }),
          function: { name: one.name, arguments: one.arguments },
        })),
      }),
    },
    ...calls.map((one) => ({
      role: 'tool',
      content: one.content,
      tool_name: one.name,
      ...(one.id !== undefined && { tool_call_id: one.id }),
    })),
  ]);
const number = fc.integer({ min: -2, max: 9 });
const rest = object({
  tools: option(fc.constant([{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }])),
  format: option(fc.constantFrom<JsonValue>('json', { type: 'object' })),
  options: option(
    object({
      temperature: option(number),
      num_predict: option(number),
      num_ctx: option(number),
      stop: option(fc.array(text, { maxLength: 2 })),
    }),
  ),
  think: option(fc.constantFrom<JsonValue>(true, false, 'low', 'high', 'max')),
  logprobs: option(fc.boolean()),
  top_logprobs: option(number),
  keep_alive: option(fc.constantFrom<JsonValue>('5m', 0)),
});

describe('ollama-chat decode∘encode is the identity', () => {
  it('for requests', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 3 }), rest, fc.boolean(), (turns, more, stream) => {
        const once = ollamaChat.decodeRequest({ model: 'qwen3', messages: turns.flat(), stream, ...more });
        expect(ollamaChat.decodeRequest(ollamaChat.encodeRequest(once, TARGET).body)).toEqual(once);
      }),
      { numRuns: 300 },
    );
  });
  it('for answers', () => {
    const answer = fc.record({
      message: object({
        role: fc.constant('assistant'),
        content: fc.string(),
        thinking: option(text),
        tool_calls: option(
          fc.array(
            call.map((one) => ({ function: { name: one.name, arguments: one.arguments } })),
            { maxLength: 2 },
          ),
        ),
      }),
      done_reason: fc.constantFrom('stop', 'length', 'load'),
      counts: object({ prompt_eval_count: option(number), eval_count: option(number), total_duration: option(number) }),
    });
    const context = {
      id: 'a1b2c3d4e5f6a1b2c3d4e5f6',
      model: 'qwen3',
      createdAtS: 1,
      request: { model: 'qwen3', stream: true, messages: [] },
      body: {},
    };
    fc.assert(
      fc.property(answer, ({ message, done_reason, counts }) => {
        const body = {
          model: 'qwen3',
          created_at: '2026-01-01T00:00:00Z',
          message,
          done: true,
          done_reason,
          ...counts,
        };
        const events = ollamaChat.decodeReply(body, SOURCE);
        const again = ollamaChat.decodeReply(ollamaChat.encodeReply(events, context).body, SOURCE);
        expect(foldReply(again)).toEqual(foldReply(events));
        const encoder = ollamaChat.encodeStream(context);
        const decoder = ollamaChat.decodeStream(SOURCE);
        const frames = events.flatMap((event) => encoder.push(event));
        expect(foldReply([...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()])).toEqual(
          foldReply(events),
        );
      }),
      { numRuns: 300 },
    );
  });
});
