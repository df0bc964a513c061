import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import { anthropicMessages } from '../../../core/formats/anthropic-messages/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import { openExt } from '../../../core/model/ext.ts';
import type { Part } from '../../../core/model/part.ts';
import { foldReply, replyEvents } from '../../../core/model/reply.ts';
import { CONTEXT, features, SOURCE } from './support.ts';

const { decodeReply, encodeReply, decodeRequest } = anthropicMessages;

function message(content: JsonObject[], more: JsonObject = {}): JsonObject {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content,
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 2 },
    ...more,
  };
}

function partsOf(body: JsonObject): readonly Part[] {
  return foldReply(decodeReply(body, SOURCE)).parts.map(({ part }) => part);
}

function reply(parts: readonly Part[]): ChatEvent[] {
  return replyEvents({
    start: { type: 'start', id: 'chatcmpl-1' },
    parts: parts.map((part) => ({ choice: 0, part })),
    finish: { type: 'finish', reason: 'stop' },
  });
}

describe('decodeReply', () => {
  it.each<[string, string]>([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop-sequence'],
    ['max_tokens', 'length'],
    ['tool_use', 'tool-calls'],
    ['pause_turn', 'pause'],
    ['refusal', 'refusal'],
    ['model_context_window_exceeded', 'length'],
    ['compaction', 'pause'],
    ['brand_new', 'other'],
  ])('D.11: %s is %s, and is written back as it was', (word, reason) => {
    const events = decodeReply(message([], { stop_reason: word }), SOURCE);
    expect(events.at(-1)).toMatchObject({ type: 'finish', reason });
    expect(encodeReply(events, CONTEXT).body['stop_reason']).toBe(word);
  });

  it('a reply with tool calls finishes with them whatever the protocol says', () => {
    const events = decodeReply(message([{ type: 'tool_use', id: 't', name: 'f', input: {} }]), SOURCE);
    expect(events.at(-1)).toMatchObject({ reason: 'tool-calls' });
  });

  it('D.15-6: a tool call with an empty name is left out', () => {
    const events = decodeReply(
      message([{ type: 'tool_use', id: 't', name: '', input: {} }], { stop_reason: 'tool_use' }),
      SOURCE,
    );
    expect(events.map(({ type }) => type)).toEqual(['start', 'finish']);
    expect(events.at(-1)).toMatchObject({ reason: 'stop' });
  });

  it('D.12, pitfall 19: input tokens include what the cache held, and go back exclusive', () => {
    const usage = {
      input_tokens: 10,
      cache_creation_input_tokens: 300,
      cache_read_input_tokens: 2_000,
      cache_creation: { ephemeral_5m_input_tokens: 100, ephemeral_1h_input_tokens: 200 },
      output_tokens: 50,
      output_tokens_details: { thinking_tokens: 20 },
      service_tier: 'standard',
      server_tool_use: { web_search_requests: 1 },
    };
    const events = decodeReply(message([], { usage }), SOURCE);
    expect(foldReply(events).finish?.usage).toEqual({
      inputTokens: 2_310,
      outputTokens: 50,
      cachedInputTokens: 2_000,
      cacheWriteTokens: 300,
      cacheWrite1hTokens: 200,
      reasoningTokens: 20,
      ext: {
        origin: 'anthropic-messages',
        data: { service_tier: 'standard', server_tool_use: { web_search_requests: 1 } },
      },
    });
    expect(encodeReply(events, CONTEXT).body['usage']).toEqual(usage);
  });

  it('reads the citations of every kind and gives them back verbatim', () => {
    const citations = [
      { type: 'web_search_result_location', url: 'https://a', title: 'A', cited_text: 'x', encrypted_index: 'enc' },
      {
        type: 'char_location',
        cited_text: 'y',
        document_index: 0,
        document_title: 'D',
        start_char_index: 1,
        end_char_index: 2,
      },
      {
        type: 'page_location',
        cited_text: 'z',
        document_index: 1,
        document_title: null,
        start_page_number: 1,
        end_page_number: 2,
      },
    ];
    const body = message([{ type: 'text', text: 't', citations }]);
    expect(partsOf(body)).toMatchObject([
      {
        citations: [
          { url: 'https://a', title: 'A', citedText: 'x' },
          { title: 'D', citedText: 'y' },
          { citedText: 'z' },
        ],
      },
    ]);
    expect(encodeReply(decodeReply(body, SOURCE), CONTEXT).body['content']).toEqual(body['content']);
  });

  it('marks signatures with their maker, and carries items of the provider', () => {
    const search = {
      type: 'web_search_tool_result',
      tool_use_id: 's',
      content: [{ type: 'web_search_result', url: 'u' }],
    };
    expect(
      partsOf(
        message([
          { type: 'thinking', thinking: 'hm', signature: 'sig' },
          { type: 'redacted_thinking', data: 'red' },
          search,
        ]),
      ),
    ).toEqual([
      {
        type: 'reasoning',
        text: 'hm',
        form: 'full',
        ext: { origin: 'anthropic-messages', issuer: 'anthropic', data: { signature: 'sig' } },
      },
      {
        type: 'reasoning',
        text: '',
        form: 'full',
        ext: { origin: 'anthropic-messages', issuer: 'anthropic', data: { data: 'red' } },
      },
      { type: 'opaque', label: 'web_search_tool_result', ext: { origin: 'anthropic-messages', data: search } },
    ]);
  });

  it('usage that is not there stays untold, also on the way through zeros the protocol demands', () => {
    const { body } = encodeReply(reply([]), CONTEXT);
    expect(body['usage']).toEqual({ input_tokens: 0, output_tokens: 0 });
    expect(foldReply(decodeReply(body, SOURCE)).finish?.usage).toBeUndefined();
  });

  it('pitfall 16: an error with status 200 is an error', () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
    expect(decodeReply(overloaded, SOURCE)).toEqual([
      { type: 'error', code: 'upstream_overloaded', message: 'Overloaded', upstreamCode: 'overloaded_error' },
    ]);
    expect(decodeReply({ hello: 1 }, SOURCE)).toMatchObject([{ type: 'error', code: 'upstream_bad_response' }]);
    expect(decodeReply('nonsense', SOURCE)).toMatchObject([{ type: 'error' }]);
  });

  it('a refusal without text is an answer', () => {
    const details = { type: 'refusal', category: 'cyber', explanation: 'no' };
    const events = decodeReply(message([], { stop_reason: 'refusal', stop_details: details }), SOURCE);
    expect(events.map(({ type }) => type)).toEqual(['start', 'finish']);
    expect(encodeReply(events, CONTEXT).body['stop_details']).toEqual(details);
  });
});

