/** Tools and tool choice for an upstream: https://docs.anthropic.com/en/docs/agents-and-tools/tool-use/overview. */
import { compact, type JsonObject } from '../../base/json.ts';
import { customInputSchema } from '../../model/custom-input.ts';
import type { LossList } from '../../model/loss.ts';
import { objectSchema } from '../../model/object-schema.ts';
import type { ChatRequest, CustomTool, Tool, ToolChoice } from '../../model/request.ts';
import { type EncodeContext, isOwn, loseForeignExt, ownFields, writeCache } from './wire.ts';

/** `{tools, tool_choice}` of the body, each only where the request has it. */
export function encodeTools(request: ChatRequest, context: EncodeContext): JsonObject {
  const { toolChoice } = request;
  const allowed = toolChoice?.type === 'allowed' ? new Set(toolChoice.names) : undefined;
  const tools = request.tools?.flatMap((tool, index) => {
    if (allowed !== undefined && !allowed.has(tool.name)) return [];
    return encodeTool(tool, `tools[${index}]`, context);
  });
  if (allowed !== undefined) {
    context.losses.add('tool-choice', 'toolChoice', 'Only the allowed tools are offered.');
  }
  if (tools === undefined || tools.length === 0) {
    if (toolChoice !== undefined && toolChoice.type !== 'auto' && toolChoice.type !== 'none') {
      context.losses.add('tool-choice', 'toolChoice', 'A tool choice without tools is left out.');
    }
    return tools === undefined || (request.tools ?? []).length > 0 ? {} : { tools };
  }
  return { tools, ...compact({ tool_choice: encodeChoice(request, context) }) };
}

function encodeTool(tool: Tool, path: string, context: EncodeContext): JsonObject[] {
  if (tool.type === 'provider') {
    if (isOwn(tool.ext)) return [tool.ext.data];
    context.losses.add('tool-provider-run', path, `The tool "${tool.name}" of ${tool.ext.origin} is left out.`);
    return [];
  }
  loseForeignExt(tool.ext, path, context.losses);
  return [
    {
      name: context.names.wire(tool.name, tool.namespace),
      ...compact({ description: tool.description }),
      input_schema:
        tool.type === 'custom'
          ? customSchema(tool, path, context.losses)
          : objectSchema(tool.schema, path, context.losses),
      ...compact({ strict: tool.type === 'function' ? tool.strict : undefined }),
      ...writeCache(tool.cache),
      ...ownFields(tool.ext),
    },
  ];
}

function customSchema(tool: CustomTool, path: string, losses: LossList): JsonObject {
  if (tool.format !== undefined) {
    losses.add('tool-custom', `${path}.format`, `The grammar of the tool "${tool.name}" is told, not enforced.`);
  }
  return customInputSchema(tool);
}

function encodeChoice(request: ChatRequest, context: EncodeContext): JsonObject | undefined {
  const { toolChoice, parallelToolCalls } = request;
  if (toolChoice === undefined) {
    return parallelToolCalls === false ? { type: 'auto', disable_parallel_tool_use: true } : undefined;
  }
  const choice = choiceBody(toolChoice, context);
  if (choice === undefined || choice['type'] === 'none' || toolChoice.type === 'opaque') return choice;
  return { ...choice, ...(parallelToolCalls !== undefined && { disable_parallel_tool_use: !parallelToolCalls }) };
}

function choiceBody(choice: ToolChoice, context: EncodeContext): JsonObject | undefined {
  switch (choice.type) {
    case 'auto':
    case 'none':
      return { type: choice.type };
    case 'required':
      return { type: 'any' };
    case 'tool':
      return { type: 'tool', name: context.names.wire(choice.name, choice.namespace) };
    case 'allowed':
      return { type: choice.mode === 'required' ? 'any' : 'auto' };
    case 'opaque':
      if (isOwn(choice.ext)) return choice.ext.data;
      context.losses.add('tool-choice', 'toolChoice', `A tool choice of ${choice.ext.origin} is left out.`);
      return undefined;
  }
}
