/**
 * The hub's request as a Responses body for an upstream: only what the request holds, and a loss for what this
 * protocol has no field for. https://platform.openai.com/docs/api-reference/responses/create
 */
import { asObject, asString, type JsonObject } from '../../base/json.ts';
import { acceptableUser } from '../../model/end-user.ts';
import { type LossFeature, LossList } from '../../model/loss.ts';
import { withOfferedChoice } from '../../model/offered-tools.ts';
import { takenEffort } from '../../model/openai-effort.ts';
import { effortForBudget } from '../../model/reasoning-scale.ts';
import type { ChatRequest, Message, OutputFormat, ReasoningOptions } from '../../model/request.ts';
import { ToolNames } from '../../model/tool-names.ts';
import type { EncodedRequest, EncodeTarget } from '../format.ts';
import { INCLUDE_ENCRYPTED, INCLUDE_LOGPROBS } from './decode-request.ts';
import { encodeInput, isInstructions } from './encode-input.ts';
import { encodeToolChoice, encodeTools, TOOL_NAME_RULE } from './tools.ts';
import { FORMAT, ownData, restOf } from './wire.ts';

/** Summary settings this API knows; other protocols have words of their own for the same. */
const SUMMARIES = ['auto', 'concise', 'detailed'];

/** "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16" */
const SMALLEST_LIMIT = 16;

/** Writes a request. Never adds what the client did not ask for. */
export function encodeRequest(asked: ChatRequest, target: EncodeTarget): EncodedRequest {
  const losses = new LossList();
  const request = withOfferedChoice(asked, FORMAT, losses);
  const toolNames = new ToolNames(request, TOOL_NAME_RULE, losses);
  const instructions = instructionsOf(request.messages);
  const extra = ownData(request.ext) ?? {};
  declareLosses(request, losses);
  const toolChoice = encodeToolChoice(request, toolNames, losses);
  const tools = request.tools === undefined ? [] : encodeTools(request.tools, toolNames, losses);
  const text = encodeText(request.output, asObject(extra['text']));
  const reasoning = encodeReasoning(request, target, asObject(extra['reasoning']), losses);
  const include = encodeInclude(request, extra);
  const body: JsonObject = {
    model: target.model,
    ...(instructions !== undefined && { instructions }),
    input: encodeInput(request, { issuer: target.issuer, names: toolNames, losses }),
    ...(tools.length > 0 && { tools }),
    ...(toolChoice !== undefined && { tool_choice: toolChoice }),
    ...(request.parallelToolCalls !== undefined && { parallel_tool_calls: request.parallelToolCalls }),
    ...encodeLimit(request, losses),
    ...(request.sampling?.temperature !== undefined && { temperature: request.sampling.temperature }),
    ...(request.sampling?.topP !== undefined && { top_p: request.sampling.topP }),
    ...(request.logprobs?.top !== undefined && { top_logprobs: request.logprobs.top }),
    ...(text !== undefined && { text }),
    ...(reasoning !== undefined && { reasoning }),
    ...(include.length > 0 && { include }),
    ...(request.metadata !== undefined && { metadata: request.metadata }),
    ...encodeAccount(request, losses),
    ...storeOf(request, target),
    ...(request.promptCacheKey !== undefined && { prompt_cache_key: request.promptCacheKey }),
    ...(request.stream && { stream: true }),
    ...restOf(extra, ['text', 'reasoning', 'include']),
  };
  return { body, losses: losses.list(), toolNames };
}

/** Clients of other protocols ask for a single token to try a model; here fewer than 16 are refused. */
function encodeLimit({ maxOutputTokens: asked, ext }: ChatRequest, losses: LossList): JsonObject {
  if (asked === undefined) return {};
  const limit = ext?.origin === FORMAT || asked <= 0 ? asked : Math.max(asked, SMALLEST_LIMIT);
  if (limit !== asked) losses.add('max-output-tokens', 'maxOutputTokens', `${limit} tokens are the fewest to ask for.`);
  return { max_output_tokens: limit };
}

/** Fields about the caller's account. The tiers of protocols other than OpenAI's two are not known here. */
function encodeAccount({ user, serviceTier, ext }: ChatRequest, losses: LossList): JsonObject {
  const isOwn = ext?.origin === FORMAT;
  const speaksOpenAi = isOwn || ext?.origin === 'openai-chat';
  if (!speaksOpenAi && serviceTier !== undefined) {
    losses.add('service-tier', 'serviceTier', `The tier "${serviceTier}" belongs to another API and is left out.`);
  }
  return {
    ...(user !== undefined && { user: isOwn ? user : acceptableUser(user, losses) }),
    ...(speaksOpenAi && serviceTier !== undefined && { service_tier: serviceTier }),
  };
}

/**
 * Where the host keeps answers unless told not to, a request of a protocol in which nothing is kept says so
 * (https://platform.openai.com/docs/guides/your-data).
 */
