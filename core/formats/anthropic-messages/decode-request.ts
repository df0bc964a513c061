/** A client's body as the hub's request: https://docs.anthropic.com/en/api/messages. */
import { asString, compact, type JsonObject } from '../../base/json.ts';
import type {
  ChatRequest,
  FunctionTool,
  OutputFormat,
  ProviderTool,
  ReasoningOptions,
  Tool,
  ToolChoice,
} from '../../model/request.ts';
import type { RequestAddress } from '../format.ts';
import { decodeMessages } from './decode-messages.ts';
import {
  extOf,
  ORIGIN,
  objectAt,
  optionalArray,
  optionalBoolean,
  optionalNumber,
  optionalObject,
  optionalString,
  readCache,
  refuse,
  requiredString,
  restOf,
} from './wire.ts';

const KNOWN = [
  'model',
  'messages',
  'system',
  'max_tokens',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
];

/** Throws `invalid_request` with the path of what is wrong. What the hub has no word for stays in `ext`. */
export function decodeRequest(body: JsonObject, address: RequestAddress = {}): ChatRequest {
  const model = optionalString(body, 'model') ?? address.model ?? refuse('model', 'is missing.');
  const sampling = compact({
    temperature: optionalNumber(body, 'temperature'),
    topP: optionalNumber(body, 'top_p'),
    topK: optionalNumber(body, 'top_k'),
  });
  const choice = optionalObject(body, 'tool_choice');
  const single = choice === undefined ? undefined : optionalBoolean(choice, 'disable_parallel_tool_use', 'tool_choice');
  const metadata = optionalObject(body, 'metadata') ?? {};
  const thinking = optionalObject(body, 'thinking');
  const outputConfig = optionalObject(body, 'output_config') ?? {};
  return {
    model,
    stream: optionalBoolean(body, 'stream') ?? address.stream ?? false,
    messages: decodeMessages(body),
    ...compact({
      tools: optionalArray(body, 'tools')?.map((tool, index) => decodeTool(objectAt(tool, `tools[${index}]`), index)),
      toolChoice: choice === undefined ? undefined : decodeToolChoice(choice),
      parallelToolCalls: single === undefined ? undefined : !single,
      maxOutputTokens: optionalNumber(body, 'max_tokens'),
      sampling: Object.keys(sampling).length > 0 ? sampling : undefined,
      stop: decodeStop(body),
      output: decodeOutput(body, outputConfig),
      reasoning: decodeReasoning(thinking, outputConfig),
      user: optionalString(metadata, 'user_id', 'metadata.user_id'),
      serviceTier: optionalString(body, 'service_tier'),
    }),
    ...extOf({
      ...restOf(body, KNOWN),
      ...nested('thinking', unknownThinking(thinking)),
      ...nested('output_config', restOf(outputConfig, ['effort', 'format'])),
      ...nested('metadata', restOf(metadata, ['user_id'])),
    }),
  };
}

function nested(key: string, rest: JsonObject): JsonObject {
  return Object.keys(rest).length > 0 ? { [key]: rest } : {};
}

function decodeStop(body: JsonObject): string[] | undefined {
  return optionalArray(body, 'stop_sequences')?.map((stop, index) =>
    typeof stop === 'string' ? stop : refuse(`stop_sequences[${index}]`, 'must be a string.'),
  );
}

const THINKING_TYPES = ['enabled', 'disabled', 'adaptive'] as const;

/** `thinking` and `output_config.effort`: https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking. */
function decodeReasoning(thinking: JsonObject | undefined, config: JsonObject): ReasoningOptions | undefined {
  const mode = THINKING_TYPES.find((type) => type === thinking?.['type']);
  if (thinking !== undefined) requiredString(thinking, 'type', 'thinking.type');
  const options = compact({
    effort: optionalString(config, 'effort', 'output_config.effort'),
    mode,
    ...(thinking !== undefined &&
      mode !== undefined && {
        budgetTokens: optionalNumber(thinking, 'budget_tokens', 'thinking.budget_tokens'),
        summary: optionalString(thinking, 'display', 'thinking.display'),
      }),
  });
  return Object.keys(options).length > 0 ? options : undefined;
}

/** What `decodeReasoning` does not read: further members, or the whole of a type it does not know. */
function unknownThinking(thinking: JsonObject | undefined): JsonObject {
  if (thinking === undefined) return {};
  const known = THINKING_TYPES.some((type) => type === thinking['type']);
  return known ? restOf(thinking, ['type', 'budget_tokens', 'display']) : thinking;
}

/** `output_config.format`, or `output_format` as it was called in the beta. */
function decodeOutput(body: JsonObject, config: JsonObject): OutputFormat | undefined {
  const format = optionalObject(config, 'format', 'output_config.format') ?? optionalObject(body, 'output_format');
  if (format === undefined) return undefined;
  if (format['type'] !== 'json_schema') return refuse('output_config.format.type', 'must be json_schema.');
  const schema = objectAt(format['schema'], 'output_config.format.schema');
  return { type: 'json-schema', schema, ext: { origin: ORIGIN, data: {} } };
}

function decodeTool(tool: JsonObject, index: number): Tool {
  const path = `tools[${index}]`;
  const type = optionalString(tool, 'type', `${path}.type`);
  const { cache, extra } = readCache(tool);
  if (type !== undefined && type !== 'custom') {
    const name = asString(tool['name']) ?? asString(tool['mcp_server_name']) ?? type;
    return { type: 'provider', name, ext: { origin: ORIGIN, data: tool } } satisfies ProviderTool;
  }
  return {
    type: 'function',
    name: requiredString(tool, 'name', `${path}.name`),
    ...compact({
      description: optionalString(tool, 'description', `${path}.description`),
      schema: optionalObject(tool, 'input_schema', `${path}.input_schema`),
      strict: optionalBoolean(tool, 'strict', `${path}.strict`),
      cache,
    }),
    ...extOf({
      ...restOf(tool, ['type', 'name', 'description', 'input_schema', 'strict', 'cache_control']),
      ...extra,
    }),
  } satisfies FunctionTool;
}

function decodeToolChoice(choice: JsonObject): ToolChoice {
  switch (requiredString(choice, 'type', 'tool_choice.type')) {
    case 'auto':
      return { type: 'auto' };
    case 'any':
      return { type: 'required' };
    case 'none':
      return { type: 'none' };
    case 'tool':
      return { type: 'tool', name: requiredString(choice, 'name', 'tool_choice.name') };
    default:
      return { type: 'opaque', ext: { origin: ORIGIN, data: choice } };
  }
}
