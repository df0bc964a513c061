/** https://docs.anthropic.com/en/api/messages, https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking */
import { asNumber, asObject, type JsonObject } from '../../base/json.ts';
import {
  effortOf,
  measureMessages,
  prefixed,
  type RequestShaper,
  type ThinkingChoice,
  without,
  withTextBlock,
} from '../../model/shaping.ts';

/** The API refuses less, and a budget that is not below `max_tokens`. */
const BUDGET_MIN_TOKENS = 1_024;

export const shaper: RequestShaper = {
  withSystemPrompt(body, prompt) {
    const { system } = body;
    if (system === undefined || system === null || typeof system === 'string') {
      const text = prefixed(system ?? '', prompt);
      return text === system ? body : { ...body, system: text };
    }
    const blocks = withTextBlock(system, prompt);
    return blocks === system ? body : { ...body, system: blocks };
  },
  withThinking(body, choice, isHinted) {
    const thinking = asObject(body['thinking']);
    if (choice.kind === 'remove') return without(body, ['thinking']);
    if (choice.tokens === 0) return thinking === undefined ? body : { ...body, thinking: { type: 'disabled' } };
    if (thinking?.['type'] === 'adaptive')
      return { ...body, output_config: { ...asObject(body['output_config']), effort: effortOf(choice.tokens) } };
    const isOn = thinking?.['type'] === 'enabled';
    if (!isOn && (!isHinted || forbidsThinking(body))) return body;
    return withBudget(body, choice);
  },
  measure: (body) => measureMessages(body['messages'], body['tools']),
};

function withBudget(body: JsonObject, { tokens }: Extract<ThinkingChoice, { kind: 'budget' }>): JsonObject {
  const budget = Math.max(BUDGET_MIN_TOKENS, tokens);
  const max = asNumber(body['max_tokens']);
  const room = max !== undefined && max <= budget ? { max_tokens: max + budget } : {};
  return { ...body, ...room, thinking: { type: 'enabled', budget_tokens: budget } };
}

/** Thinking bears no forced tool, no temperature but 1, no top_k, and no answer begun by the client. */
function forbidsThinking(body: JsonObject): boolean {
  const choice = asObject(body['tool_choice'])?.['type'];
  const temperature = asNumber(body['temperature']);
  return (
    choice === 'any' ||
    choice === 'tool' ||
    body['top_k'] !== undefined ||
    (temperature !== undefined && temperature !== 1)
  );
}
