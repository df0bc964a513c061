/** A walk through the schemas inside a JSON Schema, which are found by the keywords that hold them, and not by their looks. */
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';

const LEVEL_LIMIT = 64;
/** Keywords that hold one schema, a list of schemas, and schemas by name. */
const ONE = ['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const NAMED = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];

/** The schema with every schema in it, itself first, changed by `change`. What is deeper than 64 levels stays. */
export function mapSchemas(schema: JsonObject, change: (schema: JsonObject) => JsonObject, level = 0): JsonObject {
  if (level > LEVEL_LIMIT) return schema;
  const inside = (value: JsonValue): JsonValue => (isObject(value) ? mapSchemas(value, change, level + 1) : value);
  return mapped(change(schema), (value, keyword) => {
    if (ONE.includes(keyword)) return inside(value);
    if (LISTS.includes(keyword) && Array.isArray(value)) return value.map(inside);
    return NAMED.includes(keyword) && isObject(value) ? mapped(value, inside) : value;
  });
}

function mapped(object: JsonObject, change: (value: JsonValue, key: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}
