/** The hub's request: what a client asked for, in no vendor's words. Only what the client sent is present. */
import type { JsonObject, JsonValue } from '../base/json.ts';
import type { Ext } from './ext.ts';
import type { CacheMark, Part } from './part.ts';

export interface ChatRequest {
  /** The model as the client named it (decoder) or the upstream's id (after routing). */
  readonly model: string;
  readonly stream: boolean;
  /** In the order given. System and developer text stands where the client put it; top-level system text comes first. */
  readonly messages: readonly Message[];
  readonly tools?: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  /** False: at most one tool call a turn. */
  readonly parallelToolCalls?: boolean;
  readonly maxOutputTokens?: number;
  /** Set where the client named the limit so (OpenAI chat has two names for it); absent means the protocol's usual name. */
  readonly maxOutputTokensField?: 'max_completion_tokens';
  readonly sampling?: Sampling;
  readonly stop?: readonly string[];
  /** How many choices; absent means one. */
  readonly choices?: number;
  readonly logprobs?: { readonly enabled: boolean; readonly top?: number };
  readonly output?: OutputFormat;
  readonly reasoning?: ReasoningOptions;
  /** The caller's stable id of its end user. */
  readonly user?: string;
  readonly metadata?: JsonObject;
  readonly store?: boolean;
  readonly serviceTier?: string;
  readonly promptCacheKey?: string;
  /** OpenAI chat's `stream_options.include_usage`. Protocols that always report usage leave it absent. */
  readonly includeUsage?: boolean;
  /** Top-level fields of the client's protocol that the hub has no word for, verbatim by their wire name. */
  readonly ext?: Ext;
}

export interface Message {
  /** Tool results stand in messages of role `tool`, whichever role the protocol gives them. */
  readonly role: 'system' | 'developer' | 'user' | 'assistant' | 'tool';
  readonly parts: readonly Part[];
  /** OpenAI's participant name. */
  readonly name?: string;
  readonly ext?: Ext;
}

export type Tool = FunctionTool | CustomTool | ProviderTool;

interface ToolBase {
  readonly name: string;
  /** Tool group (Responses `namespace`). */
  readonly namespace?: string;
  readonly cache?: CacheMark;
  readonly ext?: Ext;
}
export interface FunctionTool extends ToolBase {
  readonly type: 'function';
  readonly description?: string;
  /** JSON Schema of the arguments, as the client sent it; absent when it sent none. */
  readonly schema?: JsonObject;
  readonly strict?: boolean;
}
/** A tool whose input is free text (Responses `custom`, optionally with a grammar in `format`). */
export interface CustomTool extends ToolBase {
  readonly type: 'custom';
  readonly description?: string;
  readonly format?: JsonObject;
}
/** A tool the provider runs itself (web search, code execution); the whole of it is in `ext.data`. */
export interface ProviderTool extends ToolBase {
  readonly type: 'provider';
  readonly ext: Ext;
}

export type ToolChoice =
  | { readonly type: 'auto' }
  | { readonly type: 'none' }
  | { readonly type: 'required' }
  | { readonly type: 'tool'; readonly name: string; readonly namespace?: string; readonly kind?: 'function' | 'custom' }
  /** Only these tools; `mode` says whether one must be called. */
  | { readonly type: 'allowed'; readonly mode: 'auto' | 'required'; readonly names: readonly string[] }
  /** A provider-run tool or another form only the same protocol knows. */
  | { readonly type: 'opaque'; readonly ext: Ext };

export interface Sampling {
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly minP?: number;
  readonly seed?: number;
  readonly presencePenalty?: number;
  readonly frequencyPenalty?: number;
  readonly logitBias?: JsonObject;
}

export type OutputFormat =
  | { readonly type: 'text' }
  | { readonly type: 'json' }
  | {
      readonly type: 'json-schema';
      readonly schema: JsonObject;
      readonly name?: string;
      readonly description?: string;
      readonly strict?: boolean;
      /** Which of the protocol's own fields held it. */
      readonly ext?: Ext;
    };

/** What the client asked of the model's reasoning. Each member only where the client sent it. */
export interface ReasoningOptions {
  /** `none`, `minimal`, `low`, `medium`, `high`, `xhigh`, `max`: the field's words, verbatim. */
  readonly effort?: string;
  /** Tokens; 0 turns reasoning off. Gemini's −1 is `mode: 'adaptive'`. */
  readonly budgetTokens?: number;
  /** `enabled`, `disabled`, or the model decides (`adaptive`). */
  readonly mode?: 'enabled' | 'disabled' | 'adaptive';
  /** Responses `summary` (`auto`, `concise`, `detailed`), Anthropic `display`; verbatim. */
  readonly summary?: string;
  /** Gemini's includeThoughts. */
  readonly includeThoughts?: boolean;
  /** The client wants reasoning back in a form it can replay (Responses `include: reasoning.encrypted_content`). */
  readonly replayable?: boolean;
  /** The protocol's own object, verbatim; it counts only while it still says what the members above say. */
  readonly ext?: Ext;
}

/** A value kept by its wire name. */
export type WireValue = JsonValue;
