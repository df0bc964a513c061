/** The words of effort that each of OpenAI's models takes, from what clients of other protocols ask. */
import { describe, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../../../core/base/json.ts';
import { FORMATS } from '../../../core/formats/index.ts';

function sent(model: string, asked: JsonObject): unknown {
  const body = { model: 'm', max_tokens: 99, messages: [{ role: 'user', content: 'x' }], ...asked };
  const encoded = FORMATS['openai-responses'].encodeRequest(FORMATS['anthropic-messages'].decodeRequest(body), {
    model,
    issuer: 'openai',
  });
  return asObject(encoded.body['reasoning'])?.['effort'];
}

const OFF = { thinking: { type: 'disabled' } };
const ADAPTIVE = { type: 'adaptive' };
const said = (effort: string): JsonObject => ({ thinking: ADAPTIVE, output_config: { effort } });

describe('thinking that Claude Code switches off', () => {
  it.each([
    ['gpt-5-mini', 'minimal'],
    ['gpt-5', 'minimal'],
    ['gpt-5-2025-08-07', 'minimal'],
    ['gpt-5.1-codex', 'low'],
    ['gpt-5.3-codex', 'low'],
    ['o4-mini', 'low'],
    ['gpt-5.1', 'none'],
    ['gpt-5.6-sol', 'none'],
    ['gpt-5.2-pro', 'medium'],
    ['gpt-5-pro', 'high'],
    ['openai/gpt-5-mini', 'minimal'],
    ['some-model', 'none'],
  ])('is %s at %s', (model, effort) => {
    expect(sent(model, OFF)).toBe(effort);
    expect(sent(model, { ...OFF, output_config: { effort: 'high' } })).toBe(effort);
  });
});

describe('an effort above what the model has', () => {
  it.each([
    ['gpt-5', 'xhigh', 'high'],
    ['gpt-5.1', 'max', 'high'],
    ['gpt-5.1-codex-max', 'xhigh', 'xhigh'],
    ['gpt-5.2', 'max', 'xhigh'],
    ['o3', 'xhigh', 'high'],
    ['gpt-5.3-chat-latest', 'high', 'medium'],
    ['gpt-5.5', 'high', 'high'],
    ['gpt-6-astra', 'max', 'xhigh'],
  ])('of %s: %s is %s', (model, asked, effort) => {
    expect(sent(model, said(asked))).toBe(effort);
  });
});

it('a client of OpenAI’s own protocols gets its own word', () => {
  const request = FORMATS['openai-responses'].decodeRequest({ model: 'm', input: 'x', reasoning: { effort: 'none' } });
  const { body } = FORMATS['openai-responses'].encodeRequest(request, { model: 'gpt-5', issuer: 'openai' });
  expect(body['reasoning']).toEqual({ effort: 'none' });
});
