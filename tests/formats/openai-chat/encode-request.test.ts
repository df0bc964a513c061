import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import { openaiChat } from '../../../core/formats/openai-chat/index.ts';
import type { Part } from '../../../core/model/part.ts';
import type { Message } from '../../../core/model/request.ts';
import { foreign, lossesOf, TARGET, wireMessages } from './support.ts';

const text = (value: string): Part => ({ type: 'text', text: value });
const user = (...parts: Part[]): Message => ({ role: 'user', parts });
const call = (id: string, more: Partial<Extract<Part, { type: 'tool-call' }>> = {}): Part => ({
  ...{ type: 'tool-call', id, name: 'f', kind: 'function', input: '{}' },
  ...more,
});
const result = (callId: string, ...content: Part[]): Part => ({ type: 'tool-result', callId, content });
const encodeOwn = (body: JsonObject) =>
  openaiChat.encodeRequest(openaiChat.decodeRequest({ model: 'm', messages: [], ...body }), TARGET);
const PNG: Part = { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'aGk=' } };

describe('a request of this protocol is written back as it was', () => {
  it.each<[string, JsonObject]>([
    ['vendor fields', { web_search_options: {}, verbosity: 'low', top_k: 4, thinking: { type: 'enabled' } }],
    ['max_completion_tokens', { max_completion_tokens: 5 }],
    ['max_tokens', { max_tokens: 5 }],
    ['D.15-14: prompt_cache_key', { prompt_cache_key: 'k', user: 'u', store: false, metadata: { a: 'b' } }],
    ['usage of the stream', { stream: true, stream_options: { include_usage: true, include_obfuscation: false } }],
    ['a stream without usage', { stream: true }],
    [
      'D.15-29: content null with tool_calls stays null',
      {
        messages: [
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '' } }],
          },
          { role: 'tool', tool_call_id: 'a', content: 'r', name: 'f' },
        ],
      },
    ],
    [
      'blocks',
      {
        messages: [
          {
            role: 'system',
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b', cache_control: { type: 'ephemeral' } },
            ],
          },
          {
            role: 'user',
            content: [{ type: 'image_url', image_url: { url: 'https://x/a.png', detail: 'high' } }],
            name: 'n',
          },
          { role: 'assistant', content: 'x', refusal: 'no', reasoning_content: 'r', audio: { id: 'au' }, prefix: true },
        ],
      },
    ],
    [
      'custom tools',
      {
        tools: [
          {
            type: 'custom',
            custom: { name: 'c', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 's' } } },
          },
        ],
        tool_choice: { type: 'custom', custom: { name: 'c' } },
      },
    ],
    [
      'allowed tools',
      {
        tools: [
          { type: 'function', function: { name: 'f' } },
          { type: 'function', function: { name: 'g' } },
        ],
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'f' } }] },
        },
      },
    ],
    ['tools the provider runs', { tools: [{ type: 'builtin_function', function: { name: '$web_search' } }] }],
  ])('%s', (_name, body) => {
    const encoded = encodeOwn(body);
    expect(encoded.body).toEqual({ messages: [], ...body, model: 'upstream-model' });
    expect(encoded.losses).toEqual([]);
  });

  it('pitfall 10: stream_options never go out on a call without streaming', () => {
    expect(encodeOwn({ stream_options: { include_usage: true, x: 1 } }).body).toEqual({
      model: 'upstream-model',
      messages: [],
    });
    const request = openaiChat.decodeRequest({ model: 'm', messages: [], stream: true, stream_options: { x: 1 } });
    expect(openaiChat.encodeRequest({ ...request, stream: false }, TARGET).body).not.toHaveProperty('stream_options');
  });
});

