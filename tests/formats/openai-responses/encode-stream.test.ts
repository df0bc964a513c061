import { describe, expect, it } from 'vitest';
import { asObject, objectsOf } from '../../../core/base/json.ts';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { openExt } from '../../../core/model/ext.ts';
import { contextOf, encodeEvents, lastResponse } from './support.ts';

const start: ChatEvent = { type: 'start', id: 'chatcmpl-1', model: 'answered' };
const finish: ChatEvent = {
  type: 'finish',
  reason: 'stop',
  usage: { inputTokens: 10, outputTokens: 7, cachedInputTokens: 4 },
};
const text = (index: number, ...pieces: string[]): ChatEvent[] => [
  { type: 'part-start', index, part: { type: 'text' } },
  ...pieces.map((piece): ChatEvent => ({ type: 'part-delta', index, text: piece })),
  { type: 'part-end', index },
];
const callHead = (index: number, id: string, name: string): ChatEvent => ({
  type: 'part-start',
  index,
  part: { type: 'tool-call', id, name, kind: 'function' },
});
const MSG = 'msg_omrabcdefghijklmnopqrstuvwx0';

describe('grammar', () => {
  it('D.7: a text goes through added, part, deltas, done, in this order, with growing sequence numbers', () => {
    const events = encodeEvents([start, ...text(0, 'He', 'llo'), finish]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    const at = { item_id: MSG, output_index: 0, content_index: 0 };
    expect(events[2]).toMatchObject({
      output_index: 0,
      item: { id: MSG, type: 'message', status: 'in_progress', role: 'assistant', content: [] },
    });
    expect(events[3]).toMatchObject({ ...at, part: { type: 'output_text', text: '', annotations: [], logprobs: [] } });
    expect(events[4]).toEqual({
      type: 'response.output_text.delta',
      sequence_number: 4,
      ...at,
      delta: 'He',
      logprobs: [],
    });
    expect(events[6]).toMatchObject({ ...at, text: 'Hello', logprobs: [] });
    expect(events[8]).toMatchObject({
      item: {
        id: MSG,
        status: 'completed',
        content: [{ type: 'output_text', text: 'Hello', annotations: [], logprobs: [] }],
      },
    });
  });

  it('response.completed holds the full output and usage', () => {
    const events = encodeEvents([start, ...text(0, 'Hi'), finish]);
    expect(lastResponse(events)).toMatchObject({
      id: 'resp_abcdefghijklmnopqrstuvwx',
      object: 'response',
      created_at: 1_700_000_000,
      status: 'completed',
      model: 'answered',
      output: [{ id: MSG, type: 'message', content: [{ text: 'Hi' }] }],
      usage: {
        input_tokens: 10,
        input_tokens_details: { cached_tokens: 4 },
        output_tokens: 7,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 17,
      },
    });
  });

  it('every response object has what strict SDKs expect, echoed from the body', () => {
    const context = contextOf({
      instructions: 'be kind',
      tools: [{ type: 'web_search' }],
      temperature: 0.3,
      metadata: { a: 'b' },
      reasoning: { effort: 'low' },
      text: { verbosity: 'low' },
      store: false,
    });
    const [first] = encodeEvents([start, finish], context);
    expect(first?.['response']).toEqual({
      id: 'resp_abcdefghijklmnopqrstuvwx',
      object: 'response',
      created_at: 1_700_000_000,
      status: 'in_progress',
      error: null,
      incomplete_details: null,
      background: false,
      instructions: 'be kind',
      max_output_tokens: null,
      max_tool_calls: null,
      metadata: { a: 'b' },
      model: 'answered',
      output: [],
      parallel_tool_calls: true,
      previous_response_id: null,
      prompt_cache_key: null,
      prompt_cache_retention: null,
      reasoning: { effort: 'low', summary: null },
      safety_identifier: null,
      service_tier: 'auto',
      store: false,
      temperature: 0.3,
      text: { format: { type: 'text' }, verbosity: 'low' },
      tool_choice: 'auto',
      tools: [{ type: 'web_search' }],
      top_logprobs: 0,
      top_p: 1,
      truncation: 'disabled',
      usage: null,
      user: null,
    });
  });

  it('D.7: every item has an output_index of its own, also where calls overlap', () => {
    const events = encodeEvents([
      start,
      ...text(0, 'I look.'),
      callHead(1, 'c1', 'f'),
      callHead(2, 'c2', 'g'),
      { type: 'part-delta', index: 2, text: '{"b":2}' },
      { type: 'part-delta', index: 1, text: '{"a":1}' },
      { type: 'part-end', index: 2 },
      { type: 'part-end', index: 1 },
      { ...finish, reason: 'tool-calls' },
    ]);
    const added = events.filter(({ type }) => type === 'response.output_item.added');
    expect(added.map(({ output_index }) => output_index)).toEqual([0, 1, 2]);
    expect(objectsOf(lastResponse(events)['output'])).toMatchObject([
      { type: 'message' },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}', status: 'completed' },
      { type: 'function_call', call_id: 'c2', name: 'g', arguments: '{"b":2}', status: 'completed' },
    ]);
    expect(events.filter(({ type }) => type === 'response.function_call_arguments.done')).toMatchObject([
      { output_index: 2, arguments: '{"b":2}', name: 'g' },
      { output_index: 1, arguments: '{"a":1}', name: 'f' },
    ]);
  });

  it('a call without arguments gets an empty object, as a delta too', () => {
    const events = encodeEvents([start, callHead(0, 'c1', 'f'), { type: 'part-end', index: 0 }, finish]);
    expect(events.find(({ type }) => type === 'response.function_call_arguments.delta')).toMatchObject({ delta: '{}' });
    expect(objectsOf(lastResponse(events)['output'])).toMatchObject([{ arguments: '{}' }]);
  });

  it('free-text calls and groups keep their kind', () => {
    const part = { type: 'tool-call', id: 'c1', name: 'sql', namespace: 'db', kind: 'custom' } as const;
    const events = encodeEvents([
      start,
      { type: 'part-start', index: 0, part },
      { type: 'part-delta', index: 0, text: 'SELECT 1' },
      { type: 'part-end', index: 0 },
      finish,
    ]);
    expect(events.slice(2, -1).map(({ type }) => type)).toEqual([
      'response.output_item.added',
      'response.custom_tool_call_input.delta',
      'response.custom_tool_call_input.done',
      'response.output_item.done',
    ]);
    expect(objectsOf(lastResponse(events)['output'])).toMatchObject([
      { type: 'custom_tool_call', call_id: 'c1', name: 'sql', namespace: 'db', input: 'SELECT 1' },
    ]);
  });

  it('a refusal has its own events and content part', () => {
    const events = encodeEvents([
      start,
      { type: 'part-start', index: 0, part: { type: 'text', refusal: true } },
      { type: 'part-delta', index: 0, text: 'No.' },
      { type: 'part-end', index: 0 },
      { type: 'finish', reason: 'refusal' },
    ]);
    expect(events.map(({ type }) => type)).toContain('response.refusal.delta');
    expect(events.find(({ type }) => type === 'response.refusal.done')).toMatchObject({ refusal: 'No.' });
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: {
        status: 'incomplete',
        incomplete_details: { reason: 'content_filter' },
        output: [{ content: [{ type: 'refusal', refusal: 'No.' }] }],
      },
    });
  });

  it('citations become annotations, in events and in the item', () => {
    const events = encodeEvents([
      start,
      { type: 'part-start', index: 0, part: { type: 'text' } },
      { type: 'part-delta', index: 0, text: 'Hello', citations: [{ url: 'https://x.test', title: 'X' }] },
      { type: 'part-end', index: 0 },
      finish,
    ]);
    const annotation = { type: 'url_citation', url: 'https://x.test', title: 'X', start_index: 0, end_index: 5 };
    expect(events.find(({ type }) => type === 'response.output_text.annotation.added')).toMatchObject({
      annotation_index: 0,
      annotation,
    });
    expect(objectsOf(lastResponse(events)['output'])).toMatchObject([{ content: [{ annotations: [annotation] }] }]);
  });
});

