/** Gemini's counters (https://ai.google.dev/api/generate-content#UsageMetadata) and the hub's. */
import { asNumber, type JsonObject } from '../../base/json.ts';
import type { Usage } from '../../model/usage.ts';
import { ownExt } from './wire.ts';

/**
 * `usageMetadata` by the hub's convention: the prompt count includes cached tokens, what tools read counts as input, and
 * thoughts count as output. Undefined where no tokens are told (the first chunks of some hosts). Never adds a token.
 */
export function decodeUsage(metadata: JsonObject | undefined): Usage | undefined {
  if (metadata === undefined) return undefined;
  const {
    promptTokenCount,
    candidatesTokenCount,
    thoughtsTokenCount,
    cachedContentTokenCount,
    totalTokenCount,
    ...rest
  } = metadata;
  const prompt = asNumber(promptTokenCount);
  const candidates = asNumber(candidatesTokenCount);
  const thoughts = asNumber(thoughtsTokenCount);
  const cached = asNumber(cachedContentTokenCount);
  if (prompt === undefined && candidates === undefined && thoughts === undefined) return undefined;
  const inputTokens = (prompt ?? 0) + (asNumber(rest['toolUsePromptTokenCount']) ?? 0);
  const outputTokens = (candidates ?? 0) + (thoughts ?? 0);
  const total = asNumber(totalTokenCount);
  const unusual = total === undefined || total === inputTokens + outputTokens ? {} : { totalTokenCount: total };
  const ext = ownExt({ ...rest, ...unusual });
  return {
    inputTokens,
    outputTokens,
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(thoughts !== undefined && { reasoningTokens: thoughts }),
    ...(ext !== undefined && { ext }),
  };
}

/** The hub's usage as `usageMetadata`. */
export function encodeUsage(usage: Usage): JsonObject {
  const own = usage.ext?.origin === 'gemini' ? usage.ext.data : {};
  return {
    promptTokenCount: Math.max(0, usage.inputTokens - (asNumber(own['toolUsePromptTokenCount']) ?? 0)),
    candidatesTokenCount: Math.max(0, usage.outputTokens - (usage.reasoningTokens ?? 0)),
    ...(usage.reasoningTokens !== undefined && { thoughtsTokenCount: usage.reasoningTokens }),
    ...(usage.cachedInputTokens !== undefined && { cachedContentTokenCount: usage.cachedInputTokens }),
    totalTokenCount: usage.inputTokens + usage.outputTokens,
    ...own,
  };
}
