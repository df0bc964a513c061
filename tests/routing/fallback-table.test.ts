/** Shows 1: each row of the fallback table, told by the code alone (facts.md E.2, pitfalls 27 to 31). */
import { describe, expect, it } from 'vitest';
import { ERRORS, type ErrorCode } from '../../core/base/errors.ts';
import { upstreamError } from '../../core/model/upstream-error.ts';
import { verdictOf } from '../../core/routing/fallback-table.ts';

describe('the fallback table', () => {
  it.each<[ErrorCode, object]>([
    [
      'upstream_rate_limited',
      { next: 'target', cooldown: { scope: 'model', kind: 'limit' }, isProviderFailure: false, retrySame: false },
    ],
    [
      'upstream_quota',
      { next: 'target', cooldown: { scope: 'account', kind: 'limit' }, isProviderFailure: false, retrySame: false },
    ],
    [
      'upstream_auth',
      { next: 'target', cooldown: { scope: 'account', kind: 'fixed' }, isProviderFailure: false, retrySame: false },
    ],
    [
      'upstream_permission',
      { next: 'target', cooldown: { scope: 'model', kind: 'fixed' }, isProviderFailure: false, retrySame: false },
    ],
    [
      'upstream_model_not_found',
      { next: 'target', cooldown: { scope: 'model', kind: 'fixed' }, isProviderFailure: false },
    ],
    [
      'upstream_overloaded',
      { next: 'target', cooldown: { scope: 'model', kind: 'transient' }, isProviderFailure: true, retrySame: true },
    ],
    [
      'upstream_server_error',
      { next: 'target', cooldown: { scope: 'account', kind: 'transient' }, isProviderFailure: true, retrySame: true },
    ],
    ['upstream_timeout', { next: 'target', isProviderFailure: true, retrySame: true }],
    ['upstream_unreachable', { next: 'target', isProviderFailure: true, retrySame: true }],
    ['upstream_bad_response', { next: 'target', isProviderFailure: true }],
    ['upstream_stream_cut', { next: 'target', isProviderFailure: true }],
    ['upstream_empty', { next: 'target', isProviderFailure: false, retrySame: false }],
    ['proxy_failed', { next: 'target', isProviderFailure: false, retrySame: false }],
    ['no_connection', { next: 'target', isProviderFailure: false, retrySame: false }],
    ['upstream_bad_request', { next: 'return', isProviderFailure: false, retrySame: false }],
    ['upstream_context_length', { next: 'return' }],
    ['upstream_content_policy', { next: 'return' }],
    ['client_closed', { next: 'return', isProviderFailure: false }],
    ['internal', { next: 'return', isProviderFailure: false }],
  ])('%s', (code, expected) => {
    expect(verdictOf({ code, limitScope: undefined })).toMatchObject(expected);
  });

  it('agrees with the table of errors on what may be sent elsewhere', () => {
    const wrong = (Object.keys(ERRORS) as ErrorCode[]).filter(
      (code) => (verdictOf({ code, limitScope: undefined }).next === 'target') !== ERRORS[code].retry,
    );
    expect(wrong).toEqual([]);
  });

  it('E.2: what is not paid rests as long as a key that is refused, not as a burst', () => {
    const cooldown = { scope: 'account', kind: 'fixed' };
    expect(verdictOf(upstreamError({ message: 'Insufficient credits' }, 402))).toMatchObject({ cooldown });
    expect(verdictOf(upstreamError({ message: 'Insufficient credits' }, 429)).cooldown?.kind).toBe('limit');
  });

  it('a limit holds for what the upstream says it holds for', () => {
    expect(verdictOf({ code: 'upstream_rate_limited', limitScope: 'account' }).cooldown?.scope).toBe('account');
    expect(verdictOf({ code: 'upstream_quota', limitScope: 'model' }).cooldown?.scope).toBe('model');
  });
});

describe('pitfall 29: quota errors in disguise', () => {
  it.each([
    [400, { message: 'Your credit balance is too low to access the API.' }],
    [402, { message: 'Payment required' }],
    [403, { message: 'You exceeded your current quota.' }],
    [403, { message: 'You have exhausted your daily quota on this model.' }],
    [429, { message: 'x', code: 'insufficient_quota' }],
    [undefined, { message: 'x', type: 'billing_error' }],
  ] as const)('%s', (status, body) => {
    expect(upstreamError(body, status).code).toBe('upstream_quota');
  });
});

it.each([
  [400, 'No credentials for provider: openai', 'upstream_permission'],
  [403, 'Request not allowed', 'upstream_overloaded'],
  [400, 'There is no capacity at the moment.', 'upstream_overloaded'],
] as const)('E.2: %s "%s"', (status, message, code) => {
  expect(upstreamError({ message }, status).code).toBe(code);
});

describe('a wait that is told in words only', () => {
  it.each([
    ['Rate limit reached. Please try again in 20s.', 20_000],
    ['Rate limit reached. Please try again in 1m2.5s.', 62_500],
    ['Rate limit reached for gpt-4o. Please try again in 350ms. Visit …', 350],
    ['Too many requests, retry after 30 seconds', 30_000],
    ['Too many requests, retry after 30', 30_000],
    ['Resource has been exhausted (reset after 2h7m23s)', 7_643_000],
    ['Quota exceeded (reset after 5m 10s)', 310_000],
    ['usage limit: try again in 3 minutes', 180_000],
    ['Rate limit reached.', undefined],
  ])('%s', (message, expected) => {
    expect(upstreamError({ message }, 429).retryAfterMs).toBe(expected);
  });
});
