import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part, write as writeBy } from '../support/management-calls.ts';
import { type ManagementServer, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
});
afterAll(() => server.stop());

const write = (method: string, path: string, body?: unknown) => writeBy(server, method, path, body);

describe('the rules of combos', () => {
  it('are stored with the combo; an unknown member is refused', async () => {
    const config = { maxRetries: 2, retryDelayMs: 100, timeoutMs: 5_000, concurrencyPerModel: 3, queueTimeoutMs: 10 };
    const made = await write('POST', '/api/combos', { name: 'ruled', models: ['ds/a'], config });
    expect(part(made, 'combo')['config']).toEqual(config);
    const wrong = await write('POST', '/api/combos', { name: 'odd', models: ['ds/a'], config: { maxRetrys: 2 } });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('maxRetrys');
  });
  it('for all combos are read and changed', async () => {
    const rules = { comboDefaults: { maxRetries: 3 }, providerOverrides: { deepseek: { timeoutMs: 9_000 } } };
    expect((await write('PATCH', '/api/settings/combo-defaults', rules)).body).toEqual(rules);
    expect((await server.own('GET', '/api/settings/combo-defaults')).body).toEqual(rules);
    expect(server.services.settings.current()).toMatchObject(rules);
    expect((await write('PATCH', '/api/settings/combo-defaults', { comboDefault: {} })).status).toBe(400);
  });
});

describe('the test of a combo', () => {
  it('tries every model and names the first that works', async () => {
    const models = ['ds/bad-1', ...Array.from({ length: 8 }, (_, at) => `ds/good-${at}`)];
    await write('POST', '/api/combos', { name: 'tested', models });
    const { status, body } = await server.own('POST', '/api/combos/test', { comboName: 'tested' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ comboName: 'tested', strategy: 'priority', resolvedBy: 'ds/good-0' });
    expect(body['results']).toEqual([
      { model: 'ds/bad-1', status: 'error', statusCode: 502, error: 'It does not answer.', latencyMs: 7 },
      ...models.slice(1).map((model) => ({ model, status: 'ok', statusCode: 200, latencyMs: 5 })),
    ]);
  });
  it('tries one of its models alone, and no other', async () => {
    await write('POST', '/api/combos', { name: 'pair', models: ['ds/good-0', 'ds/bad-1'] });
    const one = await server.own('POST', '/api/combos/test', { comboName: 'pair', model: 'ds/bad-1' });
    expect(one.body).toMatchObject({ resolvedBy: null, results: [{ model: 'ds/bad-1', status: 'error' }] });
    expect((await server.own('POST', '/api/combos/test', { comboName: 'pair', model: 'ds/x' })).status).toBe(404);
  });
  it('of an unknown combo is a 404', async () => {
    expect((await server.own('POST', '/api/combos/test', { comboName: 'none' })).status).toBe(404);
  });
});

describe('fallback chains', () => {
  it('are made by name, replaced and removed', async () => {
    expect((await write('POST', '/api/fallback/chains', { name: 'house', models: ['ds/a', 'groq/b'] })).body).toEqual({
      chains: { house: ['ds/a', 'groq/b'] },
    });
    await write('POST', '/api/fallback/chains', { name: 'house', models: ['ds/c'] });
    expect((await server.own('GET', '/api/fallback/chains')).body).toEqual({ chains: { house: ['ds/c'] } });
    expect((await write('DELETE', '/api/fallback/chains', { name: 'house' })).body).toEqual({ chains: {} });
    expect((await write('DELETE', '/api/fallback/chains', { name: 'house' })).status).toBe(404);
  });
  it('are made by model, in order of priority, enabled ones only', async () => {
    const chain = [
      { provider: 'openai', priority: 3, enabled: true },
      { provider: 'groq', priority: 1, enabled: true },
      { provider: 'off', priority: 2, enabled: false },
    ];
    expect((await write('POST', '/api/fallback/chains', { model: 'ds/a', chain })).body).toEqual({
      chains: { 'ds/a': ['ds/a', 'groq/a', 'openai/a'] },
    });
    expect((await write('DELETE', '/api/fallback/chains', { model: 'ds/a' })).body).toEqual({ chains: {} });
  });
  it('of neither form are refused', async () => {
    expect((await write('POST', '/api/fallback/chains', { name: 'x', chain: [] })).status).toBe(400);
  });
});

describe('metrics', () => {
  it('are empty before the first request', async () => {
    expect((await server.own('GET', '/api/combos/metrics?combo=none')).body).toEqual({ metrics: {} });
  });
});
