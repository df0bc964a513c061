import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import type { JsonObject } from '../../../core/base/json.ts';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';
import { sealExt } from '../../../core/model/ext.ts';

const ORIGIN = 'openai-responses';
const decode = (body: JsonObject) => openaiResponses.decodeRequest({ model: 'm', ...body });
const messagesOf = (input: JsonObject[]) => decode({ input }).messages;

describe('input', () => {
  it('D.7: a string is one user message, not a list of characters', () => {
    expect(decode({ input: 'hello' }).messages).toEqual([{ role: 'user', parts: [{ type: 'text', text: 'hello' }] }]);
  });

  it('pitfall 7.4: items without `type`, only role and content, are messages', () => {
    expect(
      messagesOf([
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'ho' },
      ]),
    ).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'hi' }] },
      { role: 'assistant', parts: [{ type: 'text', text: 'ho' }] },
    ]);
  });

  it('D.15-30: instructions and every system and developer item are kept, in place', () => {
    const { messages } = decode({
      instructions: 'top',
      input: [
        { role: 'developer', content: [{ type: 'input_text', text: 'one' }] },
        { role: 'user', content: 'q' },
        { role: 'system', content: 'two' },
      ],
    });
    expect(messages.map(({ role }) => role)).toEqual(['system', 'developer', 'user', 'system']);
    expect(messages[0]?.ext).toEqual({ origin: ORIGIN, data: { instructions: true } });
  });

  it('gathers the items of one turn and the outputs after it, in order', () => {
    const messages = messagesOf([
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'gAAA' },
      { type: 'message', id: 'msg_1', role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'a', arguments: '{"x":1}' },
      { type: 'custom_tool_call', call_id: 'call_2', name: 'b', input: 'free', namespace: 'box' },
      { type: 'function_call_output', call_id: 'call_1', output: 'done' },
      {
        type: 'custom_tool_call_output',
        call_id: 'call_2',
        output: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }],
      },
    ]);
    expect(messages).toEqual([
      {
        role: 'assistant',
        parts: [
          {
            type: 'reasoning',
            text: 'hm',
            form: 'summary',
            ext: { origin: ORIGIN, data: { id: 'rs_1', encrypted_content: 'gAAA' } },
          },
          { type: 'text', text: 'I look.', ext: { origin: ORIGIN, data: { item: { id: 'msg_1' } } } },
          {
            type: 'tool-call',
            id: 'call_1',
            name: 'a',
            kind: 'function',
            input: '{"x":1}',
            ext: { origin: ORIGIN, data: { id: 'fc_1' } },
          },
          { type: 'tool-call', id: 'call_2', name: 'b', namespace: 'box', kind: 'custom', input: 'free' },
        ],
      },
      {
        role: 'tool',
        parts: [
          { type: 'tool-result', callId: 'call_1', content: [{ type: 'text', text: 'done' }] },
          {
            type: 'tool-result',
            callId: 'call_2',
            kind: 'custom',
            content: [
              { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
            ],
          },
        ],
      },
    ]);
  });

  it.each([
    ['web_search_call', 'assistant'],
    ['file_search_call', 'assistant'],
    ['code_interpreter_call', 'assistant'],
    ['local_shell_call', 'assistant'],
    ['shell_call', 'assistant'],
    ['apply_patch_call', 'assistant'],
    ['mcp_call', 'assistant'],
    ['mcp_list_tools', 'assistant'],
    ['mcp_approval_request', 'assistant'],
    ['compaction', 'assistant'],
    ['item_reference', 'assistant'],
    ['x_search_call', 'assistant'],
    ['local_shell_call_output', 'tool'],
    ['shell_call_output', 'tool'],
    ['apply_patch_call_output', 'tool'],
    ['mcp_approval_response', 'tool'],
    ['a_word_of_next_year', 'assistant'],
  ])('keeps a %s item whole, on the side of the %s', (type, role) => {
    const item = { type, id: 'x_1', anything: { deep: [1] } };
    expect(messagesOf([item])).toEqual([
      { role, parts: [{ type: 'opaque', label: type, ext: { origin: ORIGIN, data: item } }] },
    ]);
  });

  it('an image the model made is an image, and opaque while it has none', () => {
    const done = {
      type: 'image_generation_call',
      id: 'ig_1',
      status: 'completed',
      result: 'AAAA',
      output_format: 'webp',
    };
    expect(messagesOf([done])[0]?.parts[0]).toMatchObject({
      type: 'media',
      kind: 'image',
      source: { type: 'base64', mediaType: 'image/webp', data: 'AAAA' },
    });
    expect(messagesOf([{ type: 'image_generation_call', id: 'ig_1', result: null }])[0]?.parts[0]?.type).toBe('opaque');
  });

  it('reads images, files and sound of a user', () => {
    const [message] = messagesOf([
      {
        role: 'user',
        content: [
          { type: 'input_image', image_url: 'https://x.test/a.png', detail: 'low' },
          { type: 'input_image', file_id: 'file_1' },
          { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBE' },
          { type: 'input_file', file_url: 'https://x.test/a.pdf' },
          { type: 'input_audio', input_audio: { data: 'UklG', format: 'mp3' } },
          { type: 'input_hologram', of: 'x' },
        ],
      },
    ]);
    expect(message?.parts).toMatchObject([
      { type: 'media', kind: 'image', source: { type: 'url', url: 'https://x.test/a.png' }, detail: 'low' },
      { type: 'media', kind: 'image', source: { type: 'file-id', id: 'file_1' }, ext: { origin: ORIGIN } },
      {
        type: 'media',
        kind: 'file',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'JVBE' },
        filename: 'a.pdf',
      },
      { type: 'media', kind: 'file', source: { type: 'url', url: 'https://x.test/a.pdf' } },
      { type: 'media', kind: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'UklG' } },
      { type: 'opaque', label: 'input_hologram' },
    ]);
  });

  it('D.15-28: a data URL with parameters or an upper-case type is read', () => {
    const image_url = 'data:IMAGE/PNG;charset=utf-8;base64,AA AA';
    expect(messagesOf([{ role: 'user', content: [{ type: 'input_image', image_url }] }])[0]?.parts[0]).toMatchObject({
      source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' },
    });
  });

  it('opens an envelope in encrypted_content and gives it the ext it holds', () => {
    const ext = { origin: 'anthropic-messages', issuer: 'anthropic', data: { signature: 'sig' } } as const;
    const item = { type: 'reasoning', id: 'rs_omrabc0', summary: [], encrypted_content: sealExt(ext) };
    expect(messagesOf([item])[0]?.parts[0]).toEqual({ type: 'reasoning', text: '', form: 'summary', ext });
  });

  it('a reasoning item made here without an envelope belongs to no maker', () => {
    const item = { type: 'reasoning', id: 'rs_omrabc0', summary: [{ type: 'summary_text', text: 'hm' }] };
    expect(messagesOf([item])[0]?.parts[0]).toEqual({ type: 'reasoning', text: 'hm', form: 'summary' });
  });
});

