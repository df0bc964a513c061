import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../core/base/json.ts';
import type { Tool } from '../../../core/model/request.ts';
import { encode, losses } from './support.ts';

const tool = (schema: JsonObject): Tool => ({ type: 'function', name: 'f', schema });
const schemaOf = (schema: JsonObject): unknown => encode({ tools: [tool(schema)] })['tools'];
const declared = (parameters: JsonObject): unknown => [{ functionDeclarations: [{ name: 'f', parameters }] }];

describe('D.15-21 and pitfall 9: schema keywords that would cost a 400', () => {
  it('keeps what the API documents', () => {
    const properties = {
      s: {
        type: 'string',
        title: 'S',
        description: 'd',
        enum: ['a'],
        minLength: 1,
        maxLength: 2,
        pattern: 'a',
        format: 'date',
      },
      n: { type: 'number', minimum: 1, maximum: 2, default: 1, example: 2 },
      l: { type: 'array', items: { type: 'integer' }, minItems: 1, maxItems: 2 },
    };
    const schema = {
      type: 'object',
      properties,
      required: ['s'],
      minProperties: 1,
      maxProperties: 9,
      propertyOrdering: ['s'],
    };
    expect(schemaOf(schema)).toEqual(declared(schema));
    expect(losses({ tools: [tool(schema)] })).toEqual([]);
  });
  it('removes the rest, one loss per keyword and tool, and never touches property names', () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      additionalProperties: false,
      properties: {
        const: { type: 'string', enumDescriptions: ['x'] },
        additionalProperties: { type: 'object', additionalProperties: { type: 'string' }, properties: {} },
        not: { type: 'integer', exclusiveMinimum: 0, multipleOf: 2 },
      },
      required: ['const', 'gone'],
    };
    expect(schemaOf(schema)).toEqual(
      declared({
        type: 'object',
        properties: {
          const: { type: 'string' },
          additionalProperties: { type: 'object', properties: {} },
          not: { type: 'integer', minimum: 1 },
        },
        required: ['const'],
      }),
    );
    expect(losses({ tools: [tool(schema)] }).sort()).toEqual([
      'schema-keyword @ tools[0] $schema',
      'schema-keyword @ tools[0] additionalProperties',
      'schema-keyword @ tools[0] enumDescriptions',
      'schema-keyword @ tools[0] multipleOf',
    ]);
  });
  it('const becomes enum, several types become nullable or a union, numbers lose their enum', () => {
    const properties = {
      c: { const: 'x' },
      n: { type: ['string', 'null'] },
      u: { type: ['string', 'array'], items: { type: 'string' }, description: 'both' },
      o: { anyOf: [{ type: 'integer' }, { type: 'null' }], description: 'maybe' },
      e: { type: 'integer', enum: [1, 2] },
      x: { oneOf: [{ const: 'a' }, { type: 'number' }] },
    };
    expect(schemaOf({ type: 'object', properties })).toEqual(
      declared({
        type: 'object',
        properties: {
          c: { type: 'string', enum: ['x'] },
          n: { type: 'string', nullable: true },
          u: { description: 'both', anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
          o: { type: 'integer', description: 'maybe', nullable: true },
          e: { type: 'integer' },
          x: { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'number' }] },
        },
      }),
    );
    expect(losses({ tools: [tool({ type: 'object', properties })] })).toEqual(['schema-keyword @ tools[0] enum']);
  });
  it('inlines references, a recursive one eight deep, and merges allOf', () => {
    const schema = {
      type: 'object',
      properties: {
        node: { $ref: '#/$defs/node' },
        both: { allOf: [{ $ref: '#/$defs/name' }, { type: 'object', properties: { b: { type: 'string' } } }] },
      },
      $defs: {
        node: { type: 'object', properties: { next: { $ref: '#/$defs/node' } } },
        name: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
      },
    };
    const text = JSON.stringify(schemaOf(schema));
    expect(text).not.toContain('$');
    expect(text.split('"next"')).toHaveLength(9);
    expect(schemaOf(schema)).toMatchObject([
      {
        functionDeclarations: [
          { parameters: { properties: { both: { properties: { a: {}, b: {} }, required: ['a'] } } } },
        ],
      },
    ]);
    expect(losses({ tools: [tool(schema)] })).toEqual(['schema-keyword @ tools[0] $ref']);
  });
  it('a schema that refers to itself in many places stays small', () => {
    const refs = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [name, { $ref: '#' }]));
    expect(JSON.stringify(schemaOf({ type: 'object', properties: refs })).length).toBeLessThan(100_000);
  });
  it('an array always has typed items', () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'array' }, b: { type: 'array', items: {} }, t: { prefixItems: [{ type: 'number' }] } },
    };
    expect(schemaOf(schema)).toEqual(
      declared({
        type: 'object',
        properties: {
          a: { type: 'array', items: { type: 'string' } },
          b: { type: 'array', items: { type: 'string' } },
          t: { type: 'array', items: { type: 'number' } },
        },
      }),
    );
    expect(losses({ tools: [tool(schema)] })).toEqual(['schema-keyword @ tools[0] items']);
  });
  it('D.15-26: a tool without parameters gets none, and no dummy', () => {
    expect(schemaOf({ type: 'object', properties: {} })).toEqual([{ functionDeclarations: [{ name: 'f' }] }]);
  });
});
