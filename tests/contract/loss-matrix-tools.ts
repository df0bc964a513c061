/** The loss matrix's features of tools: what is offered and what must be called. */
import type { JsonObject } from '../../core/base/json.ts';
import { anthropic, chat, type Feature, gemini, ollama, responses, SCHEMA } from './loss-matrix-bodies.ts';

/** One function tool in every format's form, with further members in it. */
const OFFER = {
  chat: (more: JsonObject = {}, beside: JsonObject = {}): JsonObject => ({
    type: 'function',
    function: { name: 'weather', description: 'Tells it', parameters: SCHEMA, ...more },
    ...beside,
  }),
  responses: (more: JsonObject = {}): JsonObject => ({
    type: 'function',
    name: 'weather',
    description: 'Tells it',
    parameters: SCHEMA,
    strict: false,
    ...more,
  }),
  anthropic: (more: JsonObject = {}): JsonObject => ({
    name: 'weather',
    description: 'Tells it',
    input_schema: SCHEMA,
    ...more,
  }),
  gemini: (more: JsonObject = {}): JsonObject => ({
    functionDeclarations: [{ name: 'weather', description: 'Tells it', parameters: SCHEMA, ...more }],
  }),
};

/** A request with tools, in every format; `more` goes beside them. */
const tools = {
  chat: (list: JsonObject[], more: JsonObject = {}): JsonObject => chat({ tools: list, ...more }),
  responses: (list: JsonObject[], more: JsonObject = {}): JsonObject => responses({ tools: list, ...more }),
  anthropic: (list: JsonObject[], more: JsonObject = {}): JsonObject => anthropic({ tools: list, ...more }),
  gemini: (list: JsonObject[], more: JsonObject = {}): JsonObject => gemini({ tools: list, ...more }),
  ollama: (list: JsonObject[], more: JsonObject = {}): JsonObject => ollama({ tools: list, ...more }),
};

function withSchema(name: string, schema: JsonObject): Feature {
  return {
    name,
    bodies: {
      'openai-chat': tools.chat([OFFER.chat({ parameters: schema })]),
      'openai-responses': tools.responses([OFFER.responses({ parameters: schema })]),
      'anthropic-messages': tools.anthropic([OFFER.anthropic({ input_schema: schema })]),
      'ollama-chat': tools.ollama([OFFER.chat({ parameters: schema })]),
    },
  };
}

const CUSTOM_FORMAT = { type: 'grammar', syntax: 'lark', definition: 'start: "a"' };