describe('encodeReply', () => {
  it('writes a whole message from another protocol', () => {
    const { body, losses } = encodeReply(
      replyEvents({
        start: { type: 'start', id: 'chatcmpl-1' },
        parts: [
          { choice: 0, part: { type: 'text', text: 'hello' } },
          { choice: 0, part: { type: 'tool-call', id: 'call_1', name: 'f', kind: 'function', input: '{"a":[1]}' } },
          { choice: 0, part: { type: 'tool-call', id: 'call_2', name: 'g', kind: 'function', input: '' } },
        ],
        finish: {
          type: 'finish',
          reason: 'tool-calls',
          usage: { inputTokens: 12, outputTokens: 3, cachedInputTokens: 4 },
        },
      }),
      CONTEXT,
    );
    expect(body).toEqual({
      id: 'msg_abcdefghijklmnopqrstuvwx',
      type: 'message',
      role: 'assistant',
      model: 'asked/model',
      content: [
        { type: 'text', text: 'hello' },
        { type: 'tool_use', id: 'call_1', name: 'f', input: { a: [1] } },
        { type: 'tool_use', id: 'call_2', name: 'g', input: {} },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 8, cache_read_input_tokens: 4, output_tokens: 3 },
    });
    expect(losses).toEqual([]);
  });

  it('pitfall 3: foreign thoughts carry an envelope as signature, which comes back as it was', () => {
    const ext = { origin: 'gemini', issuer: 'gemini', data: { thoughtSignature: 'sig' } } as const;
    const { body } = encodeReply(reply([{ type: 'reasoning', text: 'hm', form: 'full', ext }]), CONTEXT);
    const content = body['content'];
    const again = decodeRequest({
      model: 'm',
      max_tokens: 1,
      messages: [{ role: 'assistant', content: content ?? [] }],
    });
    expect(again.messages[0]?.parts).toEqual([{ type: 'reasoning', text: 'hm', form: 'full', ext }]);
    const bare = encodeReply(reply([{ type: 'reasoning', text: 'hm', form: 'full' }]), CONTEXT).body['content'];
    expect(bare).toMatchObject([{ type: 'thinking', thinking: 'hm' }]);
    const signature = JSON.stringify(bare).match(/"signature":"([^"]+)"/)?.[1];
    expect(openExt(signature)).toEqual({ origin: 'openai-chat', data: {} });
  });

  it('a web citation of another protocol survives the way to the client and back', () => {
    const citation = { url: 'https://a', title: 'A', start: 1, end: 3 };
    const { body, losses } = encodeReply(
      reply([{ type: 'text', text: 'abcd', citations: [citation, { title: 'no url' }] }]),
      CONTEXT,
    );
    expect(body['content']).toMatchObject([
      { citations: [{ type: 'web_search_result_location', url: 'https://a', title: 'A', cited_text: '' }] },
    ]);
    expect(features(losses)).toEqual(['citations']);
    const again = decodeRequest({ model: 'm', messages: [{ role: 'assistant', content: body['content'] ?? [] }] });
    expect(again.messages[0]?.parts).toEqual([{ type: 'text', text: 'abcd', citations: [citation] }]);
  });

  it('declares what the protocol has no block for', () => {
    const { body, losses } = encodeReply(
      reply([
        { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'QQ==' } },
        { type: 'opaque', label: 'web_search_call', ext: { origin: 'openai-responses', data: {} } },
        { type: 'text', text: 'no', refusal: true },
      ]),
      CONTEXT,
    );
    expect(body['content']).toEqual([{ type: 'text', text: 'no' }]);
    expect(features(losses)).toEqual(['image', 'opaque', 'refusal']);
  });

  it('writes an error body for a reply that failed', () => {
    const { body } = encodeReply([{ type: 'error', code: 'upstream_overloaded', message: 'busy' }], CONTEXT);
    expect(body).toEqual({ type: 'error', error: { type: 'overloaded_error', message: 'busy' } });
  });
});
