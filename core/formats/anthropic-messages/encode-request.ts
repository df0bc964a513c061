/** The hub's request for an upstream of this protocol: https://docs.anthropic.com/en/api/messages. */
import { asObject, compact, type JsonObject } from '../../base/json.ts';
import { LossList } from '../../model/loss.ts';
import { withOfferedChoice } from '../../model/offered-tools.ts';
import type { ChatRequest, Sampling } from '../../model/request.ts';
import { withSomethingSaid } from '../../model/something-said.ts';
import { ToolNames } from '../../model/tool-names.ts';
import type { EncodedRequest, EncodeTarget } from '../format.ts';
import { shortContent } from './encode-blocks.ts';
import { encodeMessages, writeTurns } from './encode-messages.ts';
import { planReasoning } from './encode-reasoning.ts';
import { encodeTools } from './encode-tools.ts';
import { acceptedSchema } from './output-schema.ts';
import { type EncodeContext, isOwn, ORIGIN, TOOL_NAME_RULE } from './wire.ts';

/** `max_tokens` is demanded; this stands where neither the client nor the catalog has a number. */
const FALLBACK_MAX_TOKENS = 8_192;

/** The body for `target`, and what it could not say. */
export function encodeRequest(asked: ChatRequest, target: EncodeTarget): EncodedRequest {
  const losses = new LossList();
  const offered = withOfferedChoice(asked, ORIGIN, losses);
  const request = isForeign(asked) ? withSomethingSaid(offered, losses) : offered;
  const names = new ToolNames(request, TOOL_NAME_RULE, losses);
  const context: EncodeContext = { target, losses, names };
  const { system, turns } = encodeMessages(request, context);
  const tools = encodeTools(request, context);
  const maxTokens = encodeMaxTokens(request, target, losses);
  const forced = asObject(tools['tool_choice'])?.['type'];
  const plan = planReasoning(
    request.reasoning,
    {
      style: target.reasoningStyle,
      maxTokens,
      toolForced: forced === 'any' || forced === 'tool',
      isForeign: isForeign(request),
      turns,
    },
    losses,
  );
  const thinks = plan.thinking !== undefined && plan.thinking['type'] !== 'disabled';
  const outputConfig = compact({ effort: plan.effort, format: encodeOutput(request, losses) });
  loseOptions(request, losses);
  const body: JsonObject = {
    model: target.model,
    max_tokens: maxTokens,
    ...(system.length > 0 && { system: shortContent(system) }),
    messages: writeTurns(turns),
    ...tools,
    ...compact({ stop_sequences: encodeStop(request, losses) }),
    ...encodeSampling(request.sampling ?? {}, thinks, losses),
    ...compact({ thinking: plan.thinking }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...(request.user !== undefined && { metadata: { user_id: request.user } }),
    ...encodeServiceTier(request.serviceTier, losses),
    ...(request.stream && { stream: true }),
  };
  return { body: withExt(body, request, losses), losses: losses.list(), toolNames: names };
}

function encodeMaxTokens(request: ChatRequest, target: EncodeTarget, losses: LossList): number {
  const told = request.maxOutputTokens ?? target.maxOutputTokens;
  if (told !== undefined) return told;
  losses.add(
    'max-output-tokens',
    'maxOutputTokens',
    `The API demands a limit; ${FALLBACK_MAX_TOKENS} tokens are sent.`,
  );
  return FALLBACK_MAX_TOKENS;
}

/** Gemini's clients are known by what they say of reasoning. */
function isForeign({ ext, reasoning }: ChatRequest): boolean {
  return [ext, reasoning?.ext].some((said) => said !== undefined && said.origin !== ORIGIN);
}

/** Sequences of white space only are refused by the API. */
function encodeStop(request: ChatRequest, losses: LossList): string[] | undefined {
  const kept = request.stop?.filter((stop) => stop.trim() !== '');
  if (kept !== undefined && kept.length !== request.stop?.length) {
    losses.add('stop', 'stop', 'Stop sequences of white space only are left out.');
  }
  return kept !== undefined && kept.length === 0 && request.stop?.length !== 0 ? undefined : kept;
}

/** Thinking goes with the temperature 1 and a top_p of at least 0.95 only; temperatures end at 1. */
function encodeSampling(sampling: Sampling, thinks: boolean, losses: LossList): JsonObject {
  const { temperature, topP, topK } = sampling;
  const out: JsonObject = {};
  if (temperature !== undefined) {
    if (thinks && temperature !== 1)
      losses.add('temperature', 'sampling.temperature', refusedByThinking('temperature'));
    else out['temperature'] = Math.min(temperature, 1);
    if (temperature > 1)
      losses.add('temperature', 'sampling.temperature', `${temperature} is above the API's most, 1.`);
  }
  if (topP !== undefined) {
    if (thinks && topP < 0.95) losses.add('top-p', 'sampling.topP', refusedByThinking('top_p'));
    else out['top_p'] = topP;
  }
  if (topK !== undefined) {
    if (thinks) losses.add('top-k', 'sampling.topK', refusedByThinking('top_k'));
    else out['top_k'] = topK;
  }
  return out;
}

function refusedByThinking(name: string): string {
  return `The ${name} is left out: the API refuses it together with thinking.`;
}

/** Structured output: https://docs.anthropic.com/en/docs/build-with-claude/structured-outputs. */
function encodeOutput({ output }: ChatRequest, losses: LossList): JsonObject | undefined {
  if (output?.type === 'json') losses.add('json-mode', 'output', 'JSON without a schema cannot be asked for.');
  if (output?.type !== 'json-schema') return undefined;
  if (output.name !== undefined || output.description !== undefined) {
    losses.add('json-schema', 'output', "The schema's name and description are left out.");
  }
  const schema = isOwn(output.ext) ? output.schema : acceptedSchema(output.schema, losses);
  return { type: 'json_schema', schema };
}

function encodeServiceTier(tier: string | undefined, losses: LossList): JsonObject {
  if (tier === undefined) return {};
  if (tier === 'auto' || tier === 'standard_only') return { service_tier: tier };
  if (tier === 'default') return { service_tier: 'standard_only' };
  losses.add('service-tier', 'serviceTier', `The service tier "${tier}" is left out.`);
  return {};
}

function loseOptions(request: ChatRequest, losses: LossList): void {
  const { sampling = {} } = request;
  const lose = (feature: Parameters<LossList['add']>[0], path: string, lost: boolean): void => {
    if (lost) losses.add(feature, path, 'The API has no such option; it is left out.');
  };
  lose('min-p', 'sampling.minP', sampling.minP !== undefined);
  lose('seed', 'sampling.seed', sampling.seed !== undefined);
  lose('presence-penalty', 'sampling.presencePenalty', (sampling.presencePenalty ?? 0) !== 0);
  lose('frequency-penalty', 'sampling.frequencyPenalty', (sampling.frequencyPenalty ?? 0) !== 0);
  lose('logit-bias', 'sampling.logitBias', Object.keys(sampling.logitBias ?? {}).length > 0);
  lose('choices', 'choices', (request.choices ?? 1) > 1);
  lose('logprobs', 'logprobs', request.logprobs?.enabled === true);
  lose('metadata', 'metadata', Object.keys(request.metadata ?? {}).length > 0);
  lose('store', 'store', request.store === true);
  lose('prompt-cache-key', 'promptCacheKey', request.promptCacheKey !== undefined);
}

const MERGED = ['thinking', 'output_config', 'metadata'];

/** Our own unknown fields return where they were; another protocol's are losses, one each. */
function withExt(body: JsonObject, request: ChatRequest, losses: LossList): JsonObject {
  const { ext } = request;
  if (ext === undefined) return body;
  if (!isOwn(ext)) {
    for (const key of Object.keys(ext.data)) {
      losses.add('extension', key, `The field "${key}" of ${ext.origin} is left out.`);
    }
    return body;
  }
  const out: JsonObject = { ...body };
  for (const [key, value] of Object.entries(ext.data)) {
    const members = MERGED.includes(key) ? asObject(value) : undefined;
    const written = asObject(body[key]);
    if (members !== undefined && written !== undefined) out[key] = { ...written, ...members };
    // Members of thinking without a type belong to a thinking that was left out.
    else if (key !== 'thinking' || members?.['type'] !== undefined) out[key] = value;
  }
  return out;
}
