/** A free-text tool where only functions exist: a function of one string, whose grammar can be told but not enforced. */
import { asString, type JsonObject } from '../base/json.ts';
import type { CustomTool } from './request.ts';
import { CUSTOM_INPUT } from './tool-names.ts';

const PLAIN = 'The whole input of the tool, as plain text.';

/**
 * The function's schema. A grammar is often the only place that says how the input is to be written (Codex's apply_patch),
 * so the model is told it in the description.
 */
export function customInputSchema({ format }: Pick<CustomTool, 'format'>): JsonObject {
  const definition = asString(format?.['definition']);
  const syntax = asString(format?.['syntax']) ?? 'grammar';
  const description =
    definition === undefined ? PLAIN : `${PLAIN} It must match this grammar (${syntax}):\n${definition}`;
  return {
    type: 'object',
    properties: { [CUSTOM_INPUT]: { type: 'string', description } },
    required: [CUSTOM_INPUT],
  };
}
