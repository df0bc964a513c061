/** The rows of the store as the core sees them. Times are milliseconds since the epoch; secrets are sealed strings here. */
import type { FormatId } from '../model/format-id.ts';

export interface ConnectionRecord {
  readonly id: string;
  /** A provider row's id or a node's id. */
  readonly provider: string;
  readonly authType: 'apikey' | 'oauth';
  readonly name: string;
  readonly email?: string;
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
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
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
  readonly targetFormat?: FormatId | 'other';
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
  /** Feature names of what the translation lost, without duplicates. */
  readonly losses: readonly string[];
}