describe('reasoning', () => {
  const thoughts = (ext?: {
    origin: 'anthropic-messages';
    issuer: string;
    data: { signature: string };
  }): ChatEvent[] => [
    start,
    { type: 'part-start', index: 0, part: { type: 'reasoning', form: 'full' } },
    { type: 'part-delta', index: 0, text: 'hm' },
    { type: 'part-end', index: 0, ...(ext !== undefined && { ext }) },
    finish,
  ];
  const signed = { origin: 'anthropic-messages', issuer: 'anthropic', data: { signature: 's' } } as const;

  it('D.7: thoughts of another protocol are shown as a summary', () => {
    const events = encodeEvents(thoughts(signed));
    expect(events.slice(2, -1).map(({ type }) => type)).toEqual([
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
    ]);
    expect(objectsOf(lastResponse(events)['output'])).toEqual([
      {
        id: 'rs_omrabcdefghijklmnopqrstuvwx0',
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'hm' }],
      },
    ]);
  });

  it('pitfall 1: a foreign signature travels in encrypted_content where the client asked for it', () => {
    const context = contextOf({ include: ['reasoning.encrypted_content'] });
    const [item] = objectsOf(lastResponse(encodeEvents(thoughts(signed), context))['output']);
    expect(openExt(String(item?.['encrypted_content']))).toEqual(signed);
  });

  it('a part that streamed raw thoughts of this protocol does so again', () => {
    const ext = { origin: 'openai-responses', issuer: 'lmstudio', data: { id: 'rs_9' } } as const;
    const events = encodeEvents([
      start,
      { type: 'part-start', index: 0, part: { type: 'reasoning', form: 'full', ext } },
      { type: 'part-delta', index: 0, text: 'hm' },
      { type: 'part-end', index: 0, ext },
      finish,
    ]);
    expect(events.map(({ type }) => type)).toContain('response.reasoning_text.delta');
    expect(objectsOf(lastResponse(events)['output'])).toEqual([
      { id: 'rs_9', type: 'reasoning', summary: [], content: [{ type: 'reasoning_text', text: 'hm' }] },
    ]);
  });
});

