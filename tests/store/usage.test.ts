import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { UsageRecord } from '../../core/store/records.ts';
import { openDatabase } from '../../core/store/sqlite/open-database.ts';
import { rollupRepository } from '../../core/store/sqlite/rollups.ts';
import { usageRepository } from '../../core/store/sqlite/usage.ts';
import type { UsageRepository } from '../../core/store/store.ts';
import { usage } from './records.ts';
import { keepingLog, NOW_MS, stillClock, temporaryFolder, temporaryStore } from './temporary-store.ts';

const minute = 60_000;

async function appendAll(repository: UsageRepository, records: readonly UsageRecord[]): Promise<void> {
  await Promise.all(records.map((record) => repository.append(record)));
}

function many(count: number, change: (index: number) => Partial<UsageRecord> = () => ({})): UsageRecord[] {
  return Array.from({ length: count }, (_, index) => ({ ...usage, id: `req_${index}`, ...change(index) }));
}

describe('usage.append and usage.recent', () => {
  it('give back a row with all members, and one with the required ones only', async () => {
    const { store } = temporaryStore();
    const { firstContentMs, connectionId, comboName, apiKeyId, apiKeyName, targetFormat, errorCode, ...required } =
      usage;
    const plain: UsageRecord = { ...required, id: 'req_2', costUsd: null, losses: [], clientFormat: 'other' };
    await appendAll(store.usage, [usage, plain]);
    expect(store.usage.recent(10)).toStrictEqual([plain, usage]);
  });

  it('are newest first and bounded', async () => {
    const { store } = temporaryStore();
    await appendAll(
      store.usage,
      many(1_005, (index) => ({ startedAtMs: 10_000 - index })),
    );
    expect(store.usage.recent(2).map(({ id }) => id)).toEqual(['req_0', 'req_1']);
    expect(store.usage.recent(5_000)).toHaveLength(1_000);
    expect(store.usage.recent(-1)).toEqual([]);
  });

  it('write the rows of one turn in one transaction, after that turn', async () => {
    const { store, path } = temporaryStore();
    const reader = new Database(path, { readonly: true });
    const versions = new Set([reader.pragma('data_version', { simple: true })]);
    const settled = appendAll(store.usage, many(64));
    expect(store.usage.recent(10)).toEqual([]);
    await settled;
    versions.add(reader.pragma('data_version', { simple: true }));
    expect(store.usage.recent(100)).toHaveLength(64);
    expect(versions.size).toBe(2);
    reader.close();
  });

  it('refuse one bad row without losing its neighbours', async () => {
    const { store } = temporaryStore();
    const results = await Promise.allSettled([
      store.usage.append({ ...usage, id: 'good-1' }),
      store.usage.append({ ...usage, id: 'bad', tokensInput: Number.NaN }),
      store.usage.append({ ...usage, id: 'good-2' }),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(store.usage.recent(10).map(({ id }) => id)).toEqual(['good-2', 'good-1']);
  });

  it('reject with the reason while the disk is full, log it once, and go on afterwards', async () => {
    const path = join(temporaryFolder(), 'storage.sqlite');
    const database = openDatabase(path, stillClock);
    onTestFinished(() => void database.close());
    const log = keepingLog();
    const repository = usageRepository({ database, path, log, clock: stillClock }, rollupRepository(database));
    const pages = database.pragma('page_count', { simple: true });
    database.pragma(`max_page_count = ${String(pages)}`);
    const attempt = (): Promise<PromiseSettledResult<void>[]> =>
      Promise.allSettled(many(500).map((record) => repository.append(record)));
    const [first] = await attempt();
    expect(first).toMatchObject({
      status: 'rejected',
      reason: { message: expect.stringMatching(/^The disk is full: .*storage\.sqlite/) },
    });
    await attempt();
    expect(log.lines.map(({ message }) => message)).toEqual(['Usage cannot be recorded.']);
    expect(repository.recent(10)).toEqual([]);
    database.pragma('max_page_count = 100000');
    await attempt();
    expect(repository.recent(1_000)).toHaveLength(500);
    expect(log.lines.at(-1)?.message).toBe('Usage is recorded again.');
  });

  it('write what is queued when the store closes, and refuse what comes later', async () => {
    const { store, path } = temporaryStore();
    const queued = store.usage.append(usage);
    await store.close();
    await expect(queued).resolves.toBeUndefined();
    await expect(store.usage.append(usage)).rejects.toMatchObject({ code: 'shutting_down' });
    expect(temporaryStore(path).store.usage.recent(10)).toHaveLength(1);
  });

  it('lose no awaited row when the process is killed', async () => {
    const path = join(temporaryFolder(), 'storage.sqlite');
    const child = spawn(process.execPath, [join(import.meta.dirname, 'append-until-killed.ts'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const confirmed = await killAfter(child, 2_000);
    expect(confirmed.length).toBeGreaterThanOrEqual(2_000);
    const { store } = temporaryStore(path);
    expect(store.integrityCheck()).toBe('ok');
    const database = new Database(path, { readonly: true });
    const kept = new Set(database.prepare('SELECT request_id FROM usage_history').pluck().all());
    database.close();
    expect(confirmed.filter((id) => !kept.has(id))).toEqual([]);
  });
});

/** The lines the child wrote until it was killed, which happens after `count` of them; a cut last line is left out. */
async function killAfter(child: ChildProcess, count: number): Promise<string[]> {
  let text = '';
  let lines = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    lines += chunk.toString().split('\n').length - 1;
    if (lines >= count) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return text.split('\n').slice(0, -1);
}

describe('usage.history', () => {
  const rows = many(40, (index) => ({
    provider: index < 4 ? '' : index % 2 === 0 ? 'openai' : 'groq',
    model: index < 4 ? '' : `m-${index % 3}`,
    costUsd: index % 5 === 0 ? null : 0.25,
    startedAtMs: NOW_MS - index * minute,
    connectionId: `c${index % 2}`,
  }));

  it('sums all rows, and by provider, model, account and key', async () => {
    const { store } = temporaryStore();
    await appendAll(store.usage, rows);
    const history = store.usage.history(NOW_MS);
    expect(history.totals).toMatchObject({ requests: 40, promptTokens: 4_000, completionTokens: 800, costUsd: 8 });
    expect(Object.keys(history.byProvider).toSorted()).toEqual(['groq', 'openai']);
    expect(history.byProvider['openai']?.requests).toBe(18);
    expect(Object.keys(history.byModel)).toHaveLength(6);
    expect(history.byModel['groq/m-1']?.requests).toBe(6);
    expect(history.byAccount['c1']?.requests).toBe(20);
    expect(history.byApiKey).toEqual({ a1: history.totals });
  });

  it('gives ten minutes, the oldest first', async () => {
    const { store } = temporaryStore();
    await appendAll(store.usage, [...rows, { ...usage, id: 'late', startedAtMs: NOW_MS + 1_000 }]);
    const minutes = store.usage.history(NOW_MS).last10Minutes;
    expect(minutes.map(({ requests }) => requests)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2]);
    expect(minutes[9]).toMatchObject({ requests: 2, promptTokens: 200, completionTokens: 40, costUsd: 0.5 });
  });

  it('is the same read once, read after each row, and read anew', async () => {
    const { store, path } = temporaryStore();
    for (const row of rows) {
      await store.usage.append(row);
      store.usage.history(NOW_MS);
    }
    expect(store.usage.history(NOW_MS)).toEqual(temporaryStore(path).store.usage.history(NOW_MS));
  });

  it('of no rows is zero everywhere', () => {
    const { totals, byProvider, last10Minutes } = temporaryStore().store.usage.history(NOW_MS);
    expect(totals).toMatchObject({ requests: 0, promptTokens: 0, completionTokens: 0, costUsd: 0 });
    expect(byProvider).toEqual({});
    expect(last10Minutes).toHaveLength(10);
  });
});

describe('usage.prune', () => {
  it('pitfall 32: removes what started before the limit, in several batches; the sums still count it', async () => {
    const { store } = temporaryStore();
    await appendAll(
      store.usage,
      many(2_500, (index) => ({ startedAtMs: index })),
    );
    expect(store.usage.history(NOW_MS).totals.requests).toBe(2_500);
    let removed = 0;
    for (let count = store.usage.prune(2_400); count > 0; count = store.usage.prune(2_400)) removed += count;
    expect(removed).toBe(2_400);
    expect(store.usage.history(NOW_MS).totals.requests).toBe(2_500);
    await store.usage.append({ ...usage, id: 'later' });
    expect(store.usage.history(NOW_MS).totals.requests).toBe(2_501);
    expect(store.usage.recent(1_000).at(-1)?.startedAtMs).toBe(2_400);
  });
});
