/**
 * Tools and the choice among them: flat `function` and `custom` tools, `namespace` groups, and tools that OpenAI (or
 * the client, for `local_shell` and its like) runs, which only this protocol can express.
 * https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools
 */
import { asArray, asString, isObject, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import { completeSchema } from '../../model/complete-schema.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import type { LossList } from '../../model/loss.ts';
import type { ChatRequest, Tool, ToolChoice } from '../../model/request.ts';
import type { ToolNameRule, ToolNames } from '../../model/tool-names.ts';
import { FORMAT, optional, optionalObject, ownData, refuse, required, restOf, under } from './wire.ts';

/** OpenAI's names: https://platform.openai.com/docs/guides/function-calling */
export const TOOL_NAME_RULE: ToolNameRule = {
  refused: /[^a-zA-Z0-9_-]/g,
  maxLength: 64,
  custom: true,
  namespace: true,
};

const FUNCTION_MEMBERS = ['type', 'name', 'description', 'parameters', 'strict'];
const CUSTOM_MEMBERS = ['type', 'name', 'description', 'format'];

/** The `tools` of a request, groups laid out flat. An empty list is no tools. */
export function decodeTools(value: JsonValue | undefined): Tool[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) return refuse('tools', '"tools" must be an array.');
  const tools = value.flatMap((tool, index) => {
    const path = `tools[${index}]`;
    if (!isObject(tool)) return refuse(path, `"${path}" must be an object.`);
    return tool['type'] === 'namespace' ? decodeGroup(tool, path) : [decodeTool(tool, path, undefined)];
  });
  return tools.length === 0 ? undefined : tools;
}

function decodeGroup(group: JsonObject, path: string): Tool[] {
  const namespace = required(group, under(path, 'name'));
  const members = objectsOf(group['tools']);
  if (members.length === 0) return [providerTool(group, undefined)];
  const fields = restOf(group, ['type', 'name', 'tools']);
  return members.map((member, index) => {
    const tool = decodeTool(member, `${path}.tools[${index}]`, namespace);
    if (index > 0 || Object.keys(fields).length === 0 || tool.type === 'provider') return tool;
    return { ...tool, ext: { origin: FORMAT, data: { ...tool.ext?.data, group: fields } } };
  });
}

/** `ext` is always there: it tells a tool of this protocol, whose `strict` defaults otherwise than elsewhere. */
function decodeTool(tool: JsonObject, path: string, namespace: string | undefined): Tool {
  const type = required(tool, under(path, 'type'));
  if (type !== 'function' && type !== 'custom') return providerTool(tool, namespace);
  const description = optional(tool, under(path, 'description'), 'string');
  const base = {
    name: required(tool, under(path, 'name')),
    ...(namespace !== undefined && { namespace }),
    ...(description !== undefined && { description }),
  };
  if (type === 'custom') {
    const format = optionalObject(tool, under(path, 'format'));
    return { type, ...base, ...(format !== undefined && { format }), ext: toolExt(tool, CUSTOM_MEMBERS) };
  }
  const schema = optionalObject(tool, under(path, 'parameters'));
  const strict = optional(tool, under(path, 'strict'), 'boolean');
  return {
    type,
    ...base,
    ...(schema !== undefined && { schema }),
    ...(strict !== undefined && { strict }),
    ext: toolExt(tool, FUNCTION_MEMBERS),
  };
}

function toolExt(tool: JsonObject, known: readonly string[]): { origin: typeof FORMAT; data: JsonObject } {
  const rest = restOf(tool, known);
  return { origin: FORMAT, data: Object.keys(rest).length === 0 ? {} : { tool: rest } };
}

function providerTool(tool: JsonObject, namespace: string | undefined): Tool {
  const name = asString(tool['type']) ?? 'tool';
  return { type: 'provider', name, ...(namespace !== undefined && { namespace }), ext: { origin: FORMAT, data: tool } };
}

