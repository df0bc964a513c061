/** Tools as specifications. The service refuses an empty description, long ones, and two habits of JSON Schema. */
import { isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { customInputSchema } from '../../model/custom-input.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import type { LossList } from '../../model/loss.ts';
import { objectSchema } from '../../model/object-schema.ts';
import type { ChatRequest, Tool } from '../../model/request.ts';
import type { ToolNames } from '../../model/tool-names.ts';

/** Characters of a description; a longer one is told in the conversation instead. */
const DESCRIPTION_LIMIT = 10_000;

export interface EncodedTools {
  readonly specifications: readonly JsonObject[];
  /** Descriptions that are too long for their tool, for the beginning of the conversation. */
  readonly notes: readonly string[];
}

interface ToolContext {
  readonly names: ToolNames;
  readonly losses: LossList;
}

/**
 * The tools offered, unless their use is forbidden, else those that the history calls: the service refuses a conversation with calls of tools that
 * it is not told of.
 */
export function encodeTools(request: ChatRequest, context: ToolContext): EncodedTools {
  const notes: string[] = [];
  const tools = request.toolChoice?.type === 'none' ? [] : (request.tools ?? []);
  const offered = tools.flatMap((tool, index) => encodeTool(tool, `tools[${index}]`, { ...context, notes }));
  if (offered.length > 0) return { specifications: offered, notes };
  const calls = request.messages.flatMap(({ parts }) => parts.filter((part) => part.type === 'tool-call'));
  const called = new Set(calls.map((call) => context.names.wire(call.name, call.namespace)));
  return { specifications: [...called].map((name) => specification(name, 'Called earlier.', NO_ARGUMENTS)), notes };
}

function encodeTool(
  tool: Tool,
  path: string,
  { names, losses, notes }: ToolContext & { readonly notes: string[] },
): JsonObject[] {
  if (tool.cache !== undefined)
    losses.add('cache-mark', path, 'The service caches by itself; the cache mark is left out.');
  if (tool.type === 'provider') {
    losses.add('tool-provider-run', path, `The tool "${tool.name}" is run by another provider and is left out.`);
    return [];
  }
  loseForeignFields(tool.ext, { format: 'codewhisperer', path, losses });
  if (tool.type === 'function' && tool.strict === true)
    losses.add('tool-strict', path, 'Arguments are not checked here; "strict" is left out.');
  const name = names.wire(tool.name, tool.namespace);
  const schema = tool.type === 'custom' ? customInputSchema(tool) : acceptable(tool.schema, path, losses);
  return [specification(name, describe(name, tool.description, notes), schema)];
}

const NO_ARGUMENTS: JsonObject = { type: 'object', properties: {} };

function specification(name: string, description: string, schema: JsonObject): JsonObject {
  return { toolSpecification: { name, description, inputSchema: { json: schema } } };
}

function describe(name: string, description: string | undefined, notes: string[]): string {
  if (description === undefined || description.trim() === '') return name;
  if (description.length <= DESCRIPTION_LIMIT) return description;
  notes.push(`About the tool ${name}:\n${description}`);
  return `See what is said about the tool ${name} at the beginning of the conversation.`;
}

/** Without `additionalProperties` and empty `required`, anywhere: both are answered with 400. */
function acceptable(given: JsonObject | undefined, path: string, losses: LossList): JsonObject {
  const schema = objectSchema(given, path, losses);
  const clean = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(clean);
    if (!isObject(value)) return value;
    const kept = Object.entries(value).filter(([key, member]) => !isRefused(key, member));
    return Object.fromEntries(kept.map(([key, member]) => [key, clean(member)]));
  };
  if (JSON.stringify(schema).includes('"additionalProperties"'))
    losses.add('schema-keyword', `${path}.schema`, 'The service refuses "additionalProperties"; it is left out.');
  const cleaned = clean(schema);
  return isObject(cleaned) ? cleaned : {};
}

function isRefused(key: string, value: JsonValue): boolean {
  if (key === 'additionalProperties') return typeof value === 'boolean' || isObject(value);
  return key === 'required' && Array.isArray(value) && value.length === 0;
}
