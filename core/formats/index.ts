/** The table of formats. An unknown format cannot be asked for: `FormatId` is closed. */
import type { FormatId } from '../model/format-id.ts';
import { anthropicMessages } from './anthropic-messages/index.ts';
import type { Format } from './format.ts';
import { gemini } from './gemini/index.ts';
import { ollamaChat } from './ollama-chat/index.ts';
import { openaiChat } from './openai-chat/index.ts';
import { openaiResponses } from './openai-responses/index.ts';

export const FORMATS: Readonly<Record<FormatId, Format>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
  'ollama-chat': ollamaChat,
};
