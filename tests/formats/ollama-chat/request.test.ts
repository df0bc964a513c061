import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import type { JsonObject } from '../../../core/base/json.ts';
import type { EncodeTarget } from '../../../core/formats/format.ts';
import { ollamaChat } from '../../../core/formats/ollama-chat/index.ts';
import type { ChatRequest, Message } from '../../../core/model/request.ts';

const TARGET: EncodeTarget = { model: 'qwen3', issuer: 'ollama' };
const encode = (request: Partial<ChatRequest>): JsonObject =>
  ollamaChat.encodeRequest({ model: 'm', stream: false, messages: [], ...request }, TARGET).body;
const losses = (request: Partial<ChatRequest>): string[] =>
  ollamaChat
    .encodeRequest({ model: 'm', stream: false, messages: [], ...request }, TARGET)
    .losses.map(({ feature, path }) => `${feature} @ ${path}`);

describe('ollama-chat decodeRequest', () => {
  it('D.15-2: stream absent means false here too', () => {
    const body = { model: 'qwen3', messages: [{ role: 'user', content: 'hi' }] };
    expect(ollamaChat.decodeRequest(body)).toEqual({
      model: 'qwen3',
      stream: false,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
      ext: { origin: 'ollama-chat', data: {} },
    });
    expect(ollamaChat.decodeRequest({ ...body, stream: true }).stream).toBe(true);
  });
  it('reads every field', () => {
    const request = ollamaChat.decodeRequest({
      model: 'qwen3',
      messages: [
        { role: 'System', content: 'be brief' },
        { role: 'user', content: 'what', images: ['iVBORw0KGgoAAAA', '/9j/AAAA'] },
        {
          role: 'assistant',
          content: '',
          thinking: 'hm',
          tool_calls: [
            { function: { name: 'f', arguments: { a: 1 } } },
            { id: 'call_9', function: { index: 1, name: 'f', arguments: {} } },
          ],
        },
        { role: 'tool', content: 'one', tool_name: 'f' },
        { role: 'tool', content: 'two', tool_name: 'f', tool_call_id: 'call_9' },
      ],
      tools: [
        { type: 'function', function: { name: 'f', description: 'd', parameters: { type: 'object', properties: {} } } },
      ],
      format: { type: 'object' },
      options: { temperature: 0, num_predict: 9, top_k: 1, top_p: 0.5, min_p: 0.1, seed: 3, stop: 'x', num_ctx: 4096 },
      think: 'high',
      logprobs: true,
      top_logprobs: 2,
      keep_alive: '5m',
    });
    const calls = request.messages[2]?.parts ?? [];
    expect(calls).toMatchObject([
      { type: 'reasoning', text: 'hm', form: 'full' },
      { type: 'tool-call', name: 'f', input: '{"a":1}' },
      { type: 'tool-call', id: 'call_9', input: '{}' },
    ]);
    const first = calls[1]?.type === 'tool-call' ? calls[1].id : '';
    expect(request).toMatchObject({
      messages: [
        { role: 'system' },
        { parts: [{ text: 'what' }, { source: { mediaType: 'image/png' } }, { source: { mediaType: 'image/jpeg' } }] },
        {},
        { role: 'tool', parts: [{ callId: first, content: [{ text: 'one' }] }, { callId: 'call_9' }] },
      ],
      tools: [{ type: 'function', name: 'f', description: 'd' }],
      output: { type: 'json-schema', schema: { type: 'object' } },
      maxOutputTokens: 9,
      sampling: { temperature: 0, topK: 1, topP: 0.5, minP: 0.1, seed: 3 },
      stop: ['x'],
      reasoning: { effort: 'high' },
      logprobs: { enabled: true, top: 2 },
      ext: { origin: 'ollama-chat', data: { keep_alive: '5m', 'options.num_ctx': 4096 } },
    });
  });
  it.each<[string, JsonObject, string]>([
    ['messages a string', { messages: 'hi' }, 'messages'],
    ['an unknown role', { messages: [{ role: 'bot', content: '' }] }, 'messages[0].role'],
    ['content an array', { messages: [{ role: 'user', content: [] }] }, 'messages[0].content'],
    ['an image that is no string', { messages: [{ role: 'user', content: '', images: [1] }] }, 'messages[0].images[0]'],
    [
      'arguments a string',
      { messages: [{ role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] }] },
      'messages[0].tool_calls[0].function.arguments',
    ],
    ['temperature a string', { messages: [], options: { temperature: 'x' } }, 'options.temperature'],
    ['format a number', { messages: [], format: 1 }, 'format'],
    ['stream a string', { messages: [], stream: 'yes' }, 'stream'],
  ])('refuses %s and says where', (_, body, path) => {
    expect(() => ollamaChat.decodeRequest({ model: 'm', ...body })).toThrow(OmniError);
    expect(() => ollamaChat.decodeRequest({ model: 'm', ...body })).toThrow(
      expect.objectContaining({ code: 'invalid_request', path }),
    );
  });
});