describe('settings', () => {
  it('reads what the hub has words for', () => {
    const request = decode({
      input: 'q',
      stream: true,
      max_output_tokens: 5,
      temperature: 0.2,
      top_p: 0.9,
      top_logprobs: 3,
      parallel_tool_calls: false,
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content', 'message.output_text.logprobs', 'file_search_call.results'],
      text: { format: { type: 'json_schema', name: 'n', schema: { type: 'object' }, strict: true }, verbosity: 'low' },
      store: false,
      service_tier: 'flex',
      prompt_cache_key: 'k',
      user: 'u',
      metadata: { a: 'b' },
    });
    expect(request).toMatchObject({
      stream: true,
      maxOutputTokens: 5,
      sampling: { temperature: 0.2, topP: 0.9 },
      logprobs: { enabled: true, top: 3 },
      parallelToolCalls: false,
      reasoning: { effort: 'high', summary: 'auto', replayable: true },
      output: { type: 'json-schema', name: 'n', schema: { type: 'object' }, strict: true },
      store: false,
      serviceTier: 'flex',
      promptCacheKey: 'k',
      user: 'u',
      metadata: { a: 'b' },
      ext: { origin: ORIGIN, data: { include: ['file_search_call.results'], text: { verbosity: 'low' } } },
    });
  });

  it('D.15-2: `stream` absent means false, and nothing else is filled in', () => {
    expect(decode({ input: 'q' })).toEqual({
      model: 'm',
      stream: false,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'q' }] }],
      ext: { origin: 'openai-responses', data: {} },
    });
  });

  it('nulls are settings that were not set', () => {
    const body = { input: 'q', instructions: null, temperature: null, tools: null, truncation: null, text: null };
    expect(decode(body)).toEqual(decode({ input: 'q' }));
  });

  it('pitfall 7.3: what Codex sends beside is kept: client_metadata, previous_response_id, background, truncation', () => {
    const extra = {
      client_metadata: { session: 's' },
      previous_response_id: 'resp_1',
      background: true,
      truncation: 'auto',
      safety_identifier: 's',
    };
    expect(decode({ input: 'q', ...extra }).ext).toEqual({ origin: ORIGIN, data: extra });
  });
});

