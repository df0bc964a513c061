/** The rows of the store as the core sees them. Times are milliseconds since the epoch; secrets are sealed strings here. */
import type { JsonObject } from '../base/json.ts';
import type { FormatId, UpstreamFormatId } from '../model/format-id.ts';

export interface ConnectionRecord {
  readonly id: string;
  /** A provider row's id or a node's id. */
  readonly provider: string;
  readonly authType: 'apikey' | 'oauth';
  readonly name: string;
  readonly email?: string;
  /** The person's name at the provider. */
  readonly displayName?: string;
  /** Lower is tried first; 1 is the first. */
  readonly priority: number;
  readonly isActive: boolean;
  /** Sealed by the vault. */
  readonly sealedApiKey?: string;
  readonly defaultModel?: string;
  readonly testStatus: 'active' | 'success' | 'error' | 'expired' | 'unavailable' | 'unknown';
  readonly lastError?: string;
  readonly lastErrorAtMs?: number;
  readonly lastTestedAtMs?: number;
  readonly lastUsedAtMs?: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** The tokens of one connection, and what came with them. */
export interface TokenRecord {
  readonly connectionId: string;
  readonly sealedAccessToken?: string;
  readonly sealedRefreshToken?: string;
  readonly sealedIdToken?: string;
  /** Secrets that the provider gave beside the tokens, as sealed JSON. */
  readonly sealedSecrets?: string;
  /** Of the token that calls are made with. */
  readonly expiresAtMs?: number;
  readonly scope?: string;
  /** What the provider told of the account: ids, plan, region. No secrets. */
  readonly data: JsonObject;
  readonly refreshedAtMs: number;
  /** Grows with every write of the tokens. */
  readonly version: number;
  /** A refresh failed then, and nothing was written since. */
  readonly failedAtMs?: number;
}

export type NodeType = 'openai-compatible' | 'anthropic-compatible' | 'gemini-compatible';

export interface NodeRecord {
  readonly id: string;
  readonly type: NodeType;
  readonly name: string;
  /** The model prefix: `mynode` in `mynode/some-model`. */
  readonly prefix: string;
  /** Only for openai-compatible. */
  readonly apiType?: 'chat' | 'responses';
  readonly baseUrl: string;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export type ComboStrategy = 'priority' | 'round-robin' | 'random' | 'weighted' | 'least-used' | 'cost-optimized';

export interface ComboRecord {
  readonly id: string;
  readonly name: string;
  readonly strategy: ComboStrategy;
  /** Model strings, in order; an entry may name another combo. */
  readonly models: readonly ComboModel[];
  /** Retries, time limits and concurrency of this combo; what is absent falls to the settings. */
  readonly config?: ComboConfig;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}
/** What a combo, the settings for all combos or those for one provider may say (facts.md E.6); times in milliseconds. */
export interface ComboConfig {
  readonly maxRetries?: number | undefined;
  readonly retryDelayMs?: number | undefined;
  /** Until the first content. */
  readonly timeoutMs?: number | undefined;
  readonly connectMs?: number | undefined;
  readonly idleMs?: number | undefined;
  readonly totalMs?: number | undefined;
  readonly concurrencyPerModel?: number | undefined;
  readonly queueTimeoutMs?: number | undefined;
}
export interface ComboModel {
  readonly model: string;
  readonly weight?: number;
}

export interface ApiKeyRecord {
  readonly id: string;
  readonly name: string;
  /** HMAC-SHA256 of the key, hex. The key itself is never stored. */
  readonly keyHash: string;
  /** The last four characters, for people to tell keys apart. */
  readonly hint: string;
  readonly scopes: readonly ('inference' | 'management')[];
  /** Empty: all. Globs over model strings. */
  readonly allowedModels: readonly string[];
  readonly isActive: boolean;
  readonly createdAtMs: number;
  readonly lastUsedAtMs?: number;
  /** True: bodies of this key's requests are never kept. */
  readonly noLog?: boolean;
}

export interface CustomModelRecord {
  readonly provider: string;
  readonly modelId: string;
  readonly name?: string;
  readonly source: string;
  readonly contextTokens?: number;
  readonly maxOutputTokens?: number;
}

/** One request, written once, when it ended. */
export interface UsageRecord {
  /** The gateway's request id, unique. */
  readonly id: string;
  readonly startedAtMs: number;
  readonly durationMs: number;
  readonly firstContentMs?: number;
  /** The model as asked for, and the route taken; provider and model are empty when no target was reached. */
  readonly requestedModel: string;
  readonly provider: string;
  readonly model: string;
  readonly connectionId?: string;
  readonly comboName?: string;
  readonly apiKeyId?: string;
  readonly apiKeyName?: string;
  readonly endpoint: string;
  readonly clientFormat: FormatId | 'other';
  readonly targetFormat?: UpstreamFormatId | 'other';
  readonly stream: boolean;
  readonly attempts: number;
  /** HTTP status sent; 499 when the client went away. */
  readonly status: number;
  readonly outcome: 'ok' | 'error' | 'cancelled' | 'cut';
  readonly errorCode?: string;
  readonly tokensInput: number;
  readonly tokensOutput: number;
  readonly tokensCacheRead: number;
  readonly tokensCacheCreation: number;
  readonly tokensReasoning: number;
  readonly isEstimated: boolean;
  /** US dollars; null when the price is unknown. */
  readonly costUsd: number | null;
  /** What a flat-rate provider's answer would have cost by the list price, in US dollars; `costUsd` is then 0. */
  readonly savedUsd?: number;
  /** Feature names of what the translation lost, without duplicates. */
  readonly losses: readonly string[];
  /** Who answered when no upstream did for this request. */
  readonly servedFrom?: 'cache' | 'similar' | 'duplicate';
  /** The client program by its User-Agent, its first product name: `claude-cli`, `codex_cli_rs`, `OpenAI/Python`. */
  readonly client?: string;
  /** Every attempt in order; absent where the only one succeeded. */
  readonly attemptLog?: readonly AttemptRecord[];
  /** The network proxy that the last attempt went through, as `socks5://host:port`. */
  readonly proxy?: string;
  /** The last error's words, without secrets; absent after a success. */
  readonly errorMessage?: string;
}

/** One attempt of a request, or a target passed over. */
export interface AttemptRecord {
  readonly provider: string;
  readonly model: string;
  readonly connectionId?: string;
  /** Since the request began. */
  readonly startedAfterMs: number;
  readonly durationMs: number;
  readonly outcome: 'ok' | 'error' | 'cancelled' | 'skipped';
  readonly errorCode?: string;
  /** The network proxy it went through. */
  readonly proxy?: string;
  /** Without secrets, at most 300 characters. */
  readonly message?: string;
}

/** One change, or try to sign in. No secrets. */
export interface AuditRecord {
  readonly atMs: number;
  readonly actor: string;
  readonly action: string;
  readonly target?: string;
  readonly ip?: string;
  readonly details?: string;
}

/** Bodies of one request, kept only when the user asked for it; secrets are redacted, each is cut to a size. */
export interface BodyRecord {
  readonly requestId: string;
  readonly createdAtMs: number;
  readonly request: string;
  readonly response: string;
}

export interface CachedAnswerRecord {
  /** SHA-256 of all that the answer depends on, hex. */
  readonly key: string;
  readonly model: string;
  /** The answer's events as JSON. */
  readonly events: string;
  readonly tokensSaved: number;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

/** The embedding of a question whose answer is cached. */
export interface SimilarQuestionRecord {
  /** The key of its `CachedAnswerRecord`. */
  readonly answerKey: string;
  /** A digest of all of the request but the question; only questions of one group are compared. */
  readonly group: string;
  /** A digest of what must be equal in two texts (`policy/comparable-text.ts`). */
  readonly literals: string;
  readonly vector: Float32Array;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
}

export interface SignatureRecord {
  /** A digest of the caller and the tool call's id as the client knows it. */
  readonly callId: string;
  /** What goes with the call's turn, sealed by the vault. */
  readonly data: string;
  readonly createdAtMs: number;
}
