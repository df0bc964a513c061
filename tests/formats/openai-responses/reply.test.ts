import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';
import { contextOf, SOURCE } from './support.ts';

const reply = (output: JsonObject[], more: JsonObject = {}): JsonObject => ({
  id: 'resp_1',
  object: 'response',
  created_at: 5,
  status: 'completed',
  model: 'gpt-x',
  output,
  usage: {
    input_tokens: 1,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 2,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 3,
  },
  ...more,
});
const again = (body: JsonObject) =>
  openaiResponses.encodeReply(openaiResponses.decodeReply(body, SOURCE), contextOf()).body;

describe('a whole reply through the hub', () => {
  it('gives the items back as they were', () => {
    const output = [
      { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'gAAA' },
      { id: 'ws_1', type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'x' } },
      {
        id: 'msg_1',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [
          {
            type: 'output_text',
            text: 'a',
            annotations: [{ type: 'file_citation', file_id: 'f', filename: 'n', index: 1 }],
            logprobs: [],
          },
          { type: 'refusal', refusal: 'b' },
        ],
      },
      {
        id: 'msg_2',
        type: 'message',
        status: 'completed',
        role: 'assistant',
        content: [{ type: 'output_text', text: 'c', annotations: [], logprobs: [] }],
      },
      { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'c1', name: 'f', arguments: '{"a": 1}' },
      {
        id: 'ig_1',
        type: 'image_generation_call',
        status: 'completed',
        result: 'AAAA',
        output_format: 'png',
        size: '1x1',
      },
    ];
    const body = again(reply(output, { service_tier: 'flex' }));
    expect(body).toMatchObject({
      id: 'resp_1',
      created_at: 5,
      status: 'completed',
      model: 'gpt-x',
      service_tier: 'flex',
    });
    expect(body['output']).toEqual(output);
    expect(body['usage']).toEqual(reply([])['usage']);
  });

  it('an id of another shape and further usage counters are kept', () => {
    const usage = { input_tokens: 1, output_tokens: 2, total_tokens: 9, num_sources_used: 4 };
    expect(again(reply([], { id: 'uuid-1', usage }))).toMatchObject({
      id: 'uuid-1',
      usage: { total_tokens: 9, num_sources_used: 4 },
    });
  });

  it('a reason the hub has no word for stays as it was', () => {
    const ending = { status: 'incomplete', incomplete_details: { reason: 'a_new_reason' } };
    expect(again(reply([], ending))).toMatchObject(ending);
  });

  it('a refusal or an empty answer is an answer', () => {
    const ending = { status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
    expect(openaiResponses.decodeReply(reply([], ending), SOURCE).at(-1)).toMatchObject({
      type: 'finish',
      reason: 'refusal',
    });
    expect(openaiResponses.decodeReply(reply([]), SOURCE).at(-1)).toMatchObject({ type: 'finish', reason: 'stop' });
  });
});

describe('errors in the place of a reply', () => {
  it.each<[string, JsonObject, object]>([
    [
      'an error body with status 200',
      { error: { message: 'Out', code: 'insufficient_quota' } },
      { code: 'upstream_quota', message: 'Out' },
    ],
    [
      'a failed response',
      reply([], { status: 'failed', error: { code: 'server_error', message: 'Oops' } }),
      { code: 'upstream_server_error', message: 'Oops' },
    ],
    ['something else', { hello: 'world' }, { code: 'upstream_bad_response' }],
  ])('pitfall 16: %s is an error event', (_name, body, expected) => {
    expect(openaiResponses.decodeReply(body, SOURCE)).toMatchObject([{ type: 'error', ...expected }]);
  });
});
