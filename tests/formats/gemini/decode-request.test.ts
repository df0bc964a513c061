import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import type { JsonObject } from '../../../core/base/json.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';
import { sealExt } from '../../../core/model/ext.ts';
import { decode } from './support.ts';

const hello: JsonObject = { contents: [{ role: 'user', parts: [{ text: 'hi' }] }] };

describe('gemini decodeRequest', () => {
  it('takes model and stream from the address and fills nothing in', () => {
    expect(gemini.decodeRequest(hello, { model: 'cc/claude-x', stream: true })).toEqual({
      model: 'cc/claude-x',
      stream: true,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'hi' }] }],
    });
  });
  it('D.15-2: without an address nothing streams', () => {
    expect(gemini.decodeRequest({ ...hello, model: 'models/gemini-2.5-pro' })).toMatchObject({
      model: 'gemini-2.5-pro',
      stream: false,
    });
  });
  it('reads the request that a count of tokens holds whole', () => {
    expect(gemini.decodeRequest({ generateContentRequest: { model: 'models/x', ...hello } }, { model: 'a/b' })).toEqual(
      gemini.decodeRequest(hello, { model: 'a/b' }),
    );
    expect(() => gemini.decodeRequest({ generateContentRequest: {} })).toThrow('generateContentRequest.contents');
  });
  it('reads camelCase and snake_case alike', () => {
    const camel = {
      systemInstruction: { parts: [{ text: 'be brief' }] },
      contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'image/png', data: 'AAAA' } }] }],
      tools: [
        {
          functionDeclarations: [{ name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } }],
        },
      ],
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } },
      generationConfig: { maxOutputTokens: 5, topP: 0.5, stopSequences: ['x'], thinkingConfig: { thinkingBudget: -1 } },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
    };
    const snake = {
      system_instruction: { parts: { text: 'be brief' } },
      contents: { role: 'user', parts: [{ inline_data: { mime_type: 'image/png', data: 'AAAA' } }] },
      tools: {
        function_declarations: [{ name: 'f', parameters: { type: 'OBJECT', properties: { a: { type: 'STRING' } } } }],
      },
      tool_config: { function_calling_config: { mode: 'any', allowed_function_names: ['f'] } },
      generation_config: {
        max_output_tokens: 5,
        top_p: 0.5,
        stop_sequences: ['x'],
        thinking_config: { thinkingBudget: -1 },
      },
      safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }],
    };
    expect(decode(snake)).toEqual(decode(camel));
    expect(decode(camel)).toMatchObject({
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'be brief' }] },
        { role: 'user', parts: [{ type: 'media', kind: 'image' }] },
      ],
      tools: [{ type: 'function', name: 'f', schema: { type: 'object', properties: { a: { type: 'string' } } } }],
      toolChoice: { type: 'tool', name: 'f' },
      maxOutputTokens: 5,
      sampling: { topP: 0.5 },
      stop: ['x'],
      reasoning: { mode: 'adaptive' },
      ext: { origin: 'gemini', data: { safetySettings: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'OFF' }] } },
    });
  });
  it('D.15-28: an upper-case media type with parameters is normalised', () => {
    const body = { contents: [{ parts: [{ inlineData: { mimeType: 'IMAGE/JPG; q=1', data: 'A-_A' } }] }] };
    expect(decode(body).messages[0]?.parts[0]).toMatchObject({
      source: { type: 'base64', mediaType: 'image/jpeg', data: 'A+/A' },
    });
  });
  it('pairs calls and results without ids by name and order, over parallel calls', () => {
    const { messages } = decode({
      contents: [
        {
          role: 'model',
          parts: [
            { functionCall: { name: 'a', args: { n: 1 } } },
            { functionCall: { name: 'b' } },
            { functionCall: { name: 'a', args: { n: 2 } } },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { name: 'b', response: { output: 'B' } } }] },
        {
          role: 'function',
          parts: [
            { functionResponse: { name: 'a', response: { result: 'A1' } } },
            { functionResponse: { name: 'a', response: { error: 'A2' } } },
            { text: 'go on' },
          ],
        },
      ],
    });
    const ids = messages[0]?.parts.map((part) => (part.type === 'tool-call' ? part.id : ''));
    expect(new Set(ids).size).toBe(3);
    expect(messages[1]).toMatchObject({
      role: 'tool',
      parts: [
        { callId: ids?.[1], name: 'b', content: [{ text: 'B' }] },
        { callId: ids?.[0], content: [{ text: 'A1' }] },
        { callId: ids?.[2], content: [{ text: 'A2' }], isError: true },
      ],
    });
    expect(messages[2]).toEqual({ role: 'user', parts: [{ type: 'text', text: 'go on' }] });
  });
  it('pitfall 7.5: keeps a client’s own call ids and the signature bypass it echoes', () => {
    const { messages } = decode({
      contents: [
        {
          role: 'model',
          parts: [
            {
              functionCall: { id: 'call-7', name: 'ls', args: {} },
              thoughtSignature: 'skip_thought_signature_validator',
            },
          ],
        },
        { role: 'user', parts: [{ functionResponse: { id: 'call-7', name: 'ls', response: { output: '' } } }] },
      ],
    });
    expect(messages[0]?.parts[0]).toEqual({
      type: 'tool-call',
      id: 'call-7',
      name: 'ls',
      kind: 'function',
      input: '{}',
      ext: { origin: 'gemini', data: { thoughtSignature: 'skip_thought_signature_validator' } },
    });
    expect(messages[1]?.parts[0]).toMatchObject({ callId: 'call-7', content: [{ type: 'text', text: '' }] });
  });
  it('opens the envelope in which another protocol’s signature travelled', () => {
    const ext = { origin: 'anthropic-messages' as const, issuer: 'anthropic', data: { signature: 'sig' } };
    const body = {
      contents: [{ role: 'model', parts: [{ text: 'hm', thought: true, thoughtSignature: sealExt(ext) }] }],
    };
    expect(decode(body).messages[0]?.parts[0]).toEqual({ type: 'reasoning', text: 'hm', form: 'summary', ext });
  });
  it('carries unknown parts and unknown fields', () => {
    const { messages, ext } = decode({
      contents: [
        {
          role: 'model',
          parts: [{ executableCode: { language: 'PYTHON', code: '1' } }, { text: 'a', partMetadata: { k: 1 } }],
        },
      ],
      generationConfig: { responseModalities: ['TEXT'], candidateCount: null },
      toolConfig: { retrievalConfig: { languageCode: 'en' }, functionCallingConfig: { mode: 'VALIDATED' } },
      cachedContent: 'cachedContents/1',
    });
    expect(messages[0]?.parts).toEqual([
      {
        type: 'opaque',
        label: 'executableCode',
        ext: { origin: 'gemini', data: { executableCode: { language: 'PYTHON', code: '1' } } },
      },
      { type: 'text', text: 'a', ext: { origin: 'gemini', data: { partMetadata: { k: 1 } } } },
    ]);
    expect(ext?.data).toEqual({
      cachedContent: 'cachedContents/1',
      'generationConfig.responseModalities': ['TEXT'],
      'toolConfig.retrievalConfig': { languageCode: 'en' },
      'toolConfig.functionCallingConfig': { mode: 'VALIDATED' },
    });
  });
  it('turns nullable and 64-bit numbers of the schema dialect into JSON Schema', () => {
    const parameters = {
      type: 'OBJECT',
      properties: {
        type: { type: 'STRING', nullable: true },
        list: { type: 'ARRAY', items: { type: 'INTEGER' }, minItems: '1', max_items: '3' },
        either: { anyOf: [{ type: 'STRING' }, { type: 'NUMBER' }], nullable: true },
      },
    };
    expect(decode({ ...hello, tools: [{ functionDeclarations: [{ name: 'f', parameters }] }] }).tools).toEqual([
      {
        type: 'function',
        name: 'f',
        schema: {
          type: 'object',
          properties: {
            type: { type: ['string', 'null'] },
            list: { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 3 },
            either: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'null' }] },
          },
        },
      },
    ]);
  });
  it.each<[string, JsonObject, string]>([
    ['contents missing', {}, 'contents'],
    ['contents a string', { contents: 'hi' }, 'contents'],
    ['unknown role', { contents: [{ role: 'bot', parts: [] }] }, 'contents[0].role'],
    ['part a string', { contents: [{ parts: ['hi'] }] }, 'contents[0].parts[0]'],
    ['text a number', { contents: [{ parts: [{ text: 1 }] }] }, 'contents[0].parts[0].text'],
    [
      'image without data',
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }] }] },
      'contents[0].parts[0].inlineData.data',
    ],
    ['call without name', { contents: [{ parts: [{ functionCall: {} }] }] }, 'contents[0].parts[0].functionCall.name'],
    [
      'args a string',
      { contents: [{ parts: [{ functionCall: { name: 'f', args: '{}' } }] }] },
      'contents[0].parts[0].functionCall.args',
    ],
    [
      'temperature a string',
      { contents: [], generationConfig: { temperature: 'hot' } },
      'generationConfig.temperature',
    ],
    ['tools a string', { contents: [], tools: 'x' }, 'tools'],
    [
      'tool without name',
      { contents: [], tools: [{ functionDeclarations: [{}] }] },
      'tools[0].functionDeclarations[0].name',
    ],
  ])('refuses %s and says where', (_, body, path) => {
    const error = (() => {
      try {
        return decode(body);
      } catch (caught) {
        return caught;
      }
    })();
    expect(error).toBeInstanceOf(OmniError);
    expect(error).toMatchObject({ code: 'invalid_request', path });
  });
});