describe('items', () => {
  it('an image becomes an image_generation_call', () => {
    const source = { type: 'base64', mediaType: 'image/jpeg', data: 'AAAA' } as const;
    const events = encodeEvents([
      start,
      { type: 'part-start', index: 0, part: { type: 'media', kind: 'image', source } },
      { type: 'part-end', index: 0 },
      finish,
    ]);
    expect(objectsOf(lastResponse(events)['output'])).toEqual([
      {
        id: 'ig_omrabcdefghijklmnopqrstuvwx0',
        type: 'image_generation_call',
        status: 'completed',
        output_format: 'jpeg',
        result: 'AAAA',
      },
    ]);
  });

  it('an own opaque item goes verbatim, a foreign one and a further choice are losses', () => {
    const item = { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search' } };
    const encoder = openaiResponses.encodeStream(contextOf());
    const events: ChatEvent[] = [
      start,
      {
        type: 'part-start',
        index: 0,
        part: { type: 'opaque', label: 'web_search_call', ext: { origin: 'openai-responses', data: item } },
      },
      { type: 'part-end', index: 0 },
      {
        type: 'part-start',
        index: 1,
        part: { type: 'opaque', label: 'server_tool_use', ext: { origin: 'anthropic-messages', data: {} } },
      },
      { type: 'part-end', index: 1 },
      { type: 'part-start', index: 2, choice: 1, part: { type: 'text' } },
      { type: 'part-delta', index: 2, text: 'other' },
      { type: 'part-end', index: 2 },
      finish,
    ];
    const frames = events.flatMap((event) => encoder.push(event));
    const last = asObject(JSON.parse(frames.at(-1)?.data ?? ''));
    expect(asObject(last?.['response'])?.['output']).toEqual([item]);
    expect(encoder.losses().map(({ feature }) => feature)).toEqual(['opaque', 'choices']);
  });
});

describe('ends', () => {
  it.each([
    ['length', 'response.incomplete', { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } }],
    ['refusal', 'response.incomplete', { status: 'incomplete', incomplete_details: { reason: 'content_filter' } }],
    ['stop', 'response.completed', { status: 'completed', incomplete_details: null }],
    ['pause', 'response.completed', { status: 'completed', incomplete_details: null }],
  ] as const)('%s ends with %s', (reason, type, response) => {
    expect(encodeEvents([start, { type: 'finish', reason }]).at(-1)).toMatchObject({ type, response });
  });

  it('pitfall 13: an error ends the stream with response.failed and what there was, even before any start', () => {
    const error: ChatEvent = { type: 'error', code: 'upstream_stream_cut', message: 'Cut.' };
    const events = encodeEvents([start, ...text(0, 'Hi'), callHead(1, 'c', 'f'), error, finish]);
    expect(events.at(-1)).toMatchObject({
      type: 'response.failed',
      response: {
        status: 'failed',
        error: { code: 'server_error', message: 'Cut.' },
        output: [{ type: 'message' }],
      },
    });
    expect(encodeEvents([error]).map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'error',
      'response.failed',
    ]);
  });

  it('an error event goes before response.failed, for SDKs that raise on it only', () => {
    const error: ChatEvent = { type: 'error', code: 'upstream_overloaded', message: 'Full.' };
    const failure = { code: 'server_is_overloaded', message: 'Full.', param: null };
    expect(encodeEvents([start, ...text(0, 'Hi'), error]).at(-2)).toMatchObject({
      type: 'error',
      ...failure,
      error: { type: 'server_error', ...failure },
    });
  });
});
