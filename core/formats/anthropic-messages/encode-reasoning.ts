/**
 * How the model is told to reason: older models by `thinking.budget_tokens`, newer ones by `output_config.effort` and
 * adaptive thinking (https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking, …/adaptive-thinking,
 * …/effort). Both have conditions, and what breaks one is left out with a loss rather than sent into a 400.
 */
import { compact, type JsonObject, type JsonValue } from '../../base/json.ts';
import type { LossList } from '../../model/loss.ts';
import { budgetForEffort, effortForBudget } from '../../model/reasoning-scale.ts';
import type { ReasoningOptions } from '../../model/request.ts';
import type { EncodeTarget } from '../format.ts';
import type { WireTurn } from './encode-messages.ts';

export interface ReasoningPlan {
  readonly thinking?: JsonObject;
  readonly effort?: string;
}

/** What else of the request thinking depends on. */
export interface ReasoningFacts {
  readonly style: EncodeTarget['reasoningStyle'];
  readonly maxTokens: number;
  readonly toolForced: boolean;
  /** The client speaks another protocol, in which to name an effort is to ask for thoughts. */
  readonly isForeign: boolean;
  readonly turns: readonly WireTurn[];
}

const SMALLEST_BUDGET = 1_024;
const LARGEST_SHARE = 0.8;
const PATH = 'reasoning';

/** The `thinking` and `output_config.effort` to send. */
export function planReasoning(
  asked: ReasoningOptions | undefined,
  facts: ReasoningFacts,
  losses: LossList,
): ReasoningPlan {
  if (asked === undefined) return {};
  const plan = wantedPlan(asked, facts, losses);
  const kind = plan.thinking?.['type'];
  const thinks = kind === 'enabled' || kind === 'adaptive';
  const obstacle = thinks ? obstacleTo(kind, facts) : undefined;
  if (obstacle !== undefined) {
    losses.add('reasoning-effort', PATH, `Thinking is left out: ${obstacle}.`);
    return compact({ effort: plan.effort });
  }
  const shown = thinks ? { ...plan.thinking, ...display(asked, kind, losses) } : plan.thinking;
  if (!thinks && (asked.summary !== undefined || asked.includeThoughts !== undefined)) {
    losses.add('reasoning-options', PATH, 'How thoughts are shown cannot be chosen without thinking.');
  }
  return compact({ thinking: shown, effort: plan.effort });
}

function wantedPlan(asked: ReasoningOptions, facts: ReasoningFacts, losses: LossList): ReasoningPlan {
  const { effort, budgetTokens, mode } = asked;
  if (mode === 'disabled' || budgetTokens === 0 || (effort === 'none' && mode === undefined)) {
    const kept = effort === 'none' || facts.style === 'budget' ? undefined : effort;
    if (kept === undefined && effort !== undefined && effort !== 'none') {
      losses.add('reasoning-effort', PATH, `The effort "${effort}" is left out: the model knows none.`);
    }
    return { thinking: { type: 'disabled' }, ...wordOf(kept, losses) };
  }
  if (facts.style === 'effort') return effortPlan(asked, facts, losses);
  if (facts.style === undefined && mode === 'adaptive')
    return { thinking: { type: 'adaptive' }, ...wordOf(effort, losses) };
  return budgetPlan(asked, facts, losses);
}

function effortPlan(
  { effort, budgetTokens, mode }: ReasoningOptions,
  { isForeign }: ReasoningFacts,
  losses: LossList,
): ReasoningPlan {
  if (budgetTokens !== undefined && effort === undefined) {
    losses.add('reasoning-effort', PATH, `The budget of ${budgetTokens} tokens is sent as an effort.`);
  } else if (budgetTokens !== undefined) {
    losses.add('reasoning-effort', PATH, `The budget of ${budgetTokens} tokens is left out beside the effort.`);
  }
  const word = effort ?? (budgetTokens === undefined ? undefined : effortForBudget(budgetTokens));
  // Without `thinking` most of these models do not think, whatever the effort.
  const thinks = mode === undefined ? isForeign && word !== undefined : mode !== 'disabled';
  return { ...(thinks && { thinking: { type: 'adaptive' } }), ...wordOf(word, losses) };
}