function storeOf(request: ChatRequest, target: EncodeTarget): JsonObject {
  if (request.store !== undefined) return { store: request.store };
  return target.keepsAnswers === true && request.ext?.origin !== FORMAT ? { store: false } : {};
}

/** `instructions` goes back to its own field; system text of any other origin stays an item with its role. */
function instructionsOf(messages: readonly Message[]): string | undefined {
  const message = messages.find(isInstructions);
  return message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n\n');
}

function encodeText(output: OutputFormat | undefined, rest: JsonObject | undefined): JsonObject | undefined {
  if (output === undefined) return rest;
  switch (output.type) {
    case 'text':
      return { ...rest, format: { type: 'text' } };
    case 'json':
      return { ...rest, format: { type: 'json_object' } };
    case 'json-schema':
      return {
        ...rest,
        format: {
          type: 'json_schema',
          // The protocol demands a name.
          name: output.name ?? 'response',
          schema: output.schema,
          ...(output.description !== undefined && { description: output.description }),
          ...(output.strict !== undefined && { strict: output.strict }),
        },
      };
  }
}

function encodeReasoning(
  { reasoning: options, ext }: ChatRequest,
  { model }: EncodeTarget,
  rest: JsonObject | undefined,
  losses: LossList,
): JsonObject | undefined {
  const own = ext?.origin === FORMAT ? options?.effort : undefined;
  const effort = own ?? (options === undefined ? undefined : effortOf(options, model, losses));
  const summary = options === undefined ? undefined : summaryOf(options, losses);
  const out = { ...rest, ...(effort !== undefined && { effort }), ...(summary !== undefined && { summary }) };
  return Object.keys(out).length === 0 ? undefined : out;
}

/** `max` is no word of this API, whose highest is `xhigh`; its models take some of its words each. */
function effortOf(
  { effort, budgetTokens, mode }: ReasoningOptions,
  model: string,
  losses: LossList,
): string | undefined {
  const isOff = mode === 'disabled' || budgetTokens === 0;
  const asked = isOff ? 'none' : (effort ?? (budgetTokens === undefined ? undefined : effortForBudget(budgetTokens)));
  if (asked === undefined) {
    if (mode === 'enabled') losses.add('reasoning-options', 'reasoning.mode', 'The model decides how much it reasons.');
    return undefined;
  }
  const word = takenEffort(model, asked === 'max' ? 'xhigh' : asked);
  const isWhole = word === asked && (isOff ? effort === undefined || effort === 'none' : budgetTokens === undefined);
  if (!isWhole) losses.add('reasoning-effort', 'reasoning', `Of how much to reason, the effort "${word}" is sent.`);
  return word;
}

function summaryOf(options: ReasoningOptions, losses: LossList): string | undefined {
  const { summary, includeThoughts } = options;
  if (summary === undefined) return includeThoughts === true ? 'auto' : undefined;
  if (SUMMARIES.includes(summary)) return summary;
  if (summary === 'summarized') return 'auto';
  if (summary !== 'omitted') {
    losses.add('reasoning-options', 'reasoning.summary', `The summary setting "${summary}" is left out.`);
  }
  return undefined;
}

function encodeInclude(request: ChatRequest, extra: JsonObject): string[] {
  const others = Array.isArray(extra['include']) ? extra['include'] : [];
  return [
    ...others.flatMap((name) => asString(name) ?? []),
    ...(request.reasoning?.replayable === true ? [INCLUDE_ENCRYPTED] : []),
    ...(request.logprobs?.enabled === true ? [INCLUDE_LOGPROBS] : []),
  ];
}

/** Settings without a field in this protocol. */
function declareLosses(request: ChatRequest, losses: LossList): void {
  const { sampling, stop, choices, ext } = request;
  const missing: readonly (readonly [LossFeature, string, unknown])[] = [
    ['top-k', 'sampling.topK', sampling?.topK],
    ['min-p', 'sampling.minP', sampling?.minP],
    ['seed', 'sampling.seed', sampling?.seed],
    ['presence-penalty', 'sampling.presencePenalty', sampling?.presencePenalty],
    ['frequency-penalty', 'sampling.frequencyPenalty', sampling?.frequencyPenalty],
    ['logit-bias', 'sampling.logitBias', sampling?.logitBias],
    ['stop', 'stop', stop?.length === 0 ? undefined : stop],
    ['choices', 'choices', choices === 1 ? undefined : choices],
  ];
  for (const [feature, path, value] of missing) {
    if (value !== undefined) losses.add(feature, path, 'The Responses API has no such setting; it is left out.');
  }
  if (ext !== undefined && ext.origin !== FORMAT) {
    for (const field of Object.keys(ext.data)) {
      losses.add('extension', field, `"${field}" is a field of ${ext.origin} only.`);
    }
  }
}