describe('a request of another protocol', () => {
  it('asks for usage in a stream, since its client always gets it', () => {
    const { body } = openaiChat.encodeRequest(foreign([], { stream: true }), TARGET);
    expect(body).toEqual({
      model: 'upstream-model',
      messages: [],
      stream: true,
      stream_options: { include_usage: true },
    });
    expect(openaiChat.encodeRequest(foreign([]), TARGET).body).toEqual({ model: 'upstream-model', messages: [] });
  });

  it('names the limit max_tokens, which every compatible host takes', () => {
    expect(openaiChat.encodeRequest(foreign([], { maxOutputTokens: 5 }), TARGET).body['max_tokens']).toBe(5);
  });

  it('system text stands first, blocks joined by line; later developer text stays where it stood', () => {
    const messages: Message[] = [
      { role: 'system', parts: [text('a'), text('b')] },
      user(text('u')),
      { role: 'developer', parts: [text('c')] },
    ];
    expect(wireMessages(foreign(messages))).toEqual([
      { role: 'system', content: 'a\nb' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'u' },
          { type: 'text', text: '<system-reminder>\nc\n</system-reminder>' },
        ],
      },
    ]);
  });

  it('text that was cut for its citations is one text again', () => {
    const cited: Part = { type: 'text', text: 'B', citations: [{ url: 'https://x' }] };
    expect(wireMessages(foreign([{ role: 'assistant', parts: [text('A '), cited, text(' C')] }]))).toEqual([
      { role: 'assistant', content: 'A B C' },
    ]);
  });

  it('pitfall 8: results stand after their calls in order; an orphan is left out', () => {
    const messages: Message[] = [
      { role: 'assistant', parts: [call('a'), call('b')] },
      user(text('and')),
      { role: 'tool', parts: [result('b', text('2')), result('zzz', text('?')), result('a', text('1'))] },
    ];
    expect(wireMessages(foreign(messages))).toEqual([
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } },
          { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' } },
        ],
      },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'user', content: 'and' },
    ]);
    expect(lossesOf(foreign(messages))).toContain('tool-result-orphan');
  });

  it('a call id that a host uses again in the next turn keeps both results', () => {
    const turns = ['1', '2'].flatMap((answer): Message[] => [
      { role: 'assistant', parts: [call('call_0')] },
      { role: 'tool', parts: [result('call_0', text(answer))] },
    ]);
    expect(wireMessages(foreign(turns))).toMatchObject([{}, { content: '1' }, {}, { content: '2' }]);
    expect(lossesOf(foreign(turns))).toEqual([]);
  });

  it('pitfall 22: an image in a tool result follows in a user message, never as text', () => {
    const messages: Message[] = [
      { role: 'assistant', parts: [call('a'), call('b')] },
      { role: 'tool', parts: [result('a', text('see'), PNG), result('b', text('2'))] },
    ];
    expect(wireMessages(foreign(messages))).toMatchObject([
      { role: 'assistant' },
      { role: 'tool', tool_call_id: 'a', content: 'see' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }] },
    ]);
    expect(lossesOf(foreign(messages))).toEqual(['tool-result-media']);
  });

  it('a free-text tool becomes a function with one string, calls in the history too', () => {
    const request = foreign(
      [{ role: 'assistant', parts: [call('a', { name: 'patch', kind: 'custom', input: 'x "y"' })] }],
      {
        tools: [{ type: 'custom', name: 'patch', description: 'd' }],
      },
    );
    const { body, losses } = openaiChat.encodeRequest(request, TARGET);
    expect(body).toMatchObject({
      tools: [{ type: 'function', function: { name: 'patch', parameters: { required: ['input'] } } }],
      messages: [
        { tool_calls: [{ type: 'function', function: { name: 'patch', arguments: '{"input":"x \\"y\\""}' } }] },
      ],
    });
    expect(losses.map(({ feature }) => feature)).toEqual(['tool-custom']);
  });

  it('D.15-26: an object schema without properties gets empty ones', () => {
    const tools = [{ type: 'function' as const, name: 'f', schema: { type: 'object' } }];
    expect(openaiChat.encodeRequest(foreign([], { tools }), TARGET).body['tools']).toEqual([
      { type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } },
    ]);
  });

  it('allowed tools: the others are left out', () => {
    const tools = ['f', 'g'].map((name) => ({ type: 'function' as const, name }));
    const request = foreign([], { tools, toolChoice: { type: 'allowed', mode: 'required', names: ['g'] } });
    const { body } = openaiChat.encodeRequest(request, TARGET);
    expect(body).toMatchObject({ tools: [{ function: { name: 'g' } }], tool_choice: 'required' });
    expect(lossesOf(request)).toEqual(['tool-choice']);
  });

  it('D.15-27: store, metadata and foreign tiers stay at home', () => {
    const request = foreign([], {
      store: true,
      metadata: { a: 'b' },
      serviceTier: 'standard_only',
      user: 'u',
      promptCacheKey: 'k',
    });
    const { body } = openaiChat.encodeRequest(request, TARGET);
    expect(body).toEqual({ model: 'upstream-model', messages: [], user: 'u', prompt_cache_key: 'k' });
    expect(lossesOf(request)).toEqual(['metadata', 'store', 'service-tier']);
  });

  it.each([
    [{ effort: 'high' }, 'high', []],
    [{ effort: 'max' }, 'xhigh', ['reasoning-effort']],
    [{ mode: 'enabled' as const, budgetTokens: 8_000 }, 'medium', ['reasoning-effort']],
    [{ mode: 'disabled' as const }, undefined, ['reasoning-options']],
    [{ mode: 'adaptive' as const }, undefined, []],
  ])('reasoning %j', (reasoning, effort, losses) => {
    expect(openaiChat.encodeRequest(foreign([], { reasoning }), TARGET).body['reasoning_effort']).toBe(effort);
    expect(lossesOf(foreign([], { reasoning }))).toEqual(losses);
  });

  it('a schema gets the name the API demands', () => {
    const output = { type: 'json-schema' as const, schema: { type: 'object' } };
    expect(openaiChat.encodeRequest(foreign([], { output }), TARGET).body['response_format']).toEqual({
      type: 'json_schema',
      json_schema: { name: 'response', schema: { type: 'object' } },
    });
  });

  it('declares what it cannot say', () => {
    const request = foreign(
      [
        user(
          { ...text('t'), cache: {} },
          { type: 'media', kind: 'file', source: { type: 'file-id', id: 'file_1' } },
          { type: 'media', kind: 'file', source: { type: 'url', url: 'https://x/a.pdf' } },
          { type: 'opaque', label: 'web_search_call', ext: { origin: 'openai-responses', data: {} } },
        ),
      ],
      {
        sampling: { topK: 4, minP: 0.1 },
        tools: [{ type: 'provider', name: 'web_search', ext: { origin: 'anthropic-messages', data: {} } }],
        toolChoice: { type: 'auto' },
        ext: { origin: 'anthropic-messages', data: { context_management: {} } },
      },
    );
    const { body, losses } = openaiChat.encodeRequest(request, TARGET);
    expect(body).toEqual({ model: 'upstream-model', messages: [{ role: 'user', content: 't' }] });
    expect(losses.map(({ feature, path }) => `${feature} ${path}`).sort()).toEqual([
      'cache-mark messages[0].parts[0]',
      'extension context_management',
      'file messages[0].parts[2]',
      'file-id messages[0].parts[1]',
      'min-p sampling.minP',
      'opaque messages[0].parts[3]',
      'tool-provider-run tools[0]',
      'top-k sampling.topK',
    ]);
  });

  it('an id longer than 40 characters is shortened in call and result alike', () => {
    const id = `toolu_${'x'.repeat(50)}`;
    const wire = wireMessages(
      foreign([
        { role: 'assistant', parts: [call(id)] },
        { role: 'tool', parts: [result(id, text('1'))] },
      ]),
    );
    const sent = JSON.stringify(wire).match(/call_[0-9a-f]{24}/g);
    expect(sent).toHaveLength(2);
    expect(sent?.[0]).toBe(sent?.[1]);
  });
});

