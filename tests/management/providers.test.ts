import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray } from '../../core/base/json.ts';
import { idOf, part, refused as refusedBy, write as writeBy } from '../support/management-calls.ts';
import { GOOD_KEY, type ManagementServer, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
});
afterAll(() => server.stop());

const UPSTREAM_SECRET = 'sk-upstream-secret-0123456789';
const write = (method: string, path: string, body?: unknown) => writeBy(server, method, path, body);
const refused = (method: string, path: string, body: unknown, param: string) =>
  refusedBy(server, `${method} ${path}`, body, param);

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
      rateLimitProtection: false,
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
    'http://a.example/v1?',
    'http://a.example/v1#',
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
    const one = await server.own('GET', '/api/models/catalog?provider=openai');
    expect(Object.keys(part(one, 'catalog'))).toEqual(['openai']);
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
