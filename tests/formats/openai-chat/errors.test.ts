import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import type { JsonValue } from '../../../core/base/json.ts';
import { openaiChat } from '../../../core/formats/openai-chat/index.ts';

describe('an error for a client', () => {
  it.each([
    [
      new OmniError('invalid_request', 'x', { path: 'messages[0]' }),
      400,
      'invalid_request_error',
      'bad_request',
      'messages[0]',
    ],
    [new OmniError('invalid_api_key', 'x'), 401, 'authentication_error', 'invalid_api_key', null],
    [new OmniError('model_not_found', 'x'), 404, 'invalid_request_error', 'model_not_found', null],
    [new OmniError('payload_too_large', 'x'), 413, 'invalid_request_error', 'PAYLOAD_TOO_LARGE', null],
    [new OmniError('upstream_rate_limited', 'x'), 429, 'rate_limit_error', 'rate_limit_exceeded', null],
    [new OmniError('upstream_quota', 'x'), 429, 'rate_limit_error', 'insufficient_quota', null],
    [new OmniError('client_closed', 'x'), 499, 'invalid_request_error', 'client_closed', null],
    [new OmniError('internal', 'x'), 500, 'server_error', 'internal_server_error', null],
    [
      new OmniError('upstream_server_error', 'x', { upstreamCode: 'their_code' }),
      502,
      'server_error',
      'their_code',
      null,
    ],
    [new OmniError('upstream_overloaded', 'x', { status: 529 }), 529, 'server_error', 'upstream_overloaded', null],
  ])('%s', (error, status, type, code, param) => {
    expect(openaiChat.encodeError(error)).toEqual({ status, body: { error: { message: 'x', type, param, code } } });
  });
});

describe('an error of an upstream', () => {
  it.each<[string, JsonValue, object]>([
    ['OpenAI', { error: { message: 'm', type: 't', param: null, code: 'c' } }, { message: 'm', type: 't', code: 'c' }],
    [
      'Google, in an array',
      [{ error: { code: 429, message: 'm', status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '34.07s' }] } }],
      { message: 'm', type: 'RESOURCE_EXHAUSTED', code: '429', retryAfterMs: 34_070 },
    ],
    ['a string', { error: 'm' }, { message: 'm' }],
    ['FastAPI', { detail: [{ loc: ['body'], msg: 'a' }, { msg: 'b' }] }, { message: 'a; b' }],
    [
      'Mistral',
      { object: 'error', message: { detail: [{ msg: 'extra' }] }, type: 'invalid', code: null },
      { message: 'extra', type: 'invalid' },
    ],
    [
      'OpenRouter',
      { error: { message: 'Provider returned error', code: 502, metadata: { raw: '{"error":{"message":"why"}}' } } },
      { message: 'Provider returned error: why', code: '502' },
    ],
    [
      'Codex quota',
      { error: { type: 'usage_limit_reached', message: 'm', resets_in_seconds: 60 } },
      { message: 'm', type: 'usage_limit_reached', retryAfterMs: 60_000 },
    ],
    [
      'HTML',
      '<html><head><style>p{}</style></head><body><h1>502</h1> Bad\n gateway</body></html>',
      { message: '502 Bad gateway' },
    ],
    ['JSON as text', '{"error":{"message":"m"}}', { message: 'm' }],
    ['nothing', '', { message: 'The provider answered with an empty error.' }],
    ['null', null, { message: 'The provider answered with an empty error.' }],
    ['a number', 7, { message: 'The provider answered with an empty error.' }],
    ['no known member', { a: 1 }, { message: '{"a":1}' }],
  ])('%s', (_name, body, expected) => {
    expect(openaiChat.decodeError(body)).toEqual(expected);
  });

  it('is at most 500 characters long', () => {
    expect(openaiChat.decodeError({ error: { message: 'x'.repeat(9_000) } }).message).toHaveLength(500);
  });
});
