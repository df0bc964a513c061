/** `tools` and `toolConfig` (https://ai.google.dev/api/caching#Tool, #ToolConfig). */

import { isObject, type JsonObject } from '../../base/json.ts';
import { refuse } from '../../base/member-reader.ts';
import type { Tool, ToolChoice } from '../../model/request.ts';
import { fromGeminiSchema } from './decode-schema.ts';
import { saysNothing } from './encode-schema.ts';
import { Fields, ownExt } from './wire.ts';

/** The tools as a flat list: each function on its own, each tool of Google's (`googleSearch`) as a provider tool. */
export function decodeTools(body: Fields): Tool[] | undefined {
  const list = body.list('tools');
  return list?.flatMap((value, index) => {
    const tool = new Fields(value, `tools[${index}]`);
    const declarations = tool.list('functionDeclarations') ?? [];
    const path = tool.at('functionDeclarations');
    const functions = declarations.map((one, at) => decodeFunction(new Fields(one, `${path}[${at}]`)));
    const provided = Object.entries(tool.rest()).map(([name, settings]): Tool => {
      return { type: 'provider', name, ext: { origin: 'gemini', data: { [name]: settings } } };
    });
    return [...functions, ...provided];
  });
}

function decodeFunction(fields: Fields): Tool {
  const name = fields.string('name') ?? refuse(fields.at('name'), 'a string');
  const description = fields.string('description');
  const parameters = fields.object('parameters');
  const jsonSchema = fields.object('parametersJsonSchema');
  const marks: JsonObject = jsonSchema === undefined ? {} : { '#parametersJsonSchema': true };
  const ext = ownExt({ ...fields.rest(), ...marks });
  const schema = jsonSchema ?? (parameters === undefined ? undefined : meaningful(fromGeminiSchema(parameters)));
  return {
    type: 'function',
    name,
    ...(description !== undefined && { description }),
    ...(schema !== undefined && { schema }),
    ...(ext !== undefined && { ext }),
  };
}

function meaningful(schema: JsonObject): JsonObject | undefined {
  return saysNothing(schema) ? undefined : schema;
}

export interface DecodedToolChoice {
  readonly toolChoice?: ToolChoice;
  /** Further settings under `toolConfig.<field>`. */
  readonly rest: JsonObject;
}

/** The function-calling mode as the hub's choice. A mode this build does not know is carried verbatim. */
export function decodeToolChoice(config: Fields | undefined): DecodedToolChoice {
  if (config === undefined) return { rest: {} };
  const calling = config.fields('functionCallingConfig');
  const mode = calling?.string('mode')?.toUpperCase();
  const names = calling?.strings('allowedFunctionNames');
  const callingRest: JsonObject = calling?.rest() ?? {};
  const toolChoice = mode === undefined ? undefined : choiceOf(mode, names ?? []);
  // VALIDATED is "auto" with checked arguments; the difference only this protocol knows.
  if (mode === 'VALIDATED' && toolChoice?.type === 'auto') callingRest['mode'] = mode;
  const rest = Object.entries(config.rest()).map(([key, value]) => [`toolConfig.${key}`, value] as const);
  return {
    ...(toolChoice !== undefined && { toolChoice }),
    rest: {
      ...Object.fromEntries(rest),
      ...(isObject(callingRest) && Object.keys(callingRest).length > 0 && { [CALLING]: callingRest }),
    },
  };
}

/** The key under which unread settings of `functionCallingConfig` travel in the request's ext. */
export const CALLING = 'toolConfig.functionCallingConfig';

function choiceOf(mode: string, names: readonly string[]): ToolChoice | undefined {
  const [only] = names;
  switch (mode) {
    case 'NONE':
      return { type: 'none' };
    case 'AUTO':
    case 'VALIDATED':
      return names.length === 0 ? { type: 'auto' } : { type: 'allowed', mode: 'auto', names };
    case 'ANY':
      if (only === undefined) return { type: 'required' };
      return names.length === 1 ? { type: 'tool', name: only } : { type: 'allowed', mode: 'required', names };
    case 'MODE_UNSPECIFIED':
      return undefined;
    default:
      return { type: 'opaque', ext: { origin: 'gemini', data: { mode, allowedFunctionNames: [...names] } } };
  }
}
