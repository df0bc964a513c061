import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { apiKey, combo, connection, node } from './records.ts';
import { NOW_MS, temporaryStore } from './temporary-store.ts';

function sql(path: string, statement: string, ...values: unknown[]): void {
  const database = new Database(path);
  database.prepare(statement).run(...values);
  database.close();
}

describe('repositories', () => {
  it('give back what was inserted, with all members and with the required ones only', () => {
    const { store } = temporaryStore();
    const { email, displayName, sealedApiKey, defaultModel, lastError, lastErrorAtMs, ...some } = connection;
    const { lastTestedAtMs, lastUsedAtMs, ...plain } = some;
    const { apiType, ...plainNode } = node;
    const { lastUsedAtMs: never, ...plainKey } = apiKey;
    store.connections.insert(connection);
    store.connections.insert({ ...plain, id: 'c2', isActive: false });
    store.nodes.insert(node);
    store.nodes.insert({ ...plainNode, id: 'n2', type: 'gemini-compatible' });
    store.combos.insert(combo);
    store.apiKeys.insert(apiKey);
    store.apiKeys.insert({ ...plainKey, id: 'a2', keyHash: 'cd', scopes: [], allowedModels: [], isActive: false });
    expect(store.connections.get('c1')).toStrictEqual(connection);
    expect(store.connections.get('c2')).toStrictEqual({ ...plain, id: 'c2', isActive: false });
    expect(store.nodes.get(node.id)).toStrictEqual(node);
    expect(store.nodes.get('n2')).toStrictEqual({ ...plainNode, id: 'n2', type: 'gemini-compatible' });
    expect(store.combos.list()).toStrictEqual([combo]);
    expect(store.apiKeys.get('a1')).toStrictEqual(apiKey);
    expect(store.apiKeys.get('a2')).toStrictEqual({
      ...plainKey,
      id: 'a2',
      keyHash: 'cd',
      scopes: [],
      allowedModels: [],
      isActive: false,
    });
    expect(store.connections.get('nobody')).toBeUndefined();
  });

  it('list connections by provider, then priority', () => {
    const { store } = temporaryStore();
    for (const [id, provider, priority] of [
      ['x', 'openai', 2],
      ['y', 'groq', 1],
      ['z', 'openai', 1],
    ] as const)
      store.connections.insert({ ...connection, id, provider, priority });
    expect(store.connections.list().map(({ id }) => id)).toEqual(['y', 'z', 'x']);
  });

  it('change named members, clear those given as undefined, keep the others, and note the time', () => {
    const { store } = temporaryStore();
    store.connections.insert(connection);
    const changed = store.connections.update('c1', { priority: 7, lastError: undefined, lastErrorAtMs: undefined });
    const { lastError, lastErrorAtMs, ...rest } = connection;
    expect(changed).toStrictEqual({ ...rest, priority: 7, updatedAtMs: NOW_MS });
    expect(store.connections.get('c1')).toStrictEqual(changed);
    expect(store.connections.update('c1', { updatedAtMs: 5 }).updatedAtMs).toBe(5);
  });

  it('leave columns alone that no record names', () => {
    const { store, path } = temporaryStore();
    store.connections.insert(connection);
    sql(path, "UPDATE provider_connections SET project_id = 'p-1' WHERE id = 'c1'");
    store.connections.update('c1', { name: 'Home' });
    const database = new Database(path);
    expect(database.prepare('SELECT name, project_id FROM provider_connections').get()).toEqual({
      name: 'Home',
      project_id: 'p-1',
    });
    database.close();
  });

  it('refuse unknown ids and taken ones', () => {
    const { store } = temporaryStore();
    store.combos.insert(combo);
    expect(() => store.combos.update('nobody', { name: 'x' })).toThrow(
      expect.objectContaining({ code: 'not_found', message: 'There is no combo with the id "nobody".' }),
    );
    expect(() => store.combos.insert({ ...combo, id: 'k2' })).toThrow(
      expect.objectContaining({ code: 'conflict', message: 'This name is in use already. Choose another one.' }),
    );
    expect(() => store.combos.insert({ ...combo, name: 'other' })).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
    expect(store.combos.remove('k1')).toBe(true);
    expect(store.combos.remove('k1')).toBe(false);
  });

  it('read combos as the original system wrote them: plain strings beside objects', () => {
    const { store, path } = temporaryStore();
    sql(
      path,
      'INSERT INTO combos VALUES (?, ?, ?, 1, 2)',
      'k',
      'mix',
      '{"name":"mix","models":["cc/opus",{"model":"ds/chat","weight":3},7]}',
    );
    expect(store.combos.get('k')).toStrictEqual({
      id: 'k',
      name: 'mix',
      strategy: 'priority',
      models: [{ model: 'cc/opus' }, { model: 'ds/chat', weight: 3 }],
      createdAtMs: 1,
      updatedAtMs: 2,
    });
  });

  it('name table and row of a damaged cell, keep the other rows, and tell the log once', () => {
    const { store, path, log } = temporaryStore();
    store.combos.insert(combo);
    sql(path, "INSERT INTO combos VALUES ('broken', 'b', '{\"models\":[', 1, 1)");
    expect(store.combos.list()).toStrictEqual([combo]);
    expect(store.combos.list()).toHaveLength(1);
    expect(() => store.combos.get('broken')).toThrow(
      'The cell data of row "broken" in the table combos is not valid JSON.',
    );
    expect(log.lines).toHaveLength(1);
    expect(log.lines[0]?.text).toContain('combos/broken');
  });

  it('never read a damaged list of allowed models as the empty one, which allows all', () => {
    const { store, path } = temporaryStore();
    store.apiKeys.insert(apiKey);
    for (const damaged of ['[5]', '{}', 'null', '[']) {
      sql(path, 'UPDATE api_keys SET allowed_models = ?', damaged);
      expect(() => store.apiKeys.get('a1')).toThrow('allowed_models of row "a1" in the table api_keys');
      expect(store.apiKeys.list()).toEqual([]);
    }
  });
});

