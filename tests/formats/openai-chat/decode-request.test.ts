import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import type { JsonObject } from '../../../core/base/json.ts';
import { openaiChat } from '../../../core/formats/openai-chat/index.ts';
import { sealExt } from '../../../core/model/ext.ts';

const decode = (body: JsonObject) => openaiChat.decodeRequest({ model: 'm', messages: [], ...body });
const message = (body: JsonObject) => decode({ messages: [body] }).messages[0];
const OWN = 'openai-chat';

describe('what a client asks', () => {
  it('D.15-2: an absent stream is false', () => {
    expect(decode({}).stream).toBe(false);
    expect(decode({ stream: null }).stream).toBe(false);
  });

  it('maps every field the hub knows', () => {
    const request = decode({
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      temperature: 0.5,
      top_p: 0.9,
      top_k: 40,
      min_p: 0.05,
      seed: 7,
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      logit_bias: { '50256': -100 },
      max_tokens: 100,
      stop: 'END',
      n: 2,
      logprobs: true,
      top_logprobs: 3,
      parallel_tool_calls: false,
      reasoning_effort: 'low',
      user: 'u1',
      metadata: { a: 'b' },
      store: true,
      service_tier: 'flex',
      prompt_cache_key: 'key',
      web_search_options: { search_context_size: 'low' },
      verbosity: 'low',
    });
    expect(request).toEqual({
      model: 'm',
      stream: true,
      messages: [],
      includeUsage: true,
      sampling: {
        temperature: 0.5,
        topP: 0.9,
        topK: 40,
        minP: 0.05,
        seed: 7,
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        logitBias: { '50256': -100 },
      },
      maxOutputTokens: 100,
      stop: ['END'],
      choices: 2,
      logprobs: { enabled: true, top: 3 },
      parallelToolCalls: false,
      reasoning: { effort: 'low' },
      user: 'u1',
      metadata: { a: 'b' },
      store: true,
      serviceTier: 'flex',
      promptCacheKey: 'key',
      ext: {
        origin: OWN,
        data: {
          web_search_options: { search_context_size: 'low' },
          verbosity: 'low',
          stream_options: { include_obfuscation: false },
        },
      },
    });
  });

  it('fills nothing in, and null is absent', () => {
    const nothing = { model: 'm', stream: false, messages: [], ext: { origin: OWN, data: {} } };
    expect(decode({})).toEqual(nothing);
    expect(decode({ temperature: null, tools: null, stop: null, response_format: null, vendor: null })).toEqual(
      nothing,
    );
  });

  it('remembers that the limit was called max_completion_tokens', () => {
    expect(decode({ max_completion_tokens: 9 })).toMatchObject({
      maxOutputTokens: 9,
      maxOutputTokensField: 'max_completion_tokens',
    });
    expect(decode({ max_completion_tokens: 9, max_tokens: 8 }).ext?.data).toEqual({ max_tokens: 8 });
  });

  it('reads response formats, and keeps a vendor form as it is', () => {
    const json_schema = { name: 'n', schema: { type: 'object' }, strict: true };
    expect(decode({ response_format: { type: 'json_schema', json_schema } }).output).toEqual({
      type: 'json-schema',
      name: 'n',
      schema: { type: 'object' },
      strict: true,
    });
    expect(decode({ response_format: { type: 'json_object' } }).output).toEqual({ type: 'json' });
    const vendor = { type: 'json_object', schema: { type: 'object' } };
    expect(decode({ response_format: vendor }).ext?.data).toEqual({ response_format: vendor });
  });
});

