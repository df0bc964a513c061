import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asObject, asString, type JsonObject } from '../../core/base/json.ts';
import {
  type Answer,
  GOOD_KEY,
  type ManagementServer,
  PASSWORD,
  startManagement,
} from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
});
afterAll(() => server.stop());

const UPSTREAM_SECRET = 'sk-upstream-secret-0123456789';
const part = (answer: Answer, name: string): JsonObject => asObject(answer.body[name]) ?? {};
const idOf = (answer: Answer, name: string): string => asString(part(answer, name)['id']) ?? '';

/** Runs a write and returns its answer; routing must hear of it once it succeeded. */
async function write(method: string, path: string, body?: unknown): Promise<Answer> {
  const before = server.changes();
  const answer = await server.own(method, path, body);
  expect(server.changes() - before, `${method} ${path} ${answer.text}`).toBe(answer.status < 300 ? 1 : 0);
  return answer;
}

async function refused(method: string, path: string, body: unknown, param: string | null): Promise<string> {
  const answer = await write(method, path, body);
  expect([answer.status, answer.body]).toMatchObject([
    400,
    { error: { type: 'invalid_request_error', code: 'invalid_request', param } },
  ]);
  return asString(part(answer, 'error')['message']) ?? '';
}

describe('providers', () => {
  it('a connection is created, read, changed and removed; its key never comes back', async () => {
    const made = await write('POST', '/api/providers', {
      provider: 'ds',
      apiKey: ` ${UPSTREAM_SECRET}\n`,
      name: 'work',
      priority: 2,
      globalPriority: 1,
    });
    expect(made.status).toBe(201);
    expect(part(made, 'connection')).toEqual({
      id: expect.any(String),
      provider: 'deepseek',
      authType: 'apikey',
      name: 'work',
      priority: 2,
      isActive: true,
      hasApiKey: true,
      testStatus: 'unknown',
      createdAt: '2026-01-02T03:04:05.000Z',
      updatedAt: '2026-01-02T03:04:05.000Z',
    });
    const id = idOf(made, 'connection');
    expect(
      server.services.accounts
        .open()
        .find((account) => account.id === id)
        ?.key?.reveal(),
    ).toBe(UPSTREAM_SECRET);
    const changed = await write('PUT', `/api/providers/${id}`, {
      name: 'home',
      isActive: false,
      defaultModel: 'deepseek-chat',
    });
    expect(part(changed, 'connection')).toMatchObject({
      name: 'home',
      isActive: false,
      defaultModel: 'deepseek-chat',
      hasApiKey: true,
    });
    const cleared = await write('PUT', `/api/providers/${id}`, { defaultModel: null });
    expect(part(cleared, 'connection')['defaultModel']).toBeUndefined();
    const texts = [
      made,
      changed,
      await server.own('GET', `/api/providers/${id}`),
      await server.own('GET', '/api/providers'),
    ].map(({ text }) => text);
    expect(texts.join()).not.toMatch(/upstream-secret|sealed/);
    expect((await write('DELETE', `/api/providers/${id}`)).body).toEqual({
      message: 'The connection "home" was removed.',
    });
    expect((await server.own('GET', `/api/providers/${id}`)).status).toBe(404);
    expect((await write('DELETE', `/api/providers/${id}`)).status).toBe(404);
  });

  it('wrong input names its field', async () => {
    expect(await refused('POST', '/api/providers', { provider: 'openai', apiKey: 'k' }, 'name')).toBe(
      '"name" is required.',
    );
    expect(await refused('POST', '/api/providers', { name: 'a', apiKey: 'k' }, 'provider')).toBe(
      '"provider" is required.',
    );
    expect(
      await refused('POST', '/api/providers', { provider: 'nobody', apiKey: 'k', name: 'a' }, 'provider'),
    ).toContain('"nobody"');
    await refused('POST', '/api/providers', { provider: 'openai', apiKey: 'a\nb', name: 'a' }, 'apiKey');
    await refused('POST', '/api/providers', { provider: 'openai', apiKey: 'k', name: 'a', priority: 0 }, 'priority');
  });

  it('CVE-2024-6587: a connection cannot bring its own base URL, header or proxy', async () => {
    for (const field of ['baseUrl', 'headers', 'proxy', 'hosts']) {
      expect(
        await refused(
          'POST',
          '/api/providers',
          { provider: 'openai', apiKey: 'k', name: 'a', [field]: 'http://127.0.0.1' },
          field,
        ),
      ).toContain(field);
    }
  });

  it('are tested alone, before they are kept, and together', async () => {
    const good = idOf(
      await write('POST', '/api/providers', { provider: 'openai', apiKey: GOOD_KEY, name: 'good' }),
      'connection',
    );
    const bad = idOf(
      await write('POST', '/api/providers', { provider: 'groq', apiKey: 'bad', name: 'bad' }),
      'connection',
    );
    expect((await server.own('POST', `/api/providers/${good}/test`)).body).toEqual({
      valid: true,
      error: null,
      statusCode: 200,
      latencyMs: 3,
    });
    expect((await server.own('POST', `/api/providers/${bad}/test`, {})).body).toMatchObject({
      valid: false,
      error: 'Invalid API key',
      statusCode: 401,
    });
    expect(
      (await server.own('POST', '/api/providers/validate', { provider: 'openai', apiKey: 'bad' })).body,
    ).toMatchObject({ valid: false });
    expect((await server.own('POST', '/api/providers/nobody/test')).status).toBe(404);
    const all = await server.own('POST', '/api/providers/test-batch', { mode: 'all' });
    expect(all.body).toMatchObject({
      mode: 'all',
      summary: { total: 2, passed: 1, failed: 1 },
      testedAt: '2026-01-02T03:04:05.000Z',
    });
    const one = await server.own('POST', '/api/providers/test-batch', { mode: 'provider', providerId: 'openai' });
    expect(one.body).toMatchObject({
      results: [{ connectionId: good, provider: 'openai', name: 'good', valid: true }],
    });
    expect((await server.own('POST', '/api/providers/test-batch', { mode: 'free' })).body).toMatchObject({
      summary: { total: 1, failed: 1 },
    });
    await refused('POST', '/api/providers/test-batch', { mode: 'provider' }, 'providerId');
    await refused('POST', '/api/providers/test-batch', { mode: 'some' }, 'mode');
  });

  it('list their models; a key the provider refuses is a 502, not the end of this session', async () => {
    const made = await write('POST', '/api/providers', { provider: 'deepseek', apiKey: GOOD_KEY, name: 'models' });
    const id = idOf(made, 'connection');
    expect((await server.own('GET', `/api/providers/${id}/models`)).body).toEqual({
      provider: 'deepseek',
      connectionId: id,
      models: [
        { id: 'deepseek-chat', name: 'DeepSeek Chat' },
        { id: 'new-model', name: 'new-model' },
      ],
    });
    await write('PUT', `/api/providers/${id}`, { apiKey: 'bad' });
    const failed = await server.own('GET', `/api/providers/${id}/models`);
    expect([failed.status, failed.body]).toMatchObject([
      502,
      { error: { code: 'upstream_auth', type: 'server_error' } },
    ]);
  });
});

