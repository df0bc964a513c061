import { afterAll, beforeAll, expect, it } from 'vitest';
import { objectsOf } from '../../core/base/json.ts';
import { usage } from '../store/records.ts';
import { type ManagementServer, startManagement } from '../support/management-server.ts';

let server: ManagementServer;
beforeAll(async () => {
  server = await startManagement();
  const { store } = server.services;
  await store.usage.append({ ...usage, id: 'plain' });
  await store.usage.append({
    ...usage,
    id: 'fallen',
    attempts: 2,
    attemptLog: [
      { provider: 'one', model: 'm', startedAfterMs: 0, durationMs: 5, outcome: 'error', errorCode: 'upstream_quota' },
      { provider: 'two', model: 'm', startedAfterMs: 5, durationMs: 9, outcome: 'ok' },
    ],
  });
  store.bodies.put({ requestId: 'fallen', createdAtMs: 1, request: '{"model":"m"}', response: '{"ok":true}' });
});
afterAll(() => server.stop());

it('lists requests, newest first', async () => {
  const { body } = await server.own('GET', '/api/usage/call-logs?limit=10');
  expect(objectsOf(body['logs']).map(({ id }) => id)).toEqual(['fallen', 'plain']);
});

it('tells one request with its attempts and, where kept, its bodies', async () => {
  const fallen = await server.own('GET', '/api/usage/call-logs/fallen');
  expect(fallen.body).toMatchObject({
    id: 'fallen',
    attempts: 2,
    attemptLog: [
      { provider: 'one', errorCode: 'upstream_quota' },
      { provider: 'two', outcome: 'ok' },
    ],
    requestBody: '{"model":"m"}',
    responseBody: '{"ok":true}',
  });
  const plain = await server.own('GET', '/api/usage/call-logs/plain');
  expect(objectsOf(plain.body['attemptLog'])).toHaveLength(1);
  expect(plain.body).not.toHaveProperty('requestBody');
  expect((await server.own('GET', '/api/usage/call-logs/nobody')).status).toBe(404);
});

it('gives the newest as lines of text', async () => {
  const { body } = await server.own('GET', '/api/usage/logs');
  expect(body['lines']).toHaveLength(2);
  expect(String(body['lines'])).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z \| [^|]+ \| [A-Z0-9-]+ \| [^|]+ \| \d+ \| \d+ \| \d+/,
  );
});

it('refuses a limit beyond the bound', async () => {
  expect((await server.own('GET', '/api/usage/call-logs?limit=501')).status).toBe(400);
});

it('tells what the cache holds', async () => {
  expect((await server.own('GET', '/api/cache')).body).toEqual({
    semanticCache: { memoryEntries: 0, dbEntries: 0, hits: 0, misses: 0, hitRate: '0.0', tokensSaved: 0 },
    similarAnswers: { enabled: false, entries: 2, hits: 0 },
    signatureCache: { entries: 3, hits: 1, misses: 1, hitRate: '50.0' },
    idempotency: { activeKeys: 0, windowMs: 5_000 },
  });
  expect((await server.own('GET', '/api/cache/stats')).body).toMatchObject({ size: 0, maxSize: 500, hitRate: '0.0' });
  expect((await server.own('DELETE', '/api/cache/stats')).body).toEqual({ ok: true, expiredRemoved: 0 });
});
