/** The loss matrix's features of tool calls and their results in the history. */
import type { JsonObject } from '../../core/base/json.ts';
import {
  anthropicMessages,
  chatMessages,
  type Feature,
  geminiContents,
  ollamaMessages,
  PNG,
  responsesInput,
} from './loss-matrix-bodies.ts';

const USER = { role: 'user', content: 'Hi' };
const ASKED = { type: 'message', role: 'user', content: 'Hi' };
const HI = { role: 'user', parts: [{ text: 'Hi' }] };

interface Call {
  readonly id: string;
  readonly city: string;
}
const ROME: Call = { id: 'call_1', city: 'Rome' };
const OSLO: Call = { id: 'call_2', city: 'Oslo' };

/** A user's question, the model's calls and their results, in every format's form. */
const history = {
  chat: (calls: readonly Call[], ...results: JsonObject[]): JsonObject =>
    chatMessages(
      USER,
      {
        role: 'assistant',
        content: null,
        tool_calls: calls.map(({ id, city }) => ({
          id,
          type: 'function',
          function: { name: 'weather', arguments: JSON.stringify({ city }) },
        })),
      },
      ...results,
    ),
  responses: (calls: readonly Call[], ...results: JsonObject[]): JsonObject =>
    responsesInput(
      ASKED,
      ...calls.map(({ id, city }) => ({
        type: 'function_call',
        call_id: id,
        name: 'weather',
        arguments: JSON.stringify({ city }),
      })),
      ...results,
    ),
  anthropic: (calls: readonly Call[], ...results: JsonObject[]): JsonObject =>
    anthropicMessages(
      USER,
      {
        role: 'assistant',
        content: calls.map(({ id, city }) => ({ type: 'tool_use', id, name: 'weather', input: { city } })),
      },
      { role: 'user', content: results },
    ),
  gemini: (calls: readonly Call[], ...results: JsonObject[]): JsonObject =>
    geminiContents(
      HI,
      {
        role: 'model',
        parts: calls.map(({ id, city }) => ({ functionCall: { id, name: 'weather', args: { city } } })),
      },
      { role: 'user', parts: results.map((functionResponse) => ({ functionResponse })) },
    ),
  ollama: (calls: readonly Call[], ...results: JsonObject[]): JsonObject =>
    ollamaMessages(
      USER,
      {
        role: 'assistant',
        content: '',
        tool_calls: calls.map(({ id, city }) => ({ id, function: { name: 'weather', arguments: { city } } })),
      },
      ...results,
    ),
};

const answer = {
  chat: (id: string, content: string): JsonObject => ({ role: 'tool', tool_call_id: id, content }),
  responses: (call_id: string, output: string): JsonObject => ({ type: 'function_call_output', call_id, output }),
  anthropic: (tool_use_id: string, content: string): JsonObject => ({ type: 'tool_result', tool_use_id, content }),
  gemini: (id: string, output: string): JsonObject => ({ id, name: 'weather', response: { output } }),
  ollama: (id: string, content: string): JsonObject => ({
    role: 'tool',
    tool_name: 'weather',
    tool_call_id: id,
    content,
  }),
};

/** The same calls and results in all formats; `results` are `[call id, text]` in the order they are sent. */
function called(name: string, calls: readonly Call[], results: readonly (readonly [string, string])[]): Feature {
  return {
    name,
    bodies: {
      'openai-chat': history.chat(calls, ...results.map(([id, text]) => answer.chat(id, text))),
      'openai-responses': history.responses(calls, ...results.map(([id, text]) => answer.responses(id, text))),
      'anthropic-messages': history.anthropic(calls, ...results.map(([id, text]) => answer.anthropic(id, text))),
      gemini: history.gemini(calls, ...results.map(([id, text]) => answer.gemini(id, text))),
      'ollama-chat': history.ollama(calls, ...results.map(([id, text]) => answer.ollama(id, text))),
    },
  };
}

const SUN = ['call_1', 'sun'] as const;
const SNOW = ['call_2', 'snow'] as const;
const IMAGE_URL = `data:image/png;base64,${PNG}`;

