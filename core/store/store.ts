/**
 * The store as an interface: one repository a table, implemented over SQLite in `sqlite/`. Reads return plain records;
 * writes are synchronous and durable against a crash of the process when they return. `usage.append` is the exception:
 * rows of one turn of the event loop share a transaction, and its promise settles when they are written.
 */
import type { JsonValue } from '../base/json.ts';
import type {
  ApiKeyRecord,
  AuditRecord,
  BodyRecord,
  CachedAnswerRecord,
  ComboRecord,
  ConnectionRecord,
  CustomModelRecord,
  NodeRecord,
  SignatureRecord,
  SimilarQuestionRecord,
  TokenRecord,
  UsageRecord,
} from './records.ts';

/** A change of a record: a member left out stays as it is, an optional one given as undefined is cleared. */
export type Change<T> = {
  readonly [K in Exclude<keyof T, 'id'>]?: T[K] | (object extends Pick<T, K> ? undefined : never);
};

export interface Repository<T extends { readonly id: string }> {
  /** A row that cannot be read (a damaged cell) is left out and logged once. */
  list(): readonly T[];
  /** Throws `internal`, naming table and id, when the row cannot be read. */
  get(id: string): T | undefined;
  /** Throws `conflict` when the id, or a name that is unique there, is taken. */
  insert(record: T): void;
  /** Throws `not_found` when the id is unknown. `updatedAtMs` becomes now, unless the change names it. */
  update(id: string, change: Change<T>): T;
  /** False when there was none. */
  remove(id: string): boolean;
}

/** The tokens of connections that were signed in to, apart from the rest of their rows. */
export interface TokenRepository {
  /** Undefined when there is no such connection. */
  get(connectionId: string): TokenRecord | undefined;
  /** Writes all of them, whatever stands there. False when there is no such connection. */
  put(record: NewTokenRecord): boolean;
  /** Writes all of them if nobody has written since `version`; else false. */
  replace(record: NewTokenRecord, version: number): boolean;
  /** A refresh failed. The next write of the tokens takes the mark away. */
  noteFailure(connectionId: string, atMs: number): void;
  /** Who may refresh now, in the words of `swapLease`. */
  lease(connectionId: string): string | undefined;
  /** Takes, renews or ends a lease, if it still is `before`; else false. */
  swapLease(connectionId: string, before: string | undefined, after: string | undefined): boolean;
}

export type NewTokenRecord = Omit<TokenRecord, 'version' | 'failedAtMs'>;

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
  /** Of them, those that did not end well. */
  readonly failures: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly costUsd: number;
  /** Of the requests that ended well, together. */
  readonly durationMs: number;
}

/** What rollups count. Tokens, US dollars, milliseconds. */
export const SUM_NAMES = [
  ...(['requests', 'failures', 'promptTokens', 'completionTokens', 'cacheReadTokens', 'reasoningTokens'] as const),
  ...(['costUsd', 'savedUsd', 'durationMs'] as const),
] as const;
export type Sums = Readonly<Record<(typeof SUM_NAMES)[number], number>>;

/** One day of a time zone. Names are empty where unknown; models are `provider/model`, `/` where none was reached. */
export interface DaySums {
  readonly startMs: number;
  readonly byModel: ReadonlyMap<string, Sums>;
  /** By connection id, API key id, client program. */
  readonly byAccount: ReadonlyMap<string, Sums>;
  readonly byApiKey: ReadonlyMap<string, Sums>;
  readonly byClient: ReadonlyMap<string, Sums>;
}

/** Days that lie side by side: their begins in order, and where the last one ends. */
export interface Days {
  /** IANA name; the sums are kept under it. */
  readonly zone: string;
  readonly startsMs: readonly number[];
  readonly endMs: number;
}

export interface UsageHistory {
  readonly totals: UsageTotals;
  readonly byProvider: Readonly<Record<string, UsageTotals>>;
  /** Keys are `provider/model`. */
  readonly byModel: Readonly<Record<string, UsageTotals>>;
  /** Keys are connection ids. */
  readonly byAccount: Readonly<Record<string, UsageTotals>>;
  /** Keys are API key ids. */
  readonly byApiKey: Readonly<Record<string, UsageTotals>>;
  /** Ten entries, oldest first, one a minute. */
  readonly last10Minutes: readonly UsageTotals[];
}

export interface UsageRepository {
  /** Rejects with `internal` and the reason when the row cannot be written (disk full, store closed). */
  append(record: UsageRecord): Promise<void>;
  /** Newest first; at most 1,000. */
  recent(limit: number): readonly UsageRecord[];
  /** One page of the requests that match. */
  list(query: UsageQuery): UsagePage;
  get(requestId: string): UsageRecord | undefined;
  /** The newest that went through a network proxy; at most 500. */
  proxied(limit: number): readonly UsageRecord[];
  /** Forgets which went through a network proxy; how many. */
  forgetProxies(): number;
  /** Deletes the oldest rows in batches for a bounded time until `store.sizeBytes()` is at most this; how many. */
  pruneToSize(maxBytes: number): number;
  /** Sums over all that the rollups keep, which is longer than the requests themselves. */
  history(nowMs: number): UsageHistory;
  /** Makes what `history` reads, in slices as `rollups.catchUp` does; the first time a process asks there is much to read. */
  prepareHistory(): Promise<void>;
  /**
   * Deletes rows of requests that started before `olderThanMs` (since the epoch), in batches and for a bounded time;
   * returns how many. Zero means that none is left: call again until then, with a pause between.
   */
  prune(olderThanMs: number): number;
}

