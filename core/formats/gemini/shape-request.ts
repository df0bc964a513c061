/** https://ai.google.dev/api/generate-content, https://ai.google.dev/gemini-api/docs/thinking; both spellings are taken. */
import { asArray, asObject, asString, type JsonObject } from '../../base/json.ts';
import { effortOf, measureMessages, type RequestShaper, type ThinkingModel, without } from '../../model/shaping.ts';
import { fittingBudget } from './thinking-budget.ts';
import { isGemini3 } from './wire.ts';

export const shaper: RequestShaper = {
  withSystemPrompt(body, prompt) {
    const name = 'system_instruction' in body ? 'system_instruction' : 'systemInstruction';
    const { [name]: said } = body;
    if (typeof said === 'string') return said.startsWith(prompt) ? body : { ...body, [name]: `${prompt}\n\n${said}` };
    const instruction = asObject(said);
    const parts = asArray(instruction?.['parts']);
    if (asString(asObject(parts[0])?.['text'])?.startsWith(prompt) === true) return body;
    return { ...body, [name]: { ...instruction, parts: [{ text: prompt }, ...parts] } };
  },
  withThinking(body, choice, model) {
    const name = 'generation_config' in body ? 'generation_config' : 'generationConfig';
    const config = asObject(body[name]) ?? {};
    const inner = 'thinking_config' in config ? 'thinking_config' : 'thinkingConfig';
    const thinking = asObject(config[inner]);
    if (choice.kind === 'remove') return thinking === undefined ? body : { ...body, [name]: without(config, [inner]) };
    if (thinking === undefined && !model.isHinted) return body;
    return { ...body, [name]: { ...config, [inner]: told(thinking ?? {}, choice.tokens, model) } };
  },
  measure: (body) => measureMessages(body['contents'], asArray(body['tools']).flatMap(declarations)),
};

/** Newer models take a level instead of a budget: whichever the client used stays. */
function told(thinking: JsonObject, tokens: number, { id, style }: ThinkingModel): JsonObject {
  for (const name of ['thinkingLevel', 'thinking_level'])
    if (name in thinking) return { ...thinking, [name]: effortOf(tokens) };
  const isCounted = 'thinking_budget' in thinking || 'thinkingBudget' in thinking;
  if (!isCounted && (style === 'effort' || isGemini3(id))) return { ...thinking, thinkingLevel: effortOf(tokens) };
  const name = 'thinking_budget' in thinking ? 'thinking_budget' : 'thinkingBudget';
  return { ...thinking, [name]: fittingBudget(id, tokens) };
}

function declarations(tool: unknown): ReturnType<typeof asArray> {
  const object = asObject(tool as JsonObject);
  return asArray(object?.['functionDeclarations'] ?? object?.['function_declarations']);
}
