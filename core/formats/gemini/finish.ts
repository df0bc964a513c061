/** Why an answer ended, in both vocabularies (https://ai.google.dev/api/generate-content#FinishReason). */
import type { FinishReason } from '../../model/event.ts';

const REASONS: Readonly<Record<string, FinishReason>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  SAFETY: 'refusal',
  RECITATION: 'refusal',
  BLOCKLIST: 'refusal',
  PROHIBITED_CONTENT: 'refusal',
  SPII: 'refusal',
  IMAGE_SAFETY: 'refusal',
  IMAGE_PROHIBITED_CONTENT: 'refusal',
  IMAGE_RECITATION: 'refusal',
  CONTINUATION: 'pause',
};

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'STOP',
  'stop-sequence': 'STOP',
  'tool-calls': 'STOP',
  length: 'MAX_TOKENS',
  refusal: 'SAFETY',
  pause: 'STOP',
  other: 'OTHER',
};

/** The hub's reason for a word; a stop with tool calls is `tool-calls`, which Gemini has no word for. */
export function reasonOf(word: string, hasCalls: boolean): FinishReason {
  const reason = REASONS[word] ?? 'other';
  return reason === 'stop' && hasCalls ? 'tool-calls' : reason;
}

/** Gemini's word for a reason. */
export function wordFor(reason: FinishReason): string {
  return WORDS[reason];
}