/** Which requests to list; all conditions hold together. */
export interface UsageQuery {
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly provider?: string;
  readonly model?: string;
  readonly connectionId?: string;
  readonly apiKeyId?: string;
  /** `ok`, `error`, or an HTTP status as text. */
  readonly status?: string;
  /** Part of model, provider, combo, key name or error; case does not matter. */
  readonly search?: string;
  /** At most 500. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

export interface UsagePage {
  /** Newest first. */
  readonly records: readonly UsageRecord[];
  readonly nextCursor?: string;
}

/** What happened in a quarter of an hour for one combination of names: kept much longer than the requests themselves. */
export interface UsageRollup extends Sums {
  /** Begin of the quarter hour, since the epoch; every zone's midnight is such a begin. */
  readonly bucketMs: number;
  readonly provider: string;
  readonly model: string;
  /** Empty strings where unknown. */
  readonly connectionId: string;
  readonly apiKeyId: string;
  readonly client: string;
}

export interface RollupRepository {
  /** Sums of `fromMs ≤ time < toMs` by quarter hour, in order of time. */
  between(fromMs: number, toMs: number): readonly UsageRollup[];
  /** What a key spent since then (a quarter hour's begin), in US dollars. */
  spentUsd(apiKeyId: string, sinceMs: number): number;
  /** Sums of each of the days; those that are over before `nowMs` are kept, so that asking again is cheap. */
  days(days: Days, nowMs: number): readonly DaySums[];
  /**
   * Takes in what was recorded since, in slices of some milliseconds between which others have their turn. The readers
   * do it at once: ask this first where much may have come, as by an import.
   */
  catchUp(): Promise<void>;
  /** The same, and makes the days that are missing. */
  prepareDays(days: Days, nowMs: number): Promise<void>;
  prune(olderThanMs: number): number;
}

export interface AuditRepository {
  /** The oldest beyond ten thousand are dropped now and then. */
  add(record: AuditRecord): void;
  /** Newest first, and how many there are. */
  list(query: AuditQuery): {
    readonly records: readonly (AuditRecord & { readonly id: number })[];
    readonly total: number;
  };
}

export interface AuditQuery {
  readonly action?: string;
  readonly actor?: string;
  readonly limit: number;
  readonly offset: number;
}

export interface BodyRepository {
  put(record: BodyRecord): void;
  get(requestId: string): BodyRecord | undefined;
  /** Removes what is older, and the oldest while all together hold more than `maxBytes`; how many. */
  prune(olderThanMs: number, maxBytes: number): number;
}

export interface CachedAnswerRepository {
  /** Undefined when absent or expired. */
  get(key: string, nowMs: number): CachedAnswerRecord | undefined;
  put(record: CachedAnswerRecord): void;
  count(): number;
  /** Removes expired ones, and the oldest beyond `maxEntries`; how many. */
  prune(nowMs: number, maxEntries: number): number;
  clear(): number;
}

export interface SimilarQuestionRepository {
  /** Those of a group that are not expired, the newest first, at most `limit`. */
  list(group: string, nowMs: number, limit: number): readonly SimilarQuestionRecord[];
  put(record: SimilarQuestionRecord): void;
  count(): number;
  /** Removes expired ones, and the oldest beyond `maxEntries`; how many. */
  prune(nowMs: number, maxEntries: number): number;
  clear(): number;
}

export interface SignatureRepository {
  get(key: string): SignatureRecord | undefined;
  put(record: SignatureRecord): void;
  count(): number;
  /** Removes what is older, and the oldest beyond `maxEntries` or while all hold more than `maxBytes`; how many. */
  prune(olderThanMs: number, maxEntries: number, maxBytes: number): number;
}

export interface Store {
  readonly connections: Repository<ConnectionRecord>;
  readonly tokens: TokenRepository;
  readonly nodes: Repository<NodeRecord>;
  readonly combos: Repository<ComboRecord>;
  readonly apiKeys: Repository<ApiKeyRecord>;
  readonly customModels: CustomModelRepository;
  readonly keyValues: KeyValueRepository;
  readonly usage: UsageRepository;
  readonly rollups: RollupRepository;
  readonly audit: AuditRepository;
  readonly bodies: BodyRepository;
  readonly cachedAnswers: CachedAnswerRepository;
  readonly similarQuestions: SimilarQuestionRepository;
  readonly signatures: SignatureRepository;
  /** Bytes in use by the database, free pages not counted. */
  sizeBytes(): number;
  /** Several writes as one: all or none. */
  transaction<T>(work: () => T): T;
  /** `ok`, or what SQLite's integrity check found. */
  integrityCheck(): string;
  /** Writes what is queued and closes. */
  close(): Promise<void>;
}
