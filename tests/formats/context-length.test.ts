/** A conversation that is too long, told in the words by which each client knows that it must be shortened. */
import { expect, it } from 'vitest';
import { OmniError } from '../../core/base/errors.ts';
import { asObject, type JsonObject } from '../../core/base/json.ts';
import { FORMATS } from '../../core/formats/index.ts';
import type { FormatId } from '../../core/model/format-id.ts';
import { upstreamError } from '../../core/model/upstream-error.ts';

function told(to: FormatId, error: OmniError): JsonObject {
  return asObject(FORMATS[to].encodeError(error).body['error']) ?? {};
}

const GEMINI = upstreamError(
  { message: 'The input token count (9) exceeds the maximum number of tokens allowed (8).', type: 'INVALID_ARGUMENT' },
  400,
);
const ANTHROPIC = upstreamError(
  { message: 'prompt is too long: 210000 tokens > 200000 maximum', type: 'invalid_request_error' },
  400,
);
const LOCAL = upstreamError({ message: 'exceeds the available context size', code: '400' }, 400);

it.each([GEMINI, ANTHROPIC, LOCAL])('OpenAI clients look for the code', (error) => {
  expect(told('openai-chat', error)['code']).toBe('context_length_exceeded');
  expect(told('openai-responses', error)['code']).toBe('context_length_exceeded');
});

it("OpenAI's own code of it stays as it was told", () => {
  const error = new OmniError('upstream_context_length', 'x', { upstreamCode: 'string_above_max_length' });
  expect(told('openai-chat', error)['code']).toBe('string_above_max_length');
});

it('Claude Code looks for the beginning of the sentence', () => {
  expect(FORMATS['anthropic-messages'].encodeError(GEMINI)).toEqual({
    status: 400,
    body: {
      type: 'error',
      error: { type: 'invalid_request_error', message: `prompt is too long: ${GEMINI.message}` },
    },
  });
});

it("and reads Anthropic's own words as they are", () => {
  expect(told('anthropic-messages', ANTHROPIC)['message']).toBe(ANTHROPIC.message);
  const both = 'input length and `max_tokens` exceed context limit: 186433 + 20000 > 200000';
  expect(told('anthropic-messages', upstreamError({ message: both }, 400))['message']).toBe(both);
});

it('in a stream too', () => {
  const request = { model: 'm', stream: true, messages: [] };
  const context = { id: 'a'.repeat(24), model: 'm', createdAtS: 1, request, body: {} };
  const frames = FORMATS['anthropic-messages']
    .encodeStream(context)
    .push({ type: 'error', code: 'upstream_context_length', message: 'too much' });
  expect(frames[0]?.data).toContain('"message":"prompt is too long: too much"');
});
