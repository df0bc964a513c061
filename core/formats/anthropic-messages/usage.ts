/**
 * Token counts. Anthropic's `input_tokens` excludes what was read from and written to the cache, the hub's includes
 * both (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching#tracking-cache-performance).
 */
import { asNumber, asObject, compact, type JsonObject } from '../../base/json.ts';
import type { LossList } from '../../model/loss.ts';
import type { Usage } from '../../model/usage.ts';
import { extOf, filledRestOf, ORIGIN } from './wire.ts';

const KNOWN = [
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
  'cache_creation',
  'output_tokens_details',
];

/**
 * The counts of a `usage` object; undefined where it tells nothing: no counts, or only the zeros that stand in for them
 * because the protocol demands the object.
 */
export function decodeUsage(raw: JsonObject | undefined): Usage | undefined {
  if (raw === undefined) return undefined;
  const input = asNumber(raw['input_tokens']);
  const output = asNumber(raw['output_tokens']);
  if (Object.values(raw).every((value) => value === 0 || value === null)) return undefined;
  if (input === undefined && output === undefined) return undefined;
  const created = asObject(raw['cache_creation']);
  const shortLived = asNumber(created?.['ephemeral_5m_input_tokens']);
  const longLived = asNumber(created?.['ephemeral_1h_input_tokens']);
  const written =
    asNumber(raw['cache_creation_input_tokens']) ??
    (shortLived === undefined && longLived === undefined ? undefined : (shortLived ?? 0) + (longLived ?? 0));
  const read = asNumber(raw['cache_read_input_tokens']);
  const details = asObject(raw['output_tokens_details']) ?? {};
  const further = filledRestOf(details, ['thinking_tokens']);
  return {
    inputTokens: (input ?? 0) + (read ?? 0) + (written ?? 0),
    outputTokens: output ?? 0,
    ...compact({
      cachedInputTokens: read,
      cacheWriteTokens: written,
      cacheWrite1hTokens: longLived,
      reasoningTokens: asNumber(details['thinking_tokens']),
    }),
    ...extOf({
      ...filledRestOf(raw, KNOWN),
      ...(Object.keys(further).length > 0 && { output_tokens_details: further }),
    }),
  };
}

const INPUT_COUNTS = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'];

/**
 * The counts after a later event. They are cumulative totals: overwritten, never added
 * (https://docs.anthropic.com/en/docs/build-with-claude/streaming#event-types). Null says nothing, and neither does the
 * zero that compatible servers put in `message_delta` for input they counted in `message_start`.
 */
export function mergeUsage(earlier: JsonObject | undefined, later: JsonObject | undefined): JsonObject | undefined {
  if (earlier === undefined || later === undefined) return later ?? earlier;
  const merged: JsonObject = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    if (value === null || (value === 0 && INPUT_COUNTS.includes(key) && earlier[key] !== undefined)) continue;
    merged[key] = value;
  }
  return merged;
}

/** The hub's counts in this protocol's words. Cache counts stand only where the upstream told them. */
export function encodeUsage(usage: Usage, losses: LossList): JsonObject {
  const read = usage.cachedInputTokens;
  const written = usage.cacheWriteTokens;
  const longLived = usage.cacheWrite1hTokens;
  const { output_tokens_details: further, ...own } = usage.ext?.origin === ORIGIN ? usage.ext.data : {};
  if (usage.ext !== undefined && usage.ext.origin !== ORIGIN && Object.keys(usage.ext.data).length > 0) {
    losses.add('usage-detail', 'usage', `Counters of ${usage.ext.origin} are left out.`);
  }
  const details: JsonObject = { ...compact({ thinking_tokens: usage.reasoningTokens }), ...asObject(further) };
  return {
    input_tokens: Math.max(0, usage.inputTokens - (read ?? 0) - (written ?? 0)),
    ...compact({ cache_creation_input_tokens: written, cache_read_input_tokens: read }),
    ...(longLived !== undefined && {
      cache_creation: {
        ephemeral_5m_input_tokens: Math.max(0, (written ?? 0) - longLived),
        ephemeral_1h_input_tokens: longLived,
      },
    }),
    output_tokens: usage.outputTokens,
    ...(Object.keys(details).length > 0 && { output_tokens_details: details }),
    ...own,
  };
}
