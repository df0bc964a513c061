/** decode∘encode is the identity within this format, for wire bodies made by the protocol's own rules. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../../../core/base/json.ts';
import { anthropicMessages } from '../../../core/formats/anthropic-messages/index.ts';
import { blockDelta, blockStart, blockStop, CONTEXT, decode, encode, frames, SOURCE, STOP, start } from './support.ts';

const { decodeRequest, encodeRequest, decodeReply, encodeReply } = anthropicMessages;

const text = fc.string({ minLength: 1, maxLength: 12 }).filter((value) => value.trim() !== '');
const base64 = fc.constantFrom('QUJD', 'QQ==', 'eHl6');
const json = fc.dictionary(
  fc.constantFrom('a', 'b', 'c'),
  fc.oneof(fc.integer(), text, fc.boolean(), fc.constant(null)),
);
const cache = fc.option(
  fc.constantFrom({ type: 'ephemeral' }, { type: 'ephemeral', ttl: '1h' }, { type: 'ephemeral', scope: 'global' }),
  { nil: undefined },
);

/** A block with a cache mark, sometimes. */
function marked(block: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc.tuple(block, cache).map(([made, cache_control]) => (cache_control ? { ...made, cache_control } : made));
}

const citation = fc.oneof(
  fc.record({ type: fc.constant('char_location'), cited_text: text, document_index: fc.nat(3), document_title: text }),
  fc.record({
    type: fc.constant('web_search_result_location'),
    url: fc.webUrl(),
    title: text,
    cited_text: text,
    encrypted_index: text,
  }),
);
const textBlock = marked(fc.record({ type: fc.constant('text'), text }));
const image = marked(
  fc.record({
    type: fc.constant('image'),
    source: fc.oneof(
      base64.map((data) => ({ type: 'base64', media_type: 'image/png', data })),
      fc.webUrl().map((url) => ({ type: 'url', url })),
      text.map((file_id) => ({ type: 'file', file_id })),
    ),
  }),
);
const document = marked(
  fc.record({
    type: fc.constant('document'),
    title: text,
    source: fc.oneof(
      base64.map((data) => ({ type: 'base64', media_type: 'application/pdf', data })),
      text.map((data) => ({ type: 'text', media_type: 'text/plain', data })),
      fc.array(textBlock, { minLength: 1, maxLength: 2 }).map((content) => ({ type: 'content', content })),
    ),
    citations: fc.constant({ enabled: true }),
  }),
);
const searchResult = fc.record({
  type: fc.constant('search_result'),
  source: fc.webUrl(),
  title: text,
  content: fc.array(fc.record({ type: fc.constant('text'), text }), { minLength: 1, maxLength: 2 }),
});
const thinking = fc.oneof(
  fc.record({ type: fc.constant('thinking'), thinking: text, signature: base64 }),
  fc.record({ type: fc.constant('redacted_thinking'), data: base64 }),
);
const serverTool = fc.record({
  type: fc.constant('server_tool_use'),
  id: fc.constant('srvtoolu_1'),
  name: fc.constant('web_search'),
  input: json,
});
const cited = fc.record({
  type: fc.constant('text'),
  text,
  citations: fc.array(citation, { minLength: 1, maxLength: 2 }),
});

/** An assistant turn with calls, and the user turn that answers them in any order. */
const exchange = fc
  .record({
    opening: fc.array(fc.oneof(thinking, textBlock, cited, serverTool), { minLength: 1, maxLength: 3 }),
    inputs: fc.array(json, { maxLength: 3 }),
    answer: fc.oneof(text, fc.array(fc.oneof(textBlock, image), { minLength: 1, maxLength: 2 })),
    is_error: fc.option(fc.boolean(), { nil: undefined }),
    reversed: fc.boolean(),
    after: fc.array(fc.oneof(textBlock, document, searchResult), { minLength: 1, maxLength: 2 }),
  })
  .map(({ opening, inputs, answer, is_error, reversed, after }) => {
    const ids = inputs.map((_input, index) => `toolu_${index}`);
    const calls = inputs.map((input, index) => ({ type: 'tool_use', id: ids[index] ?? '', name: 'f', input }));
    const results = (reversed ? ids.toReversed() : ids).map((tool_use_id) => ({
      type: 'tool_result',
      tool_use_id,
      content: answer,
      ...(is_error !== undefined && { is_error }),
    }));
    return [
      { role: 'assistant', content: [...opening, ...calls] },
      { role: 'user', content: [...results, ...after] },
    ];
  });

