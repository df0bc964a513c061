/** The hub's options as `generationConfig` (https://ai.google.dev/api/generate-content#generationconfig). */
import { isObject, type JsonObject } from '../../base/json.ts';
import { extBelongsTo } from '../../model/ext.ts';
import { fewStops } from '../../model/few-stops.ts';
import type { LossFeature, LossList } from '../../model/loss.ts';
import { budgetForEffort, effortForBudget } from '../../model/reasoning-scale.ts';
import type { ChatRequest, ReasoningOptions } from '../../model/request.ts';
import type { EncodeTarget } from '../format.ts';
import { decodeThinking } from './decode-config.ts';
import { toGeminiSchema } from './encode-schema.ts';
import { fittingBudget, lowestLevel } from './thinking-budget.ts';
import { isGemini3 } from './wire.ts';

/** https://ai.google.dev/api/generate-content#generationconfig */
const STOP_LIMIT = 5;

/** The config for a request; an empty object when the client asked for nothing of it. */
export function encodeConfig(request: ChatRequest, target: EncodeTarget, losses: LossList): JsonObject {
  const { sampling = {}, logprobs } = request;
  reportUnspeakable(request, losses);
  const thinking = request.reasoning && encodeThinking(request.reasoning, target, losses);
  const plain = {
    temperature: sampling.temperature,
    topP: sampling.topP,
    topK: sampling.topK,
    seed: sampling.seed,
    presencePenalty: sampling.presencePenalty,
    frequencyPenalty: sampling.frequencyPenalty,
    maxOutputTokens: request.maxOutputTokens,
    candidateCount: request.choices,
    responseLogprobs: logprobs?.enabled,
    logprobs: logprobs?.top,
  };
  const out: JsonObject = {};
  for (const [name, value] of Object.entries(plain)) if (value !== undefined) out[name] = value;
  const stop = fewStops(request.stop, STOP_LIMIT, losses);
  if (stop !== undefined) out['stopSequences'] = [...stop];
  if (thinking !== undefined && Object.keys(thinking).length > 0) out['thinkingConfig'] = thinking;
  return Object.assign(out, encodeOutput(request, losses));
}

function reportUnspeakable(request: ChatRequest, losses: LossList): void {
  const { sampling = {} } = request;
  const missing: readonly (readonly [LossFeature, path: string, unknown])[] = [
    ['min-p', 'sampling.minP', sampling.minP],
    ['logit-bias', 'sampling.logitBias', sampling.logitBias],
    ['user', 'user', request.user],
    ['metadata', 'metadata', request.metadata],
    ['store', 'store', request.store === true ? true : undefined],
    ['service-tier', 'serviceTier', request.serviceTier],
    ['prompt-cache-key', 'promptCacheKey', request.promptCacheKey],
    ['parallel-tool-calls', 'parallelToolCalls', request.parallelToolCalls === false ? false : undefined],
  ];
  for (const [feature, path, value] of missing) {
    if (value !== undefined) losses.add(feature, path, `Gemini has no such setting (${feature}); it is left out.`);
  }
}

function encodeOutput({ output }: ChatRequest, losses: LossList): JsonObject {
  if (output === undefined) return {};
  if (output.type === 'text') return { responseMimeType: 'text/plain' };
  if (output.type === 'json') return { responseMimeType: 'application/json' };
  if (extBelongsTo(output.ext, 'gemini') && output.ext.data['responseJsonSchema'] === true) {
    return { responseMimeType: 'application/json', responseJsonSchema: output.schema };
  }
  if (output.name !== undefined || output.description !== undefined) {
    losses.add('json-schema', 'output', "The schema's name and description are left out.");
  }
  const responseSchema = toGeminiSchema(output.schema, (keyword) =>
    losses.add('schema-keyword', `output.schema ${keyword}`, `Gemini does not know the keyword "${keyword}" here.`),
  );
  return { responseMimeType: 'application/json', responseSchema };
}

/**
 * Models of generation 3 take a level, older ones a budget in tokens (https://ai.google.dev/gemini-api/docs/thinking).
 * A client of this protocol keeps its own words.
 */