describe('thoughts and signatures', () => {
  const turn = (ext?: NonNullable<Part['ext']>): Message => ({
    role: 'assistant',
    parts: [{ type: 'reasoning', form: 'full', text: 'r', ...(ext && { ext }) }, text('a')],
  });

  it('plain thoughts go back as reasoning_content', () => {
    const expected = [{ role: 'assistant', content: 'a', reasoning_content: 'r' }];
    expect(wireMessages(foreign([turn()]))).toEqual(expected);
    expect(wireMessages(foreign([turn({ origin: 'openai-chat', data: {} })]))).toEqual(expected);
  });

  it('pitfall 2 and 3: foreign reasoning is dropped and declared', () => {
    const request = foreign([turn({ origin: 'anthropic-messages', issuer: 'anthropic', data: { signature: 's' } })]);
    expect(wireMessages(request)).toEqual([{ role: 'assistant', content: 'a' }]);
    expect(lossesOf(request)).toEqual(['reasoning']);
  });

  it('details go to their maker only; another host gets the text', () => {
    const details = [{ type: 'reasoning.encrypted', data: 'secret' }];
    const ext = (issuer: string) => ({ origin: 'openai-chat' as const, issuer, data: { field: 'reasoning', details } });
    expect(wireMessages(foreign([turn(ext('maker'))]))).toEqual([
      { role: 'assistant', content: 'a', reasoning: 'r', reasoning_details: details },
    ]);
    const request = foreign([turn(ext('other'))]);
    expect(wireMessages(request)).toEqual([{ role: 'assistant', content: 'a', reasoning_content: 'r' }]);
    expect(lossesOf(request)).toEqual(['reasoning-signature']);
  });

  it("pitfall 1: Gemini's signature goes in Google's field to its maker, and to nobody else", () => {
    const signed = (issuer?: string): Message => ({
      role: 'assistant',
      parts: [call('a', { ext: { origin: 'gemini', ...(issuer && { issuer }), data: { thoughtSignature: 'sig' } } })],
    });
    expect(wireMessages(foreign([signed('maker')]))).toMatchObject([
      { tool_calls: [{ extra_content: { google: { thought_signature: 'sig' } } }] },
    ]);
    for (const issuer of ['other', undefined]) {
      expect(JSON.stringify(wireMessages(foreign([signed(issuer)])))).not.toContain('sig');
      expect(lossesOf(foreign([signed(issuer)]))).toEqual(['reasoning-signature']);
    }
  });
});
