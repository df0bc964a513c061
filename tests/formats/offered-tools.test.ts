/** Tools and choices that a target is left with: hosts refuse a choice among none, of one that is not there, and an empty list. */
import { describe, expect, it } from 'vitest';
import { type JsonObject, objectsOf } from '../../core/base/json.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { FormatId } from '../../core/model/format-id.ts';

const TARGET = { model: 'upstream-model', issuer: 'maker' };

function translated(from: FormatId, body: JsonObject, to: FormatId): JsonObject {
  return FORMATS[to].encodeRequest(FORMATS[from].decodeRequest({ model: 'm', ...body }), TARGET).body;
}

/** Claude Code's web search: one tool that Anthropic runs, and it must be called. */
const SEARCH: JsonObject = {
  max_tokens: 100,
  messages: [{ role: 'user', content: 'search' }],
  tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 8 }],
  tool_choice: { type: 'tool', name: 'web_search' },
};

/** Codex summing a conversation up: no tools, and the settings of tools all the same. */
const COMPACTION: JsonObject = {
  input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'sum up' }] }],
  tools: [],
  tool_choice: 'auto',
  parallel_tool_calls: false,
};

const READ: JsonObject = { name: 'Read', input_schema: { type: 'object', properties: {} } };

describe('a choice without tools', () => {
  it.each<[FormatId, FormatId, JsonObject]>([
    ['openai-responses', 'openai-chat', COMPACTION],
    ['openai-responses', 'gemini', COMPACTION],
    ['openai-responses', 'anthropic-messages', COMPACTION],
    ['anthropic-messages', 'openai-chat', SEARCH],
    ['anthropic-messages', 'openai-responses', SEARCH],
    ['anthropic-messages', 'gemini', SEARCH],
  ])('of %s is not told to %s', (from, to, body) => {
    const sent = translated(from, body, to);
    for (const name of ['tools', 'tool_choice', 'toolConfig', 'parallel_tool_calls'])
      expect(sent).not.toHaveProperty(name);
  });

  it('and an empty list of tools, as Claude Code sends it, is left out for chat hosts', () => {
    const sent = translated('anthropic-messages', { ...SEARCH, tools: [], tool_choice: null }, 'openai-chat');
    expect(sent).not.toHaveProperty('tools');
  });
});

describe('a choice of a tool that the target is not offered', () => {
  const body = { ...SEARCH, tools: [READ, { type: 'web_search_20250305', name: 'web_search' }] };

  it.each<[FormatId, JsonObject]>([
    ['openai-chat', { tool_choice: 'auto' }],
    ['openai-responses', { tool_choice: 'auto' }],
    ['gemini', { toolConfig: { functionCallingConfig: { mode: 'AUTO' } } }],
  ])('is left to the model by %s, and told', (to, expected) => {
    const request = FORMATS['anthropic-messages'].decodeRequest({ model: 'm', ...body });
    const encoded = FORMATS[to].encodeRequest(request, TARGET);
    expect(encoded.body).toMatchObject(expected);
    expect(encoded.losses.map(({ feature }) => feature)).toContain('tool-choice');
  });

  it("stays as it is where the tool is the target's own", () => {
    expect(translated('anthropic-messages', body, 'anthropic-messages')).toMatchObject({
      tool_choice: { type: 'tool', name: 'web_search' },
    });
  });

  it('is left to the model by Anthropic too', () => {
    const chat: JsonObject = {
      messages: [{ role: 'user', content: 'x' }],
      tools: [
        { type: 'function', function: { name: 'Read' } },
        { type: 'web_search', web_search: {} },
      ],
      tool_choice: { type: 'function', function: { name: 'web_search' } },
    };
    expect(translated('openai-chat', chat, 'anthropic-messages')).toMatchObject({ tool_choice: { type: 'auto' } });
  });
});

describe("a free-text tool with a grammar, like Codex's apply_patch", () => {
  const patch: JsonObject = {
    ...{ type: 'custom', name: 'apply_patch', description: 'Edits files.' },
    format: { type: 'grammar', syntax: 'lark', definition: 'start: "*** Begin Patch"' },
  };

  it.each<FormatId>(['openai-chat', 'anthropic-messages', 'gemini', 'ollama-chat'])(
    'tells the model of %s how the input is to be written',
    (to) => {
      const sent = translated('openai-responses', { input: 'x', tools: [patch] }, to);
      expect(JSON.stringify(sent['tools'])).toContain('(lark):\\nstart: \\"*** Begin Patch\\"');
    },
  );
});

it('what a chat host cannot be told of a result leaves no empty message behind', () => {
  const input: JsonObject[] = [
    { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' },
    { type: 'function_call_output', call_id: 'c1', output: '1' },
    { type: 'tool_search_output', call_id: 'c2', tools: [] },
  ];
  const sent = translated('openai-responses', { input }, 'openai-chat');
  expect(objectsOf(sent['messages']).map(({ role }) => role)).toEqual(['assistant', 'tool']);
});
