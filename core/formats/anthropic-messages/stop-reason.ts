/** Why a turn ended: https://docs.anthropic.com/en/api/handling-stop-reasons. */
import { asObject, asString, type JsonObject } from '../../base/json.ts';
import type { FinishEvent, FinishReason } from '../../model/event.ts';
import type { Ext } from '../../model/ext.ts';
import type { LossList } from '../../model/loss.ts';
import { ownFields } from './wire.ts';

const BY_WORD: Readonly<Record<string, FinishReason>> = {
  end_turn: 'stop',
  stop_sequence: 'stop-sequence',
  max_tokens: 'length',
  tool_use: 'tool-calls',
  pause_turn: 'pause',
  refusal: 'refusal',
  // Coarser in the hub: the word itself is kept in `ext`.
  model_context_window_exceeded: 'length',
  compaction: 'pause',
};

const BY_REASON: Readonly<Record<FinishReason, string>> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  pause: 'pause_turn',
  refusal: 'refusal',
  other: 'end_turn',
};

/** The tool calls of an answer, for what they say about its end. */
export interface SeenCalls {
  /** Calls that were passed on. */
  readonly passed: number;
  /** Of these, the ones the model made itself; those of its running code may be answered within the same answer. */
  readonly direct: number;
  /** Calls without a name, which were left out. */
  readonly dropped: number;
}

/** Did the model make this call itself, and not its code (`caller`, programmatic tool calling)? */
export function isDirectCall(ext: Ext | undefined): boolean {
  const caller = asString(asObject(ownFields(ext)['caller'])?.['type']);
  return caller === undefined || caller === 'direct';
}

/** The hub's reason, and the word as `kept.stop_reason` where the hub's is coarser. */
export function decodeStopReason(
  word: string | undefined,
  calls: SeenCalls,
): { reason: FinishReason; kept: JsonObject } {
  const named = word === undefined ? 'stop' : (BY_WORD[word] ?? 'other');
  if (named === 'stop' && calls.passed > 0) {
    return { reason: 'tool-calls', kept: calls.direct > 0 || word === undefined ? {} : { stop_reason: word } };
  }
  if (named === 'tool-calls' && calls.passed === 0 && calls.dropped > 0) return { reason: 'stop', kept: {} };
  const exact = word === undefined || (named !== 'other' && BY_REASON[named] === word);
  return { reason: named, kept: exact ? {} : { stop_reason: word } };
}

/** The protocol's word, the upstream's own where it spoke this protocol. */
export function encodeStopReason(finish: FinishEvent, losses: LossList): string {
  const own = asString(ownFields(finish.ext)['stop_reason']);
  if (own !== undefined) return own;
  if (finish.reason === 'other') losses.add('finish-reason', 'finish', 'An unknown reason is told as "end_turn".');
  return BY_REASON[finish.reason];
}
