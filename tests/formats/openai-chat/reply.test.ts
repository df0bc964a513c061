import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../core/base/json.ts';
import { openaiChat } from '../../../core/formats/openai-chat/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { openExt } from '../../../core/model/ext.ts';
import type { Part } from '../../../core/model/part.ts';
import { foldReply, replyEvents } from '../../../core/model/reply.ts';
import { answer, context, firstChoice, parts, SOURCE } from './support.ts';

const read = (body: JsonValue) => foldReply(openaiChat.decodeReply(body, SOURCE));
const USAGE = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };

function write(partList: readonly Part[], more: Partial<Extract<ChatEvent, { type: 'finish' }>> = {}) {
  const reply = {
    start: { type: 'start' as const },
    parts: partList.map((part) => ({ choice: 0, part })),
    finish: { type: 'finish' as const, reason: 'stop' as const, ...more },
  };
  return openaiChat.encodeReply(replyEvents(reply), context());
}

describe('an upstream answer', () => {
  it('reads thoughts, text and calls in this order', () => {
    const tool_calls = [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }];
    const reply = read(
      answer({ content: 't', reasoning_content: 'r', tool_calls }, { finish_reason: 'tool_calls', usage: USAGE }),
    );
    expect(parts(reply)).toEqual([
      { type: 'reasoning', form: 'full', text: 'r' },
      { type: 'text', text: 't' },
      { type: 'tool-call', id: 'a', name: 'f', kind: 'function', input: '{"x":1}' },
    ]);
    expect(reply.start).toEqual({ type: 'start', id: 'c1', model: 'm', createdAtS: 5 });
    expect(reply.finish).toEqual({ type: 'finish', reason: 'tool-calls', usage: { inputTokens: 1, outputTokens: 2 } });
  });

  it('D.15-6: a tool call with an empty name is filtered', () => {
    const tool_calls = [
      { id: 'a', type: 'function', function: { name: '', arguments: '{}' } },
      { id: 'b', type: 'function', function: { name: 'f', arguments: '{}' } },
    ];
    expect(parts(read(answer({ content: null, tool_calls })))).toMatchObject([{ id: 'b' }]);
  });

  it('a call finishes the reply, whatever word ended it', () => {
    const tool_calls = [{ id: 'b', type: 'function', function: { name: 'f', arguments: '{}' } }];
    expect(read(answer({ content: null, tool_calls }, { finish_reason: 'stop' })).finish?.reason).toBe('tool-calls');
  });

  it('parallel calls without ids get different ones, and other replies get others', () => {
    const tool_calls = ['f', 'f'].map((name) => ({ function: { name, arguments: '{}' } }));
    const ids = (id: string) =>
      parts(read({ ...answer({ content: null, tool_calls }), id })).map((part) =>
        part.type === 'tool-call' ? part.id : '',
      );
    expect(new Set([...ids('one'), ...ids('two')]).size).toBe(4);
    expect(ids('one')).toEqual(ids('one'));
  });

  it('arguments given as an object become JSON text', () => {
    const tool_calls = [{ id: 'b', function: { name: 'f', arguments: { a: 1 } } }];
    expect(parts(read(answer({ content: null, tool_calls })))).toMatchObject([{ input: '{"a":1}' }]);
  });

  it.each([
    ['stop', 'stop'],
    ['length', 'length'],
    ['model_length', 'length'],
    ['content_filter', 'refusal'],
    ['function_call', 'tool-calls'],
    ['mystery', 'other'],
  ])('finish reason %s is %s', (word, reason) => {
    expect(read(answer({ content: 'x' }, { finish_reason: word })).finish?.reason).toBe(reason);
  });

  it('a refusal is an answer', () => {
    expect(parts(read(answer({ content: null, refusal: 'no' })))).toEqual([
      { type: 'text', text: 'no', refusal: true },
    ]);
    expect(read(answer({ content: null })).finish?.reason).toBe('stop');
  });

  it('reads several choices, log probabilities and citations', () => {
    const logprobs = { content: [{ token: 'a', logprob: -1 }], refusal: null };
    const annotations = [
      { type: 'url_citation', url_citation: { url: 'https://x', title: 'X', start_index: 0, end_index: 1 } },
    ];
    const choices = [
      { index: 0, message: { role: 'assistant', content: 'a', annotations }, logprobs, finish_reason: 'stop' },
      { index: 1, message: { role: 'assistant', content: 'b' }, finish_reason: 'length' },
    ];
    const reply = read({ ...answer({}), choices });
    expect(reply.parts).toEqual([
      {
        choice: 0,
        part: {
          type: 'text',
          text: 'a',
          citations: [{ url: 'https://x', title: 'X', start: 0, end: 1 }],
          logprobs: logprobs.content,
        },
      },
      { choice: 1, part: { type: 'text', text: 'b' } },
    ]);
    expect(reply.finish).toMatchObject({ reason: 'stop', choices: [{ choice: 1, reason: 'length' }] });
  });

  it("carries Perplexity's sources and other unknown fields", () => {
    const reply = read(
      answer({ content: 'x' }, { citations: ['https://x'], system_fingerprint: 'fp', obfuscation: 'zz' }),
    );
    expect(reply.start.ext).toEqual({
      origin: 'openai-chat',
      data: { citations: ['https://x'], system_fingerprint: 'fp' },
    });
  });

  it('reads thinking blocks of Mistral and keeps blocks it does not know', () => {
    const reference = { type: 'reference', reference_ids: [1] };
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'r' }], closed: true },
      { type: 'text', text: 'a' },
      reference,
    ];
    const ext = { origin: 'openai-chat', issuer: 'maker' };
    expect(parts(read(answer({ content })))).toEqual([
      {
        type: 'reasoning',
        form: 'full',
        text: 'r',
        ext: { ...ext, data: { field: 'thinking', block: { closed: true } } },
      },
      { type: 'text', text: 'a' },
      { type: 'opaque', label: 'reference', ext: { ...ext, data: reference } },
    ]);
  });

  it('leaves <think> in the text alone', () => {
    expect(parts(read(answer({ content: '<think>r</think>a' })))).toEqual([
      { type: 'text', text: '<think>r</think>a' },
    ]);
  });

  it('reads the deprecated function_call', () => {
    const message = { content: null, function_call: { name: 'f', arguments: '{}' } };
    const reply = read(answer(message, { finish_reason: 'function_call' }));
    expect(parts(reply)).toMatchObject([{ type: 'tool-call', name: 'f', input: '{}' }]);
  });

  it('pitfall 16: an error with status 200 is an error', () => {
    expect(read({ error: { message: 'slow down', code: 429 } }).error).toMatchObject({
      code: 'upstream_rate_limited',
      message: 'slow down',
    });
    expect(read({ base_resp: { status_code: 1004, status_msg: 'login fail' } }).error?.message).toBe('login fail');
    expect(read({ detail: 'Not here' }).error).toMatchObject({ code: 'upstream_bad_response' });
    expect(read([]).error?.code).toBe('upstream_bad_response');
    expect(read(answer({ content: 'x' }, { finish_reason: 'error' })).error?.code).toBe('upstream_server_error');
  });
});