/** The tools for an upstream, neighbours of one group together again. */
export function encodeTools(tools: readonly Tool[], names: ToolNames, losses: LossList): JsonObject[] {
  const out: JsonObject[] = [];
  let group: { name: string; members: JsonObject[] } | undefined;
  tools.forEach((tool, index) => {
    if (tool.cache !== undefined) losses.add('cache-mark', `tools[${index}]`, 'The cache mark is left out.');
    if (tool.type !== 'provider') loseForeignFields(tool.ext, { format: FORMAT, path: `tools[${index}]`, losses });
    const wire = encodeTool(tool, names);
    if (wire === undefined) {
      losses.add('tool-provider-run', `tools[${index}]`, `"${tool.name}" runs at another provider and is not offered.`);
      return;
    }
    if (tool.namespace === undefined) {
      group = undefined;
      out.push(wire);
      return;
    }
    if (group?.name !== tool.namespace) {
      group = { name: tool.namespace, members: [] };
      const fields = ownData(tool.ext)?.['group'];
      out.push({
        type: 'namespace',
        name: tool.namespace,
        ...(tool.type !== 'provider' && isObject(fields) && fields),
        tools: group.members,
      });
    }
    group.members.push(wire);
  });
  return out;
}

/**
 * `strict` absent means true here and false in every other protocol, so a tool of another one says false; so does it
 * get the `parameters` this protocol demands.
 */
function encodeTool(tool: Tool, names: ToolNames): JsonObject | undefined {
  const own = ownData(tool.ext);
  if (tool.type === 'provider') return own;
  const head = {
    type: tool.type,
    name: names.wire(tool.name, tool.namespace),
    ...(tool.description !== undefined && { description: tool.description }),
  };
  const rest = isObject(own?.['tool']) ? own['tool'] : {};
  if (tool.type === 'custom') return { ...head, ...(tool.format !== undefined && { format: tool.format }), ...rest };
  const strict = tool.strict ?? (own === undefined ? false : undefined);
  const schema = own === undefined ? completeSchema(tool.schema ?? { type: 'object' }) : tool.schema;
  return {
    ...head,
    ...(schema !== undefined && { parameters: schema }),
    ...(strict !== undefined && { strict }),
    ...rest,
  };
}

/** `tool_choice` in the hub's words; a form that names anything but functions and free-text tools is opaque. */
export function decodeToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === 'auto' || value === 'none' || value === 'required') return { type: value };
  if (!isObject(value)) return refuse('tool_choice', '"tool_choice" must be auto, none, required or an object.');
  const { type } = value;
  if (type === 'function' || type === 'custom') {
    const namespace = optional(value, 'tool_choice.namespace', 'string');
    return {
      type: 'tool',
      name: required(value, 'tool_choice.name'),
      ...(namespace !== undefined && { namespace }),
      kind: type,
    };
  }
  const { mode } = value;
  if (type === 'allowed_tools' && (mode === 'auto' || mode === 'required')) {
    const names = asArray(value['tools']).map(allowedName);
    if (names.every((name) => name !== undefined)) return { type: 'allowed', mode, names };
  }
  return { type: 'opaque', ext: { origin: FORMAT, data: value } };
}

function allowedName(tool: JsonValue): string | undefined {
  if (!isObject(tool) || (tool['type'] !== 'function' && tool['type'] !== 'custom')) return undefined;
  return tool['namespace'] === undefined ? asString(tool['name']) : undefined;
}

/** `tool_choice` for an upstream; undefined, with a loss, for another protocol's own form. */
export function encodeToolChoice(
  request: Pick<ChatRequest, 'toolChoice' | 'tools'>,
  names: ToolNames,
  losses: LossList,
): JsonValue | undefined {
  const choice = request.toolChoice;
  const kindOf = (name: string): 'function' | 'custom' =>
    request.tools?.some((tool) => tool.type === 'custom' && tool.name === name) ? 'custom' : 'function';
  if (choice === undefined) return undefined;
  switch (choice.type) {
    case 'tool':
      return {
        type: choice.kind ?? kindOf(choice.name),
        name: names.wire(choice.name, choice.namespace),
        ...(choice.namespace !== undefined && { namespace: choice.namespace }),
      };
    case 'allowed':
      return {
        type: 'allowed_tools',
        mode: choice.mode,
        tools: choice.names.map((name) => ({ type: kindOf(name), name: names.wire(name) })),
      };
    case 'opaque': {
      const own = ownData(choice.ext);
      if (own === undefined) losses.add('tool-choice', 'toolChoice', "Another protocol's tool choice is left out.");
      return own;
    }
    default:
      return choice.type;
  }
}
