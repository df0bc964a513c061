import { describe, expect, it } from 'vitest';
import type { Part } from '../../../core/model/part.ts';
import type { ChatRequest, Message } from '../../../core/model/request.ts';
import { encoded, said } from './support.ts';

function call(id: string, input = '{}', name = 'f'): Part {
  return { type: 'tool-call', id, name, kind: 'function', input };
}
function result(callId: string, text = 'ok'): Message {
  return { role: 'tool', parts: [{ type: 'tool-result', callId, content: [{ type: 'text', text }] }] };
}

describe('tools of a request', () => {
  it('puts results after their calls, in one user turn with the text that follows', () => {
    const { body, lost } = encoded({
      messages: [
        said('user', 'go'),
        { role: 'assistant', parts: [call('a', '{"x":1}'), call('b', '')] },
        said('user', 'and?'),
        result('b', 'B'),
        result('a', 'A'),
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'user', content: 'go' },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
          { type: 'tool_use', id: 'b', name: 'f', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'a', content: 'A' },
          { type: 'tool_result', tool_use_id: 'b', content: 'B' },
          { type: 'text', text: 'and?' },
        ],
      },
    ]);
    expect(lost).toEqual([]);
  });

  it('leaves results alone that already stand where they must', () => {
    const { body } = encoded({
      messages: [{ role: 'assistant', parts: [call('a'), call('b')] }, result('b', 'B'), result('a', 'A')],
    });
    expect(body['messages']).toMatchObject([{}, { content: [{ tool_use_id: 'b' }, { tool_use_id: 'a' }] }]);
  });

  it('D.15-7, pitfall 8: a result without its call and a second result are left out', () => {
    const { body, lost } = encoded({
      messages: [{ role: 'assistant', parts: [call('a')] }, result('a', 'A'), result('a', 'again'), result('zz')],
    });
    expect(body['messages']).toMatchObject([{}, { content: [{ tool_use_id: 'a', content: 'A' }] }]);
    expect(lost).toEqual(['tool-result-orphan', 'tool-result-orphan']);
  });

  it('pitfall 8: an id that the API refuses is rewritten the same in call and result', () => {
    const { body, lost } = encoded({
      messages: [{ role: 'assistant', parts: [call('functions.f:0')] }, result('functions.f:0')],
    });
    const text = JSON.stringify(body['messages']);
    const ids = [...text.matchAll(/"(?:tool_use_id|id)":"([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(lost).toEqual(['tool-id', 'tool-id']);
  });

  it('wraps arguments that are no JSON object', () => {
    const { body, lost } = encoded({ messages: [{ role: 'assistant', parts: [call('a', 'oops')] }] });
    expect(body['messages']).toMatchObject([{ content: [{ input: { input: 'oops' } }] }]);
    expect(lost).toEqual(['tool-arguments']);
  });

  it('pitfall 22: an image inside a tool result stays an image', () => {
    const image: Part = {
      type: 'media',
      kind: 'image',
      source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' },
    };
    const { body } = encoded({
      messages: [
        { role: 'assistant', parts: [call('a')] },
        { role: 'tool', parts: [{ type: 'tool-result', callId: 'a', isError: true, content: [image] }] },
      ],
    });
    expect(body['messages']).toMatchObject([
      {},
      {
        content: [
          {
            type: 'tool_result',
            tool_use_id: 'a',
            is_error: true,
            content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } }],
          },
        ],
      },
    ]);
  });

  it('writes tools in all their kinds', () => {
    const { body, lost } = encoded({
      tools: [
        {
          type: 'function',
          name: 'a',
          description: 'A',
          schema: { type: 'object', properties: {} },
          cache: { ttl: '1h' },
        },
        { type: 'function', name: 'b' },
        { type: 'function', name: 'c', namespace: 'grp', schema: {} },
        { type: 'custom', name: 'patch', description: 'P', format: { type: 'grammar' } },
        { type: 'provider', name: 'web', ext: { origin: 'openai-responses', data: { type: 'web_search' } } },
      ],
      toolChoice: { type: 'tool', name: 'c', namespace: 'grp' },
      parallelToolCalls: false,
    });
    expect(body['tools']).toEqual([
      {
        name: 'a',
        description: 'A',
        input_schema: { type: 'object', properties: {} },
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
      { name: 'b', input_schema: { type: 'object', properties: {} } },
      { name: 'grp__c', input_schema: { type: 'object' } },
      {
        name: 'patch',
        description: 'P',
        input_schema: {
          type: 'object',
          properties: { input: { type: 'string', description: expect.stringContaining('plain text') } },
          required: ['input'],
        },
      },
    ]);
    expect(body['tool_choice']).toEqual({ type: 'tool', name: 'grp__c', disable_parallel_tool_use: true });
    expect(new Set(lost)).toEqual(new Set(['tool-namespace', 'tool-custom', 'tool-provider-run']));
  });

  it('pitfall 9: alternatives at the top of a schema, which the API refuses, are joined', () => {
    const branch = (name: string) => ({ properties: { [name]: { type: 'string' } }, required: ['both', name] });
    const { body, lost } = encoded({
      tools: [{ type: 'function', name: 'a', schema: { type: 'object', anyOf: [branch('x'), branch('y')] } }],
    });
    expect(body['tools']).toEqual([
      {
        name: 'a',
        input_schema: {
          type: 'object',
          properties: { x: { type: 'string' }, y: { type: 'string' } },
          required: ['both'],
        },
      },
    ]);
    expect(lost).toEqual(['schema-keyword']);
  });

  it.each<[ChatRequest['toolChoice'], unknown]>([
    [undefined, undefined],
    [{ type: 'auto' }, { type: 'auto' }],
    [{ type: 'none' }, { type: 'none' }],
    [{ type: 'required' }, { type: 'any' }],
    [
      { type: 'tool', name: 'f' },
      { type: 'tool', name: 'f' },
    ],
    [{ type: 'allowed', mode: 'required', names: ['f'] }, { type: 'any' }],
  ])('writes the tool choice %j', (toolChoice, expected) => {
    const { body } = encoded({ tools: [{ type: 'function', name: 'f' }], ...(toolChoice && { toolChoice }) });
    expect(body['tool_choice']).toEqual(expected);
  });
});
