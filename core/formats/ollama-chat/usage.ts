/** Ollama's counters: `prompt_eval_count` and `eval_count`, thoughts included; Go leaves a zero out. */
import { asNumber, type JsonObject } from '../../base/json.ts';
import type { LossList } from '../../model/loss.ts';
import type { Usage } from '../../model/usage.ts';

/** The counters of a chunk; undefined when it tells none. */
export function decodeUsage(chunk: JsonObject): Usage | undefined {
  const input = asNumber(chunk['prompt_eval_count']);
  const output = asNumber(chunk['eval_count']);
  if (input === undefined && output === undefined) return undefined;
  return { inputTokens: input ?? 0, outputTokens: output ?? 0 };
}

/** The counters for the last chunk. */
export function encodeUsage(usage: Usage | undefined, losses: LossList): JsonObject {
  if (usage === undefined) return {};
  if ([usage.cachedInputTokens, usage.cacheWriteTokens, usage.reasoningTokens].some((count) => (count ?? 0) > 0)) {
    losses.add('usage-detail', 'usage', 'Ollama does not tell cached and reasoning tokens apart from the others.');
  }
  return { prompt_eval_count: usage.inputTokens, eval_count: usage.outputTokens };
}
