/**
 * Token counts. `prompt_tokens` includes cached ones and `completion_tokens` includes reasoning
 * (https://platform.openai.com/docs/api-reference/chat/object), as the hub counts; vendors differ in where they put
 * the details, and xAI leaves reasoning out of `completion_tokens` (https://docs.x.ai/docs/guides/reasoning).
 */
import { asNumber, asObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Usage } from '../../model/usage.ts';
import { ownData, withExt } from './wire.ts';

const TOTALS = ['prompt_tokens', 'completion_tokens', 'total_tokens'];

/**
 * The usage object of a reply or chunk; undefined when it tells no counts. Cached tokens are read from
 * `prompt_tokens_details` (OpenAI), `prompt_cache_hit_tokens` (DeepSeek) or `cached_tokens` (Moonshot); cache writes
 * from `cache_creation_tokens`, `cache_write_tokens` (OpenRouter) or `cache_creation_input_tokens`.
 */
export function decodeUsage(value: JsonValue | undefined): Usage | undefined {
  const raw = asObject(value);
  const input = asNumber(raw?.['prompt_tokens']) ?? asNumber(raw?.['input_tokens']);
  const output = asNumber(raw?.['completion_tokens']) ?? asNumber(raw?.['output_tokens']);
  if (raw === undefined || (input === undefined && output === undefined)) return undefined;
  const prompt = asObject(raw['prompt_tokens_details']) ?? {};
  const completion = asObject(raw['completion_tokens_details']) ?? {};
  const reasoning = asNumber(completion['reasoning_tokens']) ?? asNumber(raw['reasoning_tokens']);
  const cached =
    asNumber(prompt['cached_tokens']) ?? asNumber(raw['prompt_cache_hit_tokens']) ?? asNumber(raw['cached_tokens']);
  const written =
    asNumber(prompt['cache_creation_tokens']) ??
    asNumber(prompt['cache_write_tokens']) ??
    asNumber(raw['cache_creation_input_tokens']);
  return {
    inputTokens: input ?? 0,
    outputTokens: outputWithReasoning(raw, input ?? 0, output ?? 0, reasoning ?? 0),
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(written !== undefined && { cacheWriteTokens: written }),
    ...(reasoning !== undefined && { reasoningTokens: reasoning }),
    ...withExt(furtherCounters(raw, prompt, completion)),
  };
}

function outputWithReasoning(raw: JsonObject, input: number, output: number, reasoning: number): number {
  const total = asNumber(raw['total_tokens']);
  const isLeftOut = total === undefined ? reasoning > output : total === input + output + reasoning;
  return isLeftOut ? output + reasoning : output;
}

function furtherCounters(raw: JsonObject, prompt: JsonObject, completion: JsonObject): JsonObject {
  const rest = without(raw, [...TOTALS, 'prompt_tokens_details', 'completion_tokens_details']);
  const promptRest = without(prompt, ['cached_tokens', 'cache_creation_tokens']);
  const completionRest = without(completion, ['reasoning_tokens']);
  return {
    ...rest,
    ...(Object.keys(promptRest).length > 0 && { prompt_tokens_details: promptRest }),
    ...(Object.keys(completionRest).length > 0 && { completion_tokens_details: completionRest }),
  };
}

function without(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => value !== null && !names.includes(key)));
}

/** Usage as this protocol tells it; details only where they are known. */
export function encodeUsage(usage: Usage): JsonObject {
  const further = ownData(usage.ext);
  const prompt: JsonObject = { ...asObject(further['prompt_tokens_details']) };
  const completion: JsonObject = { ...asObject(further['completion_tokens_details']) };
  if (usage.cachedInputTokens !== undefined) prompt['cached_tokens'] = usage.cachedInputTokens;
  if (usage.cacheWriteTokens !== undefined) prompt['cache_creation_tokens'] = usage.cacheWriteTokens;
  if (usage.reasoningTokens !== undefined) completion['reasoning_tokens'] = usage.reasoningTokens;
  return {
    ...further,
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    ...(Object.keys(prompt).length > 0 && { prompt_tokens_details: prompt }),
    ...(Object.keys(completion).length > 0 && { completion_tokens_details: completion }),
  };
}
