/** https://platform.openai.com/docs/api-reference/responses/create */
import { asObject, asString } from '../../base/json.ts';
import { effortOf, measureMessages, prefixed, type RequestShaper, without } from '../../model/shaping.ts';

export const shaper: RequestShaper = {
  withSystemPrompt(body, prompt) {
    const instructions = asString(body['instructions']) ?? '';
    const text = prefixed(instructions, prompt);
    return text === instructions ? body : { ...body, instructions: text };
  },
  withThinking(body, choice, { isHinted }) {
    const reasoning = asObject(body['reasoning']);
    if (choice.kind === 'remove' || choice.tokens === 0) return without(body, ['reasoning']);
    if (reasoning === undefined && !isHinted) return body;
    return { ...body, reasoning: { ...reasoning, effort: effortOf(choice.tokens) } };
  },
  measure(body) {
    const { input } = body;
    if (typeof input === 'string')
      return { ...measureMessages([], body['tools']), messages: 1, lastUserCharacters: input.length };
    return measureMessages(input, body['tools']);
  },
};
