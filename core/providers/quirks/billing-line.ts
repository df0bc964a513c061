/** For hosts of Anthropic's protocol that are not Anthropic and cache prompts by their beginning. */
import { asArray, isObject, type JsonObject, type JsonValue } from '../../base/json.ts';
import { BILLING_LINE, withoutBillingLine } from '../../model/billing-line.ts';
import type { Quirk } from '../provider.ts';

/** Claude Code's line for its vendor's books goes to its vendor only (`model/billing-line.ts`). */
export const noBillingLine: Quirk = {
  name: 'no-billing-line',
  why: 'https://github.com/anthropics/claude-code/issues/68900',
  formats: ['anthropic-messages'],
  needs: ['system'],
  needsText: [BILLING_LINE],
  request: (body) => {
    const { system } = body;
    if (typeof system === 'string') {
      const text = withoutBillingLine(system);
      return text === system ? body : { ...body, system: text };
    }
    const blocks = asArray(system);
    const [first, ...others] = blocks;
    const rest = isObject(first) ? withoutLine(first) : first;
    if (rest === first) return body;
    return { ...body, system: rest === undefined ? others : [rest, ...others] };
  },
};

/** Undefined where the block held nothing else. */
function withoutLine(block: JsonObject): JsonValue | undefined {
  if (typeof block['text'] !== 'string') return block;
  const text = withoutBillingLine(block['text']);
  if (text === '') return undefined;
  return text === block['text'] ? block : { ...block, text };
}
