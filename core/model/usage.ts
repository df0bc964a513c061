/**
 * Tokens of one request, by one convention whatever the protocol: `inputTokens` INCLUDES cached and cache-written
 * ones, `outputTokens` INCLUDES reasoning. Anthropic's `input_tokens` excludes both cache counts, Gemini's
 * `candidatesTokenCount` excludes thoughts: their codecs convert.
 */
import type { Ext } from './ext.ts';

export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Read from the provider's prompt cache; part of `inputTokens`. */
  readonly cachedInputTokens?: number;
  /** Written to the provider's prompt cache; part of `inputTokens`. */
  readonly cacheWriteTokens?: number;
  /** The part of `cacheWriteTokens` kept for one hour (Anthropic prices it higher). */
  readonly cacheWrite1hTokens?: number;
  /** Part of `outputTokens`. */
  readonly reasoningTokens?: number;
  /** Counted here, not by the provider. */
  readonly estimated?: boolean;
  /** The protocol's further counters, verbatim. */
  readonly ext?: Ext;
}
