import { describe, expect, it } from 'vitest';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';
import type { ChatEvent } from '../../../core/model/event.ts';
import type { Part } from '../../../core/model/part.ts';
import type { ChatRequest } from '../../../core/model/request.ts';
import { toolCallRestorer } from '../../../core/model/tool-names.ts';

const TARGET = { model: 'gpt', issuer: 'openai' };
const user = { role: 'user', parts: [{ type: 'text', text: 'q' }] } as const;

function encode(request: Partial<ChatRequest>) {
  return openaiResponses.encodeRequest({ model: 'm', stream: false, messages: [user], ...request }, TARGET);
}
const lossesOf = (request: Partial<ChatRequest>) => encode(request).losses.map(({ feature }) => feature);
const inputOf = (...parts: Part[]) => encode({ messages: [{ role: 'assistant', parts }] }).body['input'];

describe('nothing invented', () => {
  it('but where the host keeps answers by itself, a request of a protocol that keeps none says so', () => {
    const at = { ...TARGET, keepsAnswers: true };
    const request: ChatRequest = { model: 'm', stream: false, messages: [user] };
    const storeOf = (asked: ChatRequest) => openaiResponses.encodeRequest(asked, at).body['store'];
    expect(storeOf(request)).toBe(false);
    expect(storeOf({ ...request, store: true })).toBe(true);
    expect(storeOf({ ...request, ext: { origin: 'openai-responses', data: {} } })).toBeUndefined();
  });

  it('a bare request is a bare body', () => {
    expect(encode({})).toMatchObject({
      body: {
        model: 'gpt',
        input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'q' }] }],
      },
      losses: [],
    });
    expect(Object.keys(encode({}).body)).toEqual(['model', 'input']);
  });

  it('stream is written only where it was asked for', () => {
    expect(encode({ stream: true }).body['stream']).toBe(true);
    expect(encode({}).body).not.toHaveProperty('stream');
  });

  it('D.15-14: prompt_cache_key is kept', () => {
    expect(encode({ promptCacheKey: 'k' }).body['prompt_cache_key']).toBe('k');
  });
});