const request = fc
  .record(
    {
      model: fc.constant('claude-x'),
      max_tokens: fc.integer({ min: 2_000, max: 9_000 }),
      stream: fc.boolean(),
      system: fc.oneof(text, fc.array(textBlock, { minLength: 1, maxLength: 2 })),
      temperature: fc.constantFrom(0, 0.5, 1),
      stop_sequences: fc.array(text, { maxLength: 2 }),
      metadata: fc.constantFrom<JsonObject>({ user_id: 'u' }, { user_id: 'u', further: 1 }),
      service_tier: fc.constantFrom('auto', 'standard_only'),
      context_management: json,
      container: text,
      cache_control: fc.constant({ type: 'ephemeral' }),
      tools: fc.constantFrom(
        [{ name: 'f', input_schema: { type: 'object' }, defer_loading: true, cache_control: { type: 'ephemeral' } }],
        [
          { name: 'f', description: 'd', input_schema: { type: 'object', properties: {} }, strict: true },
          { type: 'bash_20250124', name: 'bash' },
        ],
      ),
      output_config: fc.constantFrom<JsonObject>(
        { format: { type: 'json_schema', schema: { type: 'object' } } },
        { task_budget: { total: 1 } },
      ),
    },
    { requiredKeys: ['model', 'max_tokens'] },
  )
  .chain((options) =>
    fc
      .record({
        first: fc.oneof(text, fc.array(fc.oneof(textBlock, image, document), { minLength: 1, maxLength: 2 })),
        rest: fc.array(exchange, { maxLength: 2 }),
        inline: fc.boolean(),
        choice: fc.constantFrom<JsonObject | undefined>(
          undefined,
          { type: 'auto' },
          { type: 'any', disable_parallel_tool_use: true },
          { type: 'tool', name: 'f' },
        ),
        thinking: fc.constantFrom<JsonObject | undefined>(
          undefined,
          { type: 'disabled' },
          { type: 'adaptive', display: 'omitted', block_binding: {} },
        ),
      })
      .map(({ first, rest, inline, choice, thinking: thinks }) => {
        const plain = choice === undefined || choice['type'] === 'auto';
        const { temperature, ...others } = options;
        const body: Record<string, unknown> = {
          ...others,
          ...(temperature !== undefined && thinks === undefined && { temperature }),
          messages: [
            { role: 'user', content: first },
            ...rest.flat(),
            ...(inline ? [{ role: 'system', content: 'note' }] : []),
          ],
          ...(options.tools && choice && { tool_choice: choice }),
          ...(thinks && (plain || !options.tools) && { thinking: thinks }),
        };
        return asObject(JSON.parse(JSON.stringify(body))) ?? {};
      }),
  );

const replyBlock = fc.oneof(
  fc.record({ type: fc.constant('text'), text }),
  cited,
  thinking,
  fc.record({
    type: fc.constant('tool_use'),
    id: text,
    name: fc.constant('f'),
    input: json,
    caller: fc.constant({ type: 'direct' }),
  }),
  serverTool,
  fc.record({ type: fc.constant('bash_code_execution_tool_result'), tool_use_id: text, content: json }),
);
const usage = fc.record(
  {
    input_tokens: fc.nat(1_000),
    output_tokens: fc.nat(1_000),
    cache_read_input_tokens: fc.nat(1_000),
    cache_creation_input_tokens: fc.nat(1_000),
    service_tier: fc.constant('standard'),
  },
  { requiredKeys: ['input_tokens', 'output_tokens'] },
);
const stopReason = fc.constantFrom(
  'end_turn',
  'max_tokens',
  'refusal',
  'pause_turn',
  'model_context_window_exceeded',
  'compaction',
  'novel',
);

describe('within the format nothing changes', () => {
  it('requests', () => {
    fc.assert(
      fc.property(request, (body) => {
        const decoded = decodeRequest(body);
        const { body: again, losses } = encodeRequest(decoded, { model: 'claude-x', issuer: 'anthropic' });
        expect(losses).toEqual([]);
        expect(decodeRequest(again)).toEqual(decoded);
      }),
      { numRuns: 400 },
    );
  });

  it('whole replies', () => {
    fc.assert(
      fc.property(fc.array(replyBlock, { maxLength: 4 }), usage, stopReason, (content, counts, stop_reason) => {
        const message = {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'claude-x',
          content,
          stop_reason,
          usage: counts,
        };
        const events = decodeReply(message, SOURCE);
        const { body, losses } = encodeReply(events, CONTEXT);
        expect(losses).toEqual([]);
        expect(body['content']).toEqual(content);
        expect(decodeReply(body, SOURCE)).toEqual(events);
      }),
      { numRuns: 300 },
    );
  });

  it('streams', () => {
    fc.assert(
      fc.property(fc.array(replyBlock, { maxLength: 4 }), usage, stopReason, (blocks, counts, stop_reason) => {
        const closing = { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: counts };
        const events = decode(frames(start(counts), ...blocks.flatMap(streamed), closing, STOP));
        const again = encode(events);
        expect(again.losses).toEqual([]);
        expect(decode(again.frames)).toEqual(events);
      }),
      { numRuns: 300 },
    );
  });
});

/** The frames a block arrives in. */
function streamed(block: JsonObject, index: number): JsonObject[] {
  const stop = blockStop(index);
  switch (block['type']) {
    case 'text':
      return [
        blockStart(index, { type: 'text', text: '' }),
        blockDelta(index, { type: 'text_delta', text: block['text'] ?? '' }),
        ...(Array.isArray(block['citations']) ? block['citations'] : []).map((one) =>
          blockDelta(index, { type: 'citations_delta', citation: one }),
        ),
        stop,
      ];
    case 'thinking':
      return [
        blockStart(index, { type: 'thinking', thinking: '', signature: '' }),
        blockDelta(index, { type: 'thinking_delta', thinking: block['thinking'] ?? '' }),
        blockDelta(index, { type: 'signature_delta', signature: block['signature'] ?? '' }),
        stop,
      ];
    case 'tool_use':
    case 'server_tool_use': {
      const partial_json = JSON.stringify(block['input']);
      return [
        blockStart(index, { ...block, input: {} }),
        blockDelta(index, { type: 'input_json_delta', partial_json }),
        stop,
      ];
    }
    default:
      return [blockStart(index, block), stop];
  }
}
