/**
 * JSON Schema as the dialect that Gemini's `parameters` and `responseSchema` take. The API refuses a whole request for
 * one keyword it does not know, for a keyword that does not belong to the type, and for an array without `items`
 * (https://ai.google.dev/api/caching#Schema), so what cannot be said is left out and reported by its keyword.
 */
import { asArray, isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { dereference, mergeAll } from './schema-references.ts';

/** Called once for each place where a keyword was left out. */
export type RemovedKeyword = (keyword: string) => void;

const ANY_TYPE = ['title', 'description', 'default', 'example', 'format'];
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  string: ['enum', 'minLength', 'maxLength', 'pattern'],
  number: ['minimum', 'maximum'],
  integer: ['minimum', 'maximum'],
  boolean: [],
  array: ['items', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'minProperties', 'maxProperties', 'propertyOrdering'],
  null: [],
};
/** Keywords that are dealt with on their own, so that their absence is no loss. */
const HANDLED = new Set(['type', 'nullable', 'anyOf', 'oneOf', 'allOf', 'const', '$ref', '$defs', 'definitions']);
const LEVEL_LIMIT = 64;

interface Place {
  readonly root: JsonObject;
  readonly removed: RemovedKeyword;
  /** References followed on the way here, and how many may still be inlined in the whole schema. */
  readonly references: number;
  readonly budget: { inlined: number };
  readonly level: number;
}

/** The schema in Gemini's dialect. Recursive definitions are inlined eight deep; `removed` hears of everything left out. */
export function toGeminiSchema(schema: JsonObject, removed: RemovedKeyword): JsonObject {
  return clean(schema, { root: schema, removed, references: 0, budget: { inlined: 0 }, level: 0 });
}

/** True for an object schema that says nothing but "an object": Gemini wants such parameters left out. */
export function saysNothing(schema: JsonObject): boolean {
  const { type, properties, required, ...rest } = schema;
  if (Object.keys(rest).length > 0 || (type !== undefined && type !== 'object')) return false;
  return (
    (properties === undefined || isEmpty(properties)) && (required === undefined || asArray(required).length === 0)
  );
}

function isEmpty(value: JsonValue): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

function clean(value: JsonValue | undefined, place: Place): JsonObject {
  if (!isObject(value)) return {};
  if (place.level > LEVEL_LIMIT) {
    place.removed('properties');
    return {};
  }
  const { node: resolved, references } = dereference(value, place);
  const here = { ...place, references, level: place.level + 1 };
  const node = mergeAll(resolved, here);
  const types = typesOf(node);
  const named = types.filter((type) => type !== 'null');
  const union = unionOf(node, named, here);
  const out: JsonObject = {};
  const nullable = node['nullable'] === true || (types.length > named.length && named.length > 0) || union.nullable;
  for (const key of ANY_TYPE) if (node[key] !== undefined) out[key] = node[key];
  const [type] = named.length === 0 && types.length > 0 ? types : named;
  if (union.branches !== undefined) out['anyOf'] = union.branches;
  else if (named.length > 1) out['anyOf'] = named.map((one) => clean({ ...typeOnly(node, one), type: one }, here));
  else if (type !== undefined) Object.assign(out, { type }, typed(node, type, here));
  if (union.merged !== undefined) Object.assign(out, union.merged);
  if (nullable) out['nullable'] = true;
  reportRest(node, named.length > 1 ? named : [type ?? ''], out, here.removed);
  return out;
}

/** The keywords of a type, cleaned. */
function typed(node: JsonObject, type: string, place: Place): JsonObject {
  const out: JsonObject = {};
  for (const key of BY_TYPE[type] ?? []) {
    const value = node[key];
    if (value === undefined || key === 'items' || key === 'properties' || key === 'required' || key === 'enum')
      continue;
    out[key] = value;
  }
  if (type === 'string') Object.assign(out, enumOf(node, place));
  if (type === 'array') out['items'] = itemsOf(node, place);
  if (type === 'object') Object.assign(out, propertiesOf(node, place));
  if (type === 'integer' && typeof node['exclusiveMinimum'] === 'number' && out['minimum'] === undefined) {
    out['minimum'] = Math.floor(node['exclusiveMinimum']) + 1;
  }
  if (type === 'integer' && typeof node['exclusiveMaximum'] === 'number' && out['maximum'] === undefined) {
    out['maximum'] = Math.ceil(node['exclusiveMaximum']) - 1;
  }
  return out;
}

function enumOf(node: JsonObject, place: Place): JsonObject {
  const values = node['enum'] === undefined && node['const'] !== undefined ? [node['const']] : node['enum'];
  if (!Array.isArray(values)) return {};
  const strings = values.filter((value) => typeof value === 'string' && value !== '');
  if (strings.length < values.filter((value) => value !== null).length) place.removed('enum');
  return strings.length > 0 ? { enum: strings } : {};
}