describe('messages', () => {
  it('D.15-30: all system and developer texts go along as items with their role', () => {
    const { body } = encode({
      messages: [
        { role: 'system', parts: [{ type: 'text', text: 'a' }] },
        { role: 'developer', parts: [{ type: 'text', text: 'b' }] },
        user,
        { role: 'system', parts: [{ type: 'text', text: 'c' }] },
      ],
    });
    expect(body['input']).toMatchObject([
      { role: 'system' },
      { role: 'developer' },
      { role: 'user' },
      { role: 'system' },
    ]);
    expect(body).not.toHaveProperty('instructions');
  });

  it('instructions go back to their field even behind text a policy put first', () => {
    const instructions = {
      role: 'system',
      parts: [{ type: 'text', text: 'top' }],
      ext: { origin: 'openai-responses', data: { instructions: true } },
    } as const;
    const policy = { role: 'system', parts: [{ type: 'text', text: 'policy' }] } as const;
    const { body } = encode({ messages: [policy, instructions, user] });
    expect(body['instructions']).toBe('top');
    expect(body['input']).toMatchObject([{ role: 'system' }, { role: 'user' }]);
  });

  it('assistant text, calls and their results become items', () => {
    const { body, losses } = encode({
      messages: [
        user,
        {
          role: 'assistant',
          parts: [
            { type: 'text', text: 'I look.' },
            { type: 'tool-call', id: 'c1', name: 'f', kind: 'function', input: '{"a":1}' },
            { type: 'tool-call', id: 'c2', name: 'g', kind: 'custom', input: 'free' },
          ],
        },
        {
          role: 'tool',
          parts: [
            { type: 'tool-result', callId: 'c2', content: [{ type: 'text', text: 'two' }] },
            {
              type: 'tool-result',
              callId: 'c1',
              content: [
                { type: 'text', text: 'one' },
                { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
              ],
            },
          ],
        },
      ],
    });
    expect(losses).toEqual([]);
    expect(body['input']).toEqual([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'q' }] },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
      { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{"a":1}' },
      { type: 'custom_tool_call', call_id: 'c2', name: 'g', input: 'free' },
      { type: 'custom_tool_call_output', call_id: 'c2', output: 'two' },
      {
        type: 'function_call_output',
        call_id: 'c1',
        output: [
          { type: 'input_text', text: 'one' },
          { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
        ],
      },
    ]);
  });

  it('pitfall 22: an image in a tool result stays an image, never text', () => {
    const output = JSON.stringify(
      encode({
        messages: [
          { role: 'assistant', parts: [{ type: 'tool-call', id: 'c', name: 'f', kind: 'function', input: '{}' }] },
          {
            role: 'tool',
            parts: [
              {
                type: 'tool-result',
                callId: 'c',
                content: [
                  { type: 'media', kind: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AAAA' } },
                ],
              },
            ],
          },
        ],
      }).body['input'],
    );
    expect(output).toContain('"output":[{"type":"input_image","image_url":"data:image/png;base64,AAAA"}]');
  });

  it('D.15-7, pitfall 8: results without a call and second results are left out with a loss', () => {
    const result = { type: 'tool-result', callId: 'c', content: [] } as const;
    const call = { type: 'tool-call', id: 'c', name: 'f', kind: 'function', input: '' } as const;
    const messages = [
      { role: 'tool', parts: [{ ...result, callId: 'nobody' }] },
      { role: 'assistant', parts: [call] },
      { role: 'tool', parts: [result, result] },
    ] as const;
    const { body, losses } = encode({ messages });
    expect(body['input']).toEqual([
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'c', output: '' },
    ]);
    expect(losses.map(({ feature, path }) => `${feature} ${path}`)).toEqual([
      'tool-result-orphan messages[0].parts[0]',
      'tool-result-orphan messages[2].parts[1]',
    ]);
  });

  it('a result whose call the upstream has stored is sent', () => {
    const ext = { origin: 'openai-responses', data: { previous_response_id: 'resp_1' } } as const;
    const messages = [{ role: 'tool', parts: [{ type: 'tool-result', callId: 'c', content: [] }] }] as const;
    expect(encode({ messages, ext }).body['input']).toEqual([
      { type: 'function_call_output', call_id: 'c', output: '' },
    ]);
  });

  it('ids over 64 characters are shortened the same way in call and result', () => {
    const id = 'x'.repeat(80);
    const { body, losses } = encode({
      messages: [
        { role: 'assistant', parts: [{ type: 'tool-call', id, name: 'f', kind: 'function', input: '{}' }] },
        { role: 'tool', parts: [{ type: 'tool-result', callId: id, content: [] }] },
      ],
    });
    const input = JSON.stringify(body['input']);
    const [first, second] = [...input.matchAll(/"call_id":"(call_[0-9a-f]{40})"/g)].map((match) => match[1]);
    expect(first).toBeDefined();
    expect(second).toBe(first);
    expect(losses.map(({ feature }) => feature)).toEqual(['tool-id', 'tool-id']);
  });
});

describe('reasoning and provider items', () => {
  const own = {
    origin: 'openai-responses',
    issuer: 'openai',
    data: { id: 'rs_1', encrypted_content: 'gAAA' },
  } as const;
  const part = { type: 'reasoning', text: 'hm', form: 'summary' } as const;

  it('pitfall 1: the maker gets its item back as it was', () => {
    expect(inputOf({ ...part, ext: own })).toEqual([
      {
        id: 'rs_1',
        type: 'reasoning',
        summary: [{ type: 'summary_text', text: 'hm' }],
        encrypted_content: 'gAAA',
      },
    ]);
  });

  it.each([
    ['another maker', { ...own, issuer: 'xai' }],
    ['another protocol', { origin: 'anthropic-messages', data: { signature: 's' } } as const],
  ])('pitfall 2: reasoning of %s is left out, with a loss and no made-up item', (_whose, ext) => {
    const messages = [{ role: 'assistant', parts: [{ ...part, ext }] }] as const;
    expect(encode({ messages }).body['input']).toEqual([]);
    expect(lossesOf({ messages })).toEqual(['reasoning']);
  });

  it("another protocol's items and uploaded files are left out with losses", () => {
    const ext = { origin: 'anthropic-messages', data: {} } as const;
    const messages = [
      { role: 'assistant', parts: [{ type: 'opaque', label: 'server_tool_use', ext }] },
      { role: 'user', parts: [{ type: 'media', kind: 'file', source: { type: 'file-id', id: 'f' }, ext }] },
    ] as const;
    expect(lossesOf({ messages })).toEqual(['opaque', 'file-id']);
  });

  it('effort words go verbatim, budgets become words, off becomes none', () => {
    expect(encode({ reasoning: { effort: 'xhigh', mode: 'adaptive' } }).body['reasoning']).toEqual({ effort: 'xhigh' });
    const budget = encode({ reasoning: { budgetTokens: 20_000, includeThoughts: true } });
    expect(budget.body['reasoning']).toEqual({ effort: 'high', summary: 'auto' });
    expect(budget.losses.map(({ feature }) => feature)).toEqual(['reasoning-effort']);
    expect(encode({ reasoning: { mode: 'disabled' } }).body['reasoning']).toEqual({ effort: 'none' });
  });

  it('replayable reasoning is asked for by include', () => {
    expect(encode({ reasoning: { replayable: true } }).body['include']).toEqual(['reasoning.encrypted_content']);
  });
});

