import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { foldReply } from '../../../core/model/reply.ts';
import { decodeEvents, framesOf, SOURCE } from './support.ts';

const created = {
  type: 'response.created',
  response: { id: 'resp_1', created_at: 5, model: 'gpt-x', status: 'in_progress', output: [] },
};
const usage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
  output_tokens: 7,
  output_tokens_details: { reasoning_tokens: 3 },
  total_tokens: 17,
};
const completed = (output: JsonObject[] = [], more: JsonObject = {}) => ({
  type: 'response.completed',
  response: { id: 'resp_1', model: 'gpt-x', status: 'completed', output, usage, ...more },
});
const added = (output_index: number, item: JsonObject) => ({ type: 'response.output_item.added', output_index, item });
const done = (output_index: number, item: JsonObject) => ({ type: 'response.output_item.done', output_index, item });
const partsOf = (events: readonly ChatEvent[]) => foldReply(events).parts.map(({ part }) => part);
const call = (more: JsonObject = {}) => ({ type: 'function_call', id: 'fc_1', call_id: 'c1', name: 'f', ...more });

describe('text', () => {
  it('comes as deltas, with its message id, annotations, log-probabilities and the usage', () => {
    const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    const annotation = { type: 'url_citation', url: 'https://x.test', title: 'X', start_index: 0, end_index: 2 };
    const token = { token: 'He', logprob: -0.1, bytes: [72], top_logprobs: [] };
    const events = decodeEvents([
      created,
      added(0, {
        type: 'message',
        id: 'msg_1',
        role: 'assistant',
        status: 'in_progress',
        content: [],
        phase: 'commentary',
      }),
      { type: 'response.content_part.added', ...at, part: { type: 'output_text', text: '', annotations: [] } },
      { type: 'response.output_text.delta', ...at, delta: 'He', logprobs: [token], obfuscation: 'xyz' },
      { type: 'response.output_text.delta', ...at, delta: 'llo' },
      { type: 'response.output_text.annotation.added', ...at, annotation_index: 0, annotation },
      { type: 'response.output_text.done', ...at, text: 'Hello' },
      {
        type: 'response.content_part.done',
        ...at,
        part: { type: 'output_text', text: 'Hello', annotations: [annotation] },
      },
      completed(),
    ]);
    expect(events[0]).toEqual({ type: 'start', id: 'resp_1', model: 'gpt-x', createdAtS: 5 });
    expect(events.filter(({ type }) => type === 'part-delta')).toHaveLength(3);
    expect(partsOf(events)).toEqual([
      {
        type: 'text',
        text: 'Hello',
        citations: [{ url: 'https://x.test', title: 'X', start: 0, end: 2 }],
        logprobs: [token],
        ext: {
          origin: 'openai-responses',
          issuer: 'openai',
          data: { item: { id: 'msg_1', phase: 'commentary' } },
        },
      },
    ]);
    expect(events.at(-1)).toEqual({
      type: 'finish',
      reason: 'stop',
      usage: {
        inputTokens: 10,
        outputTokens: 7,
        cachedInputTokens: 4,
        cacheWriteTokens: 2,
        reasoningTokens: 3,
      },
    });
  });

  it('a refusal is text that says so, and an answer', () => {
    const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    const events = decodeEvents([
      created,
      added(0, { type: 'message', id: 'msg_1', role: 'assistant', content: [] }),
      { type: 'response.content_part.added', ...at, part: { type: 'refusal', refusal: '' } },
      { type: 'response.refusal.delta', ...at, delta: 'No' },
      { type: 'response.refusal.done', ...at, refusal: 'No.' },
      completed(),
    ]);
    expect(partsOf(events)).toMatchObject([{ type: 'text', text: 'No.', refusal: true }]);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });
});

