/**
 * A reply as events. A whole reply is the fold of its events, so streaming and not are one thing. Grammar:
 *
 *   reply := start (part-start part-delta* part-end)* finish | any prefix of that, then error
 *
 * `index` counts parts from 0 in order of their start, over all choices; several parts may be open at once (parallel
 * tool calls). After `finish` or `error` nothing follows.
 */
import type { ErrorCode } from '../base/errors.ts';
import type { JsonObject } from '../base/json.ts';
import type { Ext } from './ext.ts';
import type { Citation, OpaquePart, Part } from './part.ts';
import type { Usage } from './usage.ts';

export type ChatEvent = StartEvent | PartStartEvent | PartDeltaEvent | PartEndEvent | FinishEvent | ErrorEvent;

export interface StartEvent {
  readonly type: 'start';
  /** The upstream's id of the reply. */
  readonly id?: string;
  /** The model that answered, as the upstream names it. */
  readonly model?: string;
  /** Unix time in seconds. */
  readonly createdAtS?: number;
  /** Input tokens known at the start (Anthropic's message_start). */
  readonly usage?: Usage;
  readonly ext?: Ext;
}

/** What is known of a part when it opens. Text, thoughts and tool input follow as deltas, never in the head. */
export type PartHead =
  | { readonly type: 'text'; readonly refusal?: boolean; readonly ext?: Ext }
  | { readonly type: 'reasoning'; readonly form: 'summary' | 'full'; readonly ext?: Ext }
  | {
      readonly type: 'tool-call';
      readonly id: string;
      readonly name: string;
      readonly namespace?: string;
      readonly kind: 'function' | 'custom';
      readonly ext?: Ext;
    }
  /** Comes whole, with no delta. */
  | Extract<Part, { type: 'media' }>
  /** `ext` may be replaced by the one in part-end when the item streams. */
  | OpaquePart;

export interface PartStartEvent {
  readonly type: 'part-start';
  readonly index: number;
  /** Which choice it belongs to; absent means 0. */
  readonly choice?: number;
  readonly part: PartHead;
}

export interface PartDeltaEvent {
  readonly type: 'part-delta';
  readonly index: number;
  /** Appended to the text, the thoughts or the tool input. May be empty when it only carries citations or logprobs. */
  readonly text: string;
  readonly citations?: readonly Citation[];
  readonly logprobs?: readonly JsonObject[];
}

export interface PartEndEvent {
  readonly type: 'part-end';
  readonly index: number;
  /** What became known by the end (a signature, the finished provider item); replaces the head's `ext`. */
  readonly ext?: Ext;
}

/**
 * `stop` the model ended its turn · `stop-sequence` · `length` the token limit · `tool-calls` · `refusal` the model or
 * the provider's policy declined · `pause` the provider paused a long turn and wants it sent back · `other`.
 */
export type FinishReason = 'stop' | 'stop-sequence' | 'length' | 'tool-calls' | 'refusal' | 'pause' | 'other';

export interface FinishEvent {
  readonly type: 'finish';
  /** Of choice 0. */
  readonly reason: FinishReason;
  /** The stop sequence that was hit. */
  readonly stopSequence?: string;
  /** Reasons of the further choices, by choice number, where the client asked for several. */
  readonly choices?: readonly { readonly choice: number; readonly reason: FinishReason }[];
  /** Absent when the upstream told none. */
  readonly usage?: Usage;
  /** The protocol's own word where the hub's is coarser, and further closing data, verbatim. */
  readonly ext?: Ext;
}

export interface ErrorEvent {
  readonly type: 'error';
  readonly code: ErrorCode;
  /** For people; never holds a secret. */
  readonly message: string;
  readonly upstreamCode?: string;
  readonly retryAfterMs?: number;
}
