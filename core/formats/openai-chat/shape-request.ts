/** https://platform.openai.com/docs/api-reference/chat/create; `thinking` and `reasoning` are followers' members. */
import { asObject } from '../../base/json.ts';
import { effortOf, measureMessages, type RequestShaper, without, withSystemMessage } from '../../model/shaping.ts';

const MEMBERS = ['reasoning_effort', 'reasoning', 'thinking'];

export const shaper: RequestShaper = {
  withSystemPrompt: withSystemMessage,
  withThinking(body, choice, { isHinted }) {
    const isSaid = MEMBERS.some((name) => name in body);
    if (choice.kind === 'remove' || choice.tokens === 0) return without(body, MEMBERS);
    if (!isSaid && !isHinted) return body;
    const rest = without(body, MEMBERS);
    if (asObject(body['thinking']) !== undefined)
      return { ...rest, thinking: { type: 'enabled', budget_tokens: choice.tokens } };
    const reasoning = asObject(body['reasoning']);
    if (reasoning !== undefined) return { ...rest, reasoning: { ...reasoning, effort: effortOf(choice.tokens) } };
    return { ...rest, reasoning_effort: effortOf(choice.tokens) };
  },
  measure: (body) => measureMessages(body['messages'], body['tools']),
};
