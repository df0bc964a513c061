/**
 * The store as an interface: one repository a table, implemented over SQLite in `sqlite/`. Reads return plain records;
 * writes are synchronous and durable against a crash of the process when they return. `usage.append` is the exception:
 * rows of one turn of the event loop share a transaction, and its promise settles when they are written.
 */
import type { JsonValue } from '../base/json.ts';
import type {
  ApiKeyRecord,
  ComboRecord,
  ConnectionRecord,
  CustomModelRecord,
  NodeRecord,
  UsageRecord,
} from './records.ts';

export interface Repository<T extends { readonly id: string }> {
  list(): readonly T[];
  get(id: string): T | undefined;
  insert(record: T): void;
  /** Throws `not_found` when the id is unknown. */
  update(id: string, change: Partial<Omit<T, 'id'>>): T;
  /** False when there was none. */
  remove(id: string): boolean;
}

export interface KeyValueRepository {
  get(namespace: string, key: string): JsonValue | undefined;
  set(namespace: string, key: string, value: JsonValue): void;
  remove(namespace: string, key: string): boolean;
  entries(namespace: string): readonly (readonly [key: string, value: JsonValue])[];
}

export interface CustomModelRepository {
  list(provider?: string): readonly CustomModelRecord[];
  put(record: CustomModelRecord): void;
  remove(provider: string, modelId: string): boolean;
}

export interface UsageTotals {
  readonly requests: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costUsd: number;
}

export interface UsageHistory {
  readonly totals: UsageTotals;
  readonly byProvider: Readonly<Record<string, UsageTotals>>;
  readonly byModel: Readonly<Record<string, UsageTotals>>;
  readonly byAccount: Readonly<Record<string, UsageTotals>>;
  readonly byApiKey: Readonly<Record<string, UsageTotals>>;
  /** Ten entries, oldest first, one a minute. */
  readonly last10Minutes: readonly UsageTotals[];
}

export interface UsageRepository {
  append(record: UsageRecord): Promise<void>;
  /** Newest first; at most 1,000. */
  recent(limit: number): readonly UsageRecord[];
  history(nowMs: number): UsageHistory;
  /** Deletes rows older than the limit in bounded batches; returns how many. */
  prune(olderThanMs: number): number;
}

export interface Store {
  readonly connections: Repository<ConnectionRecord>;
  readonly nodes: Repository<NodeRecord>;
  readonly combos: Repository<ComboRecord>;
  readonly apiKeys: Repository<ApiKeyRecord>;
  readonly customModels: CustomModelRepository;
  readonly keyValues: KeyValueRepository;
  readonly usage: UsageRepository;
  /** Several writes as one: all or none. */
  transaction<T>(work: () => T): T;
  /** `ok`, or what SQLite's integrity check found. */
  integrityCheck(): string;
  /** Writes what is queued and closes. */
  close(): Promise<void>;
}