describe('custom endpoints', () => {
  const NODE = {
    name: 'Mine',
    prefix: 'mine',
    type: 'openai-compatible',
    apiType: 'responses',
    baseUrl: 'http://127.0.0.1:9/v1/',
  };

  it('are created, used by a connection, changed, and removed with all that hangs on them', async () => {
    const made = await write('POST', '/api/provider-nodes', NODE);
    expect(made.status).toBe(201);
    expect(part(made, 'node')).toMatchObject({
      ...NODE,
      id: expect.stringMatching(/^openai-compatible-responses-[a-z0-9]{24}$/),
      baseUrl: 'http://127.0.0.1:9/v1',
    });
    const id = idOf(made, 'node');
    const connection = await write('POST', '/api/providers', { provider: id, name: 'own' });
    expect(part(connection, 'connection')).toMatchObject({ provider: id, hasApiKey: false });
    await write('POST', '/api/provider-models', { provider: 'mine', modelId: 'org/model' });
    expect(
      part(
        await write('PUT', `/api/provider-nodes/${id}`, { baseUrl: 'http://127.0.0.1:10/v1', apiType: 'chat' }),
        'node',
      ),
    ).toMatchObject({
      baseUrl: 'http://127.0.0.1:10/v1',
      apiType: 'chat',
      name: 'Mine',
    });
    expect(asArray((await server.own('GET', '/api/provider-nodes')).body['nodes'])).toHaveLength(1);
    expect((await write('DELETE', `/api/provider-nodes/${id}`)).status).toBe(200);
    expect((await server.own('GET', `/api/providers/${idOf(connection, 'connection')}`)).status).toBe(404);
    expect(server.services.store.customModels.list(id)).toEqual([]);
    expect((await server.own('GET', `/api/provider-nodes/${id}`)).status).toBe(404);
  });

  it('default to chat; other protocols have no API type', async () => {
    expect(
      part(
        await write('POST', '/api/provider-nodes', {
          name: 'C',
          prefix: 'chat1',
          type: 'openai-compatible',
          baseUrl: 'https://c.example/v1',
        }),
        'node',
      ),
    ).toMatchObject({ apiType: 'chat' });
    const claude = await write('POST', '/api/provider-nodes', {
      name: 'A',
      prefix: 'claude1',
      type: 'anthropic-compatible',
      baseUrl: 'https://a.example/v1',
    });
    expect(part(claude, 'node')['apiType']).toBeUndefined();
    await refused('POST', '/api/provider-nodes', { ...NODE, prefix: 'g', type: 'gemini-compatible' }, 'apiType');
    await refused('PUT', `/api/provider-nodes/${idOf(claude, 'node')}`, { type: 'openai-compatible' }, 'type');
  });

  it.each([
    'ftp://a.example/v1',
    'a.example/v1',
    'http://user:secret@a.example',
    'http://a.example/v1?key=1',
    'javascript:alert(1)',
    '',
  ])('%s is no base URL', async (baseUrl) => {
    await refused('POST', '/api/provider-nodes', { ...NODE, prefix: 'other', baseUrl }, 'baseUrl');
  });

  it('a prefix leads to one place', async () => {
    await refused('POST', '/api/provider-nodes', { ...NODE, prefix: 'a/b' }, 'prefix');
    expect(await refused('POST', '/api/provider-nodes', { ...NODE, prefix: 'DS' }, 'prefix')).toContain('DeepSeek');
    await write('POST', '/api/provider-nodes', { ...NODE, prefix: 'taken' });
    expect(await refused('POST', '/api/provider-nodes', { ...NODE, prefix: 'taken' }, 'prefix')).toContain('Mine');
  });
});