describe('ollama-chat encodeRequest', () => {
  it('writes only what was asked, and always "stream", for absent means true', () => {
    expect(encode({ messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }] })).toEqual({
      model: 'qwen3',
      messages: [{ role: 'user', content: 'hi' }],
      stream: false,
    });
  });
  it('is the identity on its own clients’ requests', () => {
    const body: JsonObject = {
      model: 'qwen3',
      stream: true,
      messages: [
        { role: 'system', content: 's' },
        { role: 'user', content: 'what', images: ['iVBORw0KGgoAAAA'] },
        {
          role: 'assistant',
          content: 'ok',
          thinking: 'hm',
          tool_calls: [
            { function: { name: 'f', arguments: { a: 1 } } },
            { id: 'c', function: { name: 'g', arguments: {} } },
          ],
        },
        { role: 'tool', content: '1', tool_name: 'f' },
        { role: 'tool', content: '2', tool_name: 'g', tool_call_id: 'c' },
        { role: 'user', content: '' },
      ],
      tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }],
      format: 'json',
      options: { temperature: 1, num_predict: -1, stop: ['x'], num_ctx: 1 },
      think: false,
      keep_alive: 0,
    };
    const once = ollamaChat.decodeRequest(body);
    const { body: again, losses: none } = ollamaChat.encodeRequest(once, TARGET);
    expect(again).toEqual(body);
    expect(none).toEqual([]);
    expect(ollamaChat.decodeRequest(again)).toEqual(once);
  });
  it('pitfall 22: media of a tool result follows as a user message, never as text', () => {
    const image = {
      type: 'media',
      kind: 'image',
      source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' },
    } as const;
    const messages: Message[] = [
      { role: 'assistant', parts: [{ type: 'tool-call', id: 'toolu_1', name: 'f', kind: 'function', input: '' }] },
      {
        role: 'tool',
        parts: [
          { type: 'tool-result', callId: 'toolu_1', content: [{ type: 'text', text: 'see' }, image], isError: true },
        ],
      },
    ];
    expect(encode({ messages })['messages']).toEqual([
      { role: 'assistant', content: '', tool_calls: [{ id: 'toolu_1', function: { name: 'f', arguments: {} } }] },
      { role: 'tool', content: 'see', tool_name: 'f', tool_call_id: 'toolu_1' },
      { role: 'user', content: '', images: ['AAAA'] },
    ]);
    expect(losses({ messages })).toEqual([
      'tool-result-error @ messages[1].parts[0]',
      'tool-result-media @ messages[1].parts[0]',
    ]);
  });
  it('pitfall 8: orphan results are left out; foreign thoughts and files are declared', () => {
    const messages: Message[] = [
      { role: 'tool', parts: [{ type: 'tool-result', callId: 'x', content: [] }] },
      {
        role: 'assistant',
        parts: [
          {
            type: 'reasoning',
            text: 'theirs',
            form: 'full',
            ext: { origin: 'anthropic-messages', data: { signature: 's' } },
          },
          { type: 'reasoning', text: 'plain', form: 'full' },
        ],
      },
      {
        role: 'user',
        parts: [{ type: 'media', kind: 'audio', source: { type: 'base64', mediaType: 'audio/wav', data: 'A' } }],
      },
    ];
    expect(encode({ messages })['messages']).toEqual([{ role: 'assistant', content: '', thinking: 'plain' }]);
    expect(losses({ messages })).toEqual([
      'tool-result-orphan @ messages[0].parts[0]',
      'reasoning @ messages[1].parts[0]',
      'audio @ messages[2].parts[0]',
    ]);
  });
  it.each<[ChatRequest['reasoning'], unknown, boolean]>([
    [{ effort: 'none' }, false, false],
    [{ effort: 'low' }, 'low', false],
    [{ effort: 'max' }, 'max', false],
    [{ effort: 'xhigh' }, 'high', true],
    [{ mode: 'disabled' }, false, false],
    [{ mode: 'enabled', budgetTokens: 2000 }, true, true],
    [{ mode: 'adaptive', effort: 'high' }, undefined, true],
  ])('reasoning %j', (reasoning, think, lossy) => {
    expect(encode({ ...(reasoning && { reasoning }) })['think']).toEqual(think);
    expect(losses({ ...(reasoning && { reasoning }) })).toEqual(lossy ? ['reasoning-effort @ reasoning'] : []);
  });
  it('a forbidden tool is not offered, and what Ollama has no word for is declared', () => {
    const tools = [{ type: 'function', name: 'f', strict: true }] as const;
    expect(encode({ tools, toolChoice: { type: 'none' } })).not.toHaveProperty('tools');
    expect(
      losses({
        tools,
        toolChoice: { type: 'required' },
        choices: 2,
        user: 'u',
        ext: { origin: 'gemini', data: { labels: {} } },
      }),
    ).toEqual([
      'choices @ choices',
      'user @ user',
      'tool-choice @ toolChoice',
      'extension @ labels',
      'tool-strict @ tools[0]',
    ]);
  });
});
