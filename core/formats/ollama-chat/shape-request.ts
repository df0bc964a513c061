/** https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion */
import { effortOf, measureMessages, type RequestShaper, without, withSystemMessage } from '../../model/shaping.ts';

export const shaper: RequestShaper = {
  withSystemPrompt: withSystemMessage,
  withThinking(body, choice, { isHinted }) {
    if (choice.kind === 'remove') return without(body, ['think']);
    const { think } = body;
    if (choice.tokens === 0) return think === undefined ? body : { ...body, think: false };
    if (think === undefined && !isHinted) return body;
    return { ...body, think: typeof think === 'string' ? effortOf(choice.tokens) : true };
  },
  measure: (body) => measureMessages(body['messages'], body['tools']),
};
