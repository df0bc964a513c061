import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import type { JsonObject } from '../../../core/base/json.ts';
import { anthropicMessages } from '../../../core/formats/anthropic-messages/index.ts';
import { sealExt } from '../../../core/model/ext.ts';
import type { Part } from '../../../core/model/part.ts';
import { body } from './support.ts';

const { decodeRequest } = anthropicMessages;
const ORIGIN = 'anthropic-messages';

function parts(content: JsonObject[], role = 'user'): readonly Part[] {
  return decodeRequest(body({ messages: [{ role, content }] })).messages.flatMap((message) => message.parts);
}

function refusal(input: JsonObject): { code: string; path: string | undefined } {
  try {
    decodeRequest(input);
  } catch (error) {
    if (error instanceof OmniError) return { code: error.code, path: error.path };
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('decodeRequest', () => {
  it('fills nothing in', () => {
    expect(decodeRequest({ model: 'm', messages: [{ role: 'user', content: 'hi' }] })).toEqual({
      model: 'm',
      stream: false,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
    });
  });

  it('D.15-2: an absent stream is false', () => {
    expect(decodeRequest(body()).stream).toBe(false);
    expect(decodeRequest(body({ stream: true })).stream).toBe(true);
  });

  it('reads every option', () => {
    const decoded = decodeRequest(
      body({
        temperature: 0.5,
        top_p: 0.9,
        top_k: 40,
        stop_sequences: ['END'],
        metadata: { user_id: 'u1' },
        service_tier: 'standard_only',
        output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
        tool_choice: { type: 'any', disable_parallel_tool_use: true },
        tools: [{ name: 'f', description: 'd', input_schema: { type: 'object' }, strict: true }],
      }),
    );
    expect(decoded).toMatchObject({
      sampling: { temperature: 0.5, topP: 0.9, topK: 40 },
      stop: ['END'],
      user: 'u1',
      serviceTier: 'standard_only',
      output: { type: 'json-schema', schema: { type: 'object' } },
      toolChoice: { type: 'required' },
      parallelToolCalls: false,
      tools: [{ type: 'function', name: 'f', description: 'd', schema: { type: 'object' }, strict: true }],
    });
    expect(decoded.ext).toBeUndefined();
  });

  it('pitfall 7.2: reads what Claude Code sends', () => {
    const decoded = decodeRequest({
      model: 'claude-opus-4-7',
      max_tokens: 32_000,
      stream: true,
      system: [
        { type: 'text', text: 'You are', cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'text', text: 'more', cache_control: { type: 'ephemeral', scope: 'global' } },
      ],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }] },
        { role: 'system', content: 'Reminder' },
      ],
      thinking: { type: 'adaptive', display: 'summarized' },
      output_config: { effort: 'high', task_budget: { type: 'tokens', total: 9 } },
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      metadata: { user_id: 'u' },
      tools: [
        { name: 'Bash', input_schema: { type: 'object' }, eager_input_streaming: true },
        { name: 'Rare', input_schema: { type: 'object' }, defer_loading: true },
        { type: 'web_search_20250305', name: 'web_search', max_uses: 3 },
      ],
    });
    expect(decoded.messages).toEqual([
      {
        role: 'system',
        parts: [
          { type: 'text', text: 'You are', cache: { ttl: '1h' } },
          {
            type: 'text',
            text: 'more',
            cache: {},
            ext: { origin: ORIGIN, data: { cache_control: { type: 'ephemeral', scope: 'global' } } },
          },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'hi', cache: {} }] },
      { role: 'system', parts: [{ type: 'text', text: 'Reminder' }], ext: { origin: ORIGIN, data: { inline: true } } },
    ]);
    expect(decoded.reasoning).toEqual({ mode: 'adaptive', effort: 'high', summary: 'summarized' });
    expect(decoded.ext?.data).toEqual({
      context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
      output_config: { task_budget: { type: 'tokens', total: 9 } },
    });
    expect(decoded.tools).toMatchObject([
      { type: 'function', name: 'Bash', ext: { data: { eager_input_streaming: true } } },
      { type: 'function', name: 'Rare', ext: { data: { defer_loading: true } } },
      { type: 'provider', name: 'web_search', ext: { data: { type: 'web_search_20250305', max_uses: 3 } } },
    ]);
  });

  it('splits tool results from the text that follows them', () => {
    const decoded = decodeRequest(
      body({
        messages: [
          {
            role: 'assistant',
            content: [{ type: 'tool_use', id: 't1', name: 'f', input: { a: 1 }, caller: { type: 'direct' } }],
          },
          {
            role: 'user',
            content: [
              {
                type: 'tool_result',
                tool_use_id: 't1',
                is_error: true,
                content: [
                  { type: 'text', text: 'boom' },
                  { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' } },
                ],
              },
              { type: 'text', text: 'go on' },
            ],
          },
        ],
      }),
    );
    expect(decoded.messages).toEqual([
      {
        role: 'assistant',
        parts: [
          {
            type: 'tool-call',
            id: 't1',
            name: 'f',
            kind: 'function',
            input: '{"a":1}',
            ext: { origin: ORIGIN, data: { caller: { type: 'direct' } } },
          },
        ],
      },
      {
        role: 'tool',
        parts: [
          {
            type: 'tool-result',
            callId: 't1',
            isError: true,
            content: [
              { type: 'text', text: 'boom' },
              { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' } },
            ],
          },
        ],
      },
      { role: 'user', parts: [{ type: 'text', text: 'go on' }] },
    ]);
  });

  it.each<[string, JsonObject, object]>([
    [
      'a PDF',
      { type: 'base64', media_type: 'application/pdf', data: 'QQ==' },
      { type: 'base64', mediaType: 'application/pdf', data: 'QQ==' },
    ],
    ['a URL', { type: 'url', url: 'https://x/y.pdf' }, { type: 'url', url: 'https://x/y.pdf' }],
    ['plain text', { type: 'text', media_type: 'text/plain', data: 'abc' }, { type: 'text', text: 'abc' }],
    ['a file', { type: 'file', file_id: 'file_1' }, { type: 'file-id', id: 'file_1' }],
    [
      'content blocks',
      {
        type: 'content',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
      { type: 'text', text: 'a\nb' },
    ],
  ])('reads a document that is %s', (_what, source, expected) => {
    const [part] = parts([{ type: 'document', title: 'T', source }]);
    expect(part).toMatchObject({ type: 'media', kind: 'file', filename: 'T', source: expected });
  });

  it('D.15-28: a media type in capitals or with parameters is normalised', () => {
    const [part] = parts([{ type: 'image', source: { type: 'base64', media_type: 'IMAGE/JPG; q=1', data: 'QQ==' } }]);
    expect(part).toMatchObject({ source: { mediaType: 'image/jpeg' } });
  });

  it('keeps thinking with its signature, and opens envelopes', () => {
    const foreign = {
      origin: 'openai-responses',
      issuer: 'openai',
      data: { id: 'rs_1', encrypted_content: 'x' },
    } as const;
    expect(
      parts(
        [
          { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
          { type: 'redacted_thinking', data: 'cmVk' },
          { type: 'thinking', thinking: 'ho', signature: sealExt(foreign) },
        ],
        'assistant',
      ),
    ).toEqual([
      { type: 'reasoning', text: 'hm', form: 'full', ext: { origin: ORIGIN, data: { signature: 'c2ln' } } },
      { type: 'reasoning', text: '', form: 'full', ext: { origin: ORIGIN, data: { data: 'cmVk' } } },
      { type: 'reasoning', text: 'ho', form: 'summary', ext: foreign },
    ]);
  });

  it('carries blocks it does not know', () => {
    const block = { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'q' } };
    expect(parts([block], 'assistant')).toEqual([
      { type: 'opaque', label: 'server_tool_use', ext: { origin: ORIGIN, data: block } },
    ]);
  });

  it.each<[JsonObject, string]>([
    [{ max_tokens: 1, messages: [] }, 'model'],
    [body({ messages: 'hi' }), 'messages'],
    [body({ messages: [7] }), 'messages[0]'],
    [body({ messages: [{ role: 'robot', content: 'x' }] }), 'messages[0].role'],
    [body({ messages: [{ role: 'user', content: 5 }] }), 'messages[0].content'],
    [body({ messages: [{ role: 'user', content: [{ type: 'text' }] }] }), 'messages[0].content[0].text'],
    [
      body({ messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'gif' } }] }] }),
      'messages[0].content[0].source.type',
    ],
    [
      body({ messages: [{ role: 'user', content: [{ type: 'tool_use', id: 'a', name: 'b', input: {} }] }] }),
      'messages[0].content[0]',
    ],
    [
      body({ messages: [{ role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'b', input: 'x' }] }] }),
      'messages[0].content[0].input',
    ],
    [body({ max_tokens: '9' }), 'max_tokens'],
    [body({ tools: [{ input_schema: {} }] }), 'tools[0].name'],
    [body({ stop_sequences: [1] }), 'stop_sequences[0]'],
    [body({ system: { text: 'x' } }), 'system'],
  ])('refuses %j at %s', (input, path) => {
    expect(refusal(input)).toEqual({ code: 'invalid_request', path });
  });
});
