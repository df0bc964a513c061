/** Why a choice ended, both ways. Vendors add words of their own; unknown ones travel in the finish event's `ext`. */
import type { FinishReason } from '../../model/event.ts';

const REASONS: Readonly<Record<string, FinishReason>> = {
  stop: 'stop',
  length: 'length',
  tool_calls: 'tool-calls',
  function_call: 'tool-calls',
  content_filter: 'refusal',
  // Mistral, vLLM's neighbours and proxies of other protocols.
  model_length: 'length',
  max_tokens: 'length',
  end_turn: 'stop',
  eos: 'stop',
  eos_token: 'stop',
  stop_sequence: 'stop-sequence',
  tool_use: 'tool-calls',
  refusal: 'refusal',
  safety: 'refusal',
};

/**
 * The hub's reason for the protocol's word. A choice that called a tool and stopped finishes with the call. `sequence`:
 * the stop sequence that was hit, which vLLM tells in `stop_reason`.
 */
export function decodeReason(word: string, sequence: string | undefined, hasCalls: boolean): FinishReason {
  const reason = REASONS[word] ?? 'other';
  if (reason !== 'stop') return reason;
  if (hasCalls) return 'tool-calls';
  return sequence === undefined ? 'stop' : 'stop-sequence';
}

const WORDS: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  refusal: 'content_filter',
  pause: 'stop',
  other: 'stop',
};

/** The protocol's word for a reason. */
export function encodeReason(reason: FinishReason): string {
  return WORDS[reason];
}
