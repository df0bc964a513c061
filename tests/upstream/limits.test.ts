/** Shows 1: each form in which an upstream tells its limits (facts.md E.3). Headers are as the vendors document them. */
import { describe, expect, it } from 'vitest';
import { readLimits, waitAfterRefusal } from '../../core/upstream/limits.ts';

const NOW = Date.parse('2026-11-23T12:00:00Z');
const wait = (headers: Record<string, string>): number | undefined => waitAfterRefusal(readLimits(headers, NOW));

describe('how long to wait', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['a fraction', { 'retry-after': '0.5' }, 500],
    ['an HTTP date', { 'retry-after': 'Mon, 23 Nov 2026 12:00:30 GMT' }, 30_000],
    ['a date that has passed', { 'retry-after': 'Mon, 23 Nov 2026 11:00:00 GMT' }, 0],
    ['milliseconds', { 'retry-after-ms': '250', 'retry-after': '9' }, 250],
    ['a duration', { 'retry-after': '1h2m3s' }, 3_723_000],
    ['a Unix time', { 'retry-after': String(NOW / 1_000 + 42) }, 42_000],
    ['nothing', { 'content-type': 'application/json' }, undefined],
    ['words', { 'retry-after': 'soon' }, undefined],
    [
      'OpenAI, requests used up',
      {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '0',
        'x-ratelimit-reset-requests': '6m0s',
      },
      360_000,
    ],
    [
      'OpenAI, tokens used up',
      {
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '500ms',
      },
      500,
    ],
    [
      'OpenAI, nothing used up',
      { 'x-ratelimit-remaining-requests': '59', 'x-ratelimit-reset-requests': '1s' },
      undefined,
    ],
    [
      'Anthropic, requests',
      {
        'anthropic-ratelimit-requests-remaining': '0',
        'anthropic-ratelimit-requests-reset': '2026-11-23T12:01:00Z',
      },
      60_000,
    ],
    [
      'Anthropic, input tokens',
      {
        'anthropic-ratelimit-input-tokens-limit': '40000',
        'anthropic-ratelimit-input-tokens-remaining': '0',
        'anthropic-ratelimit-input-tokens-reset': '2026-11-23T12:00:05Z',
      },
      5_000,
    ],
    [
      'Anthropic, a subscription that is used up',
      {
        'anthropic-ratelimit-unified-status': 'rejected',
        'anthropic-ratelimit-unified-reset': String(NOW / 1_000 + 90),
      },
      90_000,
    ],
    [
      'Anthropic, a subscription that is not',
      {
        'anthropic-ratelimit-unified-status': 'allowed',
        'anthropic-ratelimit-unified-reset': String(NOW / 1_000 + 90),
      },
      undefined,
    ],
    [
      'Cerebras, a window by its name',
      {
        'x-ratelimit-remaining-requests-day': '900',
        'x-ratelimit-reset-requests-day': '33011.38',
        'x-ratelimit-remaining-tokens-minute': '0',
        'x-ratelimit-reset-tokens-minute': '11.5',
      },
      11_500,
    ],
    [
      'the fields of the draft',
      { 'ratelimit-limit': '60', 'ratelimit-remaining': '0', 'ratelimit-reset': '53' },
      53_000,
    ],
    [
      'OpenRouter, milliseconds since the epoch',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW + 9_000) },
      9_000,
    ],
  ])('%s', (_name, headers, expected) => {
    expect(wait(headers)).toBe(expected);
  });
});

describe('what is learned', () => {
  it('the limits and what is left of them', () => {
    const report = readLimits(
      {
        'x-ratelimit-limit-requests': '60',
        'x-ratelimit-remaining-requests': '59',
        'x-ratelimit-reset-requests': '1s',
        'x-ratelimit-limit-tokens': '150000',
        'x-ratelimit-remaining-tokens': '149984',
        'x-ratelimit-reset-tokens': '6m0s',
      },
      NOW,
    );
    expect(report).toEqual({
      requests: { limit: 60, remaining: 59, resetAfterMs: 1_000 },
      tokens: { limit: 150_000, remaining: 149_984, resetAfterMs: 360_000 },
    });
  });

  it('Fireworks asks to slow down', () => {
    expect(readLimits({ 'x-ratelimit-over-limit': 'yes' }, NOW).isOverLimit).toBe(true);
    expect(readLimits({ 'x-ratelimit-over-limit': 'no' }, NOW).isOverLimit).toBeUndefined();
  });
});
