import { describe, expect, it } from 'vitest';
import { type ErrorCode, OmniError } from '../../../core/base/errors.ts';
import { anthropicMessages } from '../../../core/formats/anthropic-messages/index.ts';

const { encodeError, decodeError } = anthropicMessages;

describe('errors', () => {
  it.each<[ErrorCode, number, string]>([
    ['invalid_request', 400, 'invalid_request_error'],
    ['invalid_api_key', 401, 'authentication_error'],
    ['permission_denied', 403, 'permission_error'],
    ['model_not_found', 404, 'not_found_error'],
    ['payload_too_large', 413, 'request_too_large'],
    ['upstream_rate_limited', 429, 'rate_limit_error'],
    ['client_closed', 499, 'api_error'],
    ['internal', 500, 'api_error'],
    ['upstream_overloaded', 503, 'overloaded_error'],
    ['upstream_timeout', 504, 'timeout_error'],
  ])('%s is %i %s', (code, status, type) => {
    expect(encodeError(new OmniError(code, 'why'))).toEqual({
      status,
      body: { type: 'error', error: { type, message: 'why' } },
    });
  });

  it("keeps the upstream's status", () => {
    expect(encodeError(new OmniError('upstream_quota', 'pay', { status: 402 }))).toMatchObject({
      status: 402,
      body: { error: { type: 'billing_error' } },
    });
  });

  it.each<[Parameters<typeof decodeError>[0], object]>([
    [
      { type: 'error', error: { type: 'rate_limit_error', message: 'slow' } },
      { type: 'rate_limit_error', message: 'slow' },
    ],
    ['{"type":"error","error":{"type":"api_error","message":"m"}}', { type: 'api_error', message: 'm' }],
    [[{ error: { message: 'in a list', code: 'c' } }], { message: 'in a list', code: 'c' }],
    [{ error: 'plain' }, { message: 'plain' }],
    [{ detail: 'fast api' }, { message: 'fast api' }],
    ['<html><style>p{}</style><h1>502</h1> Bad  gateway</html>', { message: '502 Bad gateway' }],
    ['', { message: 'The provider gave no reason.' }],
    [null, { message: 'The provider gave no reason.' }],
    [{ odd: 1 }, { message: '{"odd":1}' }],
  ])('reads %j', (body, expected) => {
    expect(decodeError(body)).toEqual(expected);
  });

  it('shortens long messages', () => {
    expect(decodeError('x'.repeat(2_000)).message).toHaveLength(500);
  });
});
