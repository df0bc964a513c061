/** Schemas for the answer from clients of other protocols: Anthropic takes a part of JSON Schema and closed objects only. */
import { describe, expect, it } from 'vitest';
import { asObject, type JsonObject } from '../../../core/base/json.ts';
import { FORMATS } from '../../../core/formats/index.ts';
import type { FormatId } from '../../../core/model/format-id.ts';

function sent(from: FormatId, body: JsonObject) {
  const request = FORMATS[from].decodeRequest({ model: 'm', ...body });
  const encoded = FORMATS['anthropic-messages'].encodeRequest(request, { model: 'claude-x', issuer: 'anthropic' });
  const format = asObject(asObject(encoded.body['output_config'])?.['format']);
  return { schema: format?.['schema'], lost: encoded.losses.map(({ feature, path }) => `${feature} ${path}`) };
}

function fromOllama(format: JsonObject) {
  return sent('ollama-chat', { messages: [{ role: 'user', content: 'x' }], options: { num_predict: 9 }, format });
}

describe('the schema', () => {
  it('gets closed objects, however deep', () => {
    const { schema, lost } = fromOllama({
      type: 'object',
      properties: {
        list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } } } },
        either: { anyOf: [{ type: 'object', properties: {} }, { type: 'null' }] },
        named: { $ref: '#/$defs/point' },
        maybe: { type: ['object', 'null'], properties: {} },
      },
      required: ['list'],
      $defs: { point: { type: 'object', properties: { x: { type: 'number' } } } },
    });
    const closed = { additionalProperties: false };
    expect(schema).toEqual({
      type: 'object',
      ...closed,
      properties: {
        list: { type: 'array', items: { type: 'object', properties: { a: { type: 'string' } }, ...closed } },
        either: { anyOf: [{ type: 'object', properties: {}, ...closed }, { type: 'null' }] },
        named: { $ref: '#/$defs/point' },
        maybe: { type: ['object', 'null'], properties: {}, ...closed },
      },
      required: ['list'],
      $defs: { point: { type: 'object', properties: { x: { type: 'number' } }, ...closed } },
    });
    expect(lost).toEqual([]);
  });

  it('goes without the limits that are refused, which is told', () => {
    const { schema, lost } = fromOllama({
      type: 'object',
      properties: {
        age: { type: 'integer', minimum: 0, maximum: 150 },
        name: { type: 'string', minLength: 1, maxLength: 9, description: 'Full name' },
        tags: { type: 'array', items: { type: 'string' }, minItems: 2, maxItems: 3, uniqueItems: true },
        some: { type: 'array', items: { type: 'string' }, minItems: 1 },
        map: { type: 'object', additionalProperties: { type: 'string' } },
        minimum: { type: 'string' },
        one: { oneOf: [{ type: 'string' }, { type: 'integer' }] },
      },
    });
    expect(schema).toEqual({
      type: 'object',
      additionalProperties: false,
      properties: {
        age: { type: 'integer' },
        name: { type: 'string', description: 'Full name' },
        tags: { type: 'array', items: { type: 'string' } },
        some: { type: 'array', items: { type: 'string' }, minItems: 1 },
        map: { type: 'object', additionalProperties: false },
        minimum: { type: 'string' },
        one: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
      },
    });
    expect(lost).toEqual(
      [
        'minimum',
        'maximum',
        'minLength',
        'maxLength',
        'minItems',
        'maxItems',
        'uniqueItems',
        'additionalProperties',
      ].map((keyword) => `schema-keyword output.schema ${keyword}`),
    );
  });

  it("of Anthropic's own client stays as it is", () => {
    const schema = { type: 'object', properties: { a: { type: 'integer', minimum: 1 } } };
    const body = { max_tokens: 9, messages: [], output_config: { format: { type: 'json_schema', schema } } };
    expect(sent('anthropic-messages', body)).toEqual({ schema, lost: [] });
  });
});
