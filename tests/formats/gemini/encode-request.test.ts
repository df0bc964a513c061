import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';
import type { Message, Tool } from '../../../core/model/request.ts';
import { decode, encode, GEMINI_3, losses, TARGET } from './support.ts';

const user = (text: string): Message => ({ role: 'user', parts: [{ type: 'text', text }] });
const call = (id: string, name = 'f', input = '{"a":1}'): Message => ({
  role: 'assistant',
  parts: [{ type: 'tool-call', id, name, kind: 'function', input }],
});
const result = (callId: string, text: string): Message => ({
  role: 'tool',
  parts: [{ type: 'tool-result', callId, content: [{ type: 'text', text }] }],
});

describe('gemini encodeRequest', () => {
  it('writes only what was asked', () => {
    expect(encode({ stream: true, messages: [user('hi')] })).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
    });
  });
  it('gathers system text in front and says what it moved', () => {
    const messages: Message[] = [
      { role: 'system', parts: [{ type: 'text', text: 'one' }] },
      user('hi'),
      { role: 'developer', parts: [{ type: 'text', text: 'two' }] },
    ];
    expect(encode({ messages })).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'hi' }] }],
      systemInstruction: { parts: [{ text: 'one' }, { text: 'two' }] },
    });
    expect(losses({ messages })).toEqual(['system-position @ messages[2]', 'developer-role @ messages[2]']);
  });
  it('writes calls as objects and results directly after them, in the order of the calls', () => {
    const messages: Message[] = [
      { role: 'assistant', parts: [...call('toolu_1').parts, ...call('toolu_2', 'g', '').parts] },
      user('meanwhile'),
      result('toolu_2', 'G'),
      result('toolu_1', 'F'),
    ];
    expect(encode({ messages })['contents']).toEqual([
      {
        role: 'model',
        parts: [
          { functionCall: { id: 'toolu_1', name: 'f', args: { a: 1 } } },
          { functionCall: { id: 'toolu_2', name: 'g', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: 'toolu_1', name: 'f', response: { output: 'F' } } },
          { functionResponse: { id: 'toolu_2', name: 'g', response: { output: 'G' } } },
        ],
      },
      { role: 'user', parts: [{ text: 'meanwhile' }] },
    ]);
  });
  it('pitfall 8: an orphan result is left out and declared', () => {
    expect(losses({ messages: [user('hi'), result('nowhere', 'x')] })).toEqual([
      'tool-result-orphan @ messages[1].parts[0]',
    ]);
  });
  it('wraps arguments that are no object', () => {
    const messages = [call('1', 'f', 'not json')];
    expect(encode({ messages })['contents']).toEqual([
      { role: 'model', parts: [{ functionCall: { id: '1', name: 'f', args: { input: 'not json' } } }] },
    ]);
    expect(losses({ messages })).toEqual(['tool-arguments @ messages[0].parts[0]']);
  });
  it('a failed tool answers under "error"', () => {
    const messages: Message[] = [
      call('1'),
      {
        role: 'tool',
        parts: [{ type: 'tool-result', callId: '1', content: [{ type: 'text', text: 'boom' }], isError: true }],
      },
    ];
    expect(encode({ messages })['contents']).toMatchObject([
      {},
      { parts: [{ functionResponse: { response: { error: 'boom' } } }] },
    ]);
  });

  describe('signatures', () => {
    const signed = (issuer: string | undefined): Message => ({
      role: 'assistant',
      parts: [
        {
          type: 'tool-call',
          id: 'x1',
          name: 'f',
          kind: 'function',
          input: '{}',
          ext: { origin: 'gemini', ...(issuer !== undefined && { issuer }), data: { thoughtSignature: 'SIG' } },
        },
        { type: 'tool-call', id: 'x2', name: 'f', kind: 'function', input: '{}' },
      ],
    });
    const signatures = (message: Message, target = GEMINI_3): unknown[] => {
      const { contents } = encode({ messages: [message] }, target) as { contents: { parts: JsonObject[] }[] };
      return contents[0]?.parts.map((part) => part['thoughtSignature']) ?? [];
    };
    it('pitfall 1: the maker gets its signature back on every turn, over parallel calls', () => {
      expect(signatures(signed('google'))).toEqual(['SIG', undefined]);
      expect(signatures(signed(undefined))).toEqual(['SIG', undefined]);
    });
    it('pitfall 1: Gemini 3 never gets a first call without one', () => {
      expect(signatures(call('1'))).toEqual(['skip_thought_signature_validator']);
      expect(signatures(call('1'), TARGET)).toEqual([undefined]);
    });
    it('pitfall 2: another provider’s signature is dropped and declared', () => {
      expect(signatures(signed('vertex-node'))).toEqual(['skip_thought_signature_validator', undefined]);
      expect(losses({ messages: [signed('vertex-node')] }, GEMINI_3)).toEqual([
        'reasoning-signature @ messages[0].parts[0]',
      ]);
    });
    it('pitfall 3: foreign thoughts are left out, its own go back', () => {
      const thoughts: Message = {
        role: 'assistant',
        parts: [
          {
            type: 'reasoning',
            text: 'theirs',
            form: 'full',
            ext: { origin: 'anthropic-messages', data: { signature: 's' } },
          },
          { type: 'reasoning', text: 'plain', form: 'full' },
          {
            type: 'reasoning',
            text: 'mine',
            form: 'summary',
            ext: { origin: 'gemini', issuer: 'google', data: { thoughtSignature: 'S' } },
          },
          { type: 'text', text: 'so' },
        ],
      };
      expect(encode({ messages: [thoughts] })['contents']).toEqual([
        { role: 'model', parts: [{ text: 'mine', thought: true, thoughtSignature: 'S' }, { text: 'so' }] },
      ]);
      expect(losses({ messages: [thoughts] })).toEqual([
        'reasoning @ messages[0].parts[0]',
        'reasoning @ messages[0].parts[1]',
      ]);
    });
  });

  describe('media', () => {
    const image = {
      type: 'media',
      kind: 'image',
      source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' },
    } as const;
    const messages: Message[] = [
      call('1'),
      { role: 'tool', parts: [{ type: 'tool-result', callId: '1', content: [{ type: 'text', text: 'see' }, image] }] },
    ];
    it('pitfall 21: images are inline data, whatever else the message holds', () => {
      expect(
        encode({ messages: [{ role: 'user', parts: [{ type: 'text', text: 'what' }, image] }] })['contents'],
      ).toEqual([{ role: 'user', parts: [{ text: 'what' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }]);
    });
    it('pitfall 22: an image in a tool result stays an image', () => {
      expect(encode({ messages }, GEMINI_3)['contents']).toMatchObject([
        {},
        { parts: [{ functionResponse: { response: { output: 'see' }, parts: [{ inlineData: { data: 'AAAA' } }] } }] },
      ]);
      expect(encode({ messages })['contents']).toMatchObject([
        {},
        { role: 'user', parts: [{ functionResponse: { response: { output: 'see' } } }] },
        { role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
      ]);
      expect(losses({ messages })).toEqual(['tool-result-media @ messages[1].parts[0].content[1]']);
      expect(JSON.stringify(encode({ messages })['contents']).split('AAAA')).toHaveLength(2);
    });
    it('leaves out what it cannot take, with a loss', () => {
      const parts = [
        { type: 'media', kind: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
        { type: 'media', kind: 'file', source: { type: 'file-id', id: 'file-abc' } },
      ] as const;
      expect(losses({ messages: [{ role: 'user', parts }] })).toEqual([
        'image @ messages[0].parts[0]',
        'file-id @ messages[0].parts[1]',
      ]);
    });
  });

  it('writes tools in one entry, Google’s own beside, and the tool choice', () => {
    const tools: Tool[] = [
      { type: 'function', name: '3d/render', description: 'd' },
      { type: 'provider', name: 'googleSearch', ext: { origin: 'gemini', data: { googleSearch: {} } } },
      { type: 'provider', name: 'web_search', ext: { origin: 'openai-responses', data: {} } },
      { type: 'custom', name: 'patch' },
    ];
    const body = encode({ tools, toolChoice: { type: 'allowed', mode: 'auto', names: ['3d/render', 'patch'] } });
    expect(body['tools']).toEqual([
      {
        functionDeclarations: [
          { name: '_d_render', description: 'd' },
          {
            name: 'patch',
            parameters: {
              type: 'object',
              properties: { input: { type: 'string', description: expect.stringContaining('plain text') } },
              required: ['input'],
            },
          },
        ],
      },
      { googleSearch: {} },
    ]);
    expect(body['toolConfig']).toEqual({
      functionCallingConfig: { mode: 'VALIDATED', allowedFunctionNames: ['_d_render', 'patch'] },
    });
    expect(losses({ tools })).toEqual([
      'tool-name @ tools[0]',
      'tool-custom @ tools[3]',
      'tool-provider-run @ tools[2]',
    ]);
  });
  it.each([
    [{ type: 'auto' } as const, { mode: 'AUTO' }],
    [{ type: 'none' } as const, { mode: 'NONE' }],
    [{ type: 'required' } as const, { mode: 'ANY' }],
    [{ type: 'tool', name: 'f' } as const, { mode: 'ANY', allowedFunctionNames: ['f'] }],
  ])('tool choice %j', (toolChoice, functionCallingConfig) => {
    const tools = ['f', 'g'].map((name) => ({ type: 'function' as const, name }));
    expect(encode({ tools, toolChoice })['toolConfig']).toEqual({ functionCallingConfig });
  });
  it('reasoning: budgets for 2.5, levels for 3, verbatim for its own clients', () => {
    const config = (reasoning: object, target = TARGET): unknown => encode({ reasoning }, target)['generationConfig'];
    expect(config({ effort: 'low' })).toEqual({ thinkingConfig: { thinkingBudget: 1024 } });
    expect(config({ effort: 'high' })).toEqual({ thinkingConfig: { thinkingBudget: 24_576 } });
    expect(config({ effort: 'xhigh', summary: 'auto' }, GEMINI_3)).toEqual({
      thinkingConfig: { thinkingLevel: 'high', includeThoughts: true },
    });
    expect(config({ mode: 'enabled', budgetTokens: 2000 })).toEqual({
      thinkingConfig: { thinkingBudget: 2000, includeThoughts: true },
    });
    expect(config({ mode: 'enabled', budgetTokens: 2000 }, GEMINI_3)).toEqual({
      thinkingConfig: { thinkingLevel: 'medium', includeThoughts: true },
    });
    expect(config({ mode: 'adaptive' })).toEqual({ thinkingConfig: { thinkingBudget: -1 } });
    expect(config({ mode: 'disabled' })).toEqual({ thinkingConfig: { thinkingBudget: 0 } });
    const own = decode({ contents: [], generationConfig: { thinkingConfig: { thinkingLevel: 'HIGH' } } });
    expect(gemini.encodeRequest(own, TARGET).body['generationConfig']).toEqual({
      thinkingConfig: { thinkingLevel: 'HIGH' },
    });
  });
  it('output formats, sampling and what Gemini has no word for', () => {
    const body = encode({
      output: {
        type: 'json-schema',
        schema: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
        strict: true,
      },
      sampling: { temperature: 0, topP: 1, topK: 3, seed: 4, presencePenalty: 0.1, frequencyPenalty: 0.2 },
      logprobs: { enabled: true, top: 2 },
      choices: 2,
      maxOutputTokens: 7,
      stop: ['a'],
    });
    expect(body['generationConfig']).toEqual({
      temperature: 0,
      topP: 1,
      topK: 3,
      seed: 4,
      presencePenalty: 0.1,
      frequencyPenalty: 0.2,
      responseLogprobs: true,
      logprobs: 2,
      candidateCount: 2,
      maxOutputTokens: 7,
      stopSequences: ['a'],
      responseMimeType: 'application/json',
      responseSchema: { type: 'object', properties: { a: { type: 'string' } } },
    });
    expect(
      losses({
        sampling: { minP: 0.1, logitBias: { '1': 2 } },
        user: 'u',
        metadata: {},
        store: false,
        serviceTier: 'auto',
        promptCacheKey: 'k',
        tools: [{ type: 'function', name: 'f' }],
        parallelToolCalls: false,
        ext: { origin: 'openai-chat', data: { verbosity: 'low' } },
      }),
    ).toEqual([
      'extension @ verbosity',
      'min-p @ sampling.minP',
      'logit-bias @ sampling.logitBias',
      'user @ user',
      'metadata @ metadata',
      'service-tier @ serviceTier',
      'prompt-cache-key @ promptCacheKey',
      'parallel-tool-calls @ parallelToolCalls',
    ]);
  });
});
