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
});
