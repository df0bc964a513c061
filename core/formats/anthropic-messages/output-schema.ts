/**
 * Schemas of the answer. The API compiles them to a grammar and answers 400 to an object that is not closed and to limits
 * it cannot enforce (https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs#json-schema-limitations).
 */
import type { JsonObject } from '../../base/json.ts';
import type { LossList } from '../../model/loss.ts';
import { mapSchemas } from '../../model/schema-walk.ts';

const REFUSED = [
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength'],
  ...['maxItems', 'uniqueItems', 'contains', 'minContains', 'maxContains', 'minProperties', 'maxProperties'],
  ...['patternProperties', 'propertyNames', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas'],
];

/** The schema within what the API takes; what it says beyond that is a loss. */
export function acceptedSchema(schema: JsonObject, losses: LossList): JsonObject {
  const lose = (keyword: string): void =>
    losses.add('schema-keyword', `output.schema ${keyword}`, `"${keyword}" cannot be asked of the answer.`);
  return mapSchemas(schema, (node) => {
    const kept = Object.entries(node).flatMap(([keyword, value]) => {
      if (keyword === 'oneOf' && node['anyOf'] === undefined) return [['anyOf', value] as const];
      if (!REFUSED.includes(keyword) && !(keyword === 'minItems' && Number(value) > 1))
        return [[keyword, value] as const];
      lose(keyword);
      return [];
    });
    const out = Object.fromEntries(kept);
    if (!isObjects(node)) return out;
    if ((node['additionalProperties'] ?? false) !== false) lose('additionalProperties');
    return { ...out, additionalProperties: false };
  });
}

function isObjects({ type, properties }: JsonObject): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || properties !== undefined;
}
