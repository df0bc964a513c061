/**
 * The hub's request as a Chat Completions body. A request that came in as Chat Completions is written back as it was;
 * one from another protocol keeps to what compatible hosts take, since most of them know far less than OpenAI.
 * https://platform.openai.com/docs/api-reference/chat/create
 */
import { asObject, type JsonObject } from '../../base/json.ts';
import { acceptableUser } from '../../model/end-user.ts';
import { fewStops } from '../../model/few-stops.ts';
import { LossList } from '../../model/loss.ts';
import { withOfferedChoice } from '../../model/offered-tools.ts';
import { takenEffort } from '../../model/openai-effort.ts';
import { effortForBudget } from '../../model/reasoning-scale.ts';
import type { ChatRequest, OutputFormat, ReasoningOptions } from '../../model/request.ts';
import { ToolNames } from '../../model/tool-names.ts';
import type { EncodedRequest, EncodeTarget } from '../format.ts';
import { encodeMessages } from './encode-messages.ts';
import { encodeTools } from './encode-tools.ts';
import { FORMAT, ownData } from './wire.ts';

/** What the encoders of one request share. */
export interface Writing {
  readonly request: ChatRequest;
  readonly target: EncodeTarget;
  /** The client speaks this protocol too. */
  readonly isOwn: boolean;
  readonly names: ToolNames;
  readonly losses: LossList;
}

/** https://platform.openai.com/docs/api-reference/chat/create#chat-create-stop */
const STOP_LIMIT = 4;

const TOOL_NAME = { refused: /[^a-zA-Z0-9_-]/g, maxLength: 64, namespace: false };

/**
 * The body for an upstream. Nothing is added to what was asked, except `stream_options.include_usage` for clients whose
 * own protocol always reports usage. `toolNames` gives the reply's calls their names back.
 */
export function encodeRequest(asked: ChatRequest, target: EncodeTarget): EncodedRequest {
  const losses = new LossList();
  const request = withOfferedChoice(asked, FORMAT, losses);
  const isOwn = request.ext?.origin === FORMAT;
  // Free-text tools exist at OpenAI alone; a foreign one becomes a function so that every compatible host takes it.
  const names = new ToolNames(request, { ...TOOL_NAME, custom: isOwn }, losses);
  const writing: Writing = { request, target, isOwn, names, losses };
  const { stream_options: streamOptions, ...unknown } = ownData(request.ext);
  const body: JsonObject = {
    ...unknown,
    model: target.model,
    messages: encodeMessages(writing),
    ...encodeTools(writing),
    ...encodeSettings(writing),
    ...encodeSampling(writing),
    ...encodeReasoning(writing),
    ...encodeOutput(request.output, isOwn),
    ...encodeAccount(writing),
    ...encodeStreaming(request, isOwn, asObject(streamOptions)),
  };
  if (request.ext !== undefined && !isOwn) {
    for (const name of Object.keys(request.ext.data)) {
      losses.add('extension', name, `"${name}" is known only to ${request.ext.origin} and is left out.`);
    }
  }
  return { body, losses: losses.list(), toolNames: names };
}

function encodeSettings({ request, isOwn, losses }: Writing): JsonObject {
  const { parallelToolCalls, maxOutputTokens, choices, logprobs } = request;
  const stop = isOwn ? request.stop : fewStops(request.stop, STOP_LIMIT, losses);
  return {
    ...(parallelToolCalls !== undefined && { parallel_tool_calls: parallelToolCalls }),
    ...(maxOutputTokens !== undefined && { [request.maxOutputTokensField ?? 'max_tokens']: maxOutputTokens }),
    // An empty list is refused.
    ...(stop !== undefined && (isOwn || stop.length > 0) && { stop: [...stop] }),
    ...(choices !== undefined && { n: choices }),
    ...(logprobs !== undefined && { logprobs: logprobs.enabled }),
    ...(logprobs?.top !== undefined && { top_logprobs: logprobs.top }),
  };
}

/** `top_k` and `min_p` are extensions of compatible hosts: written back to those who used them, not sent unasked. */
function encodeSampling({ request, isOwn, losses }: Writing): JsonObject {
  const { temperature, topP, topK, minP, seed, presencePenalty, frequencyPenalty, logitBias } = request.sampling ?? {};
  if (!isOwn && topK !== undefined) losses.add('top-k', 'sampling.topK', 'Chat Completions has no top_k.');
  if (!isOwn && minP !== undefined) losses.add('min-p', 'sampling.minP', 'Chat Completions has no min_p.');
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(isOwn && topK !== undefined && { top_k: topK }),
    ...(isOwn && minP !== undefined && { min_p: minP }),
    ...(seed !== undefined && { seed }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
    ...(logitBias !== undefined && { logit_bias: logitBias }),
  };
}

