/** `$ref` and `allOf` of a JSON Schema, folded into the schema that holds them: Gemini's dialect has neither. */
import { asArray, isObject, type JsonObject, type JsonValue } from '../../base/json.ts';

const REFERENCE_DEPTH = 8;
/** References inlined in one schema: a tree that refers to itself in many places would grow without end. */
const INLINE_LIMIT = 400;

interface Place {
  readonly root: JsonObject;
  readonly removed: (keyword: string) => void;
  readonly references: number;
  readonly budget: { inlined: number };
}

/** The node with its `$ref` replaced by what it names. Beyond eight references deep only the type is kept. */
export function dereference(value: JsonObject, place: Place): { node: JsonObject; references: number } {
  let node = value;
  let references = place.references;
  while (typeof node['$ref'] === 'string') {
    const { $ref, ...siblings } = node;
    const target = lookUp(place.root, $ref);
    place.budget.inlined += 1;
    references += 1;
    if (target === undefined || references > REFERENCE_DEPTH || place.budget.inlined > INLINE_LIMIT) {
      place.removed('$ref');
      const type = target?.['type'];
      return { node: type === undefined || type === 'array' ? siblings : { type, ...siblings }, references };
    }
    node = { ...target, ...siblings };
  }
  return { node, references };
}

function lookUp(root: JsonObject, reference: string): JsonObject | undefined {
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  let value: JsonValue | undefined = root;
  for (const raw of reference.split('/').slice(1)) {
    const key = decode(raw).replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(key)];
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return isObject(value) ? value : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The node with the members of its `allOf` merged in: properties and required names united, the first word wins else. */
export function mergeAll(node: JsonObject, place: Place): JsonObject {
  if (!Array.isArray(node['allOf'])) return node;
  let { allOf, ...merged } = node;
  for (const member of asArray(allOf)) {
    if (!isObject(member)) continue;
    const { allOf: inner, ...own } = dereference(member, place).node;
    merged = mergeTwo(merged, Array.isArray(inner) ? mergeAll({ ...own, allOf: inner }, deeper(place)) : own, place);
  }
  return merged;
}

function deeper(place: Place): Place {
  return { ...place, references: place.references + 1 };
}

function mergeTwo(first: JsonObject, second: JsonObject, place: Place): JsonObject {
  const out: JsonObject = { ...second, ...first };
  const [properties, more] = [first['properties'], second['properties']];
  if (isObject(properties) && isObject(more)) out['properties'] = { ...more, ...properties };
  const required = [...asArray(first['required']), ...asArray(second['required'])];
  if (required.length > 0) out['required'] = [...new Set(required)];
  const conflict = Object.keys(second).some(
    (key) =>
      key in first && !['properties', 'required', 'title', 'description'].includes(key) && !same(first, second, key),
  );
  if (conflict) place.removed('allOf');
  return out;
}

function same(first: JsonObject, second: JsonObject, key: string): boolean {
  return JSON.stringify(first[key]) === JSON.stringify(second[key]);
}
