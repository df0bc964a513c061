/**
 * JSON Schemas as OpenAI checks them. It answers 400 to a whole request for one array without `items`, for an object
 * without `properties` at the top and for the tuples of older drafts, all of which other protocols' clients send (tools
 * of MCP servers, above all). What is added says nothing.
 */
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';

const LEVEL_LIMIT = 64;
/** Keywords that hold one schema, a list of schemas, and schemas by name. */
const ONE = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];

/** The schema with what OpenAI misses in it. */
export function completeSchema(schema: JsonObject): JsonObject {
  const complete = completed(schema, 0);
  return schema['type'] === 'object' && schema['properties'] === undefined ? { ...complete, properties: {} } : complete;
}

function completed(schema: JsonObject, level: number): JsonObject {
  if (level > LEVEL_LIMIT) return schema;
  const inside = (value: JsonValue): JsonValue => (isObject(value) ? completed(value, level + 1) : value);
  return mapped(withItems(schema), (value, keyword) => {
    if (ONE.includes(keyword)) return inside(value);
    if (LISTS.includes(keyword) && Array.isArray(value)) return value.map(inside);
    return NAMED.includes(keyword) && isObject(value) ? mapped(value, inside) : value;
  });
}

function mapped(object: JsonObject, change: (value: JsonValue, key: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

function withItems(schema: JsonObject): JsonObject {
  const { type, items } = schema;
  if (Array.isArray(items)) return { ...schema, items: {}, prefixItems: items };
  const isArray = type === 'array' || (Array.isArray(type) && type.includes('array'));
  return isArray && items === undefined ? { ...schema, items: {} } : schema;
}