describe('tool calls', () => {
  it('pitfall 5: tool arguments that come only in .done are kept', () => {
    const events = decodeEvents([
      created,
      added(0, call({ arguments: '' })),
      { type: 'response.function_call_arguments.done', output_index: 0, item_id: 'fc_1', arguments: '{"a":1}' },
      done(0, call({ arguments: '{"a":1}' })),
      completed(),
    ]);
    expect(partsOf(events)).toMatchObject([{ type: 'tool-call', id: 'c1', name: 'f', input: '{"a":1}' }]);
  });

  it('pitfall 5: arguments that come only in the finished item, or only in the final response, are kept', () => {
    const item = call({ arguments: '{"a":1}' });
    for (const events of [
      [created, added(0, call()), done(0, item), completed()],
      [created, completed([item])],
    ]) {
      expect(partsOf(decodeEvents(events))).toMatchObject([{ type: 'tool-call', input: '{"a":1}' }]);
    }
  });

  it('D.15-13: a reply with a tool call finishes for it', () => {
    expect(decodeEvents([created, done(0, call({ arguments: '{}' })), completed()]).at(-1)).toMatchObject({
      type: 'finish',
      reason: 'tool-calls',
    });
  });

  it('D.15-6: a tool call with an empty name is left out', () => {
    const nameless = call({ name: '', arguments: '{"a":1}' });
    const events = decodeEvents([
      created,
      added(0, nameless),
      { type: 'response.function_call_arguments.delta', output_index: 0, delta: '{"a":1}' },
      done(0, nameless),
      completed([nameless]),
    ]);
    expect(partsOf(events)).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  it('D.15-12: parallel calls are told apart by output_index, even where item ids change', () => {
    const piece = (output_index: number, delta: string) => ({
      type: 'response.function_call_arguments.delta',
      output_index,
      item_id: `other${output_index}`,
      delta,
    });
    const events = decodeEvents([
      created,
      added(0, call({ call_id: 'c1' })),
      added(1, call({ id: 'fc_2', call_id: 'c2', name: 'g', namespace: 'box' })),
      piece(1, '{"b"'),
      piece(0, '{"a"'),
      piece(1, ':2}'),
      piece(0, ':1}'),
      completed(),
    ]);
    expect(partsOf(events)).toMatchObject([
      { id: 'c1', name: 'f', input: '{"a":1}' },
      { id: 'c2', name: 'g', namespace: 'box', input: '{"b":2}' },
    ]);
  });

  it('free-text calls keep their text', () => {
    const item = { type: 'custom_tool_call', id: 'ctc_1', call_id: 'c1', name: 'sql', input: 'SELECT 1' };
    const events = decodeEvents([
      created,
      added(0, { ...item, input: '' }),
      { type: 'response.custom_tool_call_input.delta', output_index: 0, delta: 'SELECT ' },
      done(0, item),
      completed(),
    ]);
    expect(partsOf(events)).toMatchObject([{ type: 'tool-call', kind: 'custom', input: 'SELECT 1' }]);
  });
});

describe('reasoning and other items', () => {
  it('joins the summaries of one item and keeps its encrypted content with the maker', () => {
    const at = { item_id: 'rs_1', output_index: 0 };
    const summary = [
      { type: 'summary_text', text: 'One' },
      { type: 'summary_text', text: 'Two' },
    ];
    const events = decodeEvents([
      created,
      added(0, { type: 'reasoning', id: 'rs_1', summary: [] }),
      {
        type: 'response.reasoning_summary_part.added',
        ...at,
        summary_index: 0,
        part: { type: 'summary_text', text: '' },
      },
      { type: 'response.reasoning_summary_text.delta', ...at, summary_index: 0, delta: 'One' },
      { type: 'response.reasoning_summary_text.delta', ...at, summary_index: 1, delta: 'Tw' },
      done(0, { type: 'reasoning', id: 'rs_1', summary, encrypted_content: 'gAAA' }),
      completed(),
    ]);
    expect(partsOf(events)).toEqual([
      {
        type: 'reasoning',
        form: 'summary',
        text: 'One\n\nTwo',
        ext: {
          origin: 'openai-responses',
          issuer: 'openai',
          data: { id: 'rs_1', encrypted_content: 'gAAA', summary },
        },
      },
    ]);
  });

  it('raw thoughts are full reasoning', () => {
    const at = { item_id: 'rs_1', output_index: 0, content_index: 0 };
    const content = [{ type: 'reasoning_text', text: 'Thinking' }];
    const events = decodeEvents([
      created,
      added(0, { type: 'reasoning', id: 'rs_1', status: 'in_progress', summary: [], content: [] }),
      { type: 'response.content_part.added', ...at, part: { type: 'reasoning_text', text: '' } },
      { type: 'response.reasoning_text.delta', ...at, delta: 'Thin' },
      { type: 'response.content_part.done', ...at, part: content[0] ?? {} },
      done(0, { type: 'reasoning', id: 'rs_1', status: 'completed', summary: [], content }),
      completed(),
    ]);
    expect(partsOf(events)).toMatchObject([
      { type: 'reasoning', form: 'full', text: 'Thinking', ext: { data: { id: 'rs_1', status: 'completed' } } },
    ]);
  });

  it('an item of the provider is carried whole, as it was in the end', () => {
    const item = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'x' } };
    const events = decodeEvents([
      created,
      added(0, { type: 'web_search_call', id: 'ws_1', status: 'in_progress' }),
      { type: 'response.web_search_call.searching', output_index: 0, item_id: 'ws_1' },
      done(0, item),
      completed([item]),
    ]);
    expect(partsOf(events)).toMatchObject([{ type: 'opaque', label: 'web_search_call', ext: { data: item } }]);
  });
});

