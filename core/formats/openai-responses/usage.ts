/**
 * Usage of the Responses API: `input_tokens` includes cached and `output_tokens` includes reasoning ones, which is the
 * hub's own convention, so nothing is computed but the total.
 */
import { asNumber, asObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { Usage } from '../../model/usage.ts';
import { ownData, ownExt, restOf } from './wire.ts';

/** The upstream's `usage`; undefined where it told none. Further counters are kept in `ext`. */
export function decodeUsage(value: JsonValue | undefined): Usage | undefined {
  const usage = asObject(value);
  if (usage === undefined) return undefined;
  const inputTokens = asNumber(usage['input_tokens']) ?? 0;
  const outputTokens = asNumber(usage['output_tokens']) ?? 0;
  const input = asObject(usage['input_tokens_details']) ?? {};
  const output = asObject(usage['output_tokens_details']) ?? {};
  const cached = asNumber(input['cached_tokens']);
  const written = asNumber(input['cache_write_tokens']);
  const reasoning = asNumber(output['reasoning_tokens']);
  const data = restOf(usage, [
    'input_tokens',
    'input_tokens_details',
    'output_tokens',
    'output_tokens_details',
    'total_tokens',
  ]);
  const total = asNumber(usage['total_tokens']);
  if (total !== undefined && total !== inputTokens + outputTokens) data['total_tokens'] = total;
  const moreInput = restOf(input, ['cached_tokens', 'cache_write_tokens']);
  const moreOutput = restOf(output, ['reasoning_tokens']);
  if (Object.keys(moreInput).length > 0) data['input_tokens_details'] = moreInput;
  if (Object.keys(moreOutput).length > 0) data['output_tokens_details'] = moreOutput;
  const ext = ownExt(data);
  return {
    inputTokens,
    outputTokens,
    ...(cached !== undefined && { cachedInputTokens: cached }),
    ...(written !== undefined && { cacheWriteTokens: written }),
    ...(reasoning !== undefined && { reasoningTokens: reasoning }),
    ...(ext !== undefined && { ext }),
  };
}

/** `usage` for a client, all members that strict SDKs expect; null where nothing is known. */
export function encodeUsage(usage: Usage | undefined): JsonObject | null {
  if (usage === undefined) return null;
  const data = ownData(usage.ext) ?? {};
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: {
      ...asObject(data['input_tokens_details']),
      cached_tokens: usage.cachedInputTokens ?? 0,
      ...(usage.cacheWriteTokens !== undefined && { cache_write_tokens: usage.cacheWriteTokens }),
    },
    output_tokens: usage.outputTokens,
    output_tokens_details: {
      ...asObject(data['output_tokens_details']),
      reasoning_tokens: usage.reasoningTokens ?? 0,
    },
    total_tokens: usage.inputTokens + usage.outputTokens,
    ...restOf(data, ['input_tokens_details', 'output_tokens_details']),
  };
}
