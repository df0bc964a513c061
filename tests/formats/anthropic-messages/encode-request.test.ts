import { describe, expect, it } from 'vitest';
import { anthropicMessages } from '../../../core/formats/anthropic-messages/index.ts';
import type { Part } from '../../../core/model/part.ts';
import type { ChatRequest, Message } from '../../../core/model/request.ts';
import { encoded, features, said, TARGET } from './support.ts';

describe('encodeRequest', () => {
  it('sends nothing the client did not ask for', () => {
    const { body, lost } = encoded({});
    expect(body).toEqual({ model: 'claude-x', max_tokens: 100, messages: [{ role: 'user', content: 'hi' }] });
    expect(lost).toEqual([]);
  });

  it('pitfall 10: an option for streams only is never sent', () => {
    expect(encoded({ includeUsage: true }).body).toEqual(encoded({}).body);
  });

  it('takes the token limit of the client, then of the catalog, then 8192 with a loss', () => {
    const bare: ChatRequest = { model: 'm', stream: true, messages: [said('user', 'hi')] };
    const { encodeRequest } = anthropicMessages;
    expect(encodeRequest(bare, { ...TARGET, maxOutputTokens: 64_000 }).body).toMatchObject({
      max_tokens: 64_000,
      stream: true,
    });
    expect(encodeRequest(bare, { ...TARGET, maxOutputTokens: 64_000 }).losses).toEqual([]);
    expect(encodeRequest(bare, TARGET).body['max_tokens']).toBe(8_192);
    expect(features(encodeRequest(bare, TARGET).losses)).toEqual(['max-output-tokens']);
    expect(encoded({}, { ...TARGET, maxOutputTokens: 64_000 }).body['max_tokens']).toBe(100);
  });

  it('joins system and developer text in order', () => {
    const { body, lost } = encoded({
      messages: [said('system', 'one'), said('developer', 'two'), said('user', 'hi'), said('system', 'three')],
    });
    expect(body['system']).toEqual([
      { type: 'text', text: 'one' },
      { type: 'text', text: 'two' },
      { type: 'text', text: 'three' },
    ]);
    expect(body['messages']).toEqual([{ role: 'user', content: 'hi' }]);
    expect(lost.toSorted()).toEqual(['developer-role', 'system-position']);
  });

  it('D.15-8: blank text blocks are left out, silently while the message lives', () => {
    const mixed = encoded({
      messages: [
        {
          role: 'user',
          parts: [
            { type: 'text', text: '' },
            { type: 'text', text: 'x' },
          ],
        },
      ],
    });
    expect(mixed.body['messages']).toEqual([{ role: 'user', content: 'x' }]);
    expect(mixed.lost).toEqual([]);
    const gone = encoded({ messages: [said('user', 'x'), said('assistant', '')] });
    expect(gone.body['messages']).toEqual([{ role: 'user', content: 'x' }]);
    expect(gone.lost).toEqual(['empty-text']);
  });

  it('sends media the API takes and declares the rest', () => {
    const media = (kind: 'image' | 'audio' | 'file', mediaType: string): Part => ({
      type: 'media',
      kind,
      source: { type: 'base64', mediaType, data: 'QUJD' },
    });
    const { body, lost } = encoded({
      messages: [
        {
          role: 'user',
          parts: [
            { type: 'media', kind: 'image', source: { type: 'url', url: 'https://x/a.png' } },
            { ...media('file', 'application/pdf'), filename: 'a.pdf' } as Part,
            media('file', 'text/csv'),
            media('image', 'image/svg+xml'),
            media('audio', 'audio/wav'),
            { type: 'media', kind: 'file', source: { type: 'file-id', id: 'file-openai' } },
          ],
        },
      ],
    });
    expect(body['messages']).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'url', url: 'https://x/a.png' } },
          { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'QUJD' }, title: 'a.pdf' },
          { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'ABC' } },
        ],
      },
    ]);
    expect(lost).toEqual(['image', 'audio', 'file-id']);
  });

  it('pitfall 2: a foreign signature is dropped with its thoughts', () => {
    const foreign: Part = {
      type: 'reasoning',
      text: 'gemini thought',
      form: 'full',
      ext: { origin: 'gemini', issuer: 'gemini', data: { thoughtSignature: 'abc' } },
    };
    const { body, lost } = encoded({
      messages: [said('user', 'x'), { role: 'assistant', parts: [foreign, { type: 'text', text: 'y' }] }],
    });
    expect(body['messages']).toEqual([
      { role: 'user', content: 'x' },
      { role: 'assistant', content: 'y' },
    ]);
    expect(lost).toEqual(['reasoning']);
  });

  it('pitfall 3: thoughts are never sent unsigned, nor to another maker', () => {
    const thought = (issuer: string | undefined, data: Record<string, string>): Part => ({
      type: 'reasoning',
      text: 't',
      form: 'full',
      ext: { origin: 'anthropic-messages', ...(issuer !== undefined && { issuer }), data },
    });
    const cases: [Part, boolean][] = [
      [{ type: 'reasoning', text: 't', form: 'full' }, false],
      [thought(undefined, {}), false],
      [thought('minimax', { signature: 's' }), false],
      [thought('anthropic', { signature: 's' }), true],
      [thought(undefined, { signature: 's' }), true],
    ];
    for (const [part, sent] of cases) {
      const { body, lost } = encoded({ messages: [{ role: 'assistant', parts: [part, { type: 'text', text: 'y' }] }] });
      expect(JSON.stringify(body['messages']).includes('"type":"thinking"')).toBe(sent);
      expect(lost).toEqual(sent ? [] : ['reasoning']);
    }
  });

  it('sends thoughts unsigned only to the server that made them so', () => {
    const part: Part = {
      type: 'reasoning',
      text: 't',
      form: 'full',
      ext: { origin: 'anthropic-messages', issuer: 'glm', data: {} },
    };
    const messages: Message[] = [{ role: 'assistant', parts: [part] }];
    expect(encoded({ messages }, { model: 'glm-5', issuer: 'glm' }).body['messages']).toEqual([
      { role: 'assistant', content: [{ type: 'thinking', thinking: 't' }] },
    ]);
    expect(encoded({ messages }).body['messages']).toEqual([]);
  });

  it('passes the start of an answer on as it is', () => {
    expect(encoded({ messages: [said('user', 'x'), said('assistant', '{')] }).body['messages']).toEqual([
      { role: 'user', content: 'x' },
      { role: 'assistant', content: '{' },
    ]);
  });

  it('declares every option the API does not have', () => {
    const { body, lost } = encoded({
      choices: 2,
      logprobs: { enabled: true },
      output: { type: 'json' },
      metadata: { a: 'b' },
      store: true,
      promptCacheKey: 'k',
      serviceTier: 'flex',
      stop: ['\n', 'END'],
      sampling: {
        temperature: 1.5,
        seed: 1,
        minP: 0.1,
        presencePenalty: 1,
        frequencyPenalty: 1,
        logitBias: { '1': 2 },
      },
      ext: { origin: 'openai-chat', data: { prediction: {} } },
    });
    expect(body).toEqual({
      model: 'claude-x',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'hi' }],
      stop_sequences: ['END'],
      temperature: 1,
    });
    expect(new Set(lost)).toEqual(
      new Set([
        'choices',
        'logprobs',
        'json-mode',
        'metadata',
        'store',
        'prompt-cache-key',
        'service-tier',
        'stop',
        'temperature',
        'seed',
        'min-p',
        'presence-penalty',
        'frequency-penalty',
        'logit-bias',
        'extension',
      ]),
    );
  });

  it('asks for structured output natively', () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } } };
    expect(encoded({ output: { type: 'json-schema', schema } }).body['output_config']).toEqual({
      format: { type: 'json_schema', schema: { ...schema, additionalProperties: false } },
    });
  });

  it('D.15-9: what only this protocol knows returns where it was', () => {
    const body = {
      model: 'claude-x',
      max_tokens: 9,
      cache_control: { type: 'ephemeral' },
      container: 'c1',
      system: [{ type: 'text', text: 's', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', scope: 'global' } }] },
        { role: 'system', content: 'inline' },
        { role: 'user', content: 'b' },
        { role: 'user', content: 'c' },
        {
          role: 'assistant',
          content: [
            { type: 'redacted_thinking', data: 'cmVk' },
            { type: 'compaction', content: 'sum' },
          ],
        },
      ],
      tools: [
        { name: 'f', input_schema: { type: 'object' }, defer_loading: true },
        { type: 'mcp_toolset', mcp_server_name: 'm' },
      ],
      metadata: { user_id: 'u' },
    };
    const { body: again, losses } = anthropicMessages.encodeRequest(anthropicMessages.decodeRequest(body), TARGET);
    expect(again).toEqual(body);
    expect(losses).toEqual([]);
  });
});
