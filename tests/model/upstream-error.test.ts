import { describe, expect, it } from 'vitest';
import { classifyUpstreamError } from '../../core/model/upstream-error.ts';

describe('what an upstream error means', () => {
  it('is told by its word, then by its status, then by well-known phrases', () => {
    expect(classifyUpstreamError({ message: '', code: 'insufficient_quota' }, 429)).toBe('upstream_quota');
    expect(classifyUpstreamError({ message: '', type: 'RESOURCE_EXHAUSTED' })).toBe('upstream_rate_limited');
    expect(classifyUpstreamError({ message: 'whatever' }, 529)).toBe('upstream_overloaded');
    expect(classifyUpstreamError({ message: 'The model `x` does not exist' }, 400)).toBe('upstream_model_not_found');
  });

  it.each(['constructor', '__proto__', 'toString'])('does not take the word %s for a row of the table', (word) => {
    expect(classifyUpstreamError({ message: '', code: word, type: word }, 400)).toBe('upstream_bad_request');
    expect(classifyUpstreamError({ message: '', code: word })).toBe('upstream_server_error');
  });

  it('reads a long message without taking long', () => {
    const startedMs = performance.now();
    expect(classifyUpstreamError({ message: 'model '.repeat(40_000) }, 400)).toBe('upstream_bad_request');
    expect(performance.now() - startedMs).toBeLessThan(500);
  });

  it.each([
    'The input token count (1200293) exceeds the maximum number of tokens allowed (1048576).',
    'Input is too long for requested model.',
    "This model's maximum prompt length is 131072 but the request contains 190000 tokens.",
    'prompt token count of 140000 exceeds the limit of 128000',
    'prompt too long; exceeded max context length by 4 tokens',
    'the request exceeds the available context size, try increasing it',
    'input length and `max_tokens` exceed context limit: 186433 + 20000 > 200000',
    "Requested token count exceeds the model's maximum context length of 262144 tokens.",
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
    'prompt is too long: 210000 tokens > 200000 maximum',
  ])('%s is about the length of the context', (message) => {
    expect(classifyUpstreamError({ message, type: 'invalid_request_error' }, 400)).toBe('upstream_context_length');
    expect(classifyUpstreamError({ message, type: 'INVALID_ARGUMENT' }, 400)).toBe('upstream_context_length');
  });

  it.each(['max_tokens is too long a name', 'The limit of 4 images per prompt is exceeded.'])(
    '%s is not',
    (message) => {
      expect(classifyUpstreamError({ message }, 400)).toBe('upstream_bad_request');
    },
  );
});
