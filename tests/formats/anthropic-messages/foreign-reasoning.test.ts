/** What an effort in another protocol asks of Claude: thoughts, and an answer after them. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import type { EncodeTarget } from '../../../core/formats/format.ts';
import { FORMATS } from '../../../core/formats/index.ts';
import type { FormatId } from '../../../core/model/format-id.ts';

const EFFORTS: EncodeTarget = { model: 'claude-opus-4-7', issuer: 'anthropic', reasoningStyle: 'effort' };
const BUDGETS: EncodeTarget = { model: 'claude-sonnet-4-5', issuer: 'anthropic', reasoningStyle: 'budget' };

function sent(from: FormatId, body: JsonObject, target: EncodeTarget): JsonObject {
  return FORMATS['anthropic-messages'].encodeRequest(FORMATS[from].decodeRequest({ model: 'm', ...body }), target).body;
}

const messages = [{ role: 'user', content: 'x' }];

describe('models that are told an effort', () => {
  it.each<[FormatId, JsonObject]>([
    ['openai-chat', { messages, max_tokens: 9_000, reasoning_effort: 'high' }],
    ['openai-responses', { input: 'x', max_output_tokens: 9_000, reasoning: { effort: 'high' } }],
    ['ollama-chat', { messages, options: { num_predict: 9_000 }, think: 'high' }],
    [
      'gemini',
      {
        contents: [{ parts: [{ text: 'x' }] }],
        generationConfig: { maxOutputTokens: 9_000, thinkingConfig: { thinkingLevel: 'high' } },
      },
    ],
  ])('think where %s names one', (from, body) => {
    expect(sent(from, body, EFFORTS)).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
  });

  it("do not where Anthropic's own client names an effort alone, nor where nothing is said", () => {
    const own = { messages, max_tokens: 9_000, output_config: { effort: 'high' } };
    expect(sent('anthropic-messages', own, EFFORTS)).not.toHaveProperty('thinking');
    expect(sent('openai-chat', { messages }, EFFORTS)).not.toHaveProperty('thinking');
  });
});

describe('models that are told a budget', () => {
  it.each([
    ['high', 8_192, 6_553],
    ['high', 64_000, 32_768],
    ['low', 8_192, 1_024],
    ['high', 1_100, 1_024],
  ])('%s within an answer of %i tokens leaves room for the answer', (reasoning_effort, max_tokens, budget_tokens) => {
    expect(sent('openai-chat', { messages, max_tokens, reasoning_effort }, BUDGETS)).toMatchObject({
      max_tokens,
      thinking: { type: 'enabled', budget_tokens },
    });
  });
});
