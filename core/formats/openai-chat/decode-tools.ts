/**
 * Tools and tool choice of a client's request. The deprecated `functions` and `function_call` become tools; tools of
 * another type (Moonshot's `builtin_function`, GLM's `web_search`) are run by the provider and carried whole.
 * https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools
 */
import { asObject, asString, isObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import type { Tool, ToolChoice } from '../../model/request.ts';
import { takeCache } from './decode-content.ts';
import { Fields, FORMAT, restWithInner, withExt } from './wire.ts';

/** The tools of `tools` and `functions`; undefined when the body has neither. Throws `invalid_request`. */
export function decodeTools(body: Fields): readonly Tool[] | undefined {
  const tools = body.array('tools');
  const functions = body.array('functions');
  if (tools === undefined && functions === undefined) return undefined;
  return [
    ...(tools ?? []).map((tool, index) => decodeTool(tool, `tools[${index}]`)),
    ...(functions ?? []).map((tool, index) => functionTool(new Fields(tool, `functions[${index}]`))),
  ];
}

function decodeTool(value: JsonValue, path: string): Tool {
  const tool = new Fields(value, path);
  const type = tool.string('type') ?? 'function';
  if (type === 'custom') return customTool(tool);
  if (type !== 'function') return providerTool(type, asObject(value) ?? {});
  const outer = asObject(value);
  // Cursor and others send the flat form of the Responses API here.
  if (outer?.['function'] === undefined && typeof outer?.['name'] === 'string') return functionTool(tool);
  return functionTool(tool.fields('function'), tool);
}

function functionTool(inner: Fields, outer?: Fields): Tool {
  const name = inner.requiredString('name');
  const description = inner.string('description');
  const schema = inner.object('parameters');
  const strict = inner.boolean('strict');
  const cache = takeCache(outer ?? inner);
  const rest = outer === undefined ? restWithInner({}, inner.rest()) : restWithInner(outer.rest(), inner.rest());
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    ...(schema !== undefined && { schema }),
    ...(strict !== undefined && { strict }),
    ...cache,
    ...withExt(rest),
  };
}

function customTool(tool: Fields): Tool {
  const inner = tool.fields('custom');
  const name = inner.requiredString('name');
  const description = inner.string('description');
  const format = inner.object('format');
  const cache = takeCache(tool);
  return {
    type: 'custom',
    name,
    ...(description !== undefined && { description }),
    ...(format !== undefined && { format: flatFormat(format) }),
    ...cache,
    ...withExt(restWithInner(tool.rest(), inner.rest())),
  };
}

/** The hub writes a grammar as Responses does: `{type, syntax, definition}`; here it stands in `grammar`. */
function flatFormat({ grammar, ...rest }: JsonObject): JsonObject {
  if (grammar === undefined) return rest;
  return isObject(grammar) ? { ...rest, ...grammar } : { ...rest, grammar };
}

function providerTool(type: string, whole: JsonObject): Tool {
  const name = asString(whole['name']) ?? asString(asObject(whole['function'])?.['name']) ?? type;
  return { type: 'provider', name, ext: { origin: FORMAT, data: whole } };
}

/** `tool_choice`, or the deprecated `function_call`; a form unknown here is carried whole. */
export function decodeToolChoice(body: Fields): ToolChoice | undefined {
  const choice = body.take('tool_choice');
  const old = body.take('function_call');
  if (choice !== undefined) return decodeChoice(choice);
  if (old === undefined) return undefined;
  const name = asString(asObject(old)?.['name']);
  return name === undefined ? decodeChoice(old) : { type: 'tool', name, kind: 'function' };
}

function decodeChoice(choice: JsonValue): ToolChoice {
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { type: choice };
  if (choice === 'any') return { type: 'required' };
  return namedChoice(asObject(choice)) ?? { type: 'opaque', ext: { origin: FORMAT, data: { tool_choice: choice } } };
}

function namedChoice(choice: JsonObject | undefined): ToolChoice | undefined {
  const type = choice?.['type'];
  if (type === 'function' || type === 'custom') {
    const name = asString(asObject(choice?.[type])?.['name']) ?? asString(choice?.['name']);
    return name === undefined ? undefined : { type: 'tool', name, kind: type };
  }
  const allowed = asObject(choice?.['allowed_tools']);
  const mode = allowed?.['mode'];
  if (type !== 'allowed_tools' || (mode !== 'auto' && mode !== 'required')) return undefined;
  const names = objectsOf(allowed?.['tools']).map(
    (tool) => asString(asObject(tool['function'])?.['name']) ?? asString(asObject(tool['custom'])?.['name']),
  );
  const known = names.filter((name) => name !== undefined);
  return known.length === names.length ? { type: 'allowed', mode, names: known } : undefined;
}
