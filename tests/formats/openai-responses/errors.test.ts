import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import { openaiResponses } from '../../../core/formats/openai-responses/index.ts';

describe('encodeError', () => {
  it.each([
    [new OmniError('invalid_request', 'Bad.', { path: 'input[0]' }), 400, 'invalid_request_error', 'input[0]', null],
    [new OmniError('invalid_api_key', 'Key.'), 401, 'authentication_error', null, 'invalid_api_key'],
    [new OmniError('model_not_found', 'Which?'), 404, 'invalid_request_error', null, 'model_not_found'],
    [new OmniError('upstream_rate_limited', 'Slow.'), 429, 'rate_limit_error', null, 'rate_limit_exceeded'],
    [new OmniError('upstream_context_length', 'Long.'), 400, 'invalid_request_error', null, 'context_length_exceeded'],
    [new OmniError('client_closed', 'Gone.'), 499, 'invalid_request_error', null, null],
    [new OmniError('upstream_timeout', 'Late.'), 504, 'server_error', null, 'gateway_timeout'],
    [
      new OmniError('upstream_server_error', 'X.', { status: 529, upstreamCode: 'odd' }),
      529,
      'server_error',
      null,
      'odd',
    ],
  ])('C.4: %s', (error, status, type, param, code) => {
    expect(openaiResponses.encodeError(error)).toEqual({
      status,
      body: { error: { message: error.message, type, param, code } },
    });
  });
});

describe('decodeError', () => {
  it.each<[JsonValue, object]>([
    [{ error: { message: 'm', type: 't', code: 'c', param: null } }, { message: 'm', type: 't', code: 'c' }],
    ['{"error":{"message":"m"}}', { message: 'm' }],
    [{ error: 'plain' }, { message: 'plain' }],
    [{ detail: 'not here' }, { message: 'not here' }],
    [[{ error: { message: 'in an array', code: 400 } }], { message: 'in an array', code: '400' }],
    ['<html><style>p{}</style><body><h1>502</h1> Bad   Gateway</body></html>', { message: '502 Bad Gateway' }],
    [
      { error: { type: 'usage_limit_reached', message: 'Limit', resets_in_seconds: 90 } },
      { message: 'Limit', type: 'usage_limit_reached', retryAfterMs: 90_000 },
    ],
  ])('%j', (body, expected) => {
    expect(openaiResponses.decodeError(body)).toEqual(expected);
  });

  it.each<[JsonValue]>([[null], [5], [[]], [{}], [''], ['   '], [{ error: null }], [{ error: { message: 7 } }]])(
    'never throws and always has a message: %j',
    (body) => {
      expect(openaiResponses.decodeError(body).message).not.toBe('');
    },
  );

  it('shortens to 500 characters', () => {
    expect(openaiResponses.decodeError('x'.repeat(2_000)).message).toHaveLength(500);
  });
});
