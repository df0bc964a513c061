/**
 * Which efforts OpenAI's models take; another one is a 400 ("Unsupported value: 'none' is not supported with the
 * 'gpt-5.1-codex' model"). https://platform.openai.com/docs/guides/reasoning
 */
const SCALE = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

/** The first that matches counts. */
const TAKEN: readonly (readonly [models: RegExp, efforts: readonly string[]])[] = [
  [/^gpt-5(\.\d+)?-chat/, ['medium']],
  [/^gpt-5-pro/, ['high']],
  [/^gpt-5\.\d+-pro/, ['medium', 'high', 'xhigh']],
  [/^gpt-5(\.1)?-codex(-mini)?($|-\d)/, ['low', 'medium', 'high']],
  [/^gpt-5.*codex/, ['low', 'medium', 'high', 'xhigh']],
  [/^gpt-5(-mini|-nano)?($|-\d)/, ['minimal', 'low', 'medium', 'high']],
  [/^gpt-5\.1($|-\d)/, ['none', 'low', 'medium', 'high']],
  [/^gpt-5\.\d+($|-)/, ['none', 'low', 'medium', 'high', 'xhigh']],
  [/^o[134](-|$)/, ['low', 'medium', 'high']],
];

/** The effort that the model takes and that is nearest to the one asked for; the same for an unknown model or word. */
export function takenEffort(model: string, effort: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase();
  const taken = TAKEN.find(([models]) => models.test(name))?.[1];
  const wanted = SCALE.indexOf(effort);
  if (taken === undefined || wanted < 0 || taken.includes(effort)) return effort;
  return taken.find((word) => SCALE.indexOf(word) > wanted) ?? taken.at(-1) ?? effort;
}