/** `items` is required and needs a type: an untyped array's elements become strings, which is reported. */
function itemsOf(node: JsonObject, place: Place): JsonObject {
  const tuple = asArray(node['prefixItems'] ?? (Array.isArray(node['items']) ? node['items'] : undefined));
  const items = clean(isObject(node['items']) ? node['items'] : tuple[0], place);
  if (tuple.length > 1) place.removed('prefixItems');
  if (items['type'] !== undefined || items['anyOf'] !== undefined) return items;
  place.removed('items');
  return { ...items, type: 'string' };
}

function propertiesOf(node: JsonObject, place: Place): JsonObject {
  const properties = node['properties'];
  if (!isObject(properties)) return {};
  const out: JsonObject = {
    properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, clean(value, place)])),
  };
  const required = node['required'];
  if (Array.isArray(required)) {
    const known = required.filter((name) => typeof name === 'string' && Object.hasOwn(properties, name));
    if (known.length > 0 || required.length === 0) out['required'] = known;
  }
  return out;
}

const NAMED_TYPES = new Set(Object.keys(BY_TYPE));

/** The types a node names, or the one its keywords imply. */
function typesOf(node: JsonObject): string[] {
  const named = (Array.isArray(node['type']) ? node['type'] : [node['type']])
    .filter((type) => typeof type === 'string')
    .map((type) => type.toLowerCase())
    .filter((type) => NAMED_TYPES.has(type));
  const distinct = [...new Set(named)];
  const values = node['const'] === undefined ? asArray(node['enum']) : [node['const']];
  if (distinct.length > 0) return distinct;
  if (values.length > 0) return [...new Set(values.map(typeOfValue))].sort();
  if (node['anyOf'] !== undefined || node['oneOf'] !== undefined) return [];
  if (isObject(node['properties'])) return ['object'];
  return node['items'] === undefined && node['prefixItems'] === undefined ? [] : ['array'];
}

function typeOfValue(value: JsonValue): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** A node with several types, seen as one of them: only what belongs to it. */
function typeOnly(node: JsonObject, type: string): JsonObject {
  const keys = [...(BY_TYPE[type] ?? []), ...(type === 'string' ? ['const'] : []), 'prefixItems'];
  const out: JsonObject = {};
  for (const key of keys) if (node[key] !== undefined) out[key] = node[key];
  if (Array.isArray(node['enum']) && type === 'string') {
    out['enum'] = node['enum'].filter((value) => typeof value === 'string');
  }
  return out;
}

interface Union {
  readonly branches?: JsonObject[];
  /** The only branch besides null, which takes the node's place. */
  readonly merged?: JsonObject;
  readonly nullable: boolean;
}

/** `anyOf` and `oneOf`. Next to a structure of the node's own they only restrict it, and are left out. */
function unionOf(node: JsonObject, named: readonly string[], place: Place): Union {
  const keyword = node['anyOf'] === undefined ? 'oneOf' : 'anyOf';
  const all = node[keyword];
  if (!Array.isArray(all)) return { nullable: false };
  if (keyword === 'anyOf' && node['oneOf'] !== undefined) place.removed('oneOf');
  if (['properties', 'items', 'enum', 'const'].some((key) => node[key] !== undefined) || named.length > 1) {
    place.removed(keyword);
    return { nullable: false };
  }
  const [type] = named;
  const cleaned = all.map((branch) => {
    const own = isObject(branch) ? branch : {};
    return clean(type === undefined || own['type'] !== undefined ? own : { ...own, type }, place);
  });
  const branches = cleaned.filter((branch) => branch['type'] !== 'null');
  const nullable = branches.length < cleaned.length;
  const [only] = branches;
  if (only !== undefined && branches.length === 1) return { merged: { ...only, ...described(node) }, nullable };
  return branches.length === 0 ? { nullable } : { branches, nullable };
}

function described(node: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const key of ['title', 'description', 'default']) if (node[key] !== undefined) out[key] = node[key];
  return out;
}

function reportRest(node: JsonObject, types: readonly string[], out: JsonObject, removed: RemovedKeyword): void {
  const known = new Set([...ANY_TYPE, ...types.flatMap((type) => BY_TYPE[type] ?? [])]);
  for (const key of Object.keys(node)) {
    if (known.has(key) || HANDLED.has(key) || out[key] !== undefined) continue;
    if (types.includes('integer') && (key === 'exclusiveMinimum' || key === 'exclusiveMaximum')) continue;
    if (key === 'required' && asArray(node[key]).length === 0) continue;
    if (key !== 'prefixItems') removed(key);
  }
  if (node['const'] !== undefined && typeof node['const'] !== 'string' && node['const'] !== null) removed('const');
}
