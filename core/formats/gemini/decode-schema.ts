/**
 * Gemini's own schema dialect, a subset of OpenAPI 3.0 with type names in capitals and `nullable`, as JSON Schema, so
 * that every other protocol can use a Gemini client's tools (https://ai.google.dev/api/caching#Schema).
 */
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';

const CAMEL: Readonly<Record<string, string>> = {
  any_of: 'anyOf',
  max_items: 'maxItems',
  min_items: 'minItems',
  max_length: 'maxLength',
  min_length: 'minLength',
  max_properties: 'maxProperties',
  min_properties: 'minProperties',
  property_ordering: 'propertyOrdering',
};
/** 64-bit integers, which protobuf writes as strings in JSON. */
const COUNTS = ['maxItems', 'minItems', 'maxLength', 'minLength', 'maxProperties', 'minProperties'];

/** The schema with JSON Schema's type names, numbers as numbers, and `nullable` as the type `null`. */
export function fromGeminiSchema(schema: JsonObject): JsonObject {
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(schema)
      .filter(([, value]) => value !== null)
      .map(([key, value]) => {
        const name = CAMEL[key] ?? key;
        return [name, fromKeyword(name, value)] as const;
      }),
  );
  if (nullable === undefined || nullable === false) return rest;
  return withNull(rest);
}

function fromKeyword(name: string, value: JsonValue): JsonValue {
  if (name === 'type' && typeof value === 'string') return value.toLowerCase();
  if (COUNTS.includes(name) && typeof value === 'string' && /^\d+$/.test(value)) return Number(value);
  if (name === 'items' && isObject(value)) return fromGeminiSchema(value);
  if (name === 'anyOf' && Array.isArray(value)) return value.map(fromValue);
  if (name === 'properties' && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, property]) => [key, fromValue(property)]));
  }
  return value;
}

function fromValue(value: JsonValue): JsonValue {
  return isObject(value) ? fromGeminiSchema(value) : value;
}

function withNull(schema: JsonObject): JsonObject {
  const { type, anyOf, ...rest } = schema;
  if (Array.isArray(anyOf)) {
    const [only] = anyOf;
    if (anyOf.length === 1 && isObject(only) && typeof only['type'] === 'string') return withNull({ ...rest, ...only });
    return { ...schema, anyOf: [...anyOf, { type: 'null' }] };
  }
  return typeof type === 'string' && type !== 'null' ? { ...schema, type: [type, 'null'] } : schema;
}
