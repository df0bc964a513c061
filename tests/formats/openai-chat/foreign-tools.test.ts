/** Tools of other protocols' clients for OpenAI's two protocols, which check schemas where others do not. */
import { describe, expect, it } from 'vitest';
import { asObject, type JsonObject, objectsOf } from '../../../core/base/json.ts';
import { FORMATS } from '../../../core/formats/index.ts';

const TARGET = { model: 'gpt', issuer: 'openai' };

/** The schema of a Claude Code tool as the format sends it. */
function sentSchema(to: 'openai-chat' | 'openai-responses', input_schema: JsonObject): JsonObject | undefined {
  const request = FORMATS['anthropic-messages'].decodeRequest({
    ...{ model: 'm', max_tokens: 9, messages: [] },
    tools: [{ name: 'mcp__x__f', input_schema }],
  });
  const [tool] = objectsOf(FORMATS[to].encodeRequest(request, TARGET).body['tools']);
  return asObject((asObject(tool?.['function']) ?? tool)?.['parameters']);
}

describe.each(['openai-chat', 'openai-responses'] as const)('%s', (to) => {
  it('"array schema missing items": an array gets items that say nothing, however deep it stands', () => {
    const sent = sentSchema(to, {
      type: 'object',
      properties: {
        tags: { type: 'array', description: 'Tags' },
        rows: { type: 'array', items: { type: 'object', properties: { cells: { type: ['array', 'null'] } } } },
        either: { anyOf: [{ type: 'array' }, { type: 'string' }] },
        named: { $ref: '#/$defs/list' },
        any: { type: 'object', additionalProperties: { type: 'array' } },
      },
      required: ['tags'],
      $defs: { list: { type: 'array' } },
    });
    expect(sent).toEqual({
      type: 'object',
      properties: {
        tags: { type: 'array', description: 'Tags', items: {} },
        rows: {
          type: 'array',
          items: { type: 'object', properties: { cells: { type: ['array', 'null'], items: {} } } },
        },
        either: { anyOf: [{ type: 'array', items: {} }, { type: 'string' }] },
        named: { $ref: '#/$defs/list' },
        any: { type: 'object', additionalProperties: { type: 'array', items: {} } },
      },
      required: ['tags'],
      $defs: { list: { type: 'array', items: {} } },
    });
  });

  it('a tuple of the old kind is written as one of the new kind', () => {
    const sent = sentSchema(to, {
      type: 'object',
      properties: { pair: { type: 'array', items: [{ type: 'string' }, { type: 'array' }] } },
    });
    expect(sent?.['properties']).toEqual({
      pair: { type: 'array', items: {}, prefixItems: [{ type: 'string' }, { type: 'array', items: {} }] },
    });
  });

  it('a property that is called items or type is no keyword', () => {
    const schema = {
      type: 'object',
      properties: {
        items: { type: 'string' },
        type: { enum: ['array'] },
        list: { type: 'array', items: { type: 'string' } },
      },
      default: { type: 'array' },
    };
    expect(sentSchema(to, schema)).toEqual(schema);
  });
});