describe('key values', () => {
  it('hold any JSON by namespace and key', () => {
    const { store } = temporaryStore();
    store.keyValues.set('settings', 'a', { deep: [1, null, 'x'] });
    store.keyValues.set('settings', 'b', false);
    store.keyValues.set('settings', 'a', { deep: 2 });
    store.keyValues.set('other', 'a', 'y');
    expect(store.keyValues.get('settings', 'a')).toEqual({ deep: 2 });
    expect(store.keyValues.entries('settings')).toEqual([
      ['a', { deep: 2 }],
      ['b', false],
    ]);
    expect(store.keyValues.remove('settings', 'b')).toBe(true);
    expect(store.keyValues.get('settings', 'b')).toBeUndefined();
    expect(store.keyValues.remove('settings', 'b')).toBe(false);
  });

  it('tell a damaged value by namespace and key, and leave it out of the entries', () => {
    const { store, path } = temporaryStore();
    store.keyValues.set('settings', 'good', 1);
    sql(path, "INSERT INTO key_value VALUES ('settings', 'bad', '{')");
    expect(() => store.keyValues.get('settings', 'bad')).toThrow('row "settings/bad" in the table key_value');
    expect(store.keyValues.entries('settings')).toEqual([['good', 1]]);
  });
});

describe('custom models', () => {
  it('are added, replaced, listed and removed by provider', () => {
    const { store } = temporaryStore();
    const [first, second] = [
      { provider: 'openai', modelId: 'org/m-1', source: 'manual', name: 'One', contextTokens: 1_000 },
      { provider: 'groq', modelId: 'm-2', source: 'import' },
    ];
    store.customModels.put(first);
    store.customModels.put(second);
    store.customModels.put({ ...first, maxOutputTokens: 9 });
    expect(store.customModels.list('openai')).toStrictEqual([{ ...first, maxOutputTokens: 9 }]);
    expect(store.customModels.list()).toHaveLength(2);
    expect(store.keyValues.get('customModels', 'groq')).toEqual([{ id: 'm-2', source: 'import' }]);
    expect(store.customModels.remove('groq', 'm-2')).toBe(true);
    expect(store.customModels.remove('groq', 'm-2')).toBe(false);
    expect(store.customModels.list()).toHaveLength(1);
  });
});

describe('transaction', () => {
  it('takes all back when one part fails, and passes the failure on as it was', () => {
    const { store } = temporaryStore();
    const failure = new RangeError('mine');
    expect(() =>
      store.transaction(() => {
        store.connections.insert(connection);
        store.keyValues.set('a', 'b', 1);
        throw failure;
      }),
    ).toThrow(failure);
    expect(store.connections.list()).toEqual([]);
    expect(store.keyValues.get('a', 'b')).toBeUndefined();
    expect(store.transaction(() => store.transaction(() => 5))).toBe(5);
  });
});

describe('dependsOnVaultKey', () => {
  it('is true for each kind of row that a lost key would ruin, also an unreadable one', () => {
    const { store, path } = temporaryStore();
    expect(store.dependsOnVaultKey()).toBe(false);
    store.apiKeys.insert(apiKey);
    expect(store.dependsOnVaultKey()).toBe(true);
    store.apiKeys.remove('a1');
    store.connections.insert(connection);
    sql(path, "UPDATE provider_connections SET auth_type = 'damaged'");
    expect(store.connections.list()).toEqual([]);
    expect(store.dependsOnVaultKey()).toBe(true);
    store.connections.remove('c1');
    store.keyValues.set('proxyConfig', 'global', { password: 'enc:v2:AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA' });
    expect(store.dependsOnVaultKey()).toBe(true);
  });
});
