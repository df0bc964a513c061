import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';
import { framesOf } from './support.ts';

const created = { type: 'response.created', response: { model: 'gpt-x', output: [] } };
const usage = { input_tokens: 3, output_tokens: 4 };
const completed = { type: 'response.completed', response: { status: 'completed', output: [], usage } };
const message = { type: 'response.output_item.added', output_index: 0, item: { type: 'message', content: [] } };
const delta = (text: string): JsonObject => ({
  type: 'response.output_text.delta',
  output_index: 0,
  delta: text,
  obfuscation: 'padpadpad',
});

function observe(events: readonly JsonObject[], named = true) {
  const observer = openaiResponses.observeStream();
  const meanings = framesOf(events).map(({ event, data }) =>
    observer.push(named && event !== undefined ? { event, data } : { data }),
  );
  return { meanings, summary: observer.summary() };
}

describe('observeStream', () => {
  it.each([true, false])('tells prelude, content and end apart (event names: %s)', (named) => {
    const { meanings, summary } = observe([created, message, delta('a "quote"'), delta('b'), completed], named);
    expect(meanings).toEqual(['prelude', 'prelude', 'content', 'content', 'end']);
    expect(summary).toEqual({
      ended: true,
      model: 'gpt-x',
      usage: { inputTokens: 3, outputTokens: 4 },
      contentLength: 'a \\"quote\\"b'.length,
    });
  });

  it.each<[string, JsonObject]>([
    ['a tool call', { type: 'function_call', name: 'f', arguments: '' }],
    ['an item of the provider', { type: 'web_search_call', status: 'in_progress' }],
  ])('%s is content as soon as it is added', (_name, item) => {
    expect(observe([created, { type: 'response.output_item.added', output_index: 0, item }]).meanings[1]).toBe(
      'content',
    );
  });

  it.each<[string, JsonObject]>([
    ['reasoning without a word', { type: 'reasoning', summary: [], encrypted_content: 'gAAA' }],
    ['a call without a name', { type: 'function_call', name: '', arguments: '{}' }],
  ])('%s is no content', (_name, item) => {
    expect(observe([created, { type: 'response.output_item.done', output_index: 0, item }]).meanings[1]).toBe(
      'prelude',
    );
  });

  it('text that comes only in .done is content', () => {
    const { meanings, summary } = observe([created, { type: 'response.output_text.done', text: 'Hello' }]);
    expect(meanings[1]).toBe('content');
    expect(summary.contentLength).toBe(5);
  });

  it('pitfall 20: response.incomplete has its usage', () => {
    const { summary } = observe([{ ...completed, type: 'response.incomplete' }]);
    expect(summary).toMatchObject({ ended: true, usage: { inputTokens: 3 } });
  });

  it('errors are errors: failed, error events, bare error bodies', () => {
    const failed = { type: 'response.failed', response: { status: 'failed', error: { code: 'c', message: 'm' } } };
    expect(observe([created, failed])).toMatchObject({
      meanings: ['prelude', 'error'],
      summary: { ended: true, error: { code: 'c', message: 'm' } },
    });
    expect(observe([{ type: 'error', message: 'm' }])).toMatchObject({
      meanings: ['error'],
      summary: { error: { message: 'm' } },
    });
    const observer = openaiResponses.observeStream();
    expect(observer.push({ data: '{"error":{"message":"m"}}' })).toBe('error');
  });

  it('a stream that stops has not ended', () => {
    expect(observe([created, delta('a')]).summary.ended).toBe(false);
  });
});