function encodeReasoning({ request, target, isOwn, losses }: Writing): JsonObject {
  const { reasoning } = request;
  if (reasoning === undefined) return {};
  const path = 'reasoning';
  if (reasoning.summary !== undefined || reasoning.includeThoughts !== undefined) {
    losses.add('reasoning-options', `${path}.summary`, 'Whether and how thoughts are shown is left to the host.');
  }
  const asked = effortOf(reasoning, isOwn);
  const effort = asked === undefined || isOwn ? asked : takenEffort(target.model, asked);
  if (effort === undefined) {
    if (reasoning.mode === 'adaptive') return {};
    const asked = reasoning.mode !== undefined || reasoning.budgetTokens !== undefined;
    if (asked) losses.add('reasoning-options', path, 'Whether to reason is left to the model.');
    return {};
  }
  const isAll = effort === reasoning.effort && reasoning.budgetTokens === undefined;
  if (!isAll) losses.add('reasoning-effort', path, `Sent as the effort "${effort}".`);
  return { reasoning_effort: effort };
}

/**
 * The effort to send. "Off" is left out: most models refuse `none`. `max` is no word of this API, whose highest is
 * `xhigh` (https://platform.openai.com/docs/api-reference/chat/create#chat-create-reasoning_effort).
 */
function effortOf({ effort, budgetTokens, mode }: ReasoningOptions, isOwn: boolean): string | undefined {
  if (effort !== undefined) return effort === 'max' && !isOwn ? 'xhigh' : effort;
  if (mode === 'disabled' || budgetTokens === undefined || budgetTokens <= 0) return undefined;
  return effortForBudget(budgetTokens);
}

function encodeOutput(output: OutputFormat | undefined, isOwn: boolean): JsonObject {
  switch (output?.type) {
    case undefined:
      return {};
    case 'text':
      return { response_format: { type: 'text' } };
    case 'json':
      return { response_format: { type: 'json_object' } };
    case 'json-schema': {
      const { schema, description, strict } = output;
      // The API demands a name.
      const name = output.name ?? (isOwn ? undefined : 'response');
      const json_schema = {
        ...(name !== undefined && { name }),
        ...(description !== undefined && { description }),
        schema,
        ...(strict !== undefined && { strict }),
      };
      return { response_format: { type: 'json_schema', json_schema } };
    }
  }
}

/** Fields about the caller's account. From other protocols only those that mean the same here and do no harm. */
function encodeAccount({ request, isOwn, losses }: Writing): JsonObject {
  const { user, metadata, store, serviceTier, promptCacheKey, ext } = request;
  const speaksOpenAi = isOwn || ext?.origin === 'openai-responses';
  if (!isOwn && metadata !== undefined) {
    losses.add('metadata', 'metadata', 'Metadata belongs to stored completions and is left out.');
  }
  if (!isOwn && store === true) losses.add('store', 'store', 'The reply is not stored at the provider.');
  if (!speaksOpenAi && serviceTier !== undefined) {
    losses.add('service-tier', 'serviceTier', `The tier "${serviceTier}" belongs to another API and is left out.`);
  }
  return {
    ...(user !== undefined && { user: isOwn ? user : acceptableUser(user, losses) }),
    ...(isOwn && metadata !== undefined && { metadata }),
    ...(isOwn && store !== undefined && { store }),
    ...(speaksOpenAi && serviceTier !== undefined && { service_tier: serviceTier }),
    ...(promptCacheKey !== undefined && { prompt_cache_key: promptCacheKey }),
  };
}

function encodeStreaming({ stream, includeUsage }: ChatRequest, isOwn: boolean, further?: JsonObject): JsonObject {
  // On a call without streaming, upstreams answer 400 to stream_options.
  if (!stream) return {};
  const wanted = includeUsage ?? (isOwn ? undefined : true);
  const options = {
    ...further,
    ...(wanted !== undefined && { include_usage: wanted }),
  };
  return { stream: true, ...(Object.keys(options).length > 0 && { stream_options: options }) };
}
