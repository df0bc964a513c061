/**
 * System text where a model's template wants it: Qwen's ("System message must be at the beginning.") and others refuse it
 * anywhere but first, twice, or as the developer's. Claude Code sends it inside the conversation with every request, Codex
 * as the developer's.
 */
import { describe, expect, it } from 'vitest';
import { type JsonObject, objectsOf } from '../../core/base/json.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { FormatId } from '../../core/model/format-id.ts';

function translated(from: FormatId, body: JsonObject, to: FormatId) {
  const request = FORMATS[from].decodeRequest({ model: 'm', ...body });
  const { body: sent, losses } = FORMATS[to].encodeRequest(request, { model: 'qwen', issuer: 'vllm' });
  return { messages: objectsOf(sent['messages']), lost: losses.map(({ feature }) => feature) };
}

const CLAUDE_CODE: JsonObject = {
  max_tokens: 9,
  system: [
    { type: 'text', text: 'You are a coding agent.' },
    { type: 'text', text: 'Be brief.' },
  ],
  messages: [
    { role: 'user', content: 'hello' },
    { role: 'system', content: 'Agents: none.' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: '1' }] },
    { role: 'system', content: [{ type: 'text', text: '<system-reminder>\nBe kind.\n</system-reminder>' }] },
    { role: 'user', content: 'go on' },
  ],
};

const CODEX: JsonObject = {
  instructions: 'You are Codex.',
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Sandbox: none.' }] },
    { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
    { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'hi' }] },
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Plan mode.' }] },
  ],
};

const TARGETS: readonly FormatId[] = ['openai-chat', 'ollama-chat'];

describe.each(TARGETS)('%s', (to) => {
  it.each<[FormatId, JsonObject]>([
    ['anthropic-messages', CLAUDE_CODE],
    ['openai-responses', CODEX],
  ])('gets one system message, first, and no developer from %s', (from, body) => {
    const { messages } = translated(from, body, to);
    expect(messages[0]?.['role']).toBe('system');
    expect(messages.slice(1).map(({ role }) => role)).not.toContain('system');
    expect(messages.map(({ role }) => role)).not.toContain('developer');
  });
});

describe('what stands inside the conversation', () => {
  it('stays at its place as part of what the user says, once wrapped, in turns that alternate', () => {
    const { messages, lost } = translated('anthropic-messages', CLAUDE_CODE, 'openai-chat');
    const text = (said: string) => ({ type: 'text', text: said });
    expect(messages).toEqual([
      { role: 'system', content: 'You are a coding agent.\nBe brief.' },
      { role: 'user', content: [text('hello'), text('<system-reminder>\nAgents: none.\n</system-reminder>')] },
      { role: 'assistant', content: null, tool_calls: [expect.objectContaining({ id: 't1' })] },
      { role: 'tool', tool_call_id: 't1', content: '1' },
      { role: 'user', content: [text('<system-reminder>\nBe kind.\n</system-reminder>'), text('go on')] },
    ]);
    expect(lost).toEqual(['system-role', 'system-role']);
  });

  it('texts that come first are one', () => {
    const { messages, lost } = translated('openai-responses', CODEX, 'openai-chat');
    expect(messages).toEqual([
      { role: 'system', content: 'You are Codex.\nSandbox: none.' },
      { role: 'user', content: 'hello' },
      { role: 'assistant', content: 'hi' },
      { role: 'user', content: '<system-reminder>\nPlan mode.\n</system-reminder>' },
    ]);
    expect(lost).toEqual(['developer-role', 'system-role']);
  });

  it('goes to a chat host from a chat client as it came', () => {
    const messages = [
      { role: 'user', content: 'a' },
      { role: 'developer', content: 'b' },
    ];
    expect(translated('openai-chat', { messages }, 'openai-chat')).toEqual({ messages, lost: [] });
  });
});

describe('a request of system text alone, as some tools ask for a title', () => {
  const messages = [
    { role: 'system', content: 'You name things.' },
    { role: 'system', content: 'Name this.' },
  ];

  it('has a message of the user at Anthropic, which demands one', () => {
    const request = FORMATS['openai-chat'].decodeRequest({ model: 'm', messages });
    const { body, losses } = FORMATS['anthropic-messages'].encodeRequest(request, { model: 'm', issuer: 'anthropic' });
    expect(body).toMatchObject({ system: 'You name things.', messages: [{ role: 'user', content: 'Name this.' }] });
    expect(losses.map(({ feature }) => feature)).toContain('system-role');
  });

  it('and at Gemini', () => {
    const request = FORMATS['openai-chat'].decodeRequest({ model: 'm', messages: messages.slice(1) });
    const { body } = FORMATS.gemini.encodeRequest(request, { model: 'gemini-3.8-flash', issuer: 'gemini' });
    expect(body).toEqual({ contents: [{ role: 'user', parts: [{ text: 'Name this.' }] }] });
  });
});
