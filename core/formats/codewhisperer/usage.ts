/**
 * What an answer used. Tokens come in `metricsEvent` or `metadataEvent`; where neither does, they are estimated from the
 * share of the context that was taken and from the length of what was said.
 */
import { asNumber, asObject, type JsonObject } from '../../base/json.ts';
import type { Usage } from '../../model/usage.ts';

/** The context window that the percentage refers to, in tokens. */
const CONTEXT_TOKENS = 200_000;
const CHARACTERS_PER_TOKEN = 4;

export class UsageReader {
  #told: Usage | undefined;
  #percentage: number | undefined;
  #isCharged = false;
  #characters = 0;

  /** Text, thoughts and calls of the answer, for the estimate. */
  add(text: string): void {
    this.#characters += text.length;
  }

  read(event: string, body: JsonObject): void {
    if (event === 'meteringEvent') this.#isCharged = true;
    if (event === 'contextUsageEvent') this.#percentage = asNumber(body['contextUsagePercentage']);
    if (event === 'metricsEvent') this.#told = tokensOf(asNumber(body['inputTokens']), asNumber(body['outputTokens']));
    if (event === 'metadataEvent') this.#told = ofTokenUsage(asObject(body['tokenUsage'])) ?? this.#told;
  }

  /** The account was charged and the context measured: the answer is over. */
  get isMeasured(): boolean {
    return this.#isCharged && this.#percentage !== undefined;
  }

  usage(): Usage | undefined {
    if (this.#told !== undefined) return this.#told;
    if (this.#percentage === undefined) return undefined;
    return {
      inputTokens: Math.round((this.#percentage / 100) * CONTEXT_TOKENS),
      outputTokens: Math.ceil(this.#characters / CHARACTERS_PER_TOKEN),
      estimated: true,
    };
  }
}

function tokensOf(inputTokens: number | undefined, outputTokens: number | undefined): Usage | undefined {
  return inputTokens === undefined || outputTokens === undefined ? undefined : { inputTokens, outputTokens };
}

/** `uncachedInputTokens` leaves out what came from the cache and what was written to it. */
function ofTokenUsage(tokens: JsonObject | undefined): Usage | undefined {
  const cached = asNumber(tokens?.['cacheReadInputTokens']) ?? 0;
  const written = asNumber(tokens?.['cacheWriteInputTokens']) ?? 0;
  const plain = asNumber(tokens?.['uncachedInputTokens']);
  const usage = tokensOf(
    plain === undefined ? undefined : plain + cached + written,
    asNumber(tokens?.['outputTokens']),
  );
  return (
    usage && {
      ...usage,
      ...(cached > 0 && { cachedInputTokens: cached }),
      ...(written > 0 && { cacheWriteTokens: written }),
    }
  );
}
