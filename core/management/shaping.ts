/** The prompt for all requests and the budget for thinking, each under a path of its own (facts.md C.10, E.9, E.10). */
import { oc } from '@orpc/contract';
import { compact } from '../base/json.ts';
import { SETTINGS_SHAPE } from '../policy/settings.ts';
import type { Handlers } from './implementer.ts';

const { thinkingBudget, systemPrompt } = SETTINGS_SHAPE;

export const shapingContract = {
  thinking: oc
    .route({ method: 'GET', path: '/settings/thinking-budget', summary: 'How much models are to think' })
    .output(thinkingBudget),
  setThinking: oc
    .route({ method: 'PUT', path: '/settings/thinking-budget', summary: 'Change how much models are to think' })
    .input(thinkingBudget.partial())
    .output(thinkingBudget),
  prompt: oc
    .route({ method: 'GET', path: '/settings/system-prompt', summary: 'The prompt put before all others' })
    .output(systemPrompt),
  setPrompt: oc
    .route({ method: 'PUT', path: '/settings/system-prompt', summary: 'Change the prompt put before all others' })
    .input(systemPrompt.partial())
    .output(systemPrompt),
};

export const shapingHandlers = ({ shaping }: Handlers) => ({
  thinking: shaping.thinking.handler(({ context: { services } }) => services.settings.current().thinkingBudget),
  setThinking: shaping.setThinking.handler(({ input, context: { services } }) => {
    const thinking = { ...services.settings.current().thinkingBudget, ...compact(input) };
    return services.settings.change({ thinkingBudget: thinking }).thinkingBudget;
  }),
  prompt: shaping.prompt.handler(({ context: { services } }) => services.settings.current().systemPrompt),
  setPrompt: shaping.setPrompt.handler(({ input, context: { services } }) => {
    const prompt = { ...services.settings.current().systemPrompt, ...compact(input) };
    return services.settings.change({ systemPrompt: prompt }).systemPrompt;
  }),
});