describe('ends', () => {
  it.each([
    ['max_output_tokens', 'length'],
    ['content_filter', 'refusal'],
    ['a_new_reason', 'other'],
  ])('pitfall 20: response.incomplete for %s finishes as %s and keeps its usage', (reason, expected) => {
    const { response } = completed();
    const events = decodeEvents([
      created,
      {
        type: 'response.incomplete',
        response: { ...response, status: 'incomplete', incomplete_details: { reason } },
      },
    ]);
    expect(events.at(-1)).toMatchObject({
      type: 'finish',
      reason: expected,
      usage: { inputTokens: 10, outputTokens: 7 },
    });
  });

  it.each([
    ['an error event', { type: 'error', code: 'rate_limit_exceeded', message: 'Slow down', param: null }],
    ['a nested error event', { type: 'error', error: { code: 'rate_limit_exceeded', message: 'Slow down' } }],
    [
      'response.failed',
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'rate_limit_exceeded', message: 'Slow down' } },
      },
    ],
  ])('%s is an error, and nothing follows it', (_name, event) => {
    expect(decodeEvents([created, event, completed()]).slice(1)).toEqual([
      { type: 'error', code: 'upstream_rate_limited', message: 'Slow down', upstreamCode: 'rate_limit_exceeded' },
    ]);
  });

  it('pitfall 13: a stream without its end is cut, not finished', () => {
    expect(decodeEvents([created]).at(-1)).toMatchObject({ type: 'error', code: 'upstream_stream_cut' });
  });

  it('D.15-5: [DONE], comments and unknown events are passed over, nothing comes after the end', () => {
    const decoder = openaiResponses.decodeStream(SOURCE);
    const frames = [
      { data: '[DONE]' },
      { data: 'null' },
      { event: 'response.brand.new', data: '{"type":"response.brand.new"}' },
      ...framesOf([created, completed()]),
      { data: '[DONE]' },
      ...framesOf([completed()]),
    ];
    const events = [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
    expect(events.map(({ type }) => type)).toEqual(['start', 'finish']);
  });

  it('types are read from the data where the envelope has no event names', () => {
    const decoder = openaiResponses.decodeStream(SOURCE);
    const frames = [created, completed()].map((event) => ({ data: JSON.stringify(event) }));
    expect(frames.flatMap((frame) => decoder.push(frame)).map(({ type }) => type)).toEqual(['start', 'finish']);
  });
});