describe('models', () => {
  it('custom ones are listed by provider, stand in the catalog, and go', async () => {
    const made = await write('POST', '/api/provider-models', {
      provider: 'ds',
      modelId: 'deepseek-v9',
      modelName: 'Nine',
    });
    expect([made.status, made.body]).toEqual([200, { model: { id: 'deepseek-v9', name: 'Nine', source: 'manual' } }]);
    expect((await server.own('GET', '/api/provider-models?provider=deepseek')).body).toEqual({
      models: [{ id: 'deepseek-v9', name: 'Nine', source: 'manual' }],
    });
    expect((await server.own('GET', '/api/provider-models')).body).toMatchObject({
      models: { deepseek: [{ id: 'deepseek-v9' }] },
    });
    expect((await server.own('GET', '/api/models/catalog')).body).toMatchObject({
      catalog: {
        ds: {
          provider: 'deepseek',
          models: [
            { id: 'deepseek-chat', name: 'DeepSeek Chat', type: 'chat', custom: false },
            { id: 'deepseek-v9', name: 'Nine', type: 'chat', custom: true },
          ],
        },
        openai: { models: [{ id: 'gpt-5' }, { id: 'text-embedding-3-small', type: 'embedding' }] },
      },
    });
    expect((await write('DELETE', '/api/provider-models?provider=ds&model=deepseek-v9')).body).toEqual({
      removed: true,
    });
    expect((await server.own('DELETE', '/api/provider-models?provider=ds&model=deepseek-v9')).body).toEqual({
      removed: false,
    });
    await refused('POST', '/api/provider-models', { provider: 'ds' }, 'modelId');
    await refused('DELETE', '/api/provider-models?provider=ds', undefined, 'model');
  });

  it('aliases are set, listed and removed, wildcards too', async () => {
    const made = await write('PUT', '/api/models/alias', { alias: 'claude-sonnet-*', model: 'cc/claude-sonnet-4-5' });
    expect(made.body).toEqual({ success: true, alias: 'claude-sonnet-*', model: 'cc/claude-sonnet-4-5' });
    expect((await server.own('GET', '/api/models/alias')).body).toEqual({
      aliases: { 'claude-sonnet-*': 'cc/claude-sonnet-4-5' },
    });
    expect((await write('DELETE', '/api/models/alias?alias=claude-sonnet-*')).body).toEqual({
      success: true,
      removed: true,
    });
    await refused('PUT', '/api/models/alias', { alias: 'a/b', model: 'c' }, 'alias');
    await refused('PUT', '/api/models/alias', { alias: 'same', model: 'same' }, 'model');
    await refused('PUT', '/api/models/alias', { alias: 'x', model: '../../etc/passwd' }, 'model');
  });
});

