/** `generationConfig` as the hub's options (https://ai.google.dev/api/generate-content#generationconfig). */
import type { JsonObject } from '../../base/json.ts';
import type { ChatRequest, OutputFormat, ReasoningOptions, Sampling } from '../../model/request.ts';
import { fromGeminiSchema } from './decode-schema.ts';
import { Fields, ownExt } from './wire.ts';

type Options = Pick<
  ChatRequest,
  'maxOutputTokens' | 'sampling' | 'stop' | 'choices' | 'logprobs' | 'output' | 'reasoning'
>;

export interface DecodedConfig {
  readonly options: Options;
  /** What the hub has no word for, each under `generationConfig.<field>`, so that every field is one loss elsewhere. */
  readonly rest: JsonObject;
}

/** Reads the config. Throws `invalid_request` for a known field of the wrong type. */
export function decodeConfig(config: Fields | undefined): DecodedConfig {
  if (config === undefined) return { options: {}, rest: {} };
  const sampling = decodeSampling(config);
  const maxOutputTokens = config.number('maxOutputTokens');
  const stop = config.strings('stopSequences');
  const choices = config.number('candidateCount');
  const enabled = config.boolean('responseLogprobs');
  const top = enabled === undefined ? undefined : config.number('logprobs');
  const output = decodeOutput(config);
  const reasoning = decodeThinking(config.object('thinkingConfig'), config.at('thinkingConfig'));
  const rest = Object.entries(config.rest()).map(([key, value]) => [`generationConfig.${key}`, value] as const);
  return {
    options: {
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
      ...(sampling !== undefined && { sampling }),
      ...(stop !== undefined && { stop }),
      ...(choices !== undefined && { choices }),
      ...(enabled !== undefined && { logprobs: top === undefined ? { enabled } : { enabled, top } }),
      ...(output !== undefined && { output }),
      ...(reasoning !== undefined && { reasoning }),
    },
    rest: Object.fromEntries(rest),
  };
}

const SAMPLING = ['temperature', 'topP', 'topK', 'seed', 'presencePenalty', 'frequencyPenalty'] as const;

function decodeSampling(config: Fields): Sampling | undefined {
  const given = SAMPLING.flatMap((name) => {
    const value = config.number(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}

function decodeOutput(config: Fields): OutputFormat | undefined {
  const mediaType = config.has('responseMimeType') ? config.string('responseMimeType') : undefined;
  if (mediaType !== undefined && mediaType !== 'application/json' && mediaType !== 'text/plain') {
    return keepVerbatim(config, mediaType);
  }
  const schema = config.object('responseSchema');
  const jsonSchema = config.object('responseJsonSchema');
  if (jsonSchema !== undefined) {
    const ext = { origin: 'gemini' as const, data: { responseJsonSchema: true } };
    return { type: 'json-schema', schema: jsonSchema, ext };
  }
  if (schema !== undefined) return { type: 'json-schema', schema: fromGeminiSchema(schema) };
  if (mediaType === 'application/json') return { type: 'json' };
  return mediaType === undefined ? undefined : { type: 'text' };
}

/** Another type (`text/x.enum`) is this protocol's own: it stays among the unread fields, with its schema. */
function keepVerbatim(config: Fields, mediaType: string): undefined {
  config.keep('responseMimeType', mediaType);
  return undefined;
}

/**
 * `thinkingConfig` (https://ai.google.dev/gemini-api/docs/thinking): −1 lets the model decide, 0 turns thinking off. The
 * object itself goes along, so that an upstream of this protocol gets the client's own words.
 */
export function decodeThinking(config: JsonObject | undefined, path: string): ReasoningOptions | undefined {
  if (config === undefined || Object.keys(config).length === 0) return undefined;
  const fields = new Fields(config, path);
  const budget = fields.number('thinkingBudget');
  const level = fields.string('thinkingLevel')?.toLowerCase();
  const includeThoughts = fields.boolean('includeThoughts');
  const ext = ownExt(config);
  return {
    ...(level !== undefined && level !== 'thinking_level_unspecified' && { effort: level }),
    ...(budget !== undefined && (budget < 0 ? { mode: 'adaptive' as const } : { budgetTokens: budget })),
    ...(includeThoughts !== undefined && { includeThoughts }),
    ...(ext !== undefined && { ext }),
  };
}
