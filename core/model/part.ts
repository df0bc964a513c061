/**
 * What a message is made of. Parts are ordered, in requests and in replies alike. Each may carry `ext`.
 */
import type { JsonObject } from '../base/json.ts';
import type { Ext } from './ext.ts';

export type Part = TextPart | MediaPart | ReasoningPart | ToolCallPart | ToolResultPart | OpaquePart;

/** Anthropic's `cache_control`: everything up to and including the marked element may be cached by the provider. */
export interface CacheMark {
  readonly ttl?: '5m' | '1h';
}

interface PartBase {
  readonly cache?: CacheMark;
  readonly ext?: Ext;
}

export interface TextPart extends PartBase {
  readonly type: 'text';
  readonly text: string;
  /** The model refused, and this is what it said (OpenAI's `refusal`). */
  readonly refusal?: boolean;
  readonly citations?: readonly Citation[];
  /** OpenAI's per-token entries, verbatim. */
  readonly logprobs?: readonly JsonObject[];
}

/** A source that a span of text rests on. `start` and `end` are UTF-16 offsets into the part's text, end exclusive. */
export interface Citation {
  readonly url?: string;
  readonly title?: string;
  readonly citedText?: string;
  readonly start?: number;
  readonly end?: number;
  readonly ext?: Ext;
}

export type MediaSource =
  /** `data` is standard base64 without line breaks; `mediaType` is lower case, without parameters: `image/png`. */
  | { readonly type: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'url'; readonly url: string; readonly mediaType?: string }
  /** A file the caller uploaded to the upstream; only the same protocol can use it. */
  | { readonly type: 'file-id'; readonly id: string; readonly mediaType?: string }
  /** A plain-text document given inline (Anthropic's text source). */
  | { readonly type: 'text'; readonly text: string };

export interface MediaPart extends PartBase {
  readonly type: 'media';
  readonly kind: 'image' | 'audio' | 'video' | 'file';
  readonly source: MediaSource;
  readonly filename?: string;
  /** OpenAI's image detail: `low`, `high`, `auto`, `original`. */
  readonly detail?: string;
}

export interface ReasoningPart extends PartBase {
  readonly type: 'reasoning';
  /** What can be read of it; empty when the provider shows nothing (redacted or encrypted only). */
  readonly text: string;
  /** `summary`: the provider's digest (OpenAI); `full`: the thoughts themselves. */
  readonly form: 'summary' | 'full';
  /** Signatures and encrypted content travel in `ext` with the issuer that made them. */
}

export interface ToolCallPart extends PartBase {
  readonly type: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** Tool group the tool was offered in (Responses `namespace`). */
  readonly namespace?: string;
  /** `function`: `input` is JSON text, verbatim as the model wrote it. `custom`: `input` is free text. */
  readonly kind: 'function' | 'custom';
  readonly input: string;
}

export interface ToolResultPart extends PartBase {
  readonly type: 'tool-result';
  readonly callId: string;
  /** The tool's name where the protocol tells it (Gemini), or where the matching call is known. */
  readonly name?: string;
  /** Text and media, in order. */
  readonly content: readonly Part[];
  readonly isError?: boolean;
  readonly kind?: 'function' | 'custom';
}

/**
 * An item only its own protocol can express: a provider-run tool's call or result, a compaction, an unknown block.
 * `label` names it for people and the loss report: `web_search_call`.
 */
export interface OpaquePart extends PartBase {
  readonly type: 'opaque';
  readonly label: string;
  readonly ext: Ext;
}
