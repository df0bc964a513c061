/** The tables of formats. An unknown format cannot be asked for: `FormatId` is closed. */
import type { FormatId, UpstreamFormatId } from '../model/format-id.ts';
import { anthropicMessages } from './anthropic-messages/index.ts';
import { codewhisperer } from './codewhisperer/index.ts';
import type { Format, UpstreamFormat } from './format.ts';
import { gemini } from './gemini/index.ts';
import { ollamaChat } from './ollama-chat/index.ts';
import { openaiChat } from './openai-chat/index.ts';
import { openaiResponses } from './openai-responses/index.ts';

/** What clients speak. */
export const FORMATS: Readonly<Record<FormatId, Format>> = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'anthropic-messages': anthropicMessages,
  gemini,
  'ollama-chat': ollamaChat,
};

/** What upstreams speak. */
export const UPSTREAM_FORMATS: Readonly<Record<UpstreamFormatId, UpstreamFormat>> = {
  ...FORMATS,
  codewhisperer,
};
