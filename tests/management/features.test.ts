import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { asArray, asString } from '../../core/base/json.ts';
import { idOf, part, refused as refusedBy, write as writeBy } from '../support/management-calls.ts';
import { type ManagementServer, PASSWORD, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
});
afterAll(() => server.stop());

const write = (method: string, path: string, body?: unknown) => writeBy(server, method, path, body);
const refused = (method: string, path: string, body: unknown, param: string) =>
  refusedBy(server, `${method} ${path}`, body, param);

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
    await refused(
      'POST',
      '/api/combos',
      { name: 'heavy', models: [{ model: 'a/b', weight: 101 }] },
      'models[0].weight',
    );
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