describe('messages', () => {
  it('reads strings, blocks, names and roles', () => {
    expect(message({ role: 'developer', content: 'd', name: 'n' })).toEqual({
      role: 'developer',
      name: 'n',
      parts: [{ type: 'text', text: 'd' }],
    });
    expect(message({ role: 'user', content: [{ type: 'text', text: 'a' }] })?.parts).toEqual([
      { type: 'text', text: 'a' },
    ]);
  });

  it('D.15-28: a data URL with parameters and upper-case type is normalised', () => {
    const url = 'DATA:IMAGE/PNG;name=x.png;base64,aGk=';
    expect(
      message({ role: 'user', content: [{ type: 'image_url', image_url: { url, detail: 'low' } }] })?.parts,
    ).toEqual([
      { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'aGk=' }, detail: 'low' },
    ]);
  });

  it('pitfall 21: reads every shape of an image part, audio, video and files', () => {
    const content = [
      { type: 'image_url', image_url: 'https://x/a.png' },
      { type: 'input_audio', input_audio: { data: 'aGk=', format: 'mp3' } },
      { type: 'video_url', video_url: { url: 'https://x/v.mp4' } },
      { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,aGk=' } },
      { type: 'file', file: { file_id: 'file-1' } },
    ];
    expect(message({ role: 'user', content })?.parts).toEqual([
      { type: 'media', kind: 'image', source: { type: 'url', url: 'https://x/a.png' } },
      { type: 'media', kind: 'audio', source: { type: 'base64', mediaType: 'audio/mpeg', data: 'aGk=' } },
      { type: 'media', kind: 'video', source: { type: 'url', url: 'https://x/v.mp4' } },
      {
        type: 'media',
        kind: 'file',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'aGk=' },
        filename: 'a.pdf',
      },
      { type: 'media', kind: 'file', source: { type: 'file-id', id: 'file-1' } },
    ]);
  });

  it('an unknown block is carried whole, unknown members and cache marks too', () => {
    const content = [
      { type: 'document_url', document_url: 'https://x/d.pdf' },
      { type: 'text', text: 't', cache_control: { type: 'ephemeral', ttl: '1h' }, vendor: 1 },
    ];
    expect(message({ role: 'user', content })?.parts).toEqual([
      { type: 'opaque', label: 'document_url', ext: { origin: OWN, data: content[0] } },
      { type: 'text', text: 't', cache: { ttl: '1h' }, ext: { origin: OWN, data: { vendor: 1 } } },
    ]);
  });

  it('D.15-29: content null beside tool calls is no text', () => {
    const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a": 1}' } };
    expect(message({ role: 'assistant', content: null, refusal: null, tool_calls: [call] })).toEqual({
      role: 'assistant',
      parts: [{ type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '{"a": 1}' }],
    });
  });

  it('reads thoughts wherever a vendor puts them', () => {
    const thought = (body: JsonObject) => message({ role: 'assistant', content: null, ...body })?.parts[0];
    expect(thought({ reasoning_content: 'r' })).toEqual({ type: 'reasoning', form: 'full', text: 'r' });
    expect(thought({ reasoning: 'r' })).toMatchObject({ text: 'r', ext: { data: { field: 'reasoning' } } });
    const details = [{ type: 'reasoning.encrypted', data: 'xyz', index: 0 }];
    expect(thought({ reasoning: 'r', reasoning_details: details })).toMatchObject({
      text: 'r',
      ext: { data: { details } },
    });
    const content = [{ type: 'thinking', thinking: [{ type: 'text', text: 'r' }] }];
    expect(thought({ content })).toMatchObject({ type: 'reasoning', text: 'r', ext: { data: { field: 'thinking' } } });
  });

  it('leaves <think> in the text alone', () => {
    expect(message({ role: 'assistant', content: '<think>a</think>b' })?.parts).toEqual([
      { type: 'text', text: '<think>a</think>b' },
    ]);
  });

  it('reads tool results and custom calls', () => {
    const custom = { id: 'c2', type: 'custom', custom: { name: 'patch', input: '*** Begin' } };
    const { messages } = decode({
      messages: [
        { role: 'assistant', content: '', tool_calls: [custom] },
        { role: 'tool', tool_call_id: 'c2', content: [{ type: 'text', text: 'ok' }] },
      ],
    });
    expect(messages[0]?.parts[1]).toEqual({
      type: 'tool-call',
      id: 'c2',
      name: 'patch',
      kind: 'custom',
      input: '*** Begin',
    });
    expect(messages[1]).toEqual({
      role: 'tool',
      parts: [{ type: 'tool-result', callId: 'c2', content: [{ type: 'text', text: 'ok' }] }],
    });
  });

  it('pairs the deprecated function_call with its function message', () => {
    const { messages, tools, toolChoice } = decode({
      functions: [{ name: 'f', parameters: { type: 'object' } }],
      function_call: { name: 'f' },
      messages: [
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: '1' },
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: '2' },
      ],
    });
    const ids = messages.map(({ parts: [part] }) =>
      part?.type === 'tool-call' ? part.id : part?.type === 'tool-result' ? part.callId : '',
    );
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).toBe(ids[3]);
    expect(ids[0]).not.toBe(ids[2]);
    expect(tools).toEqual([{ type: 'function', name: 'f', schema: { type: 'object' } }]);
    expect(toolChoice).toEqual({ type: 'tool', name: 'f', kind: 'function' });
  });

  it("opens the envelope in Google's field, and takes a raw signature as Gemini's", () => {
    const ext = { origin: 'gemini' as const, issuer: 'google', data: { thoughtSignature: 'sig' } };
    const call = (thought_signature: string) =>
      message({
        role: 'assistant',
        content: null,
        tool_calls: [
          {
            id: 'c',
            type: 'function',
            function: { name: 'f', arguments: '{}' },
            extra_content: { google: { thought_signature } },
          },
        ],
      })?.parts[0]?.ext;
    expect(call(sealExt(ext))).toEqual(ext);
    expect(call('raw')).toEqual({ origin: 'gemini', data: { thoughtSignature: 'raw' } });
  });
});

