/** A call's input for protocols that want it as an object and not as JSON text. */
import { isObject, type JsonObject, parseJson } from '../base/json.ts';
import type { LossList } from './loss.ts';
import type { ToolCallPart } from './part.ts';
import { CUSTOM_INPUT } from './tool-names.ts';

/** The object. Free text of a custom tool, and what is no JSON object, is wrapped. */
export function callArguments(part: Pick<ToolCallPart, 'kind' | 'input'>, path: string, losses: LossList): JsonObject {
  if (part.kind === 'custom') return { [CUSTOM_INPUT]: part.input };
  if (part.input.trim() === '') return {};
  const value = parseJson(part.input);
  if (isObject(value)) return value;
  losses.add('tool-arguments', path, 'The arguments are no JSON object and are sent as one string.');
  return { [CUSTOM_INPUT]: part.input };
}