describe('combos', () => {
  const combo = (name: string, ...models: unknown[]) =>
    write('POST', '/api/combos', { name, models, strategy: 'priority' });

  it('are created, read, changed and removed', async () => {
    const made = await combo('team/always-on_1.0', 'cc/claude-opus-4-6', { model: 'glm/glm-4.7', weight: 30 });
    expect(made.status).toBe(201);
    expect(part(made, 'combo')).toMatchObject({
      name: 'team/always-on_1.0',
      strategy: 'priority',
      models: ['cc/claude-opus-4-6', { model: 'glm/glm-4.7', weight: 30 }],
    });
    const id = idOf(made, 'combo');
    expect(part(await write('PUT', `/api/combos/${id}`, { strategy: 'weighted' }), 'combo')).toMatchObject({
      strategy: 'weighted',
      name: 'team/always-on_1.0',
    });
    expect(part(await server.own('GET', `/api/combos/${id}`), 'combo')['models']).toHaveLength(2);
    expect((await write('DELETE', `/api/combos/${id}`)).status).toBe(200);
    expect((await server.own('GET', `/api/combos/${id}`)).status).toBe(404);
  });

  it('a wrong one names its field', async () => {
    await refused('POST', '/api/combos', { name: 'has space', models: ['a/b'] }, 'name');
    await refused('POST', '/api/combos', { name: 'a/../b', models: ['a/b'] }, 'name');
    await refused('POST', '/api/combos', { name: 'x'.repeat(101), models: ['a/b'] }, 'name');
    await refused('POST', '/api/combos', { name: 'empty', models: [] }, 'models');
    await refused('POST', '/api/combos', { name: 'no-models' }, 'models');
    await refused('POST', '/api/combos', { name: 'odd', models: ['a/b', 7] }, 'models[1]');
    await refused('POST', '/api/combos', { name: 'heavy', models: [{ model: 'a/b', weight: 101 }] }, 'models[0].weight');
    await refused('POST', '/api/combos', { name: 'odd', models: ['a/b'], strategy: 'best' }, 'strategy');
  });

  it('a name is used once', async () => {
    await combo('once', 'a/b');
    expect(await refused('POST', '/api/combos', { name: 'once', models: ['a/b'] }, 'name')).toBe(
      'A combo "once" exists already.',
    );
  });

  it('cycles are refused with the combos named', async () => {
    await refused('POST', '/api/combos', { name: 'self', models: ['self'] }, 'models');
    const inner = idOf(await combo('inner', 'a/b'), 'combo');
    await combo('outer', 'inner', 'c/d');
    expect(await refused('PUT', `/api/combos/${inner}`, { models: ['outer'] }, 'models')).toMatch(
      /inner → outer → inner|outer → inner → outer/,
    );
  });

  it('three levels nest, four do not', async () => {
    await combo('level-3', 'a/b');
    await combo('level-2', 'level-3');
    await combo('level-1', 'level-2');
    expect(await refused('POST', '/api/combos', { name: 'level-0', models: ['level-1'] }, 'models')).toContain(
      'level-0 → level-1 → level-2 → level-3',
    );
  });

  it('a renamed one is followed, a used one is not removed', async () => {
    const used = idOf(await combo('used', 'a/b'), 'combo');
    const user = idOf(await combo('user', 'used'), 'combo');
    await write('PUT', `/api/combos/${used}`, { name: 'renamed' });
    expect(part(await server.own('GET', `/api/combos/${user}`), 'combo')['models']).toEqual(['renamed']);
    const kept = await write('DELETE', `/api/combos/${used}`);
    expect([kept.status, asString(part(kept, 'error')['message'])]).toEqual([
      409,
      'The combo "renamed" is used by "user". Take it out there first.',
    ]);
  });
});

describe('API keys', () => {
  it('are shown once, changed and revoked', async () => {
    const made = await write('POST', '/api/keys', { name: 'laptop', allowedModels: ['ds/*'], scopes: ['inference'] });
    expect(made.status).toBe(201);
    expect(made.body).toMatchObject({
      key: expect.stringMatching(/^sk-omr-[A-Za-z0-9]{40}$/),
      id: expect.any(String),
      name: 'laptop',
      allowedModels: ['ds/*'],
    });
    const { id, key } = made.body;
    const later = [await server.own('GET', '/api/keys'), await server.own('GET', `/api/keys/${id}`)];
    expect(later.map(({ text }) => text).join()).not.toMatch(new RegExp(`${key}|keyHash`));
    expect(later[1]?.body).toMatchObject({ key: { hint: String(key).slice(-4), isActive: true } });
    expect((await write('PATCH', `/api/keys/${id}`, { allowedModels: [], isActive: false })).body).toMatchObject({
      key: { allowedModels: [], isActive: false },
    });
    expect((await write('DELETE', `/api/keys/${id}`)).status).toBe(200);
    expect((await write('PATCH', `/api/keys/${id}`, { isActive: true })).status).toBe(404);
  });

  it('a misspelt limit is not a key for everything', async () => {
    expect(await refused('POST', '/api/keys', { name: 'x', allowedModel: ['ds/*'] }, 'allowedModel')).toBe(
      'There is no field "allowedModel" here.',
    );
    await refused('POST', '/api/keys', { name: 'x', scopes: [] }, 'scopes');
    await refused('POST', '/api/keys', { name: 'x', scopes: ['root'] }, 'scopes[0]');
    await refused('POST', '/api/keys', {}, 'name');
  });
});