describe('tools', () => {
  it('reads functions, custom tools with a grammar, and tools the provider runs', () => {
    const grammar = { syntax: 'lark', definition: 'start: "a"' };
    const builtin = { type: 'builtin_function', function: { name: '$web_search' } };
    const tools = [
      { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object' }, strict: true } },
      { type: 'function', name: 'flat', parameters: {} },
      { type: 'custom', custom: { name: 'c', format: { type: 'grammar', grammar } } },
      builtin,
    ];
    expect(decode({ tools }).tools).toEqual([
      { type: 'function', name: 'f', description: 'd', schema: { type: 'object' }, strict: true },
      { type: 'function', name: 'flat', schema: {} },
      { type: 'custom', name: 'c', format: { type: 'grammar', ...grammar } },
      { type: 'provider', name: '$web_search', ext: { origin: OWN, data: builtin } },
    ]);
  });

  it.each([
    ['auto', { type: 'auto' }],
    ['any', { type: 'required' }],
    [
      { type: 'function', function: { name: 'f' } },
      { type: 'tool', name: 'f', kind: 'function' },
    ],
    [
      { type: 'custom', custom: { name: 'c' } },
      { type: 'tool', name: 'c', kind: 'custom' },
    ],
    [
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
      },
      { type: 'allowed', mode: 'required', names: ['f'] },
    ],
    [{ type: 'mystery' }, { type: 'opaque', ext: { origin: OWN, data: { tool_choice: { type: 'mystery' } } } }],
  ])('reads the choice %j', (tool_choice, expected) => {
    expect(decode({ tool_choice }).toolChoice).toEqual(expected);
  });
});

describe('what is wrong is refused with its path', () => {
  it.each<[JsonObject, string]>([
    [{ model: 7 }, 'model'],
    [{ messages: {} }, 'messages'],
    [{ messages: ['hi'] }, 'messages[0]'],
    [{ messages: [{ role: 'robot', content: '' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: [{ type: 'text' }] }] }, 'messages[0].content[0].text'],
    [
      { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: 5 }] }] },
      'messages[0].content[0].image_url',
    ],
    [{ messages: [{ role: 'user', content: [{ type: 'file', file: {} }] }] }, 'messages[0].content[0].file'],
    [{ messages: [{ role: 'tool', content: '' }] }, 'messages[0].tool_call_id'],
    [
      { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', function: {} }] }] },
      'messages[0].tool_calls[0].function.name',
    ],
    [{ temperature: 'hot' }, 'temperature'],
    [{ stop: [1] }, 'stop[0]'],
    [{ tools: [{ type: 'function', function: { name: 1 } }] }, 'tools[0].function.name'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ response_format: {} }, 'response_format.type'],
  ])('%j', (body, path) => {
    const attempt = () => decode(body);
    expect(attempt).toThrow(OmniError);
    expect(attempt).toThrow(expect.objectContaining({ code: 'invalid_request', path }));
  });

  it('a missing model is named', () => {
    expect(() => openaiChat.decodeRequest({ messages: [] })).toThrow(expect.objectContaining({ path: 'model' }));
    expect(openaiChat.decodeRequest({ messages: [] }, { model: 'from-url' }).model).toBe('from-url');
  });
});
