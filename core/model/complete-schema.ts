/**
 * JSON Schemas as OpenAI checks them. It answers 400 to a whole request for one array without `items`, for an object
 * without `properties` at the top and for the tuples of older drafts, all of which other protocols' clients send (tools
 * of MCP servers, above all). What is added says nothing.
 */
import type { JsonObject } from '../base/json.ts';
import { mapSchemas } from './schema-walk.ts';

/** The schema with what OpenAI misses in it. */
export function completeSchema(schema: JsonObject): JsonObject {
  const complete = mapSchemas(schema, withItems);
  return schema['type'] === 'object' && schema['properties'] === undefined ? { ...complete, properties: {} } : complete;
}

function withItems(schema: JsonObject): JsonObject {
  const { type, items } = schema;
  if (Array.isArray(items)) return { ...schema, items: {}, prefixItems: items };
  const isArray = type === 'array' || (Array.isArray(type) && type.includes('array'));
  return isArray && items === undefined ? { ...schema, items: {} } : schema;
}