describe('usage', () => {
  const usage = (raw: JsonObject) => read(answer({ content: 'x' }, { usage: raw })).finish?.usage;

  it('pitfall 19: cached tokens are part of the prompt, wherever the vendor tells them', () => {
    const counts = { prompt_tokens: 100, completion_tokens: 5 };
    const expected = { inputTokens: 100, outputTokens: 5, cachedInputTokens: 80 };
    expect(usage({ ...counts, prompt_tokens_details: { cached_tokens: 80 } })).toEqual(expected);
    expect(usage({ ...counts, prompt_cache_hit_tokens: 80 })).toMatchObject(expected);
    expect(usage({ ...counts, cached_tokens: 80 })).toMatchObject(expected);
  });

  it('reads cache writes and reasoning, and keeps further counters', () => {
    const raw = {
      ...USAGE,
      prompt_tokens_details: { cache_creation_tokens: 1, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 2 },
      cost: 0.1,
    };
    expect(usage(raw)).toEqual({
      inputTokens: 1,
      outputTokens: 2,
      cacheWriteTokens: 1,
      reasoningTokens: 2,
      ext: { origin: 'openai-chat', data: { cost: 0.1, prompt_tokens_details: { audio_tokens: 0 } } },
    });
  });

  it("adds xAI's reasoning to the output, which its total includes", () => {
    const raw = {
      prompt_tokens: 12,
      completion_tokens: 1,
      total_tokens: 303,
      completion_tokens_details: { reasoning_tokens: 290 },
    };
    expect(usage(raw)).toMatchObject({ inputTokens: 12, outputTokens: 291, reasoningTokens: 290 });
  });

  it('null or an empty object is no usage', () => {
    expect(usage({})).toBeUndefined();
    expect(read(answer({ content: 'x' }, { usage: null })).finish?.usage).toBeUndefined();
  });
});

