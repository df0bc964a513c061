/** What single Gemini models refuse that the API knows: thinking levels, and words of an enumeration. */
import { describe, expect, it } from 'vitest';
import { asObject } from '../../../core/base/json.ts';
import type { ReasoningOptions } from '../../../core/model/request.ts';
import { encode, losses } from './support.ts';

function thinking(model: string, reasoning: ReasoningOptions): unknown {
  const config = asObject(encode({ reasoning }, { model, issuer: 'google' })['generationConfig']);
  return config?.['thinkingConfig'];
}

describe('the level minimal', () => {
  it.each([
    ['gemini-3-flash-preview', 'minimal'],
    ['gemini-3.5-flash-lite', 'minimal'],
    ['gemini-3.6-flash', 'minimal'],
    ['gemini-3.7-flash', 'low'],
    ['gemini-3.8-flash', 'low'],
    ['gemini-3.1-pro-preview', 'low'],
    ['gemini-4-flash', 'low'],
  ])('%s gets %s for an effort of none or minimal', (model, thinkingLevel) => {
    expect(thinking(model, { effort: 'none' })).toEqual({ thinkingLevel });
    expect(thinking(model, { effort: 'minimal' })).toEqual({ thinkingLevel });
    expect(thinking(model, { mode: 'disabled' })).toEqual({ thinkingLevel });
  });
});

it('an enumeration loses its empty word, which the API refuses', () => {
  const schema = {
    type: 'object',
    properties: { kind: { type: 'string', enum: ['', 'shell'] }, none: { type: 'string', enum: [''] } },
  };
  const tools = [{ type: 'function' as const, name: 'f', schema }];
  expect(encode({ tools })['tools']).toMatchObject([
    {
      functionDeclarations: [
        { parameters: { properties: { kind: { type: 'string', enum: ['shell'] }, none: { type: 'string' } } } },
      ],
    },
  ]);
  expect(losses({ tools })).toEqual(['schema-keyword @ tools[0] enum']);
});