function encodeThinking(reasoning: ReasoningOptions, target: EncodeTarget, losses: LossList): JsonObject {
  const verbatim = ownThinking(reasoning);
  if (verbatim !== undefined) return verbatim;
  const style = target.reasoningStyle ?? (isGemini3(target.model) ? 'effort' : 'budget');
  const wanted =
    style === 'effort' ? levelFor(reasoning, target.model, losses) : budgetFor(reasoning, target.model, losses);
  if (reasoning.summary === 'concise' || reasoning.summary === 'detailed') {
    losses.add('reasoning-options', 'reasoning', `The summary "${reasoning.summary}" is not told apart from others.`);
  }
  const include = reasoning.includeThoughts ?? (wantsThoughts(reasoning) ? true : undefined);
  return { ...wanted, ...(include !== undefined && { includeThoughts: include }) };
}

function ownThinking(reasoning: ReasoningOptions): JsonObject | undefined {
  if (!extBelongsTo(reasoning.ext, 'gemini') || !isObject(reasoning.ext.data)) return undefined;
  const said = decodeThinking(reasoning.ext.data, 'thinkingConfig');
  const members = ['effort', 'budgetTokens', 'mode', 'includeThoughts'] as const;
  return members.every((member) => said?.[member] === reasoning[member]) ? reasoning.ext.data : undefined;
}

/** Protocols whose clients are shown thoughts without asking for them in words of Gemini's. */
function wantsThoughts(reasoning: ReasoningOptions): boolean {
  const { summary, mode } = reasoning;
  return mode === 'enabled' || (summary !== undefined && summary !== 'none' && summary !== 'omitted');
}

const LEVELS = ['low', 'medium', 'high'];

function levelFor({ effort, budgetTokens, mode }: ReasoningOptions, model: string, losses: LossList): JsonObject {
  if (effort !== undefined && budgetTokens !== undefined) loseOneOfTwo('budget', losses);
  const off = effort === 'none' || mode === 'disabled' || budgetTokens === 0;
  const asked = effort ?? (off ? 'none' : budgetTokens === undefined ? undefined : effortForBudget(budgetTokens));
  if (asked === undefined) return {};
  const level = off || asked === 'minimal' ? lowestLevel(model) : levelOf(asked);
  if (level !== effort)
    losses.add('reasoning-effort', 'reasoning', `Gemini is told the thinking level "${level}" instead.`);
  return { thinkingLevel: level };
}

function levelOf(effort: string): string {
  if (LEVELS.includes(effort)) return effort;
  return effort === 'xhigh' || effort === 'max' ? 'high' : 'medium';
}

function loseOneOfTwo(lost: 'budget' | 'effort', losses: LossList): void {
  losses.add('reasoning-effort', 'reasoning', `Gemini takes an effort or a budget: the ${lost} is left out.`);
}

function budgetFor({ effort, budgetTokens, mode }: ReasoningOptions, model: string, losses: LossList): JsonObject {
  if (effort !== undefined && budgetTokens !== undefined) loseOneOfTwo('effort', losses);
  if (budgetTokens !== undefined) return fitting(budgetTokens, model, losses);
  if (mode === 'disabled' || effort === 'none') return fitting(0, model, losses);
  if (effort !== undefined) {
    const thinkingBudget = fittingBudget(model, budgetForEffort(effort));
    losses.add('reasoning-effort', 'reasoning', `The effort "${effort}" becomes a budget of ${thinkingBudget} tokens.`);
    return { thinkingBudget };
  }
  return mode === 'adaptive' ? { thinkingBudget: -1 } : {};
}

function fitting(budgetTokens: number, model: string, losses: LossList): JsonObject {
  const thinkingBudget = fittingBudget(model, budgetTokens);
  if (thinkingBudget !== budgetTokens)
    losses.add('reasoning-effort', 'reasoning', `The budget of ${budgetTokens} tokens is sent as ${thinkingBudget}.`);
  return { thinkingBudget };
}
