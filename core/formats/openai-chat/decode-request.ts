/**
 * A client's Chat Completions body as the hub's request. Fields the hub has no word for (`web_search_options`,
 * `prediction`, `modalities`, vendors' own) are kept by their wire name in `ext`.
 * https://platform.openai.com/docs/api-reference/chat/create
 */

import type { JsonObject } from '../../base/json.ts';
import { refuse } from '../../base/member-reader.ts';
import type { ChatRequest, OutputFormat, Sampling } from '../../model/request.ts';
import type { RequestAddress } from '../format.ts';
import { decodeMessages } from './decode-messages.ts';
import { decodeToolChoice, decodeTools } from './decode-tools.ts';
import { Fields, FORMAT } from './wire.ts';

/**
 * Reads a body. Throws `invalid_request` with the path of what is wrong. `ext` is always there, so that encoders can
 * tell which protocol the client speaks.
 */
export function decodeRequest(body: JsonObject, address: RequestAddress = {}): ChatRequest {
  const fields = new Fields(body, '');
  const model = fields.string('model') ?? address.model ?? refuse('model', 'a string');
  const stream = fields.boolean('stream') ?? address.stream ?? false;
  const messages = decodeMessages(fields.array('messages') ?? refuse('messages', 'an array'));
  const tools = decodeTools(fields);
  const toolChoice = decodeToolChoice(fields);
  const settings = decodeSettings(fields);
  const includeUsage = stream ? decodeStreamOptions(fields) : dropStreamOptions(fields);
  return {
    model,
    stream,
    messages,
    ...(tools !== undefined && { tools }),
    ...(toolChoice !== undefined && { toolChoice }),
    ...settings,
    ...(includeUsage !== undefined && { includeUsage }),
    ext: { origin: FORMAT, data: fields.rest() },
  };
}

type Settings = Omit<ChatRequest, 'model' | 'stream' | 'messages' | 'tools' | 'toolChoice' | 'includeUsage' | 'ext'>;

function decodeSettings(fields: Fields): Settings {
  const parallelToolCalls = fields.boolean('parallel_tool_calls');
  const sampling = decodeSampling(fields);
  const stop = decodeStop(fields);
  const choices = fields.number('n');
  const logprobs = decodeLogprobs(fields);
  const output = decodeOutput(fields);
  const effort = fields.string('reasoning_effort');
  const user = fields.string('user');
  const metadata = fields.object('metadata');
  const store = fields.boolean('store');
  const serviceTier = fields.string('service_tier');
  const promptCacheKey = fields.string('prompt_cache_key');
  return {
    ...(parallelToolCalls !== undefined && { parallelToolCalls }),
    ...decodeLimit(fields),
    ...(Object.keys(sampling).length > 0 && { sampling }),
    ...(stop !== undefined && { stop }),
    ...(choices !== undefined && { choices }),
    ...(logprobs !== undefined && { logprobs }),
    ...(output !== undefined && { output }),
    ...(effort !== undefined && { reasoning: { effort } }),
    ...(user !== undefined && { user }),
    ...(metadata !== undefined && { metadata }),
    ...(store !== undefined && { store }),
    ...(serviceTier !== undefined && { serviceTier }),
    ...(promptCacheKey !== undefined && { promptCacheKey }),
  };
}

/** `max_completion_tokens` replaced `max_tokens`; which of them the client used is kept. With both, the newer one wins. */
function decodeLimit(fields: Fields): Pick<ChatRequest, 'maxOutputTokens' | 'maxOutputTokensField'> {
  const newer = fields.number('max_completion_tokens');
  const older = fields.number('max_tokens');
  if (newer === undefined) return older === undefined ? {} : { maxOutputTokens: older };
  if (older !== undefined) fields.keep('max_tokens', older);
  return { maxOutputTokens: newer, maxOutputTokensField: 'max_completion_tokens' };
}

function decodeSampling(fields: Fields): Sampling {
  const temperature = fields.number('temperature');
  const topP = fields.number('top_p');
  const topK = fields.number('top_k');
  const minP = fields.number('min_p');
  const seed = fields.number('seed');
  const presencePenalty = fields.number('presence_penalty');
  const frequencyPenalty = fields.number('frequency_penalty');
  const logitBias = fields.object('logit_bias');
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(minP !== undefined && { minP }),
    ...(seed !== undefined && { seed }),
    ...(presencePenalty !== undefined && { presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequencyPenalty }),
    ...(logitBias !== undefined && { logitBias }),
  };
}

function decodeStop(fields: Fields): readonly string[] | undefined {
  const stop = fields.take('stop');
  if (stop === undefined) return undefined;
  if (typeof stop === 'string') return [stop];
  if (!Array.isArray(stop)) return refuse('stop', 'a string or an array of strings');
  return stop.map((item, index) => (typeof item === 'string' ? item : refuse(`stop[${index}]`, 'a string')));
}

function decodeLogprobs(fields: Fields): ChatRequest['logprobs'] | undefined {
  const enabled = fields.boolean('logprobs');
  const top = fields.number('top_logprobs');
  if (enabled === undefined && top === undefined) return undefined;
  return { enabled: enabled ?? false, ...(top !== undefined && { top }) };
}

/** A form that other protocols cannot share (a vendor's grammar, say) stays in the rest. */
function decodeOutput(fields: Fields): OutputFormat | undefined {
  const raw = fields.object('response_format');
  if (raw === undefined) return undefined;
  const format = new Fields(raw, 'response_format');
  const output = knownOutput(format);
  if (output !== undefined && Object.keys(format.rest()).length === 0) return output;
  fields.keep('response_format', raw);
  return undefined;
}

function knownOutput(format: Fields): OutputFormat | undefined {
  const type = format.requiredString('type');
  if (type === 'text') return { type };
  if (type === 'json_object') return { type: 'json' };
  if (type !== 'json_schema') return undefined;
  const inner = format.fields('json_schema');
  const name = inner.string('name');
  const description = inner.string('description');
  const strict = inner.boolean('strict');
  const schema = inner.object('schema');
  if (schema === undefined || Object.keys(inner.rest()).length > 0) return undefined;
  return {
    type: 'json-schema',
    schema,
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(strict !== undefined && { strict }),
  };
}

/** Reads `include_usage` and leaves the other options among the rest. */
function decodeStreamOptions(fields: Fields): boolean | undefined {
  const raw = fields.object('stream_options');
  if (raw === undefined) return undefined;
  const options = new Fields(raw, 'stream_options');
  const includeUsage = options.boolean('include_usage');
  const rest = options.rest();
  if (Object.keys(rest).length > 0) fields.keep('stream_options', rest);
  return includeUsage;
}

/** Without streaming the options mean nothing, and upstreams answer 400 to them. */
function dropStreamOptions(fields: Fields): undefined {
  fields.object('stream_options');
  return undefined;
}
