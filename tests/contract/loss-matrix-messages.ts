/** The loss matrix's features of text: its roles and places, citations, refusals, cache marks, unknown blocks and fields. */
import {
  anthropic,
  anthropicMessages,
  chat,
  chatMessages,
  type Feature,
  gemini,
  geminiContents,
  ollama,
  ollamaMessages,
  responses,
  responsesInput,
  userBlock,
} from './loss-matrix-bodies.ts';

const USER = { role: 'user', content: 'Hi' };
const ASKED = { type: 'message', role: 'user', content: 'Hi' };
const HI = { role: 'user', parts: [{ text: 'Hi' }] };
const MORE = { role: 'user', content: 'More' };

export const TEXT_FEATURES: readonly Feature[] = [
  {
    name: 'text',
    bodies: {
      'openai-chat': chat(),
      'openai-responses': responses(),
      'anthropic-messages': anthropic(),
      gemini: gemini(),
      'ollama-chat': ollama(),
    },
  },
  {
    name: 'several turns',
    bodies: {
      'openai-chat': chatMessages(USER, { role: 'assistant', content: 'Hello' }, MORE),
      'openai-responses': responsesInput(
        ASKED,
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Hello' }] },
        { type: 'message', role: 'user', content: 'More' },
      ),
      'anthropic-messages': anthropicMessages(USER, { role: 'assistant', content: 'Hello' }, MORE),
      gemini: geminiContents(
        HI,
        { role: 'model', parts: [{ text: 'Hello' }] },
        { role: 'user', parts: [{ text: 'More' }] },
      ),
      'ollama-chat': ollamaMessages(USER, { role: 'assistant', content: 'Hello' }, MORE),
    },
  },
  {
    name: 'several texts in a message',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'text', text: 'again' }),
      'openai-responses': userBlock.responses({ type: 'input_text', text: 'again' }),
      'anthropic-messages': userBlock.anthropic({ type: 'text', text: 'again' }),
      gemini: userBlock.gemini({ text: 'again' }),
    },
  },
  {
    name: 'empty message',
    bodies: {
      'openai-chat': chatMessages(USER, { role: 'assistant', content: '' }, MORE),
      'openai-responses': responsesInput(ASKED, { type: 'message', role: 'assistant', content: [] }),
      'anthropic-messages': anthropicMessages(USER, { role: 'assistant', content: [] }, MORE),
      gemini: geminiContents(HI, { role: 'model', parts: [] }),
      'ollama-chat': ollamaMessages(USER, { role: 'assistant', content: '' }, MORE),
    },
  },
  {
    name: 'answer begun by the client',
    bodies: {
      'openai-chat': chatMessages(USER, { role: 'assistant', content: '{' }),
      'anthropic-messages': anthropicMessages(USER, { role: 'assistant', content: '{' }),
      gemini: geminiContents(HI, { role: 'model', parts: [{ text: '{' }] }),
    },
  },
  {
    name: 'system text',
    bodies: {
      'openai-chat': chatMessages({ role: 'system', content: 'Be brief' }, USER),
      'openai-responses': responses({ instructions: 'Be brief' }),
      'anthropic-messages': anthropic({ system: 'Be brief' }),
      gemini: gemini({ systemInstruction: { parts: [{ text: 'Be brief' }] } }),
      'ollama-chat': ollamaMessages({ role: 'system', content: 'Be brief' }, USER),
    },
  },
  {
    name: 'several system texts',
    bodies: {
      'openai-chat': chatMessages({ role: 'system', content: 'One' }, { role: 'system', content: 'Two' }, USER),
      'openai-responses': responses({
        instructions: 'One',
        input: [{ type: 'message', role: 'system', content: 'Two' }, ASKED],
      }),
      'anthropic-messages': anthropic({
        system: [
          { type: 'text', text: 'One' },
          { type: 'text', text: 'Two' },
        ],
      }),
      gemini: gemini({ systemInstruction: { parts: [{ text: 'One' }, { text: 'Two' }] } }),
      'ollama-chat': ollamaMessages({ role: 'system', content: 'One' }, { role: 'system', content: 'Two' }, USER),
    },
  },
  {
    name: 'developer text',
    bodies: {
      'openai-chat': chatMessages({ role: 'developer', content: 'Be brief' }, USER),
      'openai-responses': responsesInput({ type: 'message', role: 'developer', content: 'Be brief' }, ASKED),
    },
  },
  {
    name: 'system text in mid-conversation',
    bodies: {
      'openai-chat': chatMessages(USER, { role: 'system', content: 'Be brief' }, MORE),
      'openai-responses': responsesInput(ASKED, { type: 'message', role: 'system', content: 'Be brief' }),
      'anthropic-messages': anthropicMessages(USER, { role: 'system', content: 'Be brief' }, MORE),
      'ollama-chat': ollamaMessages(USER, { role: 'system', content: 'Be brief' }, MORE),
    },
  },
  {
    name: 'name of a participant',
    bodies: { 'openai-chat': chatMessages({ role: 'user', content: 'Hi', name: 'Ada' }) },
  },
  {
    name: 'refusal in the history',
    bodies: {
      'openai-chat': chatMessages(USER, { role: 'assistant', content: null, refusal: 'I will not' }, MORE),
      'openai-responses': responsesInput(ASKED, {
        type: 'message',
        role: 'assistant',
        content: [{ type: 'refusal', refusal: 'I will not' }],
      }),
    },
  },
  {
    name: 'citations in the history',
    bodies: {
      'openai-responses': responsesInput(
        ASKED,
        {
          type: 'message',
          role: 'assistant',
          content: [
            {
              type: 'output_text',
              text: 'It rains',
              annotations: [{ type: 'url_citation', url: 'https://w.test/', title: 'W', start_index: 0, end_index: 8 }],
            },
          ],
        },
        { type: 'message', role: 'user', content: 'More' },
      ),
      'anthropic-messages': anthropicMessages(
        USER,
        {
          role: 'assistant',
          content: [
            {
              type: 'text',
              text: 'It rains',
              citations: [
                {
                  type: 'web_search_result_location',
                  url: 'https://w.test/',
                  title: 'W',
                  cited_text: 'rain',
                  encrypted_index: 'abc',
                },
              ],
            },
          ],
        },
        MORE,
      ),
    },
  },
  {
    name: 'unknown block',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'hologram', beam: 1 }),
      'openai-responses': userBlock.responses({ type: 'hologram', beam: 1 }),
      'anthropic-messages': userBlock.anthropic({ type: 'hologram', beam: 1 }),
      gemini: userBlock.gemini({ hologram: { beam: 1 } }),
    },
  },
  {
    name: 'unknown field of a message',
    bodies: {
      'openai-chat': chatMessages({ ...USER, mood: 'calm' }),
      'openai-responses': responsesInput({ ...ASKED, mood: 'calm' }),
      'anthropic-messages': anthropicMessages({ ...USER, mood: 'calm' }),
      gemini: geminiContents({ ...HI, mood: 'calm' }),
      'ollama-chat': ollamaMessages({ ...USER, mood: 'calm' }),
    },
  },
  {
    name: 'unknown field of a block',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'text', text: 'again', mood: 'calm' }),
      'openai-responses': userBlock.responses({ type: 'input_text', text: 'again', mood: 'calm' }),
      'anthropic-messages': userBlock.anthropic({ type: 'text', text: 'again', mood: 'calm' }),
      gemini: userBlock.gemini({ text: 'again', mood: 'calm' }),
    },
  },
  {
    name: 'cache mark on a block',
    bodies: {
      'openai-chat': userBlock.chat({ type: 'text', text: 'again', cache_control: { type: 'ephemeral' } }),
      'anthropic-messages': userBlock.anthropic({
        type: 'text',
        text: 'again',
        cache_control: { type: 'ephemeral', ttl: '1h' },
      }),
    },
  },
  {
    name: 'cache mark on system text',
    bodies: {
      'openai-chat': chatMessages(
        { role: 'system', content: [{ type: 'text', text: 'Be brief', cache_control: { type: 'ephemeral' } }] },
        USER,
      ),
      'anthropic-messages': anthropic({
        system: [{ type: 'text', text: 'Be brief', cache_control: { type: 'ephemeral' } }],
      }),
    },
  },
];