describe('tools', () => {
  it("D.15-26: another protocol's function says strict false and has properties; our own stays as it was", () => {
    const foreign = { type: 'function', name: 'f', schema: { type: 'object' } } as const;
    const own = { ...foreign, name: 'g', ext: { origin: 'openai-responses', data: {} } } as const;
    expect(encode({ tools: [foreign, { type: 'function', name: 'h' }, own] }).body['tools']).toEqual([
      { type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false },
      { type: 'function', name: 'h', parameters: { type: 'object', properties: {} }, strict: false },
      { type: 'function', name: 'g', parameters: { type: 'object' } },
    ]);
  });

  it('one name in two groups stays as it is, and calls find their tool again', () => {
    const ext = { origin: 'openai-responses', data: {} } as const;
    const { body, losses, toolNames } = encode({
      tools: [
        { type: 'function', name: 'search', namespace: 'a', ext },
        { type: 'function', name: 'search', namespace: 'b', ext },
        { type: 'function', name: 'other tool' },
      ],
    });
    expect(body['tools']).toEqual([
      { type: 'namespace', name: 'a', tools: [{ type: 'function', name: 'search' }] },
      { type: 'namespace', name: 'b', tools: [{ type: 'function', name: 'search' }] },
      { type: 'function', name: 'other_tool', parameters: { type: 'object', properties: {} }, strict: false },
    ]);
    expect(losses.map(({ feature }) => feature)).toEqual(['tool-name']);
    const restore = toolCallRestorer(toolNames);
    const call = (name: string, namespace?: string): ChatEvent => ({
      type: 'part-start',
      index: 0,
      part: { type: 'tool-call', id: 'c', name, kind: 'function', ...(namespace !== undefined && { namespace }) },
    });
    expect(restore(call('search', 'b'))).toEqual([call('search', 'b')]);
    expect(restore(call('other_tool'))).toEqual([call('other tool')]);
  });

  it("another provider's tool and tool choice are left out with losses", () => {
    const ext = { origin: 'gemini', data: { googleSearch: {} } } as const;
    expect(
      lossesOf({ tools: [{ type: 'provider', name: 'googleSearch', ext }], toolChoice: { type: 'opaque', ext } }),
    ).toEqual(['tool-choice', 'tool-provider-run']);
  });

  it('writes every tool choice', () => {
    const tools = [
      { type: 'custom', name: 'c' },
      { type: 'function', name: 'f' },
    ] as const;
    const choice = (toolChoice: NonNullable<ChatRequest['toolChoice']>) =>
      encode({ tools, toolChoice }).body['tool_choice'];
    expect(choice({ type: 'required' })).toBe('required');
    expect(choice({ type: 'tool', name: 'c' })).toEqual({ type: 'custom', name: 'c' });
    expect(choice({ type: 'tool', name: 'f' })).toEqual({ type: 'function', name: 'f' });
    expect(choice({ type: 'allowed', mode: 'auto', names: ['c', 'f'] })).toEqual({
      type: 'allowed_tools',
      mode: 'auto',
      tools: [
        { type: 'custom', name: 'c' },
        { type: 'function', name: 'f' },
      ],
    });
  });
});

describe('losses', () => {
  it('names every setting the protocol has no field for, and each foreign field', () => {
    expect(
      lossesOf({
        stop: ['x'],
        choices: 2,
        sampling: { topK: 1, minP: 0.1, seed: 1, presencePenalty: 1, frequencyPenalty: 1, logitBias: {} },
        ext: { origin: 'openai-chat', data: { prediction: {} } },
      }),
    ).toEqual([
      'top-k',
      'min-p',
      'seed',
      'presence-penalty',
      'frequency-penalty',
      'logit-bias',
      'stop',
      'choices',
      'extension',
    ]);
  });

  it('names, cache marks and error marks are losses; their text goes along', () => {
    const { body, losses } = encode({
      messages: [{ role: 'user', name: 'ann', parts: [{ type: 'text', text: 'q', cache: {} }] }],
    });
    expect(losses.map(({ feature }) => feature)).toEqual(['participant-name', 'cache-mark']);
    expect(JSON.stringify(body)).not.toContain('ann');
  });
});
