import { describe, expect, it } from 'vitest';
import { OmniError } from '../../../core/base/errors.ts';
import { gemini } from '../../../core/formats/gemini/index.ts';

describe('gemini errors', () => {
  it('its own shape with status word, field and delay', () => {
    expect(gemini.encodeError(new OmniError('invalid_request', 'bad', { path: 'contents[0]' }))).toEqual({
      status: 400,
      body: {
        error: {
          code: 400,
          message: 'bad',
          status: 'INVALID_ARGUMENT',
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.BadRequest',
              fieldViolations: [{ field: 'contents[0]', description: 'bad' }],
            },
          ],
        },
      },
    });
    expect(gemini.encodeError(new OmniError('upstream_quota', 'wait', { retryAfterMs: 1500 })).body).toMatchObject({
      error: { code: 429, status: 'RESOURCE_EXHAUSTED', details: [{ retryDelay: '1.5s' }] },
    });
    expect(gemini.encodeError(new OmniError('client_closed', 'gone'))).toMatchObject({
      status: 499,
      body: { error: { status: 'CANCELLED' } },
    });
  });
  it('reads any body', () => {
    const details = [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }];
    expect(
      gemini.decodeError([
        { error: { code: 400, message: 'API key not valid.', status: 'INVALID_ARGUMENT', details } },
      ]),
    ).toEqual({
      message: 'API key not valid.',
      type: 'INVALID_ARGUMENT',
      code: 'API_KEY_INVALID',
    });
    expect(gemini.decodeError('<html><style>x</style><h1>Bad\n Gateway</h1></html>')).toEqual({
      message: 'Bad Gateway',
    });
    expect(gemini.decodeError({ error: 'plain' })).toEqual({ message: 'plain' });
    for (const odd of [null, 1, [], {}, [null], { error: {} }, { error: null }, '']) {
      expect(gemini.decodeError(odd).message.length).toBeGreaterThan(0);
    }
    expect(gemini.decodeError('x'.repeat(9999)).message).toHaveLength(500);
  });
});