describe('tools', () => {
  it('pitfall 7.3: namespace groups are laid out flat, web_search is a tool the provider runs', () => {
    const { tools } = decode({
      input: 'q',
      tools: [
        { type: 'function', name: 'plain', parameters: { type: 'object' }, strict: false },
        {
          type: 'namespace',
          name: 'box',
          description: 'Tools in a box',
          tools: [
            { type: 'function', name: 'open', parameters: { type: 'object' } },
            { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'x' } },
          ],
        },
        { type: 'web_search', search_context_size: 'low' },
      ],
    });
    expect(tools).toEqual([
      { type: 'function', name: 'plain', schema: { type: 'object' }, strict: false, ext: { origin: ORIGIN, data: {} } },
      {
        type: 'function',
        name: 'open',
        namespace: 'box',
        schema: { type: 'object' },
        ext: { origin: ORIGIN, data: { group: { description: 'Tools in a box' } } },
      },
      {
        type: 'custom',
        name: 'patch',
        namespace: 'box',
        format: { type: 'grammar', syntax: 'lark', definition: 'x' },
        ext: { origin: ORIGIN, data: {} },
      },
      {
        type: 'provider',
        name: 'web_search',
        ext: { origin: ORIGIN, data: { type: 'web_search', search_context_size: 'low' } },
      },
    ]);
  });

  it.each([
    ['auto', { type: 'auto' }],
    ['none', { type: 'none' }],
    ['required', { type: 'required' }],
    [
      { type: 'function', name: 'f' },
      { type: 'tool', name: 'f', kind: 'function' },
    ],
    [
      { type: 'custom', name: 'c' },
      { type: 'tool', name: 'c', kind: 'custom' },
    ],
    [
      { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'f' }] },
      { type: 'allowed', mode: 'required', names: ['f'] },
    ],
    [{ type: 'web_search' }, { type: 'opaque', ext: { origin: ORIGIN, data: { type: 'web_search' } } }],
    [
      { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp', server_label: 's' }] },
      {
        type: 'opaque',
        ext: {
          origin: ORIGIN,
          data: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'mcp', server_label: 's' }] },
        },
      },
    ],
  ])('reads tool_choice %j', (tool_choice, expected) => {
    expect(decode({ input: 'q', tool_choice }).toolChoice).toEqual(expected);
  });
});

describe('wrong bodies', () => {
  it.each<[JsonObject, string]>([
    [{ input: 5 }, 'input'],
    [{ input: [5] }, 'input[0]'],
    [{ input: [{ role: 'tool', content: 'x' }] }, 'input[0].role'],
    [{ input: [{ role: 'user', content: 5 }] }, 'input[0].content'],
    [{ input: [{ role: 'user', content: [{ type: 'input_text' }] }] }, 'input[0].content[0].text'],
    [{ input: [{ role: 'user', content: [{ type: 'input_image' }] }] }, 'input[0].content[0]'],
    [{ input: [{ role: 'user', content: [{ type: 'input_image', image_url: 5 }] }] }, 'input[0].content[0].image_url'],
    [{ input: [{ type: 'function_call', call_id: 'c', arguments: '{}' }] }, 'input[0].name'],
    [{ input: [{ type: 'function_call_output', output: 'x' }] }, 'input[0].call_id'],
    [{ input: 'q', tools: {} }, 'tools'],
    [{ input: 'q', tools: [{ type: 'function' }] }, 'tools[0].name'],
    [{ input: 'q', tool_choice: 'perhaps' }, 'tool_choice'],
    [{ input: 'q', temperature: 'warm' }, 'temperature'],
    [{ input: 'q', stream: 'yes' }, 'stream'],
    [{ input: 'q', text: { format: { type: 'json_schema', name: 'n' } } }, 'text.format.schema'],
    [{ input: 'q', model: 7 }, 'model'],
  ])('%j is refused at %s', (body, path) => {
    let error: unknown;
    try {
      decode(body);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(OmniError);
    expect(error).toMatchObject({ code: 'invalid_request', path });
  });
});