describe('settings', () => {
  it('are read and changed by PATCH and PUT, without the password', async () => {
    const before = await server.own('GET', '/api/settings');
    expect(before.body).toMatchObject({
      requireApiKey: null,
      hasPassword: true,
      setupComplete: true,
      enableRequestLogs: false,
      pinned: ['enableRequestLogs'],
    });
    expect(before.text).not.toContain('scrypt');
    expect(
      (await write('PATCH', '/api/settings', { retentionDays: 30, allowedOrigins: ['https://App.example'] })).body,
    ).toMatchObject({
      retentionDays: 30,
      allowedOrigins: ['https://app.example'],
    });
    expect(
      (await write('PUT', '/api/settings', { ...(await server.own('GET', '/api/settings')).body, theme: 'dark' })).body,
    ).toMatchObject({ theme: 'dark', retentionDays: 30 });
    await refused('PATCH', '/api/settings', { enableRequestLogs: true }, 'enableRequestLogs');
    await refused('PATCH', '/api/settings', { requireLogin: false }, 'requireLogin');
    await refused('PATCH', '/api/settings', { allowedOrigins: ['*'] }, 'allowedOrigins[0]');
    await refused('PATCH', '/api/settings', { allowedHosts: ['*'] }, 'allowedHosts[0]');
    await refused('PATCH', '/api/settings', { retentionDay: 3 }, 'retentionDay');
  });

  it('the password changes with the current one; this session goes on, others end', async () => {
    const own = await startManagement();
    try {
      const login = await own.call('POST', '/api/auth/login', { password: PASSWORD });
      const cookie = (login.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
      const ask = (body: object) => own.call('PATCH', '/api/settings', body, { cookie });
      expect((await ask({ newPassword: 'a new password' })).body).toMatchObject({
        error: { param: 'currentPassword' },
      });
      expect((await ask({ currentPassword: PASSWORD, newPassword: 'short' })).body).toMatchObject({
        error: { param: 'newPassword' },
      });
      expect((await ask({ currentPassword: 'wrong', newPassword: 'a new password' })).status).toBe(401);
      const changed = await ask({ currentPassword: PASSWORD, newPassword: 'a new password' });
      expect(changed.status).toBe(200);
      expect((await own.own('GET', '/api/settings')).status).toBe(401);
      const fresh = (changed.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
      expect((await own.call('GET', '/api/settings', undefined, { cookie: fresh })).status).toBe(200);
    } finally {
      await own.stop();
    }
  });
});

describe('usage', () => {
  it('the history has the totals and what is under way', async () => {
    await server.services.store.usage.append({
      id: 'r1',
      startedAtMs: 0,
      durationMs: 5,
      requestedModel: 'ds/deepseek-chat',
      provider: 'deepseek',
      model: 'deepseek-chat',
      connectionId: 'c1',
      endpoint: '/v1/chat/completions',
      clientFormat: 'openai-chat',
      stream: false,
      attempts: 1,
      status: 200,
      outcome: 'ok',
      tokensInput: 10,
      tokensOutput: 4,
      tokensCacheRead: 0,
      tokensCacheCreation: 0,
      tokensReasoning: 0,
      isEstimated: false,
      costUsd: 0.5,
      losses: [],
    });
    const { body } = await server.own('GET', '/api/usage/history');
    const totals = { requests: 1, promptTokens: 10, completionTokens: 4, cost: 0.5 };
    expect(body).toMatchObject({
      totalRequests: 1,
      totalPromptTokens: 10,
      totalCompletionTokens: 4,
      totalCost: 0.5,
      byProvider: { deepseek: totals },
      byModel: { 'deepseek/deepseek-chat': totals },
      byAccount: { c1: totals },
      pending: 2,
      activeRequests: [{ model: 'gpt-5', provider: 'openai', account: 'work', count: 2 }],
    });
    expect(asArray(body['last10Minutes'])).toHaveLength(10);
  });
});
