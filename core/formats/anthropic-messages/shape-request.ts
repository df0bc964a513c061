/**
 * https://docs.anthropic.com/en/api/messages, https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking.
 * Whatever is said here about thinking must be something that the API takes: it would refuse the whole request.
 */
import { asArray, asNumber, asObject, asString, type JsonObject, type JsonValue, objectsOf } from '../../base/json.ts';
import {
  effortOf,
  measureMessages,
  prefixed,
  type RequestShaper,
  type ThinkingModel,
  without,
  withTextBlock,
} from '../../model/shaping.ts';
import { openTurnIsUnsigned } from './encode-reasoning.ts';

/** The API refuses less, and a budget that is not below `max_tokens`. */
const BUDGET_MIN_TOKENS = 1_024;
/** Of an answer that cannot be made longer, so much may go into thinking. */
const PART_FOR_THINKING = 3 / 4;
/** With thinking on, the API takes a `top_p` from here to 1. */
const TOP_P_MIN = 0.95;

export const shaper: RequestShaper = {
  withSystemPrompt(body, prompt) {
    const { system } = body;
    if (typeof system === 'string' && OF_OWN_CLIENT.test(system))
      return { ...body, system: [system, prompt].map((text) => ({ type: 'text', text })) };
    if (system === undefined || system === null || typeof system === 'string') {
      const text = prefixed(system ?? '', prompt);
      return text === system ? body : { ...body, system: text };
    }
    const said = asArray(system);
    const opening = said.findIndex((block) => !isOfOwnClient(block));
    const [own, rest] = opening < 0 ? [said, []] : [said.slice(0, opening), said.slice(opening)];
    const blocks = withTextBlock(rest, prompt);
    return blocks === rest ? body : { ...body, system: [...own, ...asArray(blocks)] };
  },
  withThinking(body, choice, model) {
    const thinking = asObject(body['thinking']);
    if (choice.kind === 'remove') return withoutClearing(without(body, ['thinking']));
    if (choice.tokens === 0)
      return thinking === undefined ? body : { ...withoutClearing(body), thinking: { type: 'disabled' } };
    const isOn = thinking?.['type'] === 'enabled' || thinking?.['type'] === 'adaptive';
    if (!isOn && (!model.isHinted || forbidsThinking(body))) return body;
    if (thinking?.['type'] === 'adaptive' || model.style === 'effort') return withEffort(body, choice.tokens);
    return isOn || !openTurnIsUnsigned(turnsOf(body)) ? withBudget(body, choice.tokens, model) : body;
  },
  measure: (body) => measureMessages(body['messages'], body['tools']),
};

/** By these the vendor knows its own client, and serves a subscription: they stay first. */
const OF_OWN_CLIENT = /^(?:x-anthropic-billing-header|You are Claude Code,|You are a Claude agent,)/;

function isOfOwnClient(block: JsonValue): boolean {
  return OF_OWN_CLIENT.test(asString(asObject(block)?.['text']) ?? '');
}

/** Models that decide themselves how much to think take an effort, and the newest of them no budget. */
function withEffort(body: JsonObject, tokens: number): JsonObject {
  const { budget_tokens: _budget, ...said } = asObject(body['thinking']) ?? {};
  const effort = { ...asObject(body['output_config']), effort: effortOf(tokens) };
  return { ...body, thinking: { ...said, type: 'adaptive' }, output_config: effort };
}

/** What the client wants to read stays beside the budget, as far as the model can say so much. */
function withBudget(
  body: JsonObject,
  tokens: number,
  { maxOutputTokens = Number.POSITIVE_INFINITY }: ThinkingModel,
): JsonObject {
  const wanted = Math.max(BUDGET_MIN_TOKENS, tokens);
  const max = asNumber(body['max_tokens']);
  if (max === undefined || max > wanted) return { ...body, thinking: { type: 'enabled', budget_tokens: wanted } };
  const total = Math.max(max, Math.min(max + wanted, maxOutputTokens));
  const budget = Math.min(wanted, Math.max(total - max, Math.floor(total * PART_FOR_THINKING)));
  if (budget < BUDGET_MIN_TOKENS) return body;
  return { ...body, max_tokens: total, thinking: { type: 'enabled', budget_tokens: budget } };
}

/** Thinking bears no forced tool, no sampling but the default, and no answer begun by the client. */
function forbidsThinking(body: JsonObject): boolean {
  const choice = asObject(body['tool_choice'])?.['type'];
  const [temperature, topP] = [asNumber(body['temperature']), asNumber(body['top_p'])];
  return (
    choice === 'any' ||
    choice === 'tool' ||
    body['top_k'] !== undefined ||
    (temperature !== undefined && temperature !== 1) ||
    (topP !== undefined && topP < TOP_P_MIN) ||
    turnsOf(body).at(-1)?.role === 'assistant'
  );
}

function turnsOf(
  body: JsonObject,
): { readonly role: JsonObject[string] | undefined; readonly content: JsonObject[] }[] {
  return objectsOf(body['messages']).map(({ role, content }) => ({ role, content: objectsOf(content) }));
}

/** The edit that takes earlier thoughts out of the context is refused where nothing is thought: Claude Code sends it. */
function withoutClearing(body: JsonObject): JsonObject {
  const management = asObject(body['context_management']);
  const edits = asArray(management?.['edits']);
  const kept = edits.filter((edit) => asString(asObject(edit)?.['type'])?.startsWith('clear_thinking') !== true);
  if (kept.length === edits.length) return body;
  if (kept.length === 0) return without(body, ['context_management']);
  return { ...body, context_management: { ...management, edits: kept } };
}