export const OFFERED_FEATURES: readonly Feature[] = [
  {
    name: 'function tool',
    bodies: {
      'openai-chat': tools.chat([OFFER.chat()]),
      'openai-responses': tools.responses([OFFER.responses()]),
      'anthropic-messages': tools.anthropic([OFFER.anthropic()]),
      gemini: tools.gemini([OFFER.gemini()]),
      'ollama-chat': tools.ollama([OFFER.chat()]),
    },
  },
  {
    name: 'function tool without parameters',
    bodies: {
      'openai-chat': tools.chat([{ type: 'function', function: { name: 'now' } }]),
      'openai-responses': tools.responses([{ type: 'function', name: 'now', strict: false }]),
      'anthropic-messages': tools.anthropic([{ name: 'now', input_schema: { type: 'object' } }]),
      gemini: tools.gemini([{ functionDeclarations: [{ name: 'now' }] }]),
      'ollama-chat': tools.ollama([{ type: 'function', function: { name: 'now' } }]),
    },
  },
  {
    name: 'strict tool',
    bodies: {
      'openai-chat': tools.chat([OFFER.chat({ strict: true })]),
      'openai-responses': tools.responses([OFFER.responses({ strict: true })]),
      'anthropic-messages': tools.anthropic([OFFER.anthropic({ strict: true })]),
    },
  },
  {
    name: 'strict by default (Responses)',
    bodies: {
      'openai-responses': tools.responses([{ type: 'function', name: 'weather', parameters: SCHEMA }]),
    },
  },
  withSchema('schema with closed objects and bounds', {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { n: { type: 'integer', minimum: 1, exclusiveMaximum: 9 }, s: { type: 'string', pattern: '^a' } },
    additionalProperties: false,
  }),
  withSchema('schema with references', {
    type: 'object',
    properties: { at: { $ref: '#/$defs/place' } },
    $defs: { place: { type: 'string', enum: ['Rome', 'Oslo'] } },
  }),
  withSchema('schema with alternatives at its top', {
    anyOf: [
      { type: 'object', properties: { a: { type: 'string' } } },
      { type: 'object', properties: { b: { type: 'string' } } },
    ],
  }),
  {
    name: 'tool name with dots',
    bodies: {
      'openai-responses': tools.responses([OFFER.responses({ name: 'city.weather' })]),
      gemini: tools.gemini([OFFER.gemini({ name: 'city.weather' })]),
      'ollama-chat': tools.ollama([OFFER.chat({ name: 'city.weather' })]),
    },
  },
  {
    name: 'unknown field of a tool',
    bodies: {
      'openai-chat': tools.chat([OFFER.chat({}, { mood: 'calm' })]),
      'openai-responses': tools.responses([OFFER.responses({ mood: 'calm' })]),
      'anthropic-messages': tools.anthropic([OFFER.anthropic({ input_examples: [{ city: 'Rome' }] })]),
      gemini: tools.gemini([OFFER.gemini({ behavior: 'NON_BLOCKING' })]),
      'ollama-chat': tools.ollama([OFFER.chat({}, { mood: 'calm' })]),
    },
  },
  {
    name: 'cache mark on a tool',
    bodies: {
      'openai-chat': tools.chat([OFFER.chat({}, { cache_control: { type: 'ephemeral' } })]),
      'anthropic-messages': tools.anthropic([OFFER.anthropic({ cache_control: { type: 'ephemeral' } })]),
    },
  },
  {
    name: 'free-text tool',
    bodies: {
      'openai-chat': tools.chat([{ type: 'custom', custom: { name: 'patch', description: 'Edits' } }]),
      'openai-responses': tools.responses([{ type: 'custom', name: 'patch', description: 'Edits' }]),
    },
  },
  {
    name: 'free-text tool with a grammar',
    bodies: {
      'openai-chat': tools.chat([
        {
          type: 'custom',
          custom: {
            name: 'patch',
            format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: "a"' } },
          },
        },
      ]),
      'openai-responses': tools.responses([{ type: 'custom', name: 'patch', format: CUSTOM_FORMAT }]),
    },
  },
  {
    name: 'tool group',
    bodies: {
      'openai-responses': tools.responses([
        { type: 'namespace', name: 'city', description: 'About cities', tools: [OFFER.responses()] },
      ]),
    },
  },
  {
    name: 'tool the provider runs',
    bodies: {
      'openai-chat': tools.chat([{ type: 'builtin_function', function: { name: '$web_search' } }, OFFER.chat()]),
      'openai-responses': tools.responses([{ type: 'web_search' }, OFFER.responses()]),
      'anthropic-messages': tools.anthropic([
        { type: 'web_search_20250305', name: 'web_search', max_uses: 2 },
        OFFER.anthropic(),
      ]),
      gemini: tools.gemini([{ googleSearch: {} }, OFFER.gemini()]),
    },
  },
  {
    name: 'parallel calls off',
    bodies: {
      'openai-chat': tools.chat([OFFER.chat()], { parallel_tool_calls: false }),
      'openai-responses': tools.responses([OFFER.responses()], { parallel_tool_calls: false }),
      'anthropic-messages': tools.anthropic([OFFER.anthropic()], {
        tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      }),
    },
  },
  ...(
    [
      ['auto', 'auto', 'auto', 'AUTO'],
      ['none', 'none', 'none', 'NONE'],
      ['required', 'required', 'any', 'ANY'],
    ] as const
  ).map(
    ([name, openai, claude, google]): Feature => ({
      name: `tool choice: ${name}`,
      bodies: {
        'openai-chat': tools.chat([OFFER.chat()], { tool_choice: openai }),
        'openai-responses': tools.responses([OFFER.responses()], { tool_choice: openai }),
        'anthropic-messages': tools.anthropic([OFFER.anthropic()], { tool_choice: { type: claude } }),
        gemini: tools.gemini([OFFER.gemini()], { toolConfig: { functionCallingConfig: { mode: google } } }),
      },
    }),
  ),
  {
    name: 'tool choice: one tool',
    bodies: {
      'openai-chat': tools.chat([OFFER.chat()], {
        tool_choice: { type: 'function', function: { name: 'weather' } },
      }),
      'openai-responses': tools.responses([OFFER.responses()], { tool_choice: { type: 'function', name: 'weather' } }),
      'anthropic-messages': tools.anthropic([OFFER.anthropic()], { tool_choice: { type: 'tool', name: 'weather' } }),
      gemini: tools.gemini([OFFER.gemini()], {
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['weather'] } },
      }),
    },
  },
  {
    name: 'tool choice: some tools',
    bodies: {
      'openai-chat': tools.chat([OFFER.chat(), OFFER.chat({ name: 'a' }), OFFER.chat({ name: 'b' })], {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: {
            mode: 'required',
            tools: [
              { type: 'function', function: { name: 'a' } },
              { type: 'function', function: { name: 'b' } },
            ],
          },
        },
      }),
      'openai-responses': tools.responses(
        [OFFER.responses(), OFFER.responses({ name: 'a' }), OFFER.responses({ name: 'b' })],
        {
          tool_choice: {
            type: 'allowed_tools',
            mode: 'auto',
            tools: [
              { type: 'function', name: 'a' },
              { type: 'function', name: 'b' },
            ],
          },
        },
      ),
      gemini: tools.gemini([{ functionDeclarations: [{ name: 'weather' }, { name: 'a' }, { name: 'b' }] }], {
        toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['a', 'b'] } },
      }),
    },
  },
  {
    name: 'tool choice: a tool the provider runs',
    bodies: {
      'openai-responses': tools.responses([{ type: 'web_search' }, OFFER.responses()], {
        tool_choice: { type: 'web_search' },
      }),
    },
  },
];
