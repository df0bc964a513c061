/** A tool's arguments for hosts that demand an object schema without `anyOf`, `oneOf` or `allOf` at its top. */
import { asArray, asObject, asString, type JsonObject, objectsOf } from '../base/json.ts';
import type { LossList } from './loss.ts';

const COMBINERS = ['anyOf', 'oneOf', 'allOf'] as const;

/** The schema as an object's; the properties of alternatives at its top are joined, which is a loss. `path`: the tool's. */
export function objectSchema(given: JsonObject | undefined, path: string, losses: LossList): JsonObject {
  const schema: JsonObject = given ?? { type: 'object', properties: {} };
  if (!COMBINERS.some((word) => schema[word] !== undefined)) {
    return schema['type'] === undefined ? { type: 'object', ...schema } : schema;
  }
  losses.add('schema-keyword', `${path}.schema`, 'The alternatives at the top of the schema were joined.');
  const { anyOf, oneOf, allOf, ...plain } = schema;
  const alternatives = [...objectsOf(anyOf), ...objectsOf(oneOf)];
  const properties: JsonObject = {};
  for (const branch of [...alternatives, ...objectsOf(allOf), plain]) {
    Object.assign(properties, asObject(branch['properties']));
  }
  const always = [plain, ...objectsOf(allOf)].flatMap(requiredOf);
  const common = alternatives
    .map(requiredOf)
    .reduce(
      (left, right) => left.filter((name) => right.includes(name)),
      [...(alternatives[0] === undefined ? [] : requiredOf(alternatives[0]))],
    );
  const required = [...new Set([...always, ...common])];
  return { ...plain, type: 'object', properties, ...(required.length > 0 && { required }) };
}

function requiredOf(schema: JsonObject): string[] {
  return asArray(schema['required']).flatMap((name) => asString(name) ?? []);
}
