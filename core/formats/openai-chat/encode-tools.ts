/** Tools and tool choice for an upstream. https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools */
import type { JsonObject, JsonValue } from '../../base/json.ts';
import { completeSchema } from '../../model/complete-schema.ts';
import { customInputSchema } from '../../model/custom-input.ts';
import { extBelongsTo } from '../../model/ext.ts';
import type { CustomTool, FunctionTool, Tool, ToolChoice } from '../../model/request.ts';
import { cacheControl } from './decode-content.ts';
import { reportForeignExt } from './encode-content.ts';
import type { Writing } from './encode-request.ts';
import { FORMAT, innerData, ownData } from './wire.ts';

/** `tools` and `tool_choice`, as far as the request has them. */
export function encodeTools(writing: Writing): JsonObject {
  const { request } = writing;
  const choice = request.toolChoice;
  // Compatible hosts do not know `allowed_tools`: the other tools are left out instead, which says the same.
  const narrowed = choice?.type === 'allowed' && !writing.isOwn ? choice : undefined;
  const tools = request.tools?.flatMap((tool, index) => {
    if (narrowed !== undefined && !narrowed.names.includes(tool.name)) return [];
    return encodeTool(tool, `tools[${index}]`, writing);
  });
  // The API refuses an empty list, and a choice among no tools.
  const isEmptied = tools?.length === 0 && !(writing.isOwn && request.tools?.length === 0);
  return {
    ...(tools !== undefined && !isEmptied && { tools }),
    ...(choice !== undefined && !isEmptied && encodeChoice(choice, writing)),
  };
}

function encodeTool(tool: Tool, path: string, writing: Writing): JsonObject[] {
  if (tool.cache !== undefined && !writing.isOwn) {
    writing.losses.add('cache-mark', path, 'Chat Completions has no cache marks; hosts cache by themselves.');
  }
  if (tool.type !== 'provider') reportForeignExt(tool, path, writing);
  switch (tool.type) {
    case 'function':
      return [encodeFunction(tool, writing)];
    case 'custom':
      return [writing.isOwn ? encodeCustom(tool, writing) : customAsFunction(tool, writing)];
    case 'provider':
      if (extBelongsTo(tool.ext, FORMAT)) return [tool.ext.data];
      writing.losses.add('tool-provider-run', path, `"${tool.name}" is run by another provider and is left out.`);
      return [];
  }
}

function encodeFunction(tool: FunctionTool, { names, isOwn }: Writing): JsonObject {
  const { description, schema, strict, ext } = tool;
  return {
    type: 'function',
    function: {
      name: names.wire(tool.name, tool.namespace),
      ...(description !== undefined && { description }),
      ...(schema !== undefined && { parameters: isOwn ? schema : completeSchema(schema) }),
      ...(strict !== undefined && { strict }),
      ...innerData(ext),
    },
    ...(isOwn && cacheControl(tool.cache)),
    ...ownData(ext),
  };
}

function encodeCustom(tool: CustomTool, { names }: Writing): JsonObject {
  const { description, format, ext } = tool;
  return {
    type: 'custom',
    custom: {
      name: names.wire(tool.name, tool.namespace),
      ...(description !== undefined && { description }),
      ...(format !== undefined && { format: nestedFormat(format) }),
      ...innerData(ext),
    },
    ...cacheControl(tool.cache),
    ...ownData(ext),
  };
}

/** `{type: "grammar", grammar: {syntax, definition}}`, as this API writes a grammar. */
function nestedFormat({ type, ...grammar }: JsonObject): JsonObject {
  const kind: JsonObject = type === undefined ? {} : { type };
  return type === 'grammar' && grammar['grammar'] === undefined ? { ...kind, grammar } : { ...kind, ...grammar };
}

function customAsFunction(tool: CustomTool, { names }: Writing): JsonObject {
  const { name, namespace, description } = tool;
  return {
    type: 'function',
    function: {
      name: names.wire(name, namespace),
      ...(description !== undefined && { description }),
      parameters: customInputSchema(tool),
    },
  };
}

function encodeChoice(choice: ToolChoice, writing: Writing): JsonObject {
  const { names, isOwn, losses } = writing;
  switch (choice.type) {
    case 'auto':
    case 'none':
    case 'required':
      return { tool_choice: choice.type };
    case 'tool':
      return { tool_choice: named(names.wire(choice.name, choice.namespace), isOwn && choice.kind === 'custom') };
    case 'allowed':
      if (isOwn) return { tool_choice: { type: 'allowed_tools', allowed_tools: allowedTools(choice, writing) } };
      losses.add('tool-choice', 'toolChoice', 'Tools that may not be called are left out of the request.');
      return { tool_choice: choice.mode };
    case 'opaque': {
      const own = ownData(choice.ext)['tool_choice'];
      if (own !== undefined) return { tool_choice: own };
      losses.add('tool-choice', 'toolChoice', 'A choice only another API knows is left to the model.');
      return {};
    }
  }
}

function named(name: string, isCustom: boolean): JsonObject {
  return isCustom ? { type: 'custom', custom: { name } } : { type: 'function', function: { name } };
}

function allowedTools(choice: Extract<ToolChoice, { type: 'allowed' }>, { request, names }: Writing): JsonObject {
  const custom = new Set(request.tools?.filter((tool) => tool.type === 'custom').map((tool) => tool.name));
  const tools: JsonValue[] = choice.names.map((name) => named(names.wire(name), custom.has(name)));
  return { mode: choice.mode, tools };
}
