/** How much a model is to think, by the user's setting (facts.md E.9). Pure. */
import { compact } from '../base/json.ts';
import type { RequestMeasure, ThinkingChoice, ThinkingModel } from '../model/shaping.ts';
import type { ModelInfo } from '../providers/catalog/model-info.ts';
import type { Settings } from './settings.ts';

const EFFORT_TOKENS: Readonly<Record<Settings['thinkingBudget']['effortLevel'], number>> = {
  none: 0,
  low: 1_024,
  medium: 10_240,
  high: 131_072,
};
const BUDGET_MAX_TOKENS = 131_072;
/** Names of models that think. */
const HINTS = /claude|\bo[134]\b|\bo[134]-|gemini|thinking/i;

/** Undefined: the request stays as it is. */
export function thinkingChoice(
  { mode, customBudget, effortLevel }: Settings['thinkingBudget'],
  measure: () => RequestMeasure,
): ThinkingChoice | undefined {
  switch (mode) {
    case 'passthrough':
      return undefined;
    case 'auto':
      return { kind: 'remove' };
    case 'custom':
      return { kind: 'budget', tokens: customBudget };
    case 'adaptive':
      return { kind: 'budget', tokens: adapted(EFFORT_TOKENS[effortLevel], measure()) };
  }
}

/** What its name and the catalog tell of a model's thinking. */
export function thinkingModel({ model: id, info }: ModelAsked): ThinkingModel {
  const { reasoningStyle: style, maxOutputTokens, capabilities } = info ?? {};
  const isHinted = HINTS.test(id) && capabilities?.reasoning !== false;
  return { id, isHinted, ...compact({ style, maxOutputTokens }) };
}

interface ModelAsked {
  readonly model: string;
  readonly info?: ModelInfo;
}

function adapted(base: number, { messages, tools, lastUserCharacters }: RequestMeasure): number {
  const factor = 1 + (messages > 10 ? 0.5 : 0) + (tools > 3 ? 0.5 : 0) + (lastUserCharacters > 2_000 ? 0.3 : 0);
  return Math.min(BUDGET_MAX_TOKENS, Math.ceil(base * factor));
}
