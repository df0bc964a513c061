/**
 * A client's Responses body as the hub's request. What the hub has no word for (`truncation`, `previous_response_id`,
 * `background`, `client_metadata`, `text.verbosity`, …) is kept by its wire name in `ext`.
 * https://platform.openai.com/docs/api-reference/responses/create
 */
import { asString, compact, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { ChatRequest, Message, OutputFormat, ReasoningOptions, Sampling } from '../../model/request.ts';
import type { RequestAddress } from '../format.ts';
import { decodeInput } from './decode-input.ts';
import { decodeToolChoice, decodeTools } from './tools.ts';
import { FORMAT, optional, optionalObject, refuse, required, restOf } from './wire.ts';

/** The two `include` values that are words of the hub. */
export const INCLUDE_ENCRYPTED = 'reasoning.encrypted_content';
export const INCLUDE_LOGPROBS = 'message.output_text.logprobs';

const KNOWN = [
  'model',
  'input',
  'instructions',
  'stream',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'include',
  'text',
  'reasoning',
  'user',
  'metadata',
  'store',
  'service_tier',
  'prompt_cache_key',
];

/** Reads a body. Throws `invalid_request` with the path of the field that has a wrong type. */
export function decodeRequest(body: JsonObject, address?: RequestAddress): ChatRequest {
  const model = optional(body, 'model', 'string') ?? address?.model;
  if (model === undefined) return refuse('model', '"model" is missing.');
  const include = decodeInclude(body['include']);
  const extra = restOf(body, KNOWN);
  const output = decodeText(optionalObject(body, 'text'), extra);
  const reasoning = decodeReasoning(optionalObject(body, 'reasoning'), include, extra);
  const others = include.filter((name) => name !== INCLUDE_ENCRYPTED && name !== INCLUDE_LOGPROBS);
  if (others.length > 0) extra['include'] = others;
  return {
    model,
    stream: optional(body, 'stream', 'boolean') ?? address?.stream ?? false,
    messages: [...decodeInstructions(body), ...decodeInput(body['input'])],
    ...compact({
      tools: decodeTools(body['tools']),
      toolChoice: decodeToolChoice(body['tool_choice']),
      parallelToolCalls: optional(body, 'parallel_tool_calls', 'boolean'),
      maxOutputTokens: optional(body, 'max_output_tokens', 'number'),
      sampling: decodeSampling(body),
      logprobs: decodeLogprobs(body, include, extra),
      output,
      reasoning,
      user: optional(body, 'user', 'string'),
      metadata: optionalObject(body, 'metadata'),
      store: optional(body, 'store', 'boolean'),
      serviceTier: optional(body, 'service_tier', 'string'),
      promptCacheKey: optional(body, 'prompt_cache_key', 'string'),
    }),
    ext: { origin: FORMAT, data: extra },
  };
}

/** The mark in `ext` that tells `instructions` from a system item. */
function decodeInstructions(body: JsonObject): Message[] {
  const text = optional(body, 'instructions', 'string');
  if (text === undefined) return [];
  return [{ role: 'system', parts: [{ type: 'text', text }], ext: { origin: FORMAT, data: { instructions: true } } }];
}

function decodeInclude(value: JsonValue | undefined): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return refuse('include', '"include" must be an array.');
  return value.map(
    (name, index) => asString(name) ?? refuse(`include[${index}]`, `"include[${index}]" must be a string.`),
  );
}

function decodeSampling(body: JsonObject): Sampling | undefined {
  const temperature = optional(body, 'temperature', 'number');
  const topP = optional(body, 'top_p', 'number');
  if (temperature === undefined && topP === undefined) return undefined;
  return { ...(temperature !== undefined && { temperature }), ...(topP !== undefined && { topP }) };
}

/** A count alone asks for log-probabilities too, except 0, which is only the default spelled out. */
function decodeLogprobs(body: JsonObject, include: readonly string[], extra: JsonObject): ChatRequest['logprobs'] {
  const top = optional(body, 'top_logprobs', 'number');
  if (include.includes(INCLUDE_LOGPROBS) || (top !== undefined && top > 0)) {
    return { enabled: true, ...(top !== undefined && { top }) };
  }
  if (top !== undefined) extra['top_logprobs'] = top;
  return undefined;
}

function decodeText(text: JsonObject | undefined, extra: JsonObject): OutputFormat | undefined {
  if (text === undefined) return undefined;
  const rest = restOf(text, ['format']);
  const format = optionalObject(text, 'text.format');
  const output = format === undefined ? undefined : decodeFormat(format);
  if (format !== undefined && output === undefined) rest['format'] = format;
  if (Object.keys(rest).length > 0) extra['text'] = rest;
  return output;
}

/** Undefined for a kind of output the hub does not know. */
function decodeFormat(format: JsonObject): OutputFormat | undefined {
  switch (format['type']) {
    case 'text':
      return { type: 'text' };
    case 'json_object':
      return { type: 'json' };
    case 'json_schema': {
      const description = optional(format, 'text.format.description', 'string');
      const strict = optional(format, 'text.format.strict', 'boolean');
      return {
        type: 'json-schema',
        schema:
          optionalObject(format, 'text.format.schema') ??
          refuse('text.format.schema', '"text.format.schema" is missing.'),
        name: required(format, 'text.format.name'),
        ...(description !== undefined && { description }),
        ...(strict !== undefined && { strict }),
      };
    }
    default:
      return undefined;
  }
}

function decodeReasoning(
  reasoning: JsonObject | undefined,
  include: readonly string[],
  extra: JsonObject,
): ReasoningOptions | undefined {
  const replayable = include.includes(INCLUDE_ENCRYPTED);
  const effort = reasoning && optional(reasoning, 'reasoning.effort', 'string');
  const summary = reasoning && optional(reasoning, 'reasoning.summary', 'string');
  const rest = restOf(reasoning ?? {}, ['effort', 'summary']);
  if (Object.keys(rest).length > 0) extra['reasoning'] = rest;
  if (effort === undefined && summary === undefined && !replayable) return undefined;
  return {
    ...(effort !== undefined && { effort }),
    ...(summary !== undefined && { summary }),
    ...(replayable && { replayable }),
  };
}
