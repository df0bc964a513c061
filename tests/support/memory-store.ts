/** A store without a disk, for tests of what stands on it. Same contract as the SQLite one, as far as tests need it. */
import { OmniError } from '../../core/base/errors.ts';
import type { JsonValue } from '../../core/base/json.ts';
import type {
  AuditRecord,
  BodyRecord,
  CachedAnswerRecord,
  CustomModelRecord,
  SignatureRecord,
  SimilarQuestionRecord,
  TokenRecord,
  UsageRecord,
} from '../../core/store/records.ts';
import type {
  Change,
  KeyValueRepository,
  NewTokenRecord,
  Repository,
  Store,
  TokenRepository,
  UsageTotals,
} from '../../core/store/store.ts';

export function memoryStore(): Store {
  const custom = new Map<string, CustomModelRecord>();
  const usage: UsageRecord[] = [];
  const place = (provider: string, modelId: string): string => `${provider}\n${modelId}`;
  return {
    connections: memoryRepository(),
    tokens: memoryTokens(),
    nodes: memoryRepository(),
    combos: memoryRepository(),
    apiKeys: memoryRepository(),
    customModels: {
      list: (provider) =>
        [...custom.values()].filter((record) => provider === undefined || record.provider === provider),
      put: (record) => void custom.set(place(record.provider, record.modelId), record),
      remove: (provider, modelId) => custom.delete(place(provider, modelId)),
    },
    keyValues: memoryKeyValues(),
    usage: {
      append: (record) => Promise.resolve(void usage.push(record)),
      recent: (limit) => usage.toReversed().slice(0, limit),
      history: () => ({
        totals: sum(usage),
        byProvider: grouped(usage, ({ provider }) => provider),
        byModel: grouped(usage, ({ provider, model }) => `${provider}/${model}`),
        byAccount: grouped(usage, ({ connectionId }) => connectionId),
        byApiKey: grouped(usage, ({ apiKeyId }) => apiKeyId),
        last10Minutes: Array.from({ length: 10 }, () => sum([])),
      }),
      prepareHistory: () => Promise.resolve(),
      list: ({ limit }) => ({ records: usage.toReversed().slice(0, limit) }),
      get: (requestId) => usage.find(({ id }) => id === requestId),
      prune: () => 0,
      pruneToSize: () => 0,
      proxied: (limit) => usage.filter(({ proxy }) => proxy !== undefined).slice(-limit),
      forgetProxies: () => 0,
    },
    rollups: {
      between: () => [],
      days: () => [],
      catchUp: () => Promise.resolve(),
      prepareDays: () => Promise.resolve(),
      spentUsd: (apiKeyId, sinceMs) =>
        usage
          .filter((record) => record.apiKeyId === apiKeyId && record.startedAtMs >= sinceMs)
          .reduce((total, { costUsd }) => total + (costUsd ?? 0), 0),
      prune: () => 0,
    },
    audit: memoryAudit(),
    bodies: memoryTexts<BodyRecord>(({ requestId }) => requestId),
    cachedAnswers: memoryTexts<CachedAnswerRecord>(
      ({ key }) => key,
      ({ expiresAtMs }, nowMs) => expiresAtMs > nowMs,
    ),
    similarQuestions: { list: () => [], ...memoryTexts<SimilarQuestionRecord>(({ answerKey }) => answerKey) },
    signatures: memoryTexts<SignatureRecord>(({ callId }) => callId),
    sizeBytes: () => 0,
    transaction: (work) => work(),
    integrityCheck: () => 'ok',
    close: () => Promise.resolve(),
  };
}

function memoryTokens(): TokenRepository {
  const records = new Map<string, TokenRecord>();
  const leases = new Map<string, string>();
  const put = (record: NewTokenRecord): boolean => {
    records.set(record.connectionId, { ...record, version: (records.get(record.connectionId)?.version ?? 0) + 1 });
    return true;
  };
  return {
    get: (id) => records.get(id),
    put,
    replace: (record, version) => records.get(record.connectionId)?.version === version && put(record),
    noteFailure: (id, failedAtMs) => {
      const record = records.get(id);
      if (record !== undefined) records.set(id, { ...record, failedAtMs });
    },
    lease: (id) => leases.get(id),
    swapLease: (id, before, after) => {
      if (leases.get(id) !== before) return false;
      if (after === undefined) leases.delete(id);
      else leases.set(id, after);
      return true;
    },
  };
}

function memoryAudit(): Store['audit'] {
  const records: (AuditRecord & { readonly id: number })[] = [];
  return {
    add: (record) => void records.unshift({ ...record, id: records.length + 1 }),
    list({ action, actor, limit, offset }) {
      const found = records.filter(
        (one) => (action ?? one.action) === one.action && (actor ?? one.actor) === one.actor,
      );
      return { total: found.length, records: found.slice(offset, offset + limit) };
    },
  };
}

function memoryTexts<T>(keyOf: (record: T) => string, isFresh: (record: T, nowMs: number) => boolean = () => true) {
  const records = new Map<string, T>();
  return {
    get(key: string, nowMs = 0): T | undefined {
      const record = records.get(key);
      return record !== undefined && isFresh(record, nowMs) ? record : undefined;
    },
    put: (record: T) => void records.set(keyOf(record), record),
    count: () => records.size,
    prune: () => 0,
    clear(): number {
      const count = records.size;
      records.clear();
      return count;
    },
  };
}

export function memoryKeyValues(): KeyValueRepository {
  const values = new Map<string, Map<string, JsonValue>>();
  return {
    get: (namespace, key) => values.get(namespace)?.get(key),
    set(namespace, key, value) {
      const inside = values.get(namespace) ?? new Map<string, JsonValue>();
      values.set(namespace, inside.set(key, value));
    },
    remove: (namespace, key) => values.get(namespace)?.delete(key) ?? false,
    entries: (namespace) => [...(values.get(namespace) ?? [])],
  };
}

function memoryRepository<T extends { readonly id: string }>(): Repository<T> {
  const records = new Map<string, T>();
  return {
    list: () => [...records.values()],
    get: (id) => records.get(id),
    insert(record) {
      if (records.has(record.id)) throw new OmniError('conflict', `${record.id} exists.`);
      records.set(record.id, record);
    },
    update(id: string, change: Change<T>): T {
      const before = records.get(id);
      if (before === undefined) throw new OmniError('not_found', `There is no ${id}.`);
      const after = Object.fromEntries(
        Object.entries({ ...before, ...change }).filter(([, value]) => value !== undefined),
      ) as T;
      records.set(id, after);
      return after;
    },
    remove: (id) => records.delete(id),
  };
}

function sum(records: readonly UsageRecord[]): UsageTotals {
  return {
    requests: records.length,
    failures: records.filter(({ outcome }) => outcome !== 'ok').length,
    durationMs: records.reduce((total, { durationMs }) => total + durationMs, 0),
    promptTokens: records.reduce((total, { tokensInput }) => total + tokensInput, 0),
    completionTokens: records.reduce((total, { tokensOutput }) => total + tokensOutput, 0),
    costUsd: records.reduce((total, { costUsd }) => total + (costUsd ?? 0), 0),
  };
}

function grouped(
  records: readonly UsageRecord[],
  name: (record: UsageRecord) => string | undefined,
): Record<string, UsageTotals> {
  const groups = Map.groupBy(records, (record) => name(record) ?? '');
  return Object.fromEntries([...groups].map(([key, members]) => [key, sum(members)]));
}