export const CALLED_FEATURES: readonly Feature[] = [
  called('call and result', [ROME], [SUN]),
  called('parallel calls and results', [ROME, OSLO], [SUN, SNOW]),
  called('results out of order', [ROME, OSLO], [SNOW, SUN]),
  called('result without a call', [ROME], [SUN, ['call_9', 'stray']]),
  called('second result for a call', [ROME], [SUN, ['call_1', 'again']]),
  called('call without a result', [ROME, OSLO], [SUN]),
  called('empty result', [ROME], [['call_1', '']]),
  called('id of a call that some refuse', [{ ...ROME, id: 'call:1/ä' }], [['call:1/ä', 'sun']]),
  called('long id of a call', [{ ...ROME, id: `call_${'x'.repeat(70)}` }], [[`call_${'x'.repeat(70)}`, 'sun']]),
  {
    name: 'failed result',
    bodies: {
      'anthropic-messages': history.anthropic([ROME], {
        ...answer.anthropic('call_1', 'No such city'),
        is_error: true,
      }),
      gemini: history.gemini([ROME], { id: 'call_1', name: 'weather', response: { error: 'No such city' } }),
    },
  },
  {
    name: 'result as an object',
    bodies: {
      gemini: history.gemini([ROME], { id: 'call_1', name: 'weather', response: { sky: 'blue', wind: 3 } }),
    },
  },
  {
    name: 'image in a result',
    bodies: {
      'openai-responses': history.responses([ROME], {
        type: 'function_call_output',
        call_id: 'call_1',
        output: [
          { type: 'input_text', text: 'sun' },
          { type: 'input_image', image_url: IMAGE_URL },
        ],
      }),
      'anthropic-messages': history.anthropic([ROME], {
        type: 'tool_result',
        tool_use_id: 'call_1',
        content: [
          { type: 'text', text: 'sun' },
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
        ],
      }),
      gemini: history.gemini([ROME], {
        ...answer.gemini('call_1', 'sun'),
        parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }],
      }),
      'ollama-chat': history.ollama([ROME], { ...answer.ollama('call_1', 'sun'), images: [PNG] }),
    },
  },
  {
    name: 'cache mark on a result',
    bodies: {
      'openai-chat': history.chat([ROME], { ...answer.chat('call_1', 'sun'), cache_control: { type: 'ephemeral' } }),
      'anthropic-messages': history.anthropic([ROME], {
        ...answer.anthropic('call_1', 'sun'),
        cache_control: { type: 'ephemeral' },
      }),
    },
  },
  {
    name: 'unknown field of a call and its result',
    bodies: {
      'openai-responses': responsesInput(
        ASKED,
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{}', mood: 'calm' },
        { ...answer.responses('call_1', 'sun'), mood: 'calm' },
      ),
      'anthropic-messages': anthropicMessages(
        USER,
        { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'weather', input: {}, mood: 'calm' }] },
        { role: 'user', content: [{ ...answer.anthropic('call_1', 'sun'), mood: 'calm' }] },
      ),
      gemini: geminiContents(
        HI,
        { role: 'model', parts: [{ functionCall: { id: 'call_1', name: 'weather', args: {}, mood: 'calm' } }] },
        { role: 'user', parts: [{ functionResponse: { ...answer.gemini('call_1', 'sun'), willContinue: true } }] },
      ),
      'ollama-chat': ollamaMessages(
        USER,
        {
          role: 'assistant',
          content: '',
          tool_calls: [{ id: 'call_1', function: { name: 'weather', arguments: {} }, mood: 'calm' }],
        },
        { ...answer.ollama('call_1', 'sun'), mood: 'calm' },
      ),
    },
  },
  {
    name: 'signature on a call',
    bodies: {
      'openai-chat': chatMessages(
        USER,
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              id: 'call_1',
              type: 'function',
              function: { name: 'weather', arguments: '{}' },
              extra_content: { google: { thought_signature: 'CtQB' } },
            },
          ],
        },
        answer.chat('call_1', 'sun'),
      ),
      gemini: geminiContents(
        HI,
        {
          role: 'model',
          parts: [{ functionCall: { id: 'call_1', name: 'weather', args: {} }, thoughtSignature: 'CtQB' }],
        },
        { role: 'user', parts: [{ functionResponse: answer.gemini('call_1', 'sun') }] },
      ),
    },
  },
  {
    name: 'arguments that are no JSON object',
    bodies: {
      'openai-chat': chatMessages(
        USER,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'weather', arguments: 'Rome' } }],
        },
        answer.chat('call_1', 'sun'),
      ),
      'openai-responses': responsesInput(
        ASKED,
        { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: 'Rome' },
        answer.responses('call_1', 'sun'),
      ),
    },
  },
  {
    name: 'free-text call and result',
    bodies: {
      'openai-chat': chatMessages(
        USER,
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'call_1', type: 'custom', custom: { name: 'patch', input: '*** Begin' } }],
        },
        answer.chat('call_1', 'done'),
      ),
      'openai-responses': responsesInput(
        ASKED,
        { type: 'custom_tool_call', call_id: 'call_1', name: 'patch', input: '*** Begin' },
        { type: 'custom_tool_call_output', call_id: 'call_1', output: 'done' },
      ),
    },
  },
  {
    name: 'call of a tool in a group',
    bodies: {
      'openai-responses': responsesInput(
        ASKED,
        { type: 'function_call', call_id: 'call_1', namespace: 'city', name: 'weather', arguments: '{}' },
        answer.responses('call_1', 'sun'),
      ),
    },
  },
  {
    name: 'item of a tool the provider ran',
    bodies: {
      'openai-responses': responsesInput(
        ASKED,
        { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'rain' } },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It rains' }] },
      ),
      'anthropic-messages': anthropicMessages(
        USER,
        {
          role: 'assistant',
          content: [
            { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'rain' } },
            { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] },
            { type: 'text', text: 'It rains' },
          ],
        },
        USER,
      ),
      gemini: geminiContents(HI, {
        role: 'model',
        parts: [
          { executableCode: { language: 'PYTHON', code: '1+1' } },
          { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '2' } },
          { text: 'It is 2' },
        ],
      }),
    },
  },
];
