/** Who changed what is noted for every feature, without a value that was sent. */
import { expect, it } from 'vitest';
import { objectsOf } from '../../core/base/json.ts';
import { temporaryStore } from '../store/temporary-store.ts';
import { type ManagementServer, PASSWORD, startManagement } from '../support/management-server.ts';

const LOG = '/api/compliance/audit-log';
const newest = async (server: ManagementServer, query = ''): Promise<Record<string, unknown>[]> =>
  objectsOf((await server.own('GET', LOG + query)).body['entries']);

it('notes changes and sign-ins with actor, target and address, and what failed only for sign-ins', async () => {
  const server = await startManagement({ store: temporaryStore().store });
  await server.call('POST', '/api/auth/login', { password: 'a wrong password' });
  await server.call('POST', '/api/auth/login', { password: PASSWORD });
  const created = await server.own('POST', '/api/keys', { name: 'CI', scopes: ['management'] });
  const headers = { authorization: `Bearer ${String(created.body['key'])}` };
  await server.call('PATCH', '/api/settings', { theme: 'dark' }, headers);
  await server.own('POST', '/api/providers', { provider: 'deepseek', name: 'mine', apiKey: 'sk-planted-secret-key' });
  await server.own('POST', '/api/providers', { provider: 'nobody', name: 'mine' });
  await server.own('POST', '/api/providers/validate', { provider: 'deepseek', apiKey: 'sk-planted-secret-key' });
  await server.own('GET', '/api/usage/export');
  const ip = '127.0.0.1';
  expect(await newest(server)).toMatchObject([
    { actor: 'owner', action: 'usageExport.get' },
    { actor: 'owner', action: 'providers.create', target: 'mine', ip, details: 'provider, name, apiKey' },
    { actor: 'key CI', action: 'settings.patch', ip, details: 'theme' },
    { actor: 'owner', action: 'keys.create', target: 'CI' },
    { actor: 'owner', action: 'auth.login', ip },
    { actor: 'visitor', action: 'auth.login.failed', ip, details: 'password' },
  ]);
  const { text } = await server.own('GET', LOG);
  for (const secret of [PASSWORD, 'a wrong password', 'sk-planted', String(created.body['key'])])
    expect(text).not.toContain(secret);
  expect(await newest(server, '?action=keys.create')).toHaveLength(1);
  expect(await newest(server, '?actor=owner&limit=1&offset=1')).toMatchObject([{ action: 'providers.create' }]);
  await server.stop();
});

it('is bounded', () => {
  const { store } = temporaryStore();
  store.transaction(() => {
    for (let index = 0; index < 10_300; index += 1)
      store.audit.add({ atMs: index, actor: 'owner', action: 'keys.create' });
  });
  const { total, records } = store.audit.list({ limit: 1, offset: 0 });
  expect([total, records[0]?.atMs]).toEqual([10_000, 10_299]);
});