function budgetPlan(asked: ReasoningOptions, facts: ReasoningFacts, losses: LossList): ReasoningPlan {
  const { effort, budgetTokens, mode } = asked;
  if (effort === undefined && budgetTokens === undefined && mode === undefined) return {};
  const budget = budgetTokens ?? budgetForEffort(effort ?? 'medium');
  if (budgetTokens === undefined) {
    losses.add('reasoning-effort', PATH, `The effort "${effort ?? 'adaptive'}" is sent as a budget of tokens.`);
  }
  const own = facts.style === undefined && mode === 'enabled' && budgetTokens !== undefined;
  if (effort !== undefined && budgetTokens !== undefined && !own) {
    losses.add('reasoning-effort', PATH, `The effort "${effort}" is left out beside the budget.`);
  }
  if (facts.maxTokens <= SMALLEST_BUDGET) {
    losses.add('reasoning-effort', PATH, 'Thinking is left out: the answer may not hold its smallest budget.');
    return own ? wordOf(effort, losses) : {};
  }
  // The answer's limit holds for thoughts too: where the budget is ours to choose, room for the answer is left.
  const most = budgetTokens === undefined ? Math.floor(facts.maxTokens * LARGEST_SHARE) : facts.maxTokens - 1;
  const fitting = Math.max(Math.min(budget, most), SMALLEST_BUDGET);
  if (fitting !== budget) {
    losses.add('reasoning-effort', PATH, `The budget of ${budget} tokens is sent as ${fitting}.`);
  }
  return { thinking: { type: 'enabled', budget_tokens: fitting }, ...(own && wordOf(effort, losses)) };
}

function wordOf(effort: string | undefined, losses: LossList): { readonly effort?: string } {
  if (effort === undefined || effort === 'none') return {};
  if (effort !== 'minimal') return { effort };
  losses.add('reasoning-effort', PATH, 'The effort "minimal" is sent as "low".');
  return { effort: 'low' };
}

/** `display` exists beside adaptive and enabled thinking; other protocols' words for a summary mean `summarized`. */
function display(asked: ReasoningOptions, kind: string, losses: LossList): JsonObject {
  const { summary, includeThoughts } = asked;
  if (summary === 'summarized' || summary === 'omitted' || summary === 'updates') return { display: summary };
  if (summary === 'concise' || summary === 'detailed') {
    losses.add('reasoning-options', PATH, `The summary "${summary}" is not told apart from others.`);
  }
  if (includeThoughts === false) return { display: 'omitted' };
  const shown = includeThoughts === true || summary !== undefined;
  return shown && kind === 'adaptive' ? { display: 'summarized' } : {};
}

/** Why thinking cannot be sent, as a half-sentence; undefined where it can. */
function obstacleTo(kind: string, { toolForced, turns }: ReasoningFacts): string | undefined {
  if (toolForced) return 'the API refuses it together with a forced tool choice';
  if (turns.at(-1)?.role === 'assistant') return 'the API refuses it together with the start of an answer';
  if (kind === 'enabled' && openTurnIsUnsigned(turns)) return 'the tool calls in progress have no signed thoughts';
  return undefined;
}

type Turn = Pick<WireTurn, 'content'> & { readonly role: JsonValue | undefined };

/** While tool results are being answered, the assistant's turn must have begun with a block of its own thinking. */
export function openTurnIsUnsigned(turns: readonly Turn[]): boolean {
  if (!turns.some((turn) => turn.role === 'assistant') || !holds(turns.at(-1), 'tool_result')) return false;
  let first: Turn | undefined;
  for (const turn of turns.toReversed()) {
    if (turn.role === 'user' && !holds(turn, 'tool_result')) break;
    if (turn.role === 'assistant') first = turn;
  }
  const opening = first?.content[0]?.['type'];
  return opening !== 'thinking' && opening !== 'redacted_thinking';
}

function holds(turn: Turn | undefined, type: string): boolean {
  return turn?.content.some((block) => block['type'] === type) ?? false;
}
