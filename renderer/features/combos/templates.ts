/** Combos to start from; the names are those that people give them. */
import { type ComboValues, NO_VALUES, withModel } from './combo-values.ts';

export const TEMPLATE_NAMES = ['maximize-claude', 'free-forever', 'always-on', 'openclaw-free'] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

export const TEMPLATES: Readonly<Record<TemplateName, readonly string[]>> = {
  'maximize-claude': ['cc/claude-opus-4-6', 'glm/glm-4.7', 'if/kimi-k2-thinking'],
  'free-forever': ['gc/gemini-3-flash', 'if/kimi-k2-thinking', 'qw/qwen3-coder-plus'],
  'always-on': [
    ...['cc/claude-opus-4-6', 'cx/gpt-5.2-codex', 'glm/glm-4.7'],
    ...['minimax/MiniMax-M2.1', 'if/kimi-k2-thinking'],
  ],
  'openclaw-free': ['if/glm-4.7', 'if/minimax-m2.1', 'if/kimi-k2-thinking'],
};

export function templateValues(name: TemplateName): ComboValues {
  const models = TEMPLATES[name].reduce<ComboValues['models']>(withModel, []);
  return { ...NO_VALUES, name, models };
}
