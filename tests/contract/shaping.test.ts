/** facts.md E.9, E.10: one prompt, once, and one thinking budget, in each client's own words. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../core/base/json.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { FormatId } from '../../core/model/format-id.ts';
import { thinkingChoice, thinkingModel } from '../../core/policy/thinking-budget.ts';

const hi = [{ role: 'user', content: 'hi' }];

describe('the global system prompt', () => {
  it.each<[string, FormatId, JsonObject, JsonObject]>([
    ['chat without', 'openai-chat', { messages: hi }, { messages: [{ role: 'system', content: 'P' }, ...hi] }],
    [
      'chat with a text',
      'openai-chat',
      { messages: [{ role: 'system', content: 'Own' }, ...hi] },
      { messages: [{ role: 'system', content: 'P\n\nOwn' }, ...hi] },
    ],
    [
      'chat with parts of a developer',
      'openai-chat',
      { messages: [{ role: 'developer', content: [{ type: 'text', text: 'Own' }] }] },
      {
        messages: [
          {
            role: 'developer',
            content: [
              { type: 'text', text: 'P' },
              { type: 'text', text: 'Own' },
            ],
          },
        ],
      },
    ],
    ['responses without', 'openai-responses', { input: 'hi' }, { input: 'hi', instructions: 'P' }],
    [
      'responses with',
      'openai-responses',
      { input: 'hi', instructions: 'Own' },
      { input: 'hi', instructions: 'P\n\nOwn' },
    ],
    ['messages without', 'anthropic-messages', { messages: hi }, { messages: hi, system: 'P' }],
    ['messages with a text', 'anthropic-messages', { system: 'Own' }, { system: 'P\n\nOwn' }],
    [
      'messages with blocks and a cache mark',
      'anthropic-messages',
      { system: [{ type: 'text', text: 'Own', cache_control: { type: 'ephemeral' } }] },
      {
        system: [
          { type: 'text', text: 'P' },
          { type: 'text', text: 'Own', cache_control: { type: 'ephemeral' } },
        ],
      },
    ],
    [
      'messages of the vendor’s own client, which it serves by the words they begin with',
      'anthropic-messages',
      {
        system: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.220.b3c;' },
          {
            ...{ type: 'text', text: "You are Claude Code, Anthropic's official CLI for Claude." },
            cache_control: { type: 'ephemeral' },
          },
          { type: 'text', text: 'Own' },
        ],
      },
      {
        system: [
          { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.220.b3c;' },
          {
            ...{ type: 'text', text: "You are Claude Code, Anthropic's official CLI for Claude." },
            cache_control: { type: 'ephemeral' },
          },
          { type: 'text', text: 'P' },
          { type: 'text', text: 'Own' },
        ],
      },
    ],
    [
      'messages of that client as one text',
      'anthropic-messages',
      { system: "You are Claude Code, Anthropic's official CLI for Claude." },
      {
        system: [
          { type: 'text', text: "You are Claude Code, Anthropic's official CLI for Claude." },
          { type: 'text', text: 'P' },
        ],
      },
    ],
    ['gemini without', 'gemini', { contents: [] }, { contents: [], systemInstruction: { parts: [{ text: 'P' }] } }],
    [
      'gemini with, in the other spelling',
      'gemini',
      { system_instruction: { parts: [{ text: 'Own' }] } },
      { system_instruction: { parts: [{ text: 'P' }, { text: 'Own' }] } },
    ],
    ['ollama without', 'ollama-chat', { messages: hi }, { messages: [{ role: 'system', content: 'P' }, ...hi] }],
  ])('%s, and never twice', (_name, format, body, expected) => {
    const { shaper } = FORMATS[format];
    const once = shaper.withSystemPrompt(body, 'P');
    expect(once).toEqual(expected);
    expect(shaper.withSystemPrompt(once, 'P')).toBe(once);
  });
});

describe('the thinking budget', () => {
  const budget = (tokens: number) => ({ kind: 'budget', tokens }) as const;
  const remove = { kind: 'remove' } as const;
  it.each<[string, FormatId, JsonObject, ReturnType<typeof budget> | typeof remove, JsonObject]>([
    ['chat, low', 'openai-chat', { reasoning_effort: 'high' }, budget(1_024), { reasoning_effort: 'low' }],
    ['chat, medium', 'openai-chat', { reasoning_effort: 'high' }, budget(10_240), { reasoning_effort: 'medium' }],
    ['chat, high', 'openai-chat', { reasoning_effort: 'low' }, budget(20_000), { reasoning_effort: 'high' }],
    ['chat, off', 'openai-chat', { reasoning_effort: 'low' }, budget(0), {}],
    ['chat, removed', 'openai-chat', { thinking: {}, reasoning: {}, n: 1 }, remove, { n: 1 }],
    [
      'responses',
      'openai-responses',
      { reasoning: { summary: 'auto', effort: 'low' } },
      budget(99_999),
      { reasoning: { summary: 'auto', effort: 'high' } },
    ],
    [
      'messages, with room in max_tokens',
      'anthropic-messages',
      { max_tokens: 50_000, thinking: { type: 'enabled', budget_tokens: 2_000 } },
      budget(10_240),
      { max_tokens: 50_000, thinking: { type: 'enabled', budget_tokens: 10_240 } },
    ],
    [
      'messages, the budget must stay below max_tokens',
      'anthropic-messages',
      { max_tokens: 4_096, thinking: { type: 'enabled', budget_tokens: 2_000 } },
      budget(10_240),
      { max_tokens: 14_336, thinking: { type: 'enabled', budget_tokens: 10_240 } },
    ],
    [
      'messages, adaptive stays so',
      'anthropic-messages',
      { thinking: { type: 'adaptive' } },
      budget(1_024),
      { thinking: { type: 'adaptive' }, output_config: { effort: 'low' } },
    ],
    [
      'messages, off',
      'anthropic-messages',
      { thinking: { type: 'enabled' } },
      budget(0),
      { thinking: { type: 'disabled' } },
    ],
    [
      'gemini',
      'gemini',
      { generationConfig: { temperature: 1, thinkingConfig: { includeThoughts: true, thinkingBudget: 1 } } },
      budget(5_000),
      { generationConfig: { temperature: 1, thinkingConfig: { includeThoughts: true, thinkingBudget: 5_000 } } },
    ],
    [
      'gemini with levels',
      'gemini',
      { generationConfig: { thinkingConfig: { thinkingLevel: 'low' } } },
      budget(50_000),
      { generationConfig: { thinkingConfig: { thinkingLevel: 'high' } } },
    ],
    ['ollama', 'ollama-chat', { think: false }, budget(5_000), { think: true }],
    ['ollama with levels', 'ollama-chat', { think: 'low' }, budget(50_000), { think: 'high' }],
  ])('%s', (_name, format, body, choice, expected) => {
    expect(FORMATS[format].shaper.withThinking(body, choice, { id: 'm', isHinted: false })).toEqual(expected);
  });

  it.each(Object.keys(FORMATS) as FormatId[])('%s: a model that does not think is left alone', (format) => {
    const body = { messages: hi };
    expect(FORMATS[format].shaper.withThinking(body, budget(5_000), { id: 'm', isHinted: false })).toBe(body);
  });

  it.each<[string, JsonObject]>([
    ['a forced tool', { tool_choice: { type: 'any' } }],
    ['a temperature', { temperature: 0 }],
    ['top_k', { top_k: 5 }],
    ['a small top_p', { top_p: 0.9 }],
    ['an answer begun by the client', { messages: [...hi, { role: 'assistant', content: '{' }] }],
    [
      'calls without signed thoughts',
      {
        messages: [
          ...hi,
          { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'ok' }] },
        ],
      },
    ],
  ])('messages: %s bears no thinking that nobody asked for', (_name, body) => {
    const model = { id: 'claude-sonnet-4-5', isHinted: true, style: 'budget' } as const;
    expect(FORMATS['anthropic-messages'].shaper.withThinking(body, budget(5_000), model)).toBe(body);
  });

  it('messages: a budget never goes beyond what the model can say, nor takes all of it', () => {
    const model = { id: 'claude-sonnet-4-5', isHinted: true, style: 'budget', maxOutputTokens: 64_000 } as const;
    const shaped = (max: number): JsonObject =>
      FORMATS['anthropic-messages'].shaper.withThinking({ max_tokens: max, messages: hi }, budget(131_072), model);
    expect(shaped(8_192)).toMatchObject({ max_tokens: 64_000, thinking: { budget_tokens: 55_808 } });
    expect(shaped(64_000)).toMatchObject({ max_tokens: 64_000, thinking: { budget_tokens: 48_000 } });
  });

  it('messages: a model that takes no budget is told an effort', () => {
    const model = { id: 'claude-opus-4-7', isHinted: true, style: 'effort' } as const;
    for (const said of [{}, { thinking: { type: 'enabled', budget_tokens: 2_000 } }])
      expect(
        FORMATS['anthropic-messages'].shaper.withThinking({ max_tokens: 9_000, ...said }, budget(10_240), model),
      ).toEqual({ max_tokens: 9_000, thinking: { type: 'adaptive' }, output_config: { effort: 'medium' } });
  });

  it('messages: without thinking, no thoughts are cleared from the context either', () => {
    const { shaper } = FORMATS['anthropic-messages'];
    const model = { id: 'claude-sonnet-4-5', isHinted: true };
    const clear = { type: 'clear_thinking_20251015', keep: 'all' };
    const tools = { type: 'clear_tool_uses_20250919' };
    const body = (edits: JsonObject[]): JsonObject => ({
      thinking: { type: 'adaptive' },
      context_management: { edits },
    });
    expect(shaper.withThinking(body([clear]), remove, model)).toEqual({});
    expect(shaper.withThinking(body([clear, tools]), budget(0), model)).toEqual({
      thinking: { type: 'disabled' },
      context_management: { edits: [tools] },
    });
  });

  it.each([
    ['gemini-2.5-flash', 131_072, 24_576],
    ['gemini-2.5-flash-lite', 100, 512],
    ['gemini-2.5-pro', 131_072, 32_768],
    ['gemini-2.5-pro', 0, 128],
    ['gemini-2.5-flash', 0, 0],
  ])('%s: a budget of %d is sent as %d', (id, tokens, thinkingBudget) => {
    expect(FORMATS.gemini.shaper.withThinking({ contents: [] }, budget(tokens), { id, isHinted: true })).toEqual({
      contents: [],
      generationConfig: { thinkingConfig: { thinkingBudget } },
    });
  });

  it('gemini 3 is told a level', () => {
    const model = { id: 'gemini-3.1-pro-preview', isHinted: true, style: 'effort' } as const;
    expect(FORMATS.gemini.shaper.withThinking({}, budget(50_000), model)).toEqual({
      generationConfig: { thinkingConfig: { thinkingLevel: 'high' } },
    });
  });

  it('a model is known by its name, unless the catalog says that it does not think', () => {
    expect(thinkingModel({ model: 'gemini-2.5-pro' }).isHinted).toBe(true);
    expect(thinkingModel({ model: 'gpt-4o' }).isHinted).toBe(false);
    const info = { id: 'gemini-2.0-flash', capabilities: { reasoning: false } };
    expect(thinkingModel({ model: 'gemini-2.0-flash', info }).isHinted).toBe(false);
  });

  it('adaptive grows with the conversation, the tools and the question', () => {
    const rule = { mode: 'adaptive', customBudget: 0, effortLevel: 'medium' } as const;
    const measured = (messages: number, tools: number, lastUserCharacters: number) =>
      thinkingChoice(rule, () => ({ messages, tools, lastUserCharacters }));
    expect(measured(10, 3, 2_000)).toEqual(budget(10_240));
    expect(measured(11, 4, 2_001)).toEqual(budget(Math.ceil(10_240 * 2.3)));
    expect(
      thinkingChoice({ ...rule, effortLevel: 'high' }, () => ({ messages: 99, tools: 9, lastUserCharacters: 9_999 })),
    ).toEqual(budget(131_072));
  });
});