describe('an answer for a client', () => {
  it('has the whole shape', () => {
    const { body, losses } = write(
      [
        { type: 'reasoning', form: 'full', text: 'r' },
        { type: 'text', text: 'a', citations: [{ url: 'https://x', title: 'X', start: 0, end: 1 }] },
        { type: 'tool-call', id: 'c', name: 'f', kind: 'function', input: '{}' },
      ],
      { reason: 'tool-calls', usage: { inputTokens: 10, outputTokens: 3, cachedInputTokens: 4, reasoningTokens: 2 } },
    );
    expect(body).toEqual({
      id: 'chatcmpl-abcdefghijklmnopqrstuvwx',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'asked',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'a',
            refusal: null,
            reasoning_content: 'r',
            annotations: [
              { type: 'url_citation', url_citation: { url: 'https://x', title: 'X', start_index: 0, end_index: 1 } },
            ],
            tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 3,
        total_tokens: 13,
        prompt_tokens_details: { cached_tokens: 4 },
        completion_tokens_details: { reasoning_tokens: 2 },
      },
    });
    expect(losses).toEqual([]);
  });

  it('D.15-29: content is null beside calls alone, and a string otherwise', () => {
    const call: Part = { type: 'tool-call', id: 'c', name: 'f', kind: 'function', input: '' };
    expect(firstChoice(write([call]).body)['message']).toMatchObject({ content: null });
    expect(firstChoice(write([]).body)['message']).toMatchObject({ content: '' });
  });

  it('pitfall 18: usage is told as counted, nothing added', () => {
    expect(write([], { usage: { inputTokens: 1, outputTokens: 0 } }).body['usage']).toEqual({
      prompt_tokens: 1,
      completion_tokens: 0,
      total_tokens: 1,
    });
    expect(write([]).body).not.toHaveProperty('usage');
  });

  it('declares signatures, opaque items, pauses and sources without a URL', () => {
    const { body, losses } = write(
      [
        {
          type: 'reasoning',
          form: 'full',
          text: 'r',
          ext: { origin: 'anthropic-messages', issuer: 'a', data: { signature: 's' } },
        },
        { type: 'opaque', label: 'web_search_call', ext: { origin: 'openai-responses', data: {} } },
        { type: 'text', text: 'a', citations: [{ citedText: 'q' }] },
      ],
      { reason: 'pause' },
    );
    expect(firstChoice(body)).toMatchObject({
      message: { content: 'a', reasoning_content: 'r' },
      finish_reason: 'stop',
    });
    expect(losses.map(({ feature }) => feature)).toEqual([
      'finish-reason',
      'reasoning-signature',
      'opaque',
      'citations',
    ]);
  });

  it("seals Gemini's signature with its maker in Google's field", () => {
    const ext = { origin: 'gemini' as const, issuer: 'google', data: { thoughtSignature: 'sig' } };
    const { body } = write([{ type: 'tool-call', id: 'c', name: 'f', kind: 'function', input: '{}', ext }]);
    const sealed = /"thought_signature":"([^"]+)"/.exec(JSON.stringify(body))?.[1];
    expect(openExt(sealed)).toEqual(ext);
  });

  it('a picture comes as OpenRouter gives it', () => {
    const { body } = write([
      { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'aGk=' } },
    ]);
    expect(firstChoice(body)['message']).toMatchObject({
      images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,aGk=' } }],
    });
  });

  it('a failed reply is an error body', () => {
    const events: ChatEvent[] = [{ type: 'error', code: 'upstream_overloaded', message: 'busy' }];
    expect(openaiChat.encodeReply(events, context()).body).toEqual({
      error: { message: 'busy', type: 'server_error', code: 'service_unavailable' },
    });
  });
});
