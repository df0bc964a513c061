/** The hub's tools and tool choice as `tools` and `toolConfig` (https://ai.google.dev/api/caching#Tool). */
import { isObject, type JsonObject } from '../../base/json.ts';
import { customInputSchema } from '../../model/custom-input.ts';
import { extBelongsTo } from '../../model/ext.ts';
import { loseForeignFields } from '../../model/foreign-fields.ts';
import type { LossList } from '../../model/loss.ts';
import type { ChatRequest, CustomTool, FunctionTool, ToolChoice } from '../../model/request.ts';
import type { ToolNameRule, ToolNames } from '../../model/tool-names.ts';
import { CALLING } from './decode-tools.ts';
import { saysNothing, toGeminiSchema } from './encode-schema.ts';
import { notesOf } from './wire.ts';

/** Names start with a letter or an underscore and hold letters, digits, `_`, `.` and `-`; every host takes 64 characters. */
export const GEMINI_TOOL_NAMES: ToolNameRule = {
  refused: /[^a-zA-Z0-9_.-]|^[^a-zA-Z_]/g,
  maxLength: 64,
  custom: false,
  namespace: false,
};

/** All functions in one entry, at the place of the first; each tool of Google's in an entry of its own. */
export function encodeTools(request: ChatRequest, names: ToolNames, losses: LossList): JsonObject[] {
  const declarations: JsonObject[] = [];
  const out: JsonObject[] = [];
  request.tools?.forEach((tool, index) => {
    const path = `tools[${index}]`;
    if (tool.cache !== undefined) {
      losses.add('cache-mark', path, 'Gemini caches by itself; the cache mark is left out.');
    }
    if (tool.type === 'provider') {
      if (extBelongsTo(tool.ext, 'gemini')) out.push(tool.ext.data);
      else losses.add('tool-provider-run', path, `The tool "${tool.name}" is run by another provider and is left out.`);
      return;
    }
    loseForeignFields(tool.ext, { format: 'gemini', path, losses });
    if (declarations.length === 0) out.push({ functionDeclarations: declarations });
    const name = names.wire(tool.name, tool.namespace);
    declarations.push(tool.type === 'custom' ? customFunction(tool, name) : declaration(tool, name, path, losses));
  });
  return out;
}

function declaration(tool: FunctionTool, name: string, path: string, losses: LossList): JsonObject {
  if (tool.strict === true) {
    losses.add('tool-strict', path, 'Gemini checks arguments for all functions or none; "strict" is left out.');
  }
  const data = extBelongsTo(tool.ext, 'gemini') ? tool.ext.data : {};
  return {
    name,
    ...(tool.description !== undefined && { description: tool.description }),
    ...parametersOf(tool.schema, data['#parametersJsonSchema'] === true, (keyword) =>
      losses.add('schema-keyword', `${path} ${keyword}`, `Gemini does not know the keyword "${keyword}" here.`),
    ),
    ...notesOf(data),
  };
}

/** A schema that says only "an object" is left out, which means the same: the API refuses it. */
function parametersOf(
  schema: JsonObject | undefined,
  jsonSchema: boolean,
  removed: (keyword: string) => void,
): JsonObject {
  if (schema === undefined) return {};
  if (jsonSchema) return { parametersJsonSchema: schema };
  const parameters = toGeminiSchema(schema, removed);
  return saysNothing(parameters) ? {} : { parameters };
}

function customFunction(tool: CustomTool, name: string): JsonObject {
  return {
    name,
    ...(tool.description !== undefined && { description: tool.description }),
    parameters: customInputSchema(tool),
  };
}

/** `functionCallingConfig` for the choice, with what a client of this protocol said besides. */
export function encodeToolChoice(request: ChatRequest, names: ToolNames, losses: LossList): JsonObject {
  const own = extBelongsTo(request.ext, 'gemini') ? request.ext.data[CALLING] : undefined;
  return { ...choiceConfig(request.toolChoice, names, losses), ...(isObject(own) ? own : {}) };
}

function choiceConfig(choice: ToolChoice | undefined, names: ToolNames, losses: LossList): JsonObject {
  switch (choice?.type) {
    case undefined:
      return {};
    case 'auto':
      return { mode: 'AUTO' };
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [names.wire(choice.name, choice.namespace)] };
    case 'allowed': {
      const allowedFunctionNames = choice.names.map((name) => names.wire(name));
      return { mode: choice.mode === 'auto' ? 'VALIDATED' : 'ANY', allowedFunctionNames };
    }
    case 'opaque':
      if (extBelongsTo(choice.ext, 'gemini')) return choice.ext.data;
      losses.add(
        'tool-choice',
        'toolChoice',
        'This choice of a tool only the client’s protocol knows; it is left out.',
      );
      return {};
  }
}
